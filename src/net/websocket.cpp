#include "net/websocket.h"

#include <type_traits>
#include <utility>

#include <openssl/err.h>
#include <boost/asio/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/container/static_vector.hpp>

#include "net/loop.h"

namespace dz::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

using Moved = std::function<void(error_code, std::size_t)>;  // how many bytes have been read or written
using Buffers = boost::container::static_vector<asio::const_buffer, 16>;
using Tls = asio::ssl::stream<beast::tcp_stream>;

// The stream below the WebSocket.
class Bytes {
 public:
  virtual ~Bytes() = default;
  virtual beast::tcp_stream& tcp() = 0;
  virtual Tls* tls() = 0;  // null over TCP
  virtual void read(asio::mutable_buffer to, Moved done) = 0;
  virtual void write(const Buffers& from, Moved done) = 0;
  virtual void tear_down(beast::role_type role, WebSocket::Done done) = 0;
};

template <typename Stream>
class BytesOver final : public Bytes {
 public:
  template <typename... How>
  explicit BytesOver(beast::tcp_stream tcp, How&... how) : stream_(std::move(tcp), how...) {}

  beast::tcp_stream& tcp() override { return beast::get_lowest_layer(stream_); }
  Tls* tls() override {
    if constexpr (std::is_same_v<Stream, Tls>) return &stream_;
    return nullptr;
  }
  void read(asio::mutable_buffer to, Moved done) override { stream_.async_read_some(to, std::move(done)); }
  void write(const Buffers& from, Moved done) override { stream_.async_write_some(from, std::move(done)); }
  void tear_down(beast::role_type role, WebSocket::Done done) override {
    using websocket::async_teardown;
    async_teardown(role, stream_, std::move(done));
  }

 private:
  Stream stream_;
};

// Beast's handlers can be moved but not copied, as std::function asks.
template <typename Handler>
auto copyable(Handler handler) {
  return [kept = std::make_shared<Handler>(std::move(handler))](auto... results) { std::move (*kept)(results...); };
}

// What is watched of the bytes that come.
struct Watched {
  FrameWatch frames;
  std::function<bool()> has_room;
  bool too_many = false;

  error_code take(std::string_view bytes) {
    too_many = !frames.take(bytes, steady_now());
    const bool fits = !too_many && has_room();
    return fits ? error_code() : make_error_code(websocket::error::buffer_overflow);
  }
};

// How many calls of the stream below have not ended.
using UnderWay = std::shared_ptr<int>;

template <typename Handler>
auto counted(const UnderWay& under_way, Handler handler) {
  ++*under_way;
  return [under_way, handler = std::move(handler)](auto... results) mutable {
    --*under_way;
    handler(results...);
  };
}

// Bytes as Beast wants a stream to be. Beast may be given less than it asked to read or write, and asks again.
struct Layer {
  using executor_type = beast::tcp_stream::executor_type;

  std::unique_ptr<Bytes> bytes;
  std::unique_ptr<Watched> watched;
  UnderWay under_way = std::make_shared<int>(0);

  executor_type get_executor() { return bytes->tcp().get_executor(); }

  template <typename To, typename Handler>
  void async_read_some(const To& to, Handler&& handler) {
    asio::mutable_buffer first;
    for (auto at = asio::buffer_sequence_begin(to); at != asio::buffer_sequence_end(to) && first.size() == 0; ++at) {
      first = *at;
    }
    auto done = counted(under_way, copyable(std::forward<Handler>(handler)));
    if (!watched) return bytes->read(first, std::move(done));
    bytes->read(first, [this, first, done = std::move(done)](error_code error, std::size_t size) mutable {
      if (!error) error = watched->take({static_cast<const char*>(first.data()), size});
      done(error, size);
    });
  }
  template <typename From, typename Handler>
  void async_write_some(const From& from, Handler&& handler) {
    Buffers buffers;
    for (auto at = asio::buffer_sequence_begin(from);
         at != asio::buffer_sequence_end(from) && buffers.size() < buffers.capacity(); ++at) {
      buffers.push_back(*at);
    }
    bytes->write(buffers, counted(under_way, copyable(std::forward<Handler>(handler))));
  }
};

