#include "notify/outbox.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "net/retry_after.h"
#include "notify/retry.h"

namespace dz::notify {
namespace {

constexpr Duration kStoreRetry = std::chrono::seconds{5};
constexpr std::size_t kAnswerBytes = 64U << 10;
constexpr std::size_t kQuoted = 120;  // bytes of an answer in an error

// The receiver's words on one line.
std::string in_quotes(std::string text) {
  if (text.size() > kQuoted) text.resize(kQuoted);
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = ' ';
  }
  return text;
}

// "404: no_such_hook".
std::string answer_text(const net::ClientResponse& answer) {
  return fmt::format("{}{}{}", answer.status, answer.body.empty() ? "" : ": ", in_quotes(answer.body));
}

// Whether `end` is the end of what `begin` tells of.
bool is_end_of(const NotifyEvent& end, const NotifyEvent& begin) {
  if (end.change == Change::AlarmOver)
    return begin.change == Change::Alarm && begin.alarm == end.alarm && begin.subject == end.subject;
  return end.change == Change::IncidentOver && begin.change == Change::Incident && begin.from.empty() &&
         begin.incident == end.incident;
}

// Of an incident that nobody has heard of, what came between its beginning and its end.
bool is_between(const NotifyEvent& event, const NotifyEvent& end) {
  return end.change == Change::IncidentOver && is_incident(event.change) && event.incident == end.incident;
}

}  // namespace

Outbox::Outbox(NotifyArchive& archive, const NotifyState& state, OutboxOptions options)
    : archive_(archive),
      hooks_(std::move(options.hooks)),
      seams_(std::move(options.seams)),
      context_(std::move(options.context)),
      lanes_(hooks_.size()) {
  for (const auto& waiting : state.waiting) {
    next_id_ = std::max(next_id_, waiting.id + 1);
    if (const auto lane = lane_of(waiting.hook); lane < lanes_.size()) lanes_[lane].waiting.push_back(waiting);
  }
  for (const auto& message : state.messages) {
    next_id_ = std::max(next_id_, message.id + 1);
    if (const auto lane = lane_of(message.hook); lane < lanes_.size()) lanes_[lane].message = message;
  }
  forget_strangers(state);
}

std::size_t Outbox::lane_of(std::string_view hook) const {
  const auto found = std::find_if(hooks_.begin(), hooks_.end(), [&](const NotifyHook& h) { return h.name == hook; });
  return static_cast<std::size_t>(found - hooks_.begin());
}

void Outbox::forget_strangers(const NotifyState& state) {
  for (const auto& message : state.messages) {
    if (lane_of(message.hook) == lanes_.size()) (void)archive_.write({.message_gone = message.id});
  }
  NotifyWrites writes;
  for (const auto& waiting : state.waiting) {
    if (lane_of(waiting.hook) == lanes_.size()) writes.waiting_gone.push_back(waiting.id);
  }
  if (!writes.waiting_gone.empty()) (void)archive_.write(writes);
}

Outbox::Addressed Outbox::address(std::span<const NotifyEvent> events, bool muted, Timestamp now) {
  Addressed addressed;
  for (std::size_t i = 0; i < hooks_.size(); ++i) {
    if (muted && !hooks_[i].observer) continue;
    for (const auto& event : events) {
      if (!is_wanted(hooks_[i], event)) continue;
      const auto& waiting = lanes_[i].waiting;
      const auto begun = std::find_if(waiting.begin(), waiting.end(), [&](const WaitingEvent& w) {
        return is_end_of(event, w.event) && w.event.at + hooks_[i].group > now;
      });
      if (begun != waiting.end()) {
        for (const auto& w : waiting) {
          if (&w == &*begun || is_between(w.event, event)) addressed.withdrawn.push_back(w.id);
        }
      } else {
        addressed.added.push_back({next_id_++, hooks_[i].name, event});
      }
    }
  }
  return addressed;
}

void Outbox::add(const Addressed& addressed) {
  for (auto& lane : lanes_) {
    std::erase_if(lane.waiting, [&](const WaitingEvent& w) {
      return std::find(addressed.withdrawn.begin(), addressed.withdrawn.end(), w.id) != addressed.withdrawn.end();
    });
  }
  for (const auto& waiting : addressed.added) lanes_[lane_of(waiting.hook)].waiting.push_back(waiting);
  for (std::size_t i = 0; i < lanes_.size(); ++i) drop_surplus(i);
}

