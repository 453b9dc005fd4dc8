// One HTTP exchange on a libcurl handle: what the blocking and the asynchronous client have in common. Included by
// net/*.cpp only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "base/guard.h"
#include "base/result.h"
#include "net/header_text.h"
#include "net/http_client.h"

namespace dz::net {

// What libcurl calls is C between its frames and ours: no exception goes through it. Calls it, and says what it said;
// `otherwise` when it threw, and then `failed` is true.
template <typename Value, typename Call>
Value called_by_curl(bool& failed, Value otherwise, const Call& call) noexcept {
  Value value = otherwise;
  failed = failure_of([&] { value = call(); }).has_value() || failed;
  return value;
}

bool initialise_curl();  // does its work once per process; false: libcurl cannot be used

class CurlTransfer {
 public:
  struct Request {
    std::string_view method;  // "GET"
    const std::string& url;
    const std::vector<std::pair<std::string, std::string>>& headers;
    std::string_view body;       // outlives the transfer; sent when the method is not GET
    const std::string& ca_file;  // empty: the system's certificates
  };

  // Refused, and not to be sent: what would put something of others into its head.
  static Result<void> check(const Request& request) {
    return check_outgoing_head(request.method, request.url, request.headers);
  }

  // Sets the handle up, keeping its connections. The handle outlives the transfer and the transfer does not move.
  CurlTransfer(CURL* curl, const Request& request, const ClientOptions& options);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // The answer, once libcurl is done. An error names the server and never the path, the query or the headers:
  // they may hold secrets. Retry: no whole answer came; `too_large` when it was longer than allowed.
  Result<ClientResponse> result(CURLcode code, ErrorKind too_large);

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) noexcept;
  std::size_t take_body(std::string_view data);
  std::size_t take_header(std::string_view line);

  CURL* curl_;
  curl_slist* headers_ = nullptr;
  std::string server_;  // "https://host:port"
  std::size_t max_body_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false, endless_headers_ = false, failed_ = false;
  ClientResponse response_;
  char error_text_[CURL_ERROR_SIZE] = "";
};

}  // namespace dz::net
