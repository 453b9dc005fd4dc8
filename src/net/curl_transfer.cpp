#include "net/curl_transfer.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/shown_url.h"

namespace dz::net {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

long seconds_of(Duration d) { return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(d).count()); }
long milliseconds_of(Duration d) { return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(d).count()); }

}  // namespace

bool initialise_curl() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<CurlTransfer*>(user);
  return called_by_curl<std::size_t>(self.failed_, 0, [&] { return self.take_body({data, size * count}); });
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<CurlTransfer*>(user);
  return called_by_curl<std::size_t>(self.failed_, 0, [&] { return self.take_header({data, size * count}); });
}

// 0 from either makes libcurl give up.
std::size_t CurlTransfer::take_body(std::string_view data) {
  if (response_.body.size() + data.size() > max_body_) {
    too_large_ = true;
    return 0;
  }
  response_.body += data;
  return data.size();
}

std::size_t CurlTransfer::take_header(std::string_view line) {
  auto& headers = response_.headers;
  header_bytes_ += line.size();
  if (header_bytes_ > kMostHeaders) {
    endless_headers_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) headers.clear();  // an interim answer came before
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name = trimmed(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return line.size();
}

CurlTransfer::CurlTransfer(CURL* curl, const Request& request, const ClientOptions& options)
    : curl_(curl), server_(shown_server(request.url)), max_body_(options.max_body) {
  // Without it libcurl asks before sending a large body and waits a second for servers that do not answer.
  headers_ = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request.headers) {
    headers_ = curl_slist_append(headers_, fmt::format("{}: {}", name, value).c_str());
  }
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(options.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds_of(options.timeout));
  if (options.patience > Duration{}) {
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowest);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, seconds_of(options.patience));
  }
  // A name server that does not answer must not hold up who gave the request up: its thread is left behind.
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_text_);
  if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
  if (is_of_this_machine(request.url)) curl_easy_setopt(curl, CURLOPT_PROXY, "");  // a proxy cannot reach our loopback
  if (request.method == "GET") return;
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, std::string(request.method).c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data() != nullptr ? request.body.data() : "");
}

CurlTransfer::~CurlTransfer() { curl_slist_free_all(headers_); }

Result<ClientResponse> CurlTransfer::result(CURLcode code, ErrorKind too_large) {
  if (too_large_) {
    return fail(too_large, fmt::format("{}: expected an answer of at most {} bytes; ask for less", server_, max_body_));
  }
  if (endless_headers_) {
    return fail(ErrorKind::Retry,
                fmt::format("{}: expected headers of at most {} bytes, found more", server_, kMostHeaders));
  }
  if (failed_) return fail(ErrorKind::Retry, server_ + ": there was no memory for its answer; try again later");
  if (code != CURLE_OK) {
    const char* why = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(code);
    return fail(ErrorKind::Retry, fmt::format("no answer from {}: {}; is it running and reachable?", server_, why));
  }
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

}  // namespace dz::net
