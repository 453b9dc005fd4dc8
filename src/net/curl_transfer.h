// One HTTP exchange on a libcurl handle: what the blocking and the asynchronous client have in common. Included by
// net/*.cpp only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "base/result.h"
#include "net/http_client.h"

namespace dz::net {

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

  // Sets the handle up, keeping its connections. The handle outlives the transfer and the transfer does not move.
  CurlTransfer(CURL* curl, const Request& request, const ClientOptions& options);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // The answer, once libcurl is done. An error names the server and never the path, the query or the headers:
  // they may hold secrets. Retry: no whole answer came; `too_large` when it was longer than allowed.
  Result<ClientResponse> result(CURLcode code, ErrorKind too_large);

 private:
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user);

  CURL* curl_;
  curl_slist* headers_ = nullptr;
  std::string server_;  // "https://host:port"
  std::size_t max_body_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false, endless_headers_ = false;
  ClientResponse response_;
  char error_text_[CURL_ERROR_SIZE] = "";
};

}  // namespace dz::net
