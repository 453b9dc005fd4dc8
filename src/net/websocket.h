// A WebSocket over TCP or TLS, for server and client alike. Included by net/*.cpp only: it is the one place that
// Beast's WebSocket is compiled, which takes the compiler as long as a hundred other files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/time.h"
#include "net/frame_watch.h"

namespace dz::net {

struct WebSocketLimits {
  Duration handshake;       // to open and to close
  Duration idle;            // a silent peer is pinged after half of it, and given up after all of it
  std::size_t max_message;  // bytes; a longer one ends the connection
};

// Texts only. Every call tells its end to the function it is given, which keeps what it needs alive; the object itself
// must outlive that. One read and one write at a time.
class WebSocket {
 public:
  using Done = std::function<void(boost::system::error_code)>;

  explicit WebSocket(boost::beast::tcp_stream tcp);
  WebSocket(boost::beast::tcp_stream tcp, boost::asio::ssl::context& context);  // over TLS
  ~WebSocket();

  // What is below: to connect it, to give it deadlines before the WebSocket's own, to close it.
  boost::beast::tcp_stream& tcp();

  // Only over TLS, as the client: what the server's certificate must say, and the handshake.
  boost::system::error_code expect_host(const std::string& host);
  void start_tls(Done done);

  void set_limits(const WebSocketLimits& limits);
  // As the server, before accept(): a message of more frames, or more pings, ends the connection; and so does one for
  // whose bytes there is no room, as `has_room` says each time that some came. Outlives what it reads.
  void watch_frames(FrameLimits limits, std::function<bool()> has_room);
  const FrameWatch& frames() const;  // once they are watched
  bool has_too_many_frames() const;
  void open(const std::string& host, const std::string& target, Done done);  // as the client
  void accept(const boost::beast::http::request<boost::beast::http::string_body>& request,
              Done done);  // kept until done
  void read(Done done);    // a whole message, which is text() until forget_text()
  std::string_view text() const;
  void forget_text();
  void write(std::string_view text, Done done);  // kept until done
  void close(Done done);                         // says goodbye and waits for the peer's

  // After tcp() was closed, every call ends, but for those of Beast's that wait for each other: a goodbye for the end
  // of a read that fails and wants to say goodbye itself. So when no bytes are under way any more (not is_busy()), what
  // is left is destroyed and not told its end. Nothing may be called after that.
  bool is_busy() const;
  void abandon();

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace dz::net
