#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/safe_text.h"
#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {
constexpr Duration kIdle = std::chrono::minutes{5};
constexpr int kLooks = 4;  // within one deadline
// Of what may wait for one reader, so much may wait before it is asked for nothing more: the rest is for what it has
// subscribed to.
constexpr std::size_t kAnswersPart = 16;
constexpr std::size_t kBesideText = 64;  // bytes that a text takes beside itself while it waits
}  // namespace

WebSocketSession::WebSocketSession(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<beast::tcp_stream> stream)
    : server_(std::move(server)), socket_(std::move(*stream)), watch_(server_->io) {
  server_->open.insert(&socket_.tcp());
}

WebSocketSession::~WebSocketSession() {
  if (!abandoned_) server_->open.erase(&socket_.tcp());
  server_->connections().remove(connection_);
}

// What an asynchronous call of this session ends with. What it throws ends the session and nothing else.
std::function<void(error_code)> WebSocketSession::then(Step step) {
  return [self = shared_from_this(), step](error_code error) {
    if (self->server_->closed || self->dropped_) return;
    if (self->server_->failure_in([&] { (*self.*step)(error); })) self->drop();
  };
}

void WebSocketSession::accept(const std::string& remote, beast::http::request<beast::http::string_body> request) {
  const auto dropped = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->drop();
  };
  const auto connection = server_->connections().add(remote, dropped, steady_now());
  if (!connection) return socket_.tcp().close();
  connection_ = *connection;
  const auto& limits = server_->limits();
  socket_.set_limits({limits.deadline, kIdle, server_->options.max_message});
  socket_.watch_frames({.fragments = limits.fragments, .controls = limits.fragments}, [this] { return hold(); });
  request_ = std::move(request);
  socket_.accept(request_, then(&WebSocketSession::on_open));
}

void WebSocketSession::on_open(error_code error) {
  request_ = {};
  if (error || dropped_) return;
  id_ = ++server_->last_session;
  open_ = true;
  server_->sessions.emplace(id_, shared_from_this());
  if (server_->handlers.on_open) server_->handlers.on_open(id_);
  watch();
  read();
}

void WebSocketSession::read() {
  if (dropped_ || reading_ || paused_ || !open_) return;  // closing reads by itself until the other side has closed
  reading_ = true;
  read_begun_ = steady_now();
  socket_.read(then(&WebSocketSession::on_read));
}

void WebSocketSession::on_read(error_code error) {
  reading_ = false;
  if (error) {
    if (socket_.has_too_many_frames()) server_->connections().count(TurnedAway::Fragments);
    return drop();
  }
  in_message_ = true;
  if (!closing_) server_->handlers.on_message(id_, socket_.text());
  in_message_ = false;
  if (server_->closed) return;
  socket_.forget_text();
  hold();
  if (outgoing_.empty()) server_->connections().finished(connection_, steady_now());
  read_on();
}

// Who does not read what it asked for is asked for nothing more.
void WebSocketSession::read_on() {
  if (outgoing_bytes_ <= server_->limits().unread / kAnswersPart) read();
}

bool WebSocketSession::hold() {
  return server_->connections().hold(connection_, socket_.frames().held() + outgoing_bytes_, steady_now());
}

void WebSocketSession::resume() {
  if (std::exchange(paused_, false) && !in_message_) read_on();
}

void WebSocketSession::send(std::string text) {
  if (!open_ || closing_) return;
  text = escaped_lines(std::move(text));
  const auto size = text.size() + kBesideText;
  if (!outgoing_.empty() && outgoing_bytes_ + size > server_->limits().unread) return turn_away(TurnedAway::Unread);
  outgoing_bytes_ += size;
  if (!hold()) return drop();
  outgoing_.push_back(std::move(text));
  if (outgoing_.size() == 1) write();
}

void WebSocketSession::write() {
  write_begun_ = steady_now();
  socket_.write(outgoing_.front(), then(&WebSocketSession::on_written));
}

void WebSocketSession::on_written(error_code error) {
  if (error) return drop();
  write_begun_.reset();
  outgoing_bytes_ -= outgoing_.front().size() + kBesideText;
  outgoing_.pop_front();
  server_->connections().finished(connection_, steady_now());
  hold();
  if (!outgoing_.empty()) {
    write();
  } else if (closing_) {
    close();
  }
  read_on();
}

// A message that has begun has an end before the deadline, and so have an answer that is being written and a goodbye.
bool WebSocketSession::is_slow() const {
  const auto too_long_ago = steady_now() - server_->limits().deadline;
  const auto begun = socket_.frames().begun();
  const bool message_late = reading_ && begun && std::max(*begun, read_begun_) < too_long_ago;
  return message_late || (write_begun_ && *write_begun_ < too_long_ago) ||
         (close_begun_ && *close_begun_ < too_long_ago);
}

void WebSocketSession::watch() {
  watch_.expires_after(std::max<Duration>(server_->limits().deadline / kLooks, std::chrono::milliseconds{1}));
  watch_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (!self || error || self->server_->closed || self->dropped_) return;
    if (self->is_slow()) return self->turn_away(TurnedAway::TooSlow);
    self->watch();
  });
}

void WebSocketSession::close() {
  closing_ = true;
  if (!open_ || dropped_ || !outgoing_.empty()) return;  // what is queued goes first
  open_ = false;
  close_begun_ = steady_now();
  socket_.close([self = shared_from_this()](error_code) {
    if (!self->server_->closed) self->drop();
  });
}

void WebSocketSession::turn_away(TurnedAway why) {
  server_->connections().count(why);
  drop();
}

void WebSocketSession::drop() {
  if (dropped_) return;
  dropped_ = closing_ = true;
  watch_.cancel();
  socket_.tcp().close();
  server_->connections().remove(connection_);
  asio::post(server_->io, [self = shared_from_this()] {
    if (!self->server_->closed) self->end();
    self->abandon();
  });
}

// Once the last bytes have come or gone, which the end of the connection hurries.
void WebSocketSession::abandon() {
  if (socket_.is_busy()) return asio::post(server_->io, [self = shared_from_this()] { self->abandon(); });
  server_->open.erase(&socket_.tcp());
  abandoned_ = true;
  socket_.abandon();
}

void WebSocketSession::end() {
  if (server_->sessions.erase(id_) == 0 || !server_->handlers.on_close) return;
  server_->failure_in([this] { server_->handlers.on_close(id_); });
}

}  // namespace dz::net