// What Beast calls by these names, for a stream of our own.
void beast_close_socket(Layer& layer) { layer.bytes->tcp().close(); }

template <typename Handler>
void async_teardown(beast::role_type role, Layer& layer, Handler&& handler) {
  layer.bytes->tear_down(role, counted(layer.under_way, copyable(std::forward<Handler>(handler))));
}

}  // namespace

struct WebSocket::Impl {
  explicit Impl(std::unique_ptr<Bytes> bytes) : stream(Layer{.bytes = std::move(bytes), .watched = nullptr}) {}

  websocket::stream<Layer, false> stream;  // without compression
  beast::flat_buffer buffer;
};

WebSocket::WebSocket(beast::tcp_stream tcp)
    : impl_(std::make_unique<Impl>(std::make_unique<BytesOver<beast::tcp_stream>>(std::move(tcp)))) {}

WebSocket::WebSocket(beast::tcp_stream tcp, asio::ssl::context& context)
    : impl_(std::make_unique<Impl>(std::make_unique<BytesOver<Tls>>(std::move(tcp), context))) {}

WebSocket::~WebSocket() = default;

beast::tcp_stream& WebSocket::tcp() { return impl_->stream.next_layer().bytes->tcp(); }

error_code WebSocket::expect_host(const std::string& host) {
  Tls& tls = *impl_->stream.next_layer().bytes->tls();
  error_code error;
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  if (!error) tls.set_verify_callback(asio::ssl::host_name_verification(host), error);
  if (error) return error;
  // What the macro SSL_set_tlsext_host_name does, without its C cast: g++ counts a cast that ends in our file as ours.
  // OpenSSL copies the name.
  const auto set = SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                            const_cast<char*>(host.c_str()));
  return set == 1 ? error : error_code(static_cast<int>(ERR_get_error()), asio::error::get_ssl_category());
}

void WebSocket::start_tls(Done done) {
  impl_->stream.next_layer().bytes->tls()->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

void WebSocket::set_limits(const WebSocketLimits& limits) {
  impl_->stream.set_option(websocket::stream_base::timeout{limits.handshake, limits.idle, true});
  impl_->stream.read_message_max(limits.max_message);
  impl_->stream.text(true);
}

void WebSocket::watch_frames(FrameLimits limits, std::function<bool()> has_room) {
  impl_->stream.next_layer().watched = std::make_unique<Watched>(Watched{FrameWatch(limits), std::move(has_room)});
}

const FrameWatch& WebSocket::frames() const { return impl_->stream.next_layer().watched->frames; }
bool WebSocket::has_too_many_frames() const { return impl_->stream.next_layer().watched->too_many; }

void WebSocket::open(const std::string& host, const std::string& target, Done done) {
  impl_->stream.async_handshake(host, target, std::move(done));
}

void WebSocket::accept(const beast::http::request<beast::http::string_body>& request, Done done) {
  impl_->stream.async_accept(request, std::move(done));
}

void WebSocket::read(Done done) {
  impl_->stream.async_read(impl_->buffer, [done = std::move(done)](error_code error, std::size_t) { done(error); });
}

std::string_view WebSocket::text() const {
  const auto data = impl_->buffer.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

void WebSocket::forget_text() { impl_->buffer = {}; }

void WebSocket::write(std::string_view text, Done done) {
  impl_->stream.async_write(asio::buffer(text),
                            [done = std::move(done)](error_code error, std::size_t) { done(error); });
}

bool WebSocket::is_busy() const { return *impl_->stream.next_layer().under_way > 0; }

void WebSocket::abandon() { impl_.reset(); }

void WebSocket::close(Done done) { impl_->stream.async_close(websocket::close_code::normal, std::move(done)); }

}  // namespace dz::net
