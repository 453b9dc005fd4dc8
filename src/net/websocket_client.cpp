#include "net/websocket_client.h"

#include <charconv>
#include <deque>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "net/loop_impl.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kConnectTimeout = std::chrono::seconds{5};
constexpr auto kIdleTimeout = std::chrono::seconds{60};  // pinged after half of it
constexpr std::size_t kMaxMessage = 64U << 20;

struct Address {
  std::string host, port, path;
};

Result<Address> parse_url(std::string_view url) {
  if (url.starts_with("wss://")) {
    return fail(ErrorKind::Unsupported, fmt::format("{}: expected a ws:// address; wss:// is not spoken here", url));
  }
  const auto malformed = [&] { return refused(fmt::format("expected ws://host:port/path, found {}", url)); };
  if (!url.starts_with("ws://")) return malformed();
  const std::string_view rest = url.substr(5);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  Address address{std::string(authority), "80",
                  authority.size() == rest.size() ? "/" : std::string(rest.substr(authority.size()))};
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

struct WebSocketClient::Impl : std::enable_shared_from_this<WebSocketClient::Impl> {
  Impl(asio::io_context& io, Address where, WebSocketHandlers calls)
      : resolver(io), socket(io), address(std::move(where)), handlers(std::move(calls)) {}

  tcp::resolver resolver;
  websocket::stream<beast::tcp_stream> socket;
  Address address;
  WebSocketHandlers handlers;
  beast::flat_buffer buffer;
  std::deque<std::string> outgoing;
  bool open = false;
  bool detached = false;  // the owner is gone, or was told of the end

  void start();
  void connect(const tcp::resolver::results_type& endpoints);
  void handshake();
  void on_handshake(error_code error);
  void read();
  void write();
  void fail_with(const char* step, error_code error);
};

WebSocketClient::WebSocketClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

WebSocketClient::~WebSocketClient() {
  impl_->detached = true;
  impl_->resolver.cancel();
  impl_->socket.next_layer().close();
}

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::connect(Loop& loop, std::string_view url,
                                                                  WebSocketHandlers handlers) {
  DZ_TRY_ASSIGN(Address address, parse_url(url));
  auto impl = std::make_shared<Impl>(loop.impl().io, std::move(address), std::move(handlers));
  impl->start();
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(impl)));
}

void WebSocketClient::send(std::string text) {
  if (impl_->detached) return;
  impl_->outgoing.push_back(std::move(text));
  if (impl_->open && impl_->outgoing.size() == 1) impl_->write();
}

void WebSocketClient::Impl::start() {
  resolver.async_resolve(address.host, address.port,
                         [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                           if (error) return self->fail_with("resolving", error);
                           if (!self->detached) self->connect(found);
                         });
}

void WebSocketClient::Impl::connect(const tcp::resolver::results_type& endpoints) {
  socket.next_layer().expires_after(kConnectTimeout);
  socket.next_layer().async_connect(endpoints, [self = shared_from_this()](error_code error, const tcp::endpoint&) {
    if (error) return self->fail_with("connecting to", error);
    if (!self->detached) self->handshake();
  });
}

void WebSocketClient::Impl::handshake() {
  error_code ignored;
  socket.next_layer().socket().set_option(tcp::no_delay(true), ignored);
  socket.next_layer().expires_never();
  socket.set_option(websocket::stream_base::timeout{kConnectTimeout, kIdleTimeout, true});
  socket.read_message_max(kMaxMessage);
  socket.text(true);
  socket.async_handshake(address.host + ":" + address.port, address.path,
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
  socket.async_read(buffer, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->fail_with("reading from", error);
    if (self->detached) return;
    const auto data = self->buffer.cdata();
    const std::string_view text(static_cast<const char*>(data.data()), data.size());
    if (self->handlers.on_message) self->handlers.on_message(text);
    self->buffer.consume(data.size());
    if (!self->detached) self->read();
  });
}

void WebSocketClient::Impl::write() {
  socket.async_write(asio::buffer(outgoing.front()), [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->fail_with("writing to", error);
    self->outgoing.pop_front();
    if (!self->outgoing.empty() && !self->detached) self->write();
  });
}

// The owner may destroy the client inside on_close, so nothing of this object is touched after the call.
void WebSocketClient::Impl::fail_with(const char* step, error_code error) {
  if (detached) return;
  detached = true;
  open = false;
  socket.next_layer().close();
  const auto on_close = std::move(handlers.on_close);
  if (on_close)
    on_close(fmt::format("{} ws://{}:{}{}: {}", step, address.host, address.port, address.path, error.message()));
}

}  // namespace dz::net
