// programSubscribe over a WebSocket, kept alive: reconnects with a growing pause for as long as it lives. What it
// delivers are hints; owners read everything again in on_connected, for anything may have happened in between.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "client/ledger_client.h"
#include "net/loop.h"

namespace dz::client {

struct SubscriptionHandlers {
  std::function<void(const AccountNotification&)> on_account;
  std::function<void()> on_connected;                              // subscribed: notifications come from now on
  std::function<void(const std::string& reason)> on_disconnected;  // once a connection, also a failed attempt
};

struct SubscriptionOptions {
  Duration first_pause = std::chrono::milliseconds{250};  // before the first new attempt; doubles up to longest_pause
  Duration longest_pause = std::chrono::seconds{10};
  Duration answer_within = std::chrono::seconds{10};  // of connecting and subscribing, else the attempt has failed
};

struct SubscriptionTarget {
  std::string websocket_url;
  Pubkey program;
};

class ProgramSubscription {
 public:
  // Starts connecting. Handlers run on the loop, which must outlive this object; none runs after destruction.
  ProgramSubscription(net::Loop& loop, SubscriptionTarget target, SubscriptionHandlers handlers,
                      SubscriptionOptions options = {});
  ~ProgramSubscription();
  ProgramSubscription(const ProgramSubscription&) = delete;
  ProgramSubscription& operator=(const ProgramSubscription&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace dz::client
