#include "net/http_client.h"

#include <algorithm>
#include <cctype>

#include <curl/curl.h>
#include <fmt/format.h>

namespace dz::net {

namespace {

struct Answer {
  ClientResponse response;
  std::size_t max_body = 0;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  const std::size_t bytes = size * count;
  if (answer.response.body.size() + bytes > answer.max_body) {
    answer.too_large = true;
    return 0;  // makes libcurl give up
  }
  answer.response.body.append(data, bytes);
  return bytes;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) answer.response.headers.clear();  // an interim answer came before
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name = trimmed(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  answer.response.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return line.size();
}

bool is_loopback(std::string_view url) {
  const auto authority = url.find("://");
  const std::string_view host = authority == std::string_view::npos ? url : url.substr(authority + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

bool initialise_curl() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

}  // namespace

struct HttpClient::Impl {
  ClientOptions options;
  CURL* curl = nullptr;

  ~Impl() { curl_easy_cleanup(curl); }
  Result<ClientResponse> perform(const std::string& url,
                                 const std::vector<std::pair<std::string, std::string>>& headers,
                                 const std::string_view* body);
  void configure(const std::string& url, Answer& answer, curl_slist* headers, char* error_text);
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  if (initialise_curl()) impl_->curl = curl_easy_init();
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::post(const std::string& url, std::string_view body,
                                        const std::vector<std::pair<std::string, std::string>>& headers) {
  return impl_->perform(url, headers, &body);
}

Result<ClientResponse> HttpClient::get(const std::string& url,
                                       const std::vector<std::pair<std::string, std::string>>& headers) {
  return impl_->perform(url, headers, nullptr);
}

void HttpClient::Impl::configure(const std::string& url, Answer& answer, curl_slist* headers, char* error_text) {
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(options.connect_timeout).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(options.timeout).count()));
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_text);
  if (is_loopback(url)) curl_easy_setopt(curl, CURLOPT_PROXY, "");  // a proxy cannot reach this machine's loopback
}

Result<ClientResponse> HttpClient::Impl::perform(const std::string& url,
                                                 const std::vector<std::pair<std::string, std::string>>& headers,
                                                 const std::string_view* body) {
  if (curl == nullptr) return fail(ErrorKind::Retry, "libcurl did not start; is the system out of memory?");
  // Without it libcurl asks before sending a large body and waits a second for servers that do not answer.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : headers) list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
  Answer answer;
  answer.max_body = options.max_body;
  char error_text[CURL_ERROR_SIZE] = "";
  configure(url, answer, list, error_text);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data() != nullptr ? body->data() : "");
  }
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(list);
  if (answer.too_large) {
    return fail(ErrorKind::Retry,
                fmt::format("{}: expected an answer of at most {} bytes; ask for less", url, options.max_body));
  }
  if (code != CURLE_OK) {
    const char* why = error_text[0] != '\0' ? error_text : curl_easy_strerror(code);
    return fail(ErrorKind::Retry, fmt::format("no answer from {}: {}; is it running and reachable?", url, why));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.response.status = static_cast<int>(status);
  return std::move(answer.response);
}

}  // namespace dz::net
