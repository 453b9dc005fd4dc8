// The conversations of the server, one object for each connection. Included by http_*.cpp only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_server.h"
#include "net/loop_impl.h"
#include "net/request_framing.h"
#include "net/websocket.h"

namespace dz::net {

class WebSocketSession;
class HttpStream;

// What connections share. They hold it by shared_ptr: the server may go while their last handlers are queued.
struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(Loop& home, ServerOptions wanted, ServerHandlers calls)
      : loop(home),
        io(home.impl().io),
        acceptor(io),
        pause(io),
        options(std::move(wanted)),
        handlers(std::move(calls)) {
    if (!options.connections) options.connections = std::make_shared<Connections>(ConnectionLimits{});
  }

  Loop& loop;
  boost::asio::io_context& io;
  boost::asio::ip::tcp::acceptor acceptor;
  boost::asio::steady_timer pause;  // of accepting
  ServerOptions options;
  ServerHandlers handlers;
  std::optional<BrowserGuard> guard;  // once it listens
  bool closed = false;
  SessionId last_session = 0;
  std::unordered_map<SessionId, std::shared_ptr<WebSocketSession>> sessions;
  std::unordered_map<SessionId, std::shared_ptr<HttpStream>> streams;
  std::unordered_set<boost::beast::tcp_stream*> open;  // every connection, so that the server can drop them all

  Result<void> start();
  void accept();
  bool accept_some();
  void on_accepted(boost::asio::ip::tcp::socket socket);
  void shut_down();
  Connections& connections() { return *options.connections; }
  const ConnectionLimits& limits() const { return options.connections->limits(); }
  // Calls a handler, and tells what it threw.
  std::optional<TurnedAway> failure_in(const std::function<void()>& call);
};

using HttpParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// HTTP until the connection ends or asks for WebSocket.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<HttpServer::Impl> server, boost::asio::ip::tcp::socket socket);
  ~HttpConnection();
  void start(const std::string& remote);

 private:
  using Step = void (HttpConnection::*)(boost::system::error_code error, std::size_t bytes);
  // What an asynchronous call of this connection ends with: the step, unless the server has closed. What it throws ends
  // the connection and nothing else.
  auto then(Step step);
  void wait_for_request();
  void on_first_bytes(boost::system::error_code error, std::size_t bytes);
  void read_header();
  void on_header(boost::system::error_code error, std::size_t bytes);
  void on_whole_header();
  void on_continued(boost::system::error_code error, std::size_t bytes);
  void read_body();
  void on_body(boost::system::error_code error, std::size_t bytes);
  void refuse_body(boost::system::error_code error);
  void upgrade();
  void exchange(bool keep_alive);
  // Of a body that was sent compressed, in slices of the loop.
  void inflate(HttpRequest request);
  void hand_on(HttpRequest request);
  // What answers in place of a handler, when the asker is a browser that may not ask, or first asks whether it may.
  std::optional<BrowserGuard::Answer> judge_browser() const;
  void refuse(int status, std::string_view why, TurnedAway kind);  // answers, then closes
  void refuse_for_now();                                           // the same of one for whom there is no room
  void take(HttpResponse response);                                // the answer that the handler gave
  bool is_packed(const HttpResponse& response) const;              // before it is sent
  void deflate(HttpResponse response);
  void give_packed(
      HttpResponse response);  // of one that was packed before                             // in slices of the loop
  void give(HttpResponse response);
  void open_stream(HttpResponse response);
  void take_failure(TurnedAway failure);  // instead of one
  void set_head(const HttpResponse& response);
  void write(HttpResponse response, bool keep_alive);
  void on_written(boost::system::error_code error, std::size_t bytes);
  void linger();  // reads what is still coming, so that the last answer is not lost to a reset
  void on_lingering(boost::system::error_code error, std::size_t bytes);
  bool hold(std::size_t bytes);

  std::shared_ptr<HttpServer::Impl> server_;
  std::unique_ptr<boost::beast::tcp_stream> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<HttpParser> parser_;
  HeaderFields headers_;        // of the request as its head had them: no trailer gets in among them
  std::size_t body_taken_ = 0;  // bytes that came after the head
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> outgoing_;  // of response_
  std::string remote_;
  Connections::Id id_ = 0;
  bool awaited_ = false;  // the handler's answer
  bool keep_alive_ = false;
  bool takes_gzip_ = false;  // who asked
  bool packed_ = false;      // the body of the answer is: it is sent as it is
};

// An answer that stays open: what is sent is written as it comes, and nothing is read. A client that says anything has
// mistaken it for something else, and is dropped; so is one that does not read.
class HttpStream : public std::enable_shared_from_this<HttpStream> {
 public:
  HttpStream(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<boost::beast::tcp_stream> stream);
  ~HttpStream();
  void start(const std::string& remote, std::string head, std::string text,
             const std::function<void(SessionId)>& opened);
  void send(std::string text);
  void close();

 private:
  using Step = void (HttpStream::*)(boost::system::error_code error);
  auto then(Step step);
  void queue(std::string bytes);
  void write();
  void on_written(boost::system::error_code error);
  void on_read(boost::system::error_code error);
  bool hold();
  void drop();
  void end();  // tells on_close once

  std::shared_ptr<HttpServer::Impl> server_;
  std::unique_ptr<boost::beast::tcp_stream> stream_;
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  char heard_ = 0;
  Connections::Id connection_ = 0;
  SessionId id_ = 0;
  bool closing_ = false, dropped_ = false;
};

class WebSocketSession : public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<boost::beast::tcp_stream> stream);
  ~WebSocketSession();
  void accept(const std::string& remote, boost::beast::http::request<boost::beast::http::string_body> request);
  void send(std::string text);
  void close();
  void pause() { paused_ = true; }
  void resume();

 private:
  using Step = void (WebSocketSession::*)(boost::system::error_code error);
  std::function<void(boost::system::error_code)> then(Step step);
  void on_open(boost::system::error_code error);
  void read();
  void on_read(boost::system::error_code error);
  void read_on();
  void write();
  void on_written(boost::system::error_code error);
  void watch();  // looks now and then whether the peer keeps to the deadline
  bool is_slow() const;
  bool hold();  // all the bytes that are here; false: there is no room for them
  void drop();  // at once, whatever is queued; told once nobody is in the middle of anything
  void turn_away(TurnedAway why);
  void end();      // tells on_close once
  void abandon();  // of one that is dropped: the last of it

  std::shared_ptr<HttpServer::Impl> server_;
  WebSocket socket_;
  boost::asio::steady_timer watch_;
  boost::beast::http::request<boost::beast::http::string_body> request_;  // until it is accepted
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  Duration read_begun_{};  // of the message that is read
  std::optional<Duration> write_begun_, close_begun_;
  Connections::Id connection_ = 0;
  SessionId id_ = 0;
  bool open_ = false;
  bool closing_ = false;
  bool reading_ = false;
  bool dropped_ = false, abandoned_ = false;
  bool paused_ = false, in_message_ = false;
};

}  // namespace dz::net
