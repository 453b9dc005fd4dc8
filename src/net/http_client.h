// Outgoing HTTP(S) by libcurl: blocking calls, one kept-alive connection for each object. Whatever the server does, a
// call is bounded in time, in memory and, where asked for, by a minimum speed; another thread can end it at once.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace dz::net {

struct ClientOptions {
  Duration connect_timeout = std::chrono::seconds{5};
  Duration timeout = std::chrono::seconds{30};  // from the call to the last byte of the answer
  // An exchange that moves less than kSlowest bytes a second for this long is given up, whether it is silent or drips;
  // zero: only the whole is bounded.
  Duration patience{};
  std::size_t max_body = 256U << 20;  // bytes of the answer, inflated
  std::stop_token stop;               // ends the call under way, and every later one; for HttpClient only
};

constexpr long kSlowest = 1'000;                  // bytes a second
constexpr std::size_t kMostHeaders = 256U << 10;  // bytes of an answer's headers, interim answers' too

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

  // Retry when there was no whole answer: unreachable, timed out, too slow, cut off, too large, asked to stop. Any HTTP
  // status is an answer.
  // method: "DELETE", for instance. The body is sent, though it may be empty, unless the method is GET.
  Result<ClientResponse> send(std::string_view method, const std::string& url, std::string_view body,
                              const std::vector<std::pair<std::string, std::string>>& headers);
  Result<ClientResponse> post(const std::string& url, std::string_view body,
                              const std::vector<std::pair<std::string, std::string>>& headers);
  Result<ClientResponse> get(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dz::net
