#include "net/http_server.h"

#include <utility>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { impl_->shut_down(); }

Result<std::unique_ptr<HttpServer>> HttpServer::listen(Loop& loop, ServerOptions options, ServerHandlers handlers) {
  auto impl = std::make_shared<Impl>(loop, std::move(options), std::move(handlers));
  DZ_TRY(impl->start());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const {
  error_code error;
  return impl_->acceptor.local_endpoint(error).port();
}

std::size_t HttpServer::connections() const { return impl_->open.size(); }

void HttpServer::send(SessionId session, std::string text) {
  const auto found = impl_->sessions.find(session);
  if (found != impl_->sessions.end()) found->second->send(std::move(text));
}

void HttpServer::close(SessionId session) {
  const auto found = impl_->sessions.find(session);
  if (found != impl_->sessions.end()) found->second->close();
}

void HttpServer::pause(SessionId session) {
  const auto found = impl_->sessions.find(session);
  if (found != impl_->sessions.end()) found->second->pause();
}

void HttpServer::resume(SessionId session) {
  const auto found = impl_->sessions.find(session);
  if (found != impl_->sessions.end()) found->second->resume();
}

Result<void> HttpServer::Impl::start() {
  const auto place = fmt::format("listening on {}:{}", options.address, options.port);
  error_code error;
  const auto address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) return refused(place + ": expected an IP address such as 127.0.0.1");
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refused(fmt::format("{}: {}; stop what uses it or choose another port", place, error.message()));
  accept();
  return {};
}

void HttpServer::Impl::accept() {
  acceptor.async_accept(io, [self = shared_from_this()](error_code error, tcp::socket socket) {
    if (self->closed) return;
    if (error) {  // out of file descriptors, most likely: try again when some may be free
      auto pause = std::make_shared<asio::steady_timer>(self->io, std::chrono::milliseconds{100});
      pause->async_wait([self, pause](error_code) {
        if (!self->closed) self->accept();
      });
      return;
    }
    if (self->open.size() < self->options.max_connections) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<HttpConnection>(self, std::move(socket))->wait_for_request();
    }
    self->accept();
  });
}

void HttpServer::Impl::shut_down() {
  closed = true;
  handlers = {};
  error_code ignored;
  acceptor.close(ignored);
  for (auto* stream : open) stream->close();
  sessions.clear();
}

}  // namespace dz::net
