// Outgoing HTTP(S) by libcurl: blocking calls with a deadline, one kept-alive connection for each object.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dz::net {

struct ClientOptions {
  Duration connect_timeout = std::chrono::seconds{5};
  Duration timeout = std::chrono::seconds{30};
  std::size_t max_body = 256U << 20;  // bytes of the answer
};

struct ClientResponse {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-cased
};

class HttpClient {
 public:
  explicit HttpClient(ClientOptions options = {});
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  // Retry when there was no whole answer: unreachable, timed out, cut off, too large. Any HTTP status is an answer.
  Result<ClientResponse> post(const std::string& url, std::string_view body,
                              const std::vector<std::pair<std::string, std::string>>& headers);
  Result<ClientResponse> get(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dz::net
