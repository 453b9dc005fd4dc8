#include "client/subscription.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "base/shown_url.h"
#include "client/rpc_json.h"
#include "net/websocket_client.h"

namespace dz::client {
namespace {
constexpr std::uint64_t kRequestId = 1;  // one request a connection
}

// Held by the loop's callbacks through weak pointers, so that none of them outlives the subscription.
struct ProgramSubscription::State : std::enable_shared_from_this<State> {
  net::Loop& loop;
  SubscriptionTarget target;
  SubscriptionHandlers handlers;
  SubscriptionOptions options;
  Duration pause;
  std::unique_ptr<net::WebSocketClient> socket;
  std::optional<std::uint64_t> timer;  // the next attempt, or the deadline of this one
  std::uint64_t attempt = 0;           // what a dead connection still says is ignored
  bool subscribed = false;

  State(net::Loop& l, SubscriptionTarget t, SubscriptionHandlers h, SubscriptionOptions o)
      : loop(l), target(std::move(t)), handlers(std::move(h)), options(o), pause(o.first_pause) {}

  void connect();
  void subscribe();
  void receive(std::string_view text);
  void lose(const std::string& reason);
  void arm(Duration delay, void (State::*then)());
  void disarm();
  void drop_socket();
  void expire() {
    lose(fmt::format("{}: no subscription within {}", shown_url(target.websocket_url),
                     duration_text(options.answer_within)));
  }

  // A callback of the present attempt only.
  template <typename Call>
  auto guarded(Call call) {
    return [weak = weak_from_this(), mine = attempt, call](auto&&... arguments) {
      const auto self = weak.lock();
      if (self && self->attempt == mine) call(*self, std::forward<decltype(arguments)>(arguments)...);
    };
  }
};

void ProgramSubscription::State::arm(Duration delay, void (State::*then)()) {
  disarm();
  timer = loop.after(delay, guarded([then](State& self) {
                       self.timer.reset();
                       (self.*then)();
                     }));
}

void ProgramSubscription::State::disarm() {
  if (timer) loop.cancel(*timer);
  timer.reset();
}

// The socket may be calling us: it goes once its callback has returned.
void ProgramSubscription::State::drop_socket() {
  if (socket) loop.post([dead = std::shared_ptr<net::WebSocketClient>(std::move(socket))] {});
}

void ProgramSubscription::State::connect() {
  ++attempt;
  subscribed = false;
  arm(options.answer_within, &State::expire);
  net::WebSocketHandlers calls;
  calls.on_open = guarded([](State& self) { self.subscribe(); });
  calls.on_message = guarded([](State& self, std::string_view text) { self.receive(text); });
  calls.on_close = guarded([](State& self, const std::string& reason) { self.lose(reason); });
  auto opened = net::WebSocketClient::connect(loop, target.websocket_url, std::move(calls));
  if (!opened) return loop.post(guarded([reason = opened.error().message](State& self) { self.lose(reason); }));
  socket = std::move(*opened);
}

void ProgramSubscription::State::subscribe() {
  boost::json::object how{{"encoding", "base64"}, {"commitment", "confirmed"}};
  socket->send(rpc::render_request(kRequestId, "programSubscribe",
                                   {boost::json::value(to_text(target.program)), boost::json::value(std::move(how))}));
}

void ProgramSubscription::State::receive(std::string_view text) {
  const auto message = rpc::parse_subscription_message(text, kRequestId);
  if (!message) return lose(message.error().message);
  if (message->error) return lose("the ledger declined programSubscribe: " + message->error->message);
  if (message->subscribed && !subscribed) {
    subscribed = true;
    pause = options.first_pause;
    disarm();
    if (handlers.on_connected) handlers.on_connected();
  }
  if (message->notification && handlers.on_account) handlers.on_account(*message->notification);
}

void ProgramSubscription::State::lose(const std::string& reason) {
  ++attempt;
  subscribed = false;
  drop_socket();
  arm(pause, &State::connect);
  pause = std::min(pause * 2, options.longest_pause);
  if (handlers.on_disconnected) handlers.on_disconnected(reason);
}

ProgramSubscription::ProgramSubscription(net::Loop& loop, SubscriptionTarget target, SubscriptionHandlers handlers,
                                         SubscriptionOptions options)
    : state_(std::make_shared<State>(loop, std::move(target), std::move(handlers), options)) {
  state_->connect();
}

ProgramSubscription::~ProgramSubscription() {
  ++state_->attempt;
  state_->disarm();
  state_->drop_socket();
}

}  // namespace dz::client
