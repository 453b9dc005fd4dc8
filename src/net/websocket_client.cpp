#include "net/websocket_client.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
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
  std::string scheme, host, port, path;
  std::string text() const { return scheme + "://" + host + ":" + port; }
};

Result<Address> parse_url(std::string_view url) {
  const auto malformed = [&] {
    return refused(fmt::format("expected ws://host:port/path or wss://host:port/path, found {}", url));
  };
  Address address;
  address.scheme = url.substr(0, url.find("://"));
  if (address.scheme != "ws" && address.scheme != "wss") return malformed();
  address.port = address.scheme == "ws" ? "80" : "443";
  const std::string_view rest = url.substr(std::min(url.size(), address.scheme.size() + 3));
  const std::string_view authority = rest.substr(0, rest.find('/'));
  address.host = authority;
  address.path = authority.size() == rest.size() ? "/" : std::string(rest.substr(authority.size()));
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

using Plain = beast::tcp_stream;
using Tls = asio::ssl::stream<beast::tcp_stream>;

}  // namespace

struct WebSocketClient::Impl {
  Impl(Address where, WebSocketHandlers calls) : address(std::move(where)), handlers(std::move(calls)) {}
  virtual ~Impl() = default;
  virtual void start() = 0;
  virtual void write() = 0;
  virtual void close() = 0;

  Address address;
  WebSocketHandlers handlers;
  std::deque<std::string> outgoing;
  bool open = false;
  bool detached = false;  // the owner is gone, or was told of the end
};

namespace {

template <typename Stream>
class Connection final : public WebSocketClient::Impl, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <typename... How>
  Connection(asio::io_context& io, Address where, WebSocketHandlers calls, How&... how)
      : Impl(std::move(where), std::move(calls)), resolver_(io), socket_(io, how...) {}

  void start() override {
    resolver_.async_resolve(address.host, address.port,
                            [self = self()](error_code error, const tcp::resolver::results_type& found) {
                              if (error) return self->fail_with("resolving", error);
                              if (!self->detached) self->connect(found);
                            });
  }
  void write() override {
    socket_.async_write(asio::buffer(outgoing.front()), [self = self()](error_code error, std::size_t) {
      if (error) return self->fail_with("writing to", error);
      self->outgoing.pop_front();
      if (!self->outgoing.empty() && !self->detached) self->write();
    });
  }
  void close() override {
    resolver_.cancel();
    lowest().close();
  }
  Stream& stream() { return socket_.next_layer(); }

 private:
  auto self() { return this->shared_from_this(); }
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(socket_); }

  void connect(const tcp::resolver::results_type& endpoints) {
    lowest().expires_after(kConnectTimeout);
    lowest().async_connect(endpoints, [self = self()](error_code error, const tcp::endpoint&) {
      if (error) return self->fail_with("connecting to", error);
      if (!self->detached) self->secure();
    });
  }
  void secure() {
    if constexpr (std::is_same_v<Stream, Tls>) {
      stream().async_handshake(asio::ssl::stream_base::client, [self = self()](error_code error) {
        if (error) return self->fail_with("TLS with", error);
        if (!self->detached) self->handshake();
      });
    } else {
      handshake();
    }
  }
  void handshake() {
    error_code ignored;
    lowest().socket().set_option(tcp::no_delay(true), ignored);
    lowest().expires_never();
    socket_.set_option(websocket::stream_base::timeout{kConnectTimeout, kIdleTimeout, true});
    socket_.read_message_max(kMaxMessage);
    socket_.text(true);
    socket_.async_handshake(address.host + ":" + address.port, address.path,
                            [self = self()](error_code error) { self->on_handshake(error); });
  }
  void on_handshake(error_code error) {
    if (error) return fail_with("opening a WebSocket at", error);
    if (detached) return;
    open = true;
    if (!outgoing.empty()) write();  // what was queued before the connection was open
    if (handlers.on_open) handlers.on_open();
    if (!detached) read();
  }
  void read() {
    socket_.async_read(buffer_, [self = self()](error_code error, std::size_t) {
      if (error) return self->fail_with("reading from", error);
      if (self->detached) return;
      const auto data = self->buffer_.cdata();
      const std::string_view text(static_cast<const char*>(data.data()), data.size());
      if (self->handlers.on_message) self->handlers.on_message(text);
      self->buffer_.consume(data.size());
      if (!self->detached) self->read();
    });
  }
  // The owner may destroy the client inside on_close, so nothing of this object is touched after the call.
  void fail_with(const char* step, error_code error) {
    if (detached) return;
    detached = true;
    open = false;
    lowest().close();
    const auto on_close = std::move(handlers.on_close);
    if (on_close) on_close(fmt::format("{} {}: {}", step, address.text(), error.message()));
  }

  tcp::resolver resolver_;
  websocket::stream<Stream> socket_;
  beast::flat_buffer buffer_;
};

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

// The name of the server we ask for, told in the handshake. What the macro SSL_set_tlsext_host_name does, without its C
// cast: g++ counts a cast that ends in our file as ours. OpenSSL copies the name.
bool ask_for(SSL* connection, const std::string& host) {
  return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

Result<std::shared_ptr<WebSocketClient::Impl>> make_connection(asio::io_context& io, Address address,
                                                               WebSocketHandlers handlers, const std::string& ca_file) {
  if (address.scheme == "ws") return std::make_shared<Connection<Plain>>(io, std::move(address), std::move(handlers));
  DZ_TRY_ASSIGN(const auto context, authorities(ca_file));
  const auto host = address.host;
  auto connection = std::make_shared<Connection<Tls>>(io, std::move(address), std::move(handlers), *context);
  auto& stream = connection->stream();
  error_code error;
  stream.set_verify_mode(asio::ssl::verify_peer, error);
  if (!error) stream.set_verify_callback(asio::ssl::host_name_verification(host), error);
  if (error || !ask_for(stream.native_handle(), host)) {
    return fail(ErrorKind::Retry, "TLS did not start: " + error.message());
  }
  return connection;
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
  DZ_TRY_ASSIGN(Address address, parse_url(url));
  DZ_TRY_ASSIGN(auto impl, make_connection(loop.impl().io, std::move(address), std::move(handlers), ca_file));
  impl->start();
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(impl)));
}

void WebSocketClient::send(std::string text) {
  if (impl_->detached) return;
  impl_->outgoing.push_back(std::move(text));
  if (impl_->open && impl_->outgoing.size() == 1) impl_->write();
}

}  // namespace dz::net