void Outbox::drop_surplus(std::size_t index) {
  auto& waiting = lanes_[index].waiting;
  if (waiting.size() <= kMostWaiting) return;
  const auto surplus = waiting.size() - kMostWaiting;
  NotifyWrites writes;
  for (std::size_t i = 0; i < surplus; ++i) writes.waiting_gone.push_back(waiting[i].id);
  if (!written(writes, index)) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(surplus));
  lanes_[index].counters.dropped += surplus;
  auto note = note_of(index, DeliveryNote::Kind::Dropped, fmt::format("more than {} events wait", kMostWaiting));
  note.events = static_cast<std::int64_t>(surplus);
  notes_.push_back(std::move(note));
}

Timestamp Outbox::step(Timestamp now) {
  const auto answers = std::exchange(*inbox_, {});
  for (const auto& answer : answers) {
    if (answer.of_test) settle_test(answer.lane, answer.result);
    if (!answer.of_test) settle(answer.lane, answer.result, now);
  }
  Timestamp next = Timestamp::max();
  for (std::size_t i = 0; i < lanes_.size(); ++i) next = std::min(next, step_lane(i, now));
  return next;
}

Timestamp Outbox::step_lane(std::size_t index, Timestamp now) {
  auto& lane = lanes_[index];
  if (lane.finished) forget_finished(index, now);
  if (!lane.message && !lane.waiting.empty() && now >= lane.waiting.front().event.at + hooks_[index].group &&
      now >= lane.not_before) {
    make_message(index, now);
  }
  if (lane.on_its_way) return Timestamp::max();  // its answer wakes
  if (lane.message && !lane.finished && now >= lane.not_before) {
    if (now - lane.message->made_at < kGiveUp) {
      send(index);
      return Timestamp::max();
    }
    finish(index, DeliveryNote::Kind::GivenUp, "not taken within " + duration_text(kGiveUp) + ": " + lane.last_error);
    forget_finished(index, now);
  }
  if (lane.message) return std::max(lane.not_before, now);
  if (lane.waiting.empty()) return Timestamp::max();
  return std::max({lane.not_before, lane.waiting.front().event.at + hooks_[index].group, now});
}

void Outbox::make_message(std::size_t index, Timestamp now) {
  auto& lane = lanes_[index];
  const auto& hook = hooks_[index];
  const auto most = hook.kind == HookKind::Json ? kJsonEvents : kMostWaiting;
  const auto count = std::min(lane.waiting.size(), most);
  std::vector<NotifyEvent> events;
  HookMessage message{.id = next_id_++, .hook = hook.name, .made_at = now};
  NotifyWrites writes;
  for (std::size_t i = 0; i < count; ++i) {
    events.push_back(lane.waiting[i].event);
    writes.waiting_gone.push_back(lane.waiting[i].id);
  }
  message.message_id = fmt::format("{}-{}-{}", hook.name, now.time_since_epoch().count(), message.id);
  message.events = static_cast<std::int64_t>(count);
  auto context = context_;
  context.id = message.message_id;
  context.at = now;
  message.body =
      hook.kind == HookKind::Slack ? render_slack_message(events, context) : render_json_message(events, context);
  writes.message = &message;
  if (!written(writes, index)) {
    lane.not_before = now + kStoreRetry;
    return;
  }
  lane.waiting.erase(lane.waiting.begin(), lane.waiting.begin() + static_cast<std::ptrdiff_t>(count));
  lane.message = std::move(message);
}

void Outbox::send(std::size_t index) {
  lanes_[index].on_its_way = true;
  post(index, lanes_[index].message->body, false);
}

void Outbox::post(std::size_t index, std::string body, bool is_test) {
  const auto& hook = hooks_[index];
  net::ClientRequest request;
  request.method = "POST";
  request.url = hook.url;
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "doublezero-monitor/" DZ_VERSION}};
  if (!hook.bearer.empty()) request.headers.emplace_back("Authorization", "Bearer " + hook.bearer);
  request.body = std::move(body);
  request.ca_file = hook.ca_file;
  request.timeout = kTimeout;
  request.max_body = kAnswerBytes;
  const auto take = [inbox = std::weak_ptr<Inbox>(inbox_), index, is_test,
                     wake = seams_.wake](Result<net::ClientResponse> result) {
    const auto open = inbox.lock();
    if (!open) return;
    open->push_back({index, std::move(result), is_test});
    wake();
  };
  seams_.send(std::move(request), take);
}

Result<void> Outbox::test(std::string_view hook, Timestamp now) {
  const auto index = lane_of(hook);
  if (index == lanes_.size()) {
    std::string names;
    for (const auto& known : hooks_) names += (names.empty() ? "" : ", ") + known.name;
    return not_found("expected the name of a webhook (" + (names.empty() ? "there is none" : names) + "), found '" +
                     one_line(std::string(hook), kQuoted) + "'");
  }
  auto& last = lanes_[index].test;
  if (last && (last->state == HookTest::State::Sent ? now < last->at + 2 * kTimeout : now < last->at + kApart))
    return fail(ErrorKind::Retry, "a test of it was sent a moment ago: wait for its answer");
  last = HookTest{.at = now};
  auto context = context_;
  context.id = fmt::format("{}-{}-test", hooks_[index].name, now.time_since_epoch().count());
  context.at = now;
  post(index, render_test_message(hooks_[index].kind, context), true);
  return {};
}

