#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/safe_text.h"
#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {
constexpr std::size_t kBesideText = 64;  // bytes that a text takes beside itself while it waits
}  // namespace

HttpStream::HttpStream(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<beast::tcp_stream> stream)
    : server_(std::move(server)), stream_(std::move(stream)) {
  server_->open.insert(stream_.get());
}

HttpStream::~HttpStream() {
  server_->open.erase(stream_.get());
  server_->connections().remove(connection_);
}

// What an asynchronous call of this stream ends with. What it throws ends the stream and nothing else.
auto HttpStream::then(Step step) {
  return [self = shared_from_this(), step](error_code error, std::size_t) {
    if (self->server_->closed) return;
    if (self->server_->failure_in([&] { (*self.*step)(error); })) self->drop();
  };
}

void HttpStream::start(const std::string& remote, std::string head, std::string text,
                       const std::function<void(SessionId)>& opened) {
  const auto dropped = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->drop();
  };
  const auto connection = server_->connections().add(remote, dropped, steady_now());
  if (!connection) return stream_->close();
  connection_ = *connection;
  id_ = ++server_->last_session;
  server_->streams.emplace(id_, shared_from_this());
  opened(id_);
  stream_->async_read_some(asio::buffer(&heard_, 1), then(&HttpStream::on_read));
  queue(std::move(head) + escaped_lines(std::move(text)));
}

// The peer has closed, or says something in the middle of an answer.
void HttpStream::on_read(error_code) { drop(); }

void HttpStream::send(std::string text) {
  if (closing_) return;
  queue(escaped_lines(std::move(text)));
}

void HttpStream::queue(std::string bytes) {
  const auto size = bytes.size() + kBesideText;
  if (!outgoing_.empty() && outgoing_bytes_ + size > server_->limits().unread) {
    server_->connections().count(TurnedAway::Unread);
    return drop();
  }
  outgoing_bytes_ += size;
  if (!hold()) return drop();
  outgoing_.push_back(std::move(bytes));
  if (outgoing_.size() == 1) write();
}

bool HttpStream::hold() { return server_->connections().hold(connection_, outgoing_bytes_, steady_now()); }

void HttpStream::write() {
  stream_->expires_after(server_->limits().deadline);  // of the write: the read has begun, and has none
  asio::async_write(*stream_, asio::buffer(outgoing_.front()), then(&HttpStream::on_written));
}

void HttpStream::on_written(error_code error) {
  if (error == beast::error::timeout) server_->connections().count(TurnedAway::TooSlow);
  if (error) return drop();
  outgoing_bytes_ -= outgoing_.front().size() + kBesideText;
  outgoing_.pop_front();
  server_->connections().finished(connection_, steady_now());
  hold();
  if (!outgoing_.empty()) return write();
  if (closing_) drop();
}

void HttpStream::close() {
  closing_ = true;
  if (outgoing_.empty()) drop();  // what is queued goes first
}

void HttpStream::drop() {
  if (std::exchange(dropped_, true)) return;
  closing_ = true;
  stream_->close();
  server_->connections().remove(connection_);
  asio::post(server_->io, [self = shared_from_this()] {
    if (!self->server_->closed) self->end();
  });
}

void HttpStream::end() {
  if (server_->streams.erase(id_) == 0 || !server_->handlers.on_close) return;
  server_->failure_in([this] { server_->handlers.on_close(id_); });
}

}  // namespace dz::net
