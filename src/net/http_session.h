// The two conversations of the server, one object for each connection. Included by http_*.cpp only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_server.h"
#include "net/loop_impl.h"
#include "net/websocket.h"

namespace dz::net {

class WebSocketSession;

// What connections share. They hold it by shared_ptr: the server may go while their last handlers are queued.
struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(Loop& home, ServerOptions wanted, ServerHandlers calls)
      : loop(home), io(home.impl().io), acceptor(io), options(std::move(wanted)), handlers(std::move(calls)) {}

  Loop& loop;
  boost::asio::io_context& io;
  boost::asio::ip::tcp::acceptor acceptor;
  ServerOptions options;
  ServerHandlers handlers;
  bool closed = false;
  std::size_t inflating = 0;  // bytes that came out so far
  SessionId last_session = 0;
  std::unordered_map<SessionId, std::shared_ptr<WebSocketSession>> sessions;
  std::unordered_set<boost::beast::tcp_stream*> open;  // every connection, so that the server can drop them all

  Result<void> start();
  void accept();
  void shut_down();
};

using HttpParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// HTTP until the connection ends or asks for WebSocket.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpServer::Impl> server, boost::asio::ip::tcp::socket socket);
  ~HttpConnection();
  void wait_for_request();

 private:
  void read_header();
  void on_header(boost::system::error_code error);
  void read_body();
  void on_body(boost::system::error_code error);
  void upgrade();
  void exchange(bool keep_alive);
  // Of a body that was sent compressed, in slices of the loop.
  void inflate(HttpRequest request, bool keep_alive);
  void hand_on(HttpRequest request, bool keep_alive);
  void refuse(int status, std::string_view why);  // answers, then closes
  void write(HttpResponse response, bool keep_alive);
  void linger();  // reads what is still coming, so that the last answer is not lost to a reset

  std::shared_ptr<HttpServer::Impl> server_;
  std::unique_ptr<boost::beast::tcp_stream> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<HttpParser> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::string remote_;
};

class WebSocketSession : public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<boost::beast::tcp_stream> stream);
  ~WebSocketSession();
  void accept(boost::beast::http::request<boost::beast::http::string_body> request);
  void send(std::string text);
  void close();
  void pause() { paused_ = true; }
  void resume();

 private:
  void read();
  void write();
  void end();  // tells on_close once

  std::shared_ptr<HttpServer::Impl> server_;
  WebSocket socket_;
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  SessionId id_ = 0;
  bool open_ = false;
  bool closing_ = false;
  bool paused_ = false, in_message_ = false;
};

}  // namespace dz::net
