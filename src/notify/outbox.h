// Messages on their way to the hooks. Events wait for the end of their window and become one message; a message is sent
// until it is taken, refused, or a day old. Everything is on disk before it counts, so a restart loses nothing and may
// send the message that was on its way once more (it has an id). Never blocks: answers come later, by the loop.
//
// One message of a hook is on its way at a time. While a hook does not answer its events go on waiting and are the next
// message together, so an outage ends with one message and not with a hundred.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/async_client.h"
#include "notify/message.h"
#include "notify/notify_archive.h"

namespace dz::notify {

struct OutboxSeams {
  net::SendHttp send;
  std::function<double()> jitter = [] { return 0.5; };  // from [0, 1)
  std::function<void()> wake = [] {};                   // an answer came: call step() soon
};

struct HookCounters {
  std::uint64_t delivered = 0, retried = 0, given_up = 0;  // messages; retried: failures that are tried again
  std::uint64_t dropped = 0;                               // events, when more than kMostWaiting wait
};

// A message that was sent to see whether it arrives; nothing of it is kept on disk.
struct HookTest {
  Timestamp at;
  enum class State : std::uint8_t { Sent, Taken, Failed } state = State::Sent;
  std::string said;  // the answer, or why there is none; without secrets
};
std::string_view to_text(HookTest::State state);  // "sent", "taken", "failed"

struct HookView {
  HookCounters counters;
  std::size_t waiting = 0;          // events not delivered yet
  std::optional<Timestamp> oldest;  // of what is not delivered
  bool on_its_way = false;
  int failures = 0;  // in a row
  std::optional<Timestamp> next_try, last_delivered;
  std::string last_error;        // of the last failure in the row; without secrets
  std::optional<HookTest> test;  // the last of this run
};

// Something to log.
struct DeliveryNote {
  enum class Kind : std::uint8_t { Delivered, Failed, GivenUp, Dropped, StoreFailed };
  Kind kind = Kind::Delivered;
  std::string hook, message_id;
  std::int64_t events = 0;
  int failures = 0;
  std::string reason;
};

struct OutboxOptions {
  std::vector<NotifyHook> hooks;
  OutboxSeams seams;
  MessageContext context;
};

class Outbox {
 public:
  static constexpr Duration kTimeout = std::chrono::seconds{10};
  static constexpr Duration kGiveUp = std::chrono::hours{24};
  static constexpr Duration kApart = std::chrono::seconds{1};  // between two messages of a hook, as Slack asks
  static constexpr std::size_t kMostWaiting = 10'000;          // events of one hook; then the oldest are dropped

  // The archive outlives the outbox. state: what load() gave. What waits for hooks that are gone is forgotten.
  Outbox(NotifyArchive& archive, const NotifyState& state, OutboxOptions options);

  // For each hook that wants it. muted: only hooks that are told by observers too.
  struct Addressed {
    std::vector<WaitingEvent> added;
    std::vector<std::int64_t> withdrawn;  // alarms that were over within their window: nobody is told
  };
  Addressed address(std::span<const NotifyEvent> events, bool muted, Timestamp now);
  // Once it is on disk.
  void add(const Addressed& addressed);

  // Settles answers, makes messages, sends. Returns when to be called again at the latest.
  Timestamp step(Timestamp now);
  std::vector<DeliveryNote> take_notes();
  // Sends a test message, whatever else waits; its answer is in the hook's view, later. NotFound: no such hook. Retry:
  // a test of it is on its way, or was sent less than kApart ago.
  Result<void> test(std::string_view hook, Timestamp now);

  std::span<const NotifyHook> hooks() const { return hooks_; }
  HookView view(std::size_t hook, Timestamp now) const;

 private:
  struct Lane {
    std::deque<WaitingEvent> waiting;
    std::optional<HookMessage> message;
    bool on_its_way = false;
    bool finished = false;  // delivered or given up; to be forgotten on disk
    int failures = 0;
    Timestamp not_before;
    std::optional<Timestamp> last_delivered;
    std::string last_error;
    HookCounters counters;
    std::optional<HookTest> test;
  };
  struct Answer {
    std::size_t lane;
    Result<net::ClientResponse> result;
    bool of_test = false;
  };
  using Inbox = std::vector<Answer>;

  std::size_t lane_of(std::string_view hook) const;  // hooks_.size(): none
  void forget_strangers(const NotifyState& state);
  void drop_surplus(std::size_t index);
  void settle(std::size_t index, const Result<net::ClientResponse>& result, Timestamp now);
  void fail_message(std::size_t index, const std::string& reason, std::optional<Duration> retry_after, Timestamp now);
  void finish(std::size_t index, DeliveryNote::Kind kind, std::string reason);
  void forget_finished(std::size_t index, Timestamp now);
  void make_message(std::size_t index, Timestamp now);
  void send(std::size_t index);
  void post(std::size_t index, std::string body, bool is_test);
  void settle_test(std::size_t index, const Result<net::ClientResponse>& result);
  Timestamp step_lane(std::size_t index, Timestamp now);
  bool written(const NotifyWrites& writes, std::size_t index);
  DeliveryNote note_of(std::size_t index, DeliveryNote::Kind kind, std::string reason) const;

  NotifyArchive& archive_;
  std::vector<NotifyHook> hooks_;
  OutboxSeams seams_;
  MessageContext context_;
  std::vector<Lane> lanes_;
  std::int64_t next_id_ = 1;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();  // gone: late answers concern nobody
  std::vector<DeliveryNote> notes_;
};

}  // namespace dz::notify
