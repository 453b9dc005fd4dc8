#include <utility>

#include "base/safe_text.h"
#include "net/http_session.h"

namespace dz::net {

namespace beast = boost::beast;
using boost::system::error_code;

namespace {
constexpr Duration kIdle = std::chrono::minutes{5};
}

WebSocketSession::WebSocketSession(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<beast::tcp_stream> stream)
    : server_(std::move(server)), socket_(std::move(*stream)) {
  server_->open.insert(&socket_.tcp());
}

WebSocketSession::~WebSocketSession() { server_->open.erase(&socket_.tcp()); }

void WebSocketSession::accept(beast::http::request<beast::http::string_body> request) {
  socket_.set_limits({server_->options.deadline, kIdle, server_->options.max_message});
  auto kept = std::make_shared<decltype(request)>(std::move(request));
  socket_.accept(*kept, [self = shared_from_this(), kept](error_code error) {
    if (error || self->server_->closed) return;
    self->id_ = ++self->server_->last_session;
    self->open_ = true;
    self->server_->sessions.emplace(self->id_, self);
    if (self->server_->handlers.on_open) self->server_->handlers.on_open(self->id_);
    self->read();
  });
}

void WebSocketSession::read() {
  socket_.read([self = shared_from_this()](error_code error) {
    if (self->server_->closed) return;
    if (error) return self->end();
    self->in_message_ = true;
    if (!self->closing_) self->server_->handlers.on_message(self->id_, self->socket_.text());
    self->in_message_ = false;
    self->socket_.forget_text();
    if (!self->server_->closed && !self->paused_) self->read();
  });
}

void WebSocketSession::resume() {
  if (std::exchange(paused_, false) && !in_message_) read();
}

void WebSocketSession::send(std::string text) {
  if (!open_ || closing_) return;
  text = valid_utf8(std::move(text));
  outgoing_bytes_ += text.size();
  if (outgoing_bytes_ > server_->options.max_outgoing) {  // the peer reads too slowly: closing makes the read in
                                                          // progress fail, which ends the session
    closing_ = true;
    socket_.tcp().close();
    return;
  }
  outgoing_.push_back(std::move(text));
  if (outgoing_.size() == 1) write();
}

void WebSocketSession::write() {
  socket_.write(outgoing_.front(), [self = shared_from_this()](error_code error) {
    if (error || self->server_->closed) return;  // the read in progress fails too
    self->outgoing_bytes_ -= self->outgoing_.front().size();
    self->outgoing_.pop_front();
    if (!self->outgoing_.empty()) return self->write();
    if (self->closing_) self->close();
  });
}

void WebSocketSession::close() {
  closing_ = true;
  if (!open_ || !outgoing_.empty()) return;  // what is queued goes first
  open_ = false;
  socket_.close([self = shared_from_this()](error_code) {});
}

void WebSocketSession::end() {
  if (server_->sessions.erase(id_) > 0 && server_->handlers.on_close) server_->handlers.on_close(id_);
}

}  // namespace dz::net
