#include "net/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include "base/guard.h"
#include "net/descriptors.h"
#include "net/http_session.h"

namespace dz::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr int kMostUnsent = 128 << 10;  // bytes that the system keeps for a peer that does not read
constexpr std::size_t kAcceptedAtOnce = 64;
}  // namespace

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
  if (found != impl_->sessions.end()) return found->second->send(std::move(text));
  const auto stream = impl_->streams.find(session);
  if (stream != impl_->streams.end()) stream->second->send(std::move(text));
}

void HttpServer::close(SessionId session) {
  const auto found = impl_->sessions.find(session);
  if (found != impl_->sessions.end()) return found->second->close();
  const auto stream = impl_->streams.find(session);
  if (stream != impl_->streams.end()) stream->second->close();
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
  DZ_TRY(check_browser_rules(options.browsers));
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.non_blocking(true, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refused(fmt::format("{}: {}; stop what uses it or choose another port", place, error.message()));
  guard.emplace(address.to_string(), acceptor.local_endpoint(error).port(), options.browsers);
  options.connections->allow_at_most(connections_by_descriptors(options.connections->limits().connections));
  accept();
  return {};
}

void HttpServer::Impl::accept() {
  acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](error_code error) {
    if (self->closed) return;
    if (!error && self->accept_some()) return self->accept();
    // Out of file descriptors or of memory, most likely: somebody gives way, and it is tried again in a moment.
    self->connections().give_way();
    self->pause.expires_after(std::chrono::milliseconds{100});
    self->pause.async_wait([self](error_code) {
      if (!self->closed) self->accept();
    });
  });
}

// Of those who wait at the door so many in one turn of the loop, with one look at who is ready for all of them: a crowd
// is through soon, and whoever is in already is served meanwhile. Each takes at most one other's place, so no more are
// given up in one turn. False: it could not be done. Whatever becomes of one connection, the next one is waited for.
bool HttpServer::Impl::accept_some() {
  for (std::size_t i = 0; i < kAcceptedAtOnce && !closed; ++i) {
    tcp::socket socket(io);
    error_code error;
    acceptor.accept(socket, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return true;
    if (error == asio::error::connection_aborted) continue;
    if (error || failure_in([&] { on_accepted(std::move(socket)); })) return false;
  }
  return true;
}

void HttpServer::Impl::on_accepted(tcp::socket socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error).address().to_string();
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent, sizeof kMostUnsent);
  std::make_shared<HttpConnection>(shared_from_this(), std::move(socket))->start(remote);
}

std::optional<TurnedAway> HttpServer::Impl::failure_in(const std::function<void()>& call) {
  const auto failure = failure_of(call);
  if (!failure) return std::nullopt;
  const auto why = *failure == kOutOfMemory ? TurnedAway::OutOfMemory : TurnedAway::Failed;
  connections().count(why);
  if (handlers.on_failure) failure_of([&] { handlers.on_failure(*failure); });
  return why;
}

void HttpServer::Impl::shut_down() {
  closed = true;
  handlers = {};
  error_code ignored;
  acceptor.close(ignored);
  pause.cancel();
  for (auto* stream : open) stream->close();
  sessions.clear();
  streams.clear();
}

}  // namespace dz::net
