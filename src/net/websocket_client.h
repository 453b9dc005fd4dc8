// One outgoing WebSocket on a Loop, which outlives it. A silent peer is pinged after 30 s and given up after 60 s.
// Reconnecting is the owner's business.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/loop.h"

namespace dz::net {

struct WebSocketHandlers {
  std::function<void()> on_open = {};
  std::function<void(std::string_view text)> on_message = {};
  std::function<void(std::string reason)> on_close = {};  // once, also when connecting failed; nothing follows it
};

class WebSocketClient {
 public:
  // "ws://host:port/path" or wss. Starts connecting; handlers run on the loop. Certificates and host names are always
  // verified, against the system's authorities or those of ca_file (PEM). Reasons name host and port, never the path,
  // which may hold a secret.
  static Result<std::unique_ptr<WebSocketClient>> connect(Loop& loop, std::string_view url, WebSocketHandlers handlers,
                                                          const std::string& ca_file = {});
  ~WebSocketClient();  // closes; no handler runs afterwards

  void send(std::string text);

  struct Impl;

 private:
  explicit WebSocketClient(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace dz::net
