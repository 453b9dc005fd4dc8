// Outgoing HTTP(S) on the loop: any number of requests at once, nothing blocks. Connections are kept and used again.
// TLS certificates and host names are always verified. Redirects are answers, not followed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http_client.h"
#include "net/loop.h"

namespace dz::net {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;     // sent when the method is not GET
  std::string ca_file;  // PEM; empty: the system's certificates
  // Of this request; unset: the client's options.
  std::optional<Duration> timeout;  // from send() to the last byte of the answer
  std::optional<std::size_t> max_body;
};

// How a core that knows no client sends a request: `done` is called once, later, where that core may be touched.
using SendHttp = std::function<void(ClientRequest, std::function<void(Result<ClientResponse>)> done)>;

using RequestId = std::uint64_t;

// Lives no longer than its loop.
class AsyncClient {
 public:
  explicit AsyncClient(Loop& loop, ClientOptions options = {});
  ~AsyncClient();  // drops every request; no callback runs afterwards

  // Calls back once, from the loop, never from within send(). Any HTTP status is an answer. Retry: no whole answer came
  // (unreachable, timed out, cut off, a certificate that does not verify). Refused: the answer is longer than max_body.
  // Errors name the server, never path, query or headers, which may hold secrets.
  RequestId send(ClientRequest request, std::function<void(Result<ClientResponse>)> done);
  void cancel(RequestId request);  // its callback will not run; unknown ones are ignored

  std::size_t in_flight() const;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace dz::net
