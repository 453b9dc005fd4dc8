#include "net/http_client.h"

#include "net/curl_transfer.h"

namespace dz::net {

struct HttpClient::Impl {
  ClientOptions options;
  CURL* curl = nullptr;

  ~Impl() { curl_easy_cleanup(curl); }
  Result<ClientResponse> perform(const CurlTransfer::Request& request) {
    if (curl == nullptr) return fail(ErrorKind::Retry, "libcurl did not start; is the system out of memory?");
    CurlTransfer transfer(curl, request, options);
    return transfer.result(curl_easy_perform(curl), ErrorKind::Retry);
  }
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  if (initialise_curl()) impl_->curl = curl_easy_init();
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::post(const std::string& url, std::string_view body,
                                        const std::vector<std::pair<std::string, std::string>>& headers) {
  return impl_->perform({"POST", url, headers, body, {}});
}

Result<ClientResponse> HttpClient::get(const std::string& url,
                                       const std::vector<std::pair<std::string, std::string>>& headers) {
  return impl_->perform({"GET", url, headers, {}, {}});
}

}  // namespace dz::net
