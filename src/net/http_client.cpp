#include "net/http_client.h"

#include <utility>

#include "net/curl_transfer.h"

namespace dz::net {

// The multi interface, for one transfer at a time: only it can be woken by another thread.
struct HttpClient::Impl {
  ClientOptions options;
  CURL* curl = nullptr;
  CURLM* multi = nullptr;  // holds the connection

  ~Impl() {
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
  }
  Result<ClientResponse> perform(const CurlTransfer::Request& request) {
    if (curl == nullptr || multi == nullptr)
      return fail(ErrorKind::Retry, "libcurl did not start; is the system out of memory?");
    DZ_TRY(CurlTransfer::check(request));
    CurlTransfer transfer(curl, request, options);
    const std::stop_callback wake(options.stop, [this] { curl_multi_wakeup(multi); });
    curl_multi_add_handle(multi, curl);
    const auto code = run();
    curl_multi_remove_handle(multi, curl);
    if (options.stop.stop_requested()) return fail(ErrorKind::Retry, "the program is stopping");
    return transfer.result(code, ErrorKind::Retry);
  }

 private:
  // Until the transfer is done, or to be stopped.
  CURLcode run() {
    constexpr int kWaitMs = 1'000;  // at most; libcurl's own timers and wakeups come before
    while (!options.stop.stop_requested()) {
      int running = 0, left = 0;
      auto code = curl_multi_perform(multi, &running);
      if (const auto* done = curl_multi_info_read(multi, &left); done != nullptr) return done->data.result;
      if (code == CURLM_OK) code = curl_multi_poll(multi, nullptr, 0, kWaitMs, nullptr);
      if (code != CURLM_OK) return CURLE_OUT_OF_MEMORY;
    }
    return CURLE_ABORTED_BY_CALLBACK;
  }
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  if (!initialise_curl()) return;
  impl_->curl = curl_easy_init();
  impl_->multi = curl_multi_init();
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::send(std::string_view method, const std::string& url, std::string_view body,
                                        const std::vector<std::pair<std::string, std::string>>& headers) {
  return impl_->perform({method, url, headers, body, {}});
}

Result<ClientResponse> HttpClient::post(const std::string& url, std::string_view body,
                                        const std::vector<std::pair<std::string, std::string>>& headers) {
  return send("POST", url, body, headers);
}

Result<ClientResponse> HttpClient::get(const std::string& url,
                                       const std::vector<std::pair<std::string, std::string>>& headers) {
  return send("GET", url, {}, headers);
}

}  // namespace dz::net