void Outbox::settle_test(std::size_t index, const Result<net::ClientResponse>& result) {
  auto& test = lanes_[index].test;
  const bool taken = result && judge_answer(result->status) == HookAnswer::Delivered;
  test->state = taken ? HookTest::State::Taken : HookTest::State::Failed;
  test->said = without_secrets(hooks_[index], result ? answer_text(*result) : result.error().message);
}

std::string_view to_text(HookTest::State state) {
  switch (state) {
    case HookTest::State::Sent: return "sent";
    case HookTest::State::Taken: return "taken";
    case HookTest::State::Failed: return "failed";
  }
  return "invalid";
}

void Outbox::settle(std::size_t index, const Result<net::ClientResponse>& result, Timestamp now) {
  auto& lane = lanes_[index];
  lane.on_its_way = false;
  if (!result) return fail_message(index, result.error().message, std::nullopt, now);
  const auto said = "expected an answer 2xx, found " + answer_text(*result);
  switch (judge_answer(result->status)) {
    case HookAnswer::Delivered:
      lane.failures = 0;
      lane.last_error.clear();
      lane.last_delivered = now;
      lane.not_before = now + kApart;
      return finish(index, DeliveryNote::Kind::Delivered, "");
    case HookAnswer::Refused:
      lane.last_error = without_secrets(hooks_[index], said);
      lane.not_before = now + kApart;
      return finish(index, DeliveryNote::Kind::GivenUp, "the receiver will not take it: " + lane.last_error);
    case HookAnswer::Again: return fail_message(index, said, net::retry_after(result->headers, now), now);
  }
}

void Outbox::fail_message(std::size_t index, const std::string& reason, std::optional<Duration> retry_after,
                          Timestamp now) {
  auto& lane = lanes_[index];
  ++lane.failures;
  ++lane.counters.retried;
  lane.last_error = without_secrets(hooks_[index], reason);
  lane.not_before = now + retry_delay(lane.failures, retry_after, seams_.jitter());
  notes_.push_back(note_of(index, DeliveryNote::Kind::Failed, lane.last_error));
}

void Outbox::finish(std::size_t index, DeliveryNote::Kind kind, std::string reason) {
  auto& lane = lanes_[index];
  ++(kind == DeliveryNote::Kind::Delivered ? lane.counters.delivered : lane.counters.given_up);
  lane.finished = true;
  notes_.push_back(note_of(index, kind, std::move(reason)));
}

// A message that is done with is not sent again in this run, whatever the disk does.
void Outbox::forget_finished(std::size_t index, Timestamp now) {
  auto& lane = lanes_[index];
  if (!written({.message_gone = lane.message->id}, index)) {
    lane.not_before = std::max(lane.not_before, now + kStoreRetry);
    return;
  }
  lane.message.reset();
  lane.finished = false;
}

bool Outbox::written(const NotifyWrites& writes, std::size_t index) {
  const auto done = archive_.write(writes);
  if (!done) notes_.push_back(note_of(index, DeliveryNote::Kind::StoreFailed, done.error().message));
  return done.has_value();
}

DeliveryNote Outbox::note_of(std::size_t index, DeliveryNote::Kind kind, std::string reason) const {
  const auto& lane = lanes_[index];
  DeliveryNote note{.kind = kind, .hook = hooks_[index].name, .failures = lane.failures, .reason = std::move(reason)};
  if (lane.message) {
    note.message_id = lane.message->message_id;
    note.events = lane.message->events;
  }
  return note;
}

std::vector<DeliveryNote> Outbox::take_notes() { return std::exchange(notes_, {}); }

HookView Outbox::view(std::size_t index, Timestamp now) const {
  const auto& lane = lanes_[index];
  HookView view{.counters = lane.counters, .on_its_way = lane.on_its_way, .failures = lane.failures};
  view.waiting = lane.waiting.size();
  if (!lane.waiting.empty()) view.oldest = lane.waiting.front().event.at;
  if (lane.message && !lane.finished) {
    view.waiting += static_cast<std::size_t>(lane.message->events);
    view.oldest = lane.message->made_at;
    if (!lane.on_its_way && lane.not_before > now) view.next_try = lane.not_before;
  }
  view.last_delivered = lane.last_delivered;
  view.last_error = lane.last_error;
  view.test = lane.test;
  return view;
}

}  // namespace dz::notify
