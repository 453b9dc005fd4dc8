#include "net/websocket_client.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/shown_url.h"
#include "net/header_text.h"
#include "net/loop_impl.h"
#include "net/websocket.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kConnectTimeout = std::chrono::seconds{5};
constexpr auto kIdleTimeout = std::chrono::seconds{60};  // pinged after half of it
constexpr std::size_t kMaxMessage = 64U << 20;

struct Address {
  std::string scheme, host, port, path;
  std::string place() const {
    const bool numbers = host.find(':') != std::string::npos;  // of IPv6
    return (numbers ? "[" + host + "]" : host) + ":" + port;
  }
  std::string text() const { return scheme + "://" + place(); }
};

Result<Address> parse_url(std::string_view url) {
  const auto malformed = [&] {
    return refused(fmt::format("expected ws://host:port/path or wss://host:port/path, found {}", shown_url(url)));
  };
  Address address;
  address.scheme = url.substr(0, url.find("://"));
  if (address.scheme != "ws" && address.scheme != "wss") return malformed();
  address.port = address.scheme == "ws" ? "80" : "443";
  const std::string_view rest = url.substr(std::min(url.size(), address.scheme.size() + 3));
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  address.path = std::string(rest.substr(authority.size()));
  if (!address.path.starts_with('/')) address.path.insert(0, "/");
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  address.host = authority;
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && !authority.ends_with(']')) {
    address.host = std::string(authority.substr(0, colon));
    address.port = std::string(authority.substr(colon + 1));
  }
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  std::uint16_t number = 0;
  const auto parsed = std::from_chars(address.port.data(), address.port.data() + address.port.size(), number);
  if (address.host.empty() || parsed.ec != std::errc{} || parsed.ptr != address.port.data() + address.port.size()) {
    return malformed();
  }
  return address;
}

}  // namespace

struct WebSocketClient::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io, Address where, WebSocketHandlers calls, std::unique_ptr<WebSocket> over)
      : address(std::move(where)), handlers(std::move(calls)), resolver(io), socket(std::move(over)) {}

  void start();
  void connect(const tcp::resolver::results_type& endpoints);
  void secure();
  void handshake();
  void on_handshake(error_code error);
  void read();
  void write();
  void close();
  void fail_with(const char* step, error_code error);

  Address address;
  WebSocketHandlers handlers;
  tcp::resolver resolver;
  std::unique_ptr<WebSocket> socket;
  std::deque<std::string> outgoing;
  bool open = false;
  bool detached = false;  // the owner is gone, or was told of the end
};

void WebSocketClient::Impl::start() {
  resolver.async_resolve(address.host, address.port,
                         [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                           if (error) return self->fail_with("resolving", error);
                           if (!self->detached) self->connect(found);
                         });
}

void WebSocketClient::Impl::connect(const tcp::resolver::results_type& endpoints) {
  socket->tcp().expires_after(kConnectTimeout);
  socket->tcp().async_connect(endpoints, [self = shared_from_this()](error_code error, const tcp::endpoint&) {
    if (error) return self->fail_with("connecting to", error);
    if (!self->detached) self->secure();
  });
}

void WebSocketClient::Impl::secure() {
  if (address.scheme != "wss") return handshake();
  socket->start_tls([self = shared_from_this()](error_code error) {
    if (error) return self->fail_with("TLS with", error);
    if (!self->detached) self->handshake();
  });
}

void WebSocketClient::Impl::handshake() {
  error_code ignored;
  socket->tcp().socket().set_option(tcp::no_delay(true), ignored);
  socket->tcp().expires_never();
  socket->set_limits({kConnectTimeout, kIdleTimeout, kMaxMessage});
  socket->open(address.place(), address.path,
               [self = shared_from_this()](error_code error) { self->on_handshake(error); });
}

void WebSocketClient::Impl::on_handshake(error_code error) {
  if (error) return fail_with("opening a WebSocket at", error);
  if (detached) return;
  open = true;
  if (!outgoing.empty()) write();  // what was sent before the connection stood
  if (handlers.on_open) handlers.on_open();
  if (!detached) read();
}

void WebSocketClient::Impl::read() {
  socket->read([self = shared_from_this()](error_code error) {
    if (error) return self->fail_with("reading from", error);
    if (self->detached) return;
    if (self->handlers.on_message) self->handlers.on_message(self->socket->text());
    self->socket->forget_text();
    if (!self->detached) self->read();
  });
}

void WebSocketClient::Impl::write() {
  socket->write(outgoing.front(), [self = shared_from_this()](error_code error) {
    if (error) return self->fail_with("writing to", error);
    self->outgoing.pop_front();
    if (!self->outgoing.empty() && !self->detached) self->write();
  });
}

void WebSocketClient::Impl::close() {
  resolver.cancel();
  socket->tcp().close();
}

// The owner may destroy the client inside on_close, so nothing of this object is touched after the call.
void WebSocketClient::Impl::fail_with(const char* step, error_code error) {
  if (detached) return;
  detached = true;
  open = false;
  socket->tcp().close();
  const auto on_close = std::move(handlers.on_close);
  if (on_close) on_close(fmt::format("{} {}: {}", step, address.text(), error.message()));
}

namespace {

// The authorities that servers' certificates are checked against.
Result<std::shared_ptr<asio::ssl::context>> authorities(const std::string& ca_file) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error) return refused(fmt::format("certificates of authorities ({}): {}", ca_file, error.message()));
  return context;
}

Result<std::unique_ptr<WebSocket>> make_socket(asio::io_context& io, const Address& address,
                                               const std::string& ca_file) {
  beast::tcp_stream stream(io);
  if (address.scheme == "ws") return std::make_unique<WebSocket>(std::move(stream));
  DZ_TRY_ASSIGN(const auto context, authorities(ca_file));
  auto socket = std::make_unique<WebSocket>(std::move(stream), *context);
  const auto error = socket->expect_host(address.host);
  if (error) return fail(ErrorKind::Retry, "TLS did not start: " + error.message());
  return socket;
}

}  // namespace

WebSocketClient::WebSocketClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

WebSocketClient::~WebSocketClient() {
  impl_->detached = true;
  impl_->close();
}

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::connect(Loop& loop, std::string_view url,
                                                                  WebSocketHandlers handlers,
                                                                  const std::string& ca_file) {
  DZ_TRY(check_outgoing_head("GET", url, {}));
  DZ_TRY_ASSIGN(Address address, parse_url(url));
  asio::io_context& io = loop.impl().io;
  DZ_TRY_ASSIGN(auto socket, make_socket(io, address, ca_file));
  auto impl = std::make_shared<Impl>(io, std::move(address), std::move(handlers), std::move(socket));
  impl->start();
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(impl)));
}

void WebSocketClient::send(std::string text) {
  if (impl_->detached) return;
  impl_->outgoing.push_back(std::move(text));
  if (impl_->open && impl_->outgoing.size() == 1) impl_->write();
}

}  // namespace dz::net
