// HTTP/1.1 and WebSocket on one address. This is the conversation only: what is answered is decided by handlers, which
// are plain functions. The server answers by itself, with error_response(): 400 (not HTTP, or a gzip body that does not
// inflate), 403 (a foreign page in a browser: browser_guard.h), 413, 415 (an encoding other than gzip), 426 (WebSocket
// where none is offered), 431 (headers, trailers or chunk extensions over 16 KB), 500 (the handler failed), 501 (a
// transfer-encoding other than chunked), 503 (no room for it), and 100 Continue to those who ask. What a connection may
// cost is connections.h; a client that does not send a whole request, or read a whole answer, before the deadline loses
// the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/browser_guard.h"
#include "net/connections.h"
#include "net/loop.h"

namespace dz::net {

// A value of a query string or of a form, unescaped; empty when it is absent.
std::string form_value(std::string_view form, std::string_view name);
// All names and values, in their order, unescaped.
std::vector<std::pair<std::string, std::string>> form_fields(std::string_view form);

struct HttpRequest {
  std::string method;                                        // "GET"
  std::string path;                                          // without the query
  std::string query;                                         // after '?', still escaped
  std::vector<std::pair<std::string, std::string>> headers;  // names lower-cased
  std::string body;    // as received; content-encoding gzip is already inflated (and bounded by max_body)
  std::string remote;  // "127.0.0.1"

  std::string_view header(std::string_view lower_case_name) const;  // empty when absent
  std::string query_value(std::string_view name) const { return form_value(query, name); }
};

using SessionId = std::uint64_t;

// What a handler says is sent as valid HTTP, whatever it was made of: bodies are text, and go out as UTF-8, those in
// JSON with escapes for what a terminal would act on, kOctets (content_types.h) as they are; a header's
// value goes out as header_value() of base/safe_text.h, one whose name is no token not at all.
struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // Set: the body is only the beginning. The answer stays open until either side closes it; send() of the server adds
  // to it under the id that this is called with, once, before on_close may be.
  std::function<void(SessionId)> opened = {};
  bool packed = false;  // the body is gzip already: who does not take that is given what is in it
};

// {"error": what} as JSON.
HttpResponse error_response(int status, std::string_view what);

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;              // 0: chosen by the system
  std::size_t max_body = 8U << 20;     // bytes; more is answered 413
  std::size_t max_message = 1U << 20;  // WebSocket text, bytes
  BrowserRules browsers = {};          // who may ask from within a browser
  bool gzip_answers = false;           // to who takes them so, of 1 KB and more; packed in slices of the loop
  // What the connections of the process may cost, counted together; null: this server's own, with the default limits.
  std::shared_ptr<Connections> connections = nullptr;
};

// Takes the answer to one request; called once, on the loop, within the handler or later. What comes after the
// connection or the server is gone is ignored.
using Answer = std::function<void(HttpResponse)>;

struct ServerHandlers {
  // One of the two is required. While the answer to an exchange is out, its connection reads nothing more; whoever
  // holds answers bounds how many, and how long.
  std::function<HttpResponse(const HttpRequest&)> on_request = {};
  std::function<void(HttpRequest, Answer)> on_exchange = {};
  // All optional: without on_message, upgrades are refused with 426.
  std::function<void(SessionId)> on_open = {};
  std::function<void(SessionId, std::string_view text)> on_message = {};
  std::function<void(SessionId)> on_close = {};
  // What one of the others threw, once its client was answered or dropped.
  std::function<void(std::string_view what)> on_failure = {};
};

// Lives no longer than its loop.
class HttpServer {
 public:
  // It listens when this returns. Refused, with the address and the reason, when it cannot.
  static Result<std::unique_ptr<HttpServer>> listen(Loop& loop, ServerOptions options, ServerHandlers handlers);
  ~HttpServer();  // drops every connection; no handler runs afterwards

  std::uint16_t port() const;
  // Queues one WebSocket text for a session, or more of an answer that stays open; unknown ones are ignored. Who does
  // not read is dropped, later.
  void send(SessionId session, std::string text);
  void close(SessionId session);
  // From within on_message: nothing more is read of the session until resume().
  void pause(SessionId session);
  void resume(SessionId session);
  std::size_t connections() const;  // open now, of every kind

  struct Impl;

 private:
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace dz::net
