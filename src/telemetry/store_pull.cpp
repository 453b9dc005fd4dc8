#include "telemetry/store_pull.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "telemetry/minute_rows.h"

namespace dz::telemetry {
namespace {

using std::chrono::minutes;

constexpr Duration kLongestPause = std::chrono::hours{1};  // whatever Retry-After says
constexpr minutes kOne{1};
constexpr minutes kLeastUnasked{60};    // back and ahead, while the store does not say that it is too much
constexpr minutes kTryMoreAfter{10};    // what was too much for the store is not asked for that long
constexpr minutes kQaOverlap{120};      // a run is stamped with its begin and published at its end
constexpr minutes kTryEventsEvery{60};  // of a store that knew none: its table may have been widened
constexpr minutes kLookAheadEvery{10};  // for rows stamped in the future
constexpr minutes kLookAhead{24 * 60 * 30};
constexpr minutes kBackFill{10};  // a gap longer than this is told as one

minutes overlap_of(const PullLimits& limits, StoreSubject subject) {
  return subject == StoreSubject::Qa ? std::max(limits.overlap, kQaOverlap) : limits.overlap;
}

// Where the longest window begins.
Minute first_of(Minute target, minutes history, minutes step) {
  const auto first = target - history;
  return first - first.time_since_epoch() % step;
}

// The first and the last minute that rows of the answer speak for.
struct Extent {
  Minute first, end;
};
std::optional<Extent> extent_of(const StoreRows& rows, const StorePull::Subject& subject) {
  std::optional<Extent> extent;
  const auto speak = [&](Minute minute, minutes length) {
    if (!extent) extent = Extent{minute, minute + length};
    extent->first = std::min(extent->first, minute);
    extent->end = std::max(extent->end, minute + length);
  };
  for (const auto& row : rows.counters) speak(row.minute, kOne);
  for (const auto& row : rows.getconfigs) speak(row.minute, kOne);
  for (const auto& row : rows.added_values) speak(row.minute, subject.criterion->every);
  return extent;
}

// The runs of minutes before that one in which the rows tell of anybody.
std::vector<PulledRows::Span> spans_with_rows(const StoreRows& rows, Minute before) {
  std::set<Minute> minutes_with_rows;
  const auto note = [&](Minute minute) {
    if (minute < before) minutes_with_rows.insert(minute);
  };
  for (const auto& row : rows.counters) note(row.minute);
  for (const auto& row : rows.getconfigs) note(row.minute);
  std::vector<PulledRows::Span> spans;
  for (const auto minute : minutes_with_rows) {
    if (spans.empty() || spans.back().to != minute) spans.push_back({minute, minute});
    spans.back().to += kOne;
  }
  return spans;
}

PullFailure kind_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Refused:
    case ErrorKind::Unsupported: return PullFailure::Refused;
    case ErrorKind::NotFound: return PullFailure::NotFound;
    case ErrorKind::Corrupt: return PullFailure::WrongAnswer;
    case ErrorKind::TooMuch: return PullFailure::TooLarge;
    case ErrorKind::Retry:
    case ErrorKind::Cancelled: break;
  }
  return PullFailure::Trouble;
}

}  // namespace

std::string_view to_text(PullFailure failure) {
  switch (failure) {
    case PullFailure::Unreachable: return "unreachable";
    case PullFailure::TooLarge: return "too-large";
    case PullFailure::Trouble: return "trouble";
    case PullFailure::Refused: return "refused";
    case PullFailure::NotFound: return "not-found";
    case PullFailure::WrongAnswer: return "wrong-answer";
  }
  return "?";
}

StorePull::StorePull(const StoreSettings& store, const PullLimits& limits, Subject subject)
    : store_(store),
      limits_(limits),
      subject_(subject),
      refill_(limits.lag, overlap_of(limits, subject.subject)),
      chunk_(limits.chunk),
      lookback_(limits.error_lookback),
      look_ahead_(kLookAhead) {
  DZ_CHECK((subject.subject == StoreSubject::Added) == (subject.criterion != nullptr));
  // A question holds the whole overlap beside a new minute, whatever the settings: else late rows would never be seen.
  const auto least = (overlap_of(limits, subject.subject) + step() - kOne) / step() * step() + step();
  limits_.chunk = chunk_ = std::max(least, limits.chunk / step() * step());
  baselines_known_ = subject.subject != StoreSubject::Counters || subject.role == Role::Check;
}

Timestamp StorePull::due() const {
  if (asked_) return Timestamp::max();
  const auto next_minute = swept_ ? Timestamp{*swept_ + step()} + limits_.lag : Timestamp{};
  const bool looks_ahead = subject_.subject == StoreSubject::Counters && subject_.role == Role::Serve && swept_;
  return std::max(not_before_, looks_ahead ? std::min(next_minute, next_look_ahead_) : next_minute);
}

minutes StorePull::step() const { return subject_.criterion != nullptr ? subject_.criterion->every : kOne; }

Minute StorePull::target_at(Timestamp now) const {
  const auto minute = minute_of(now - limits_.lag);
  return minute - minute.time_since_epoch() % step();
}

// Where a sweep begins: at the watermark, or at the beginning of the longest window.
Minute StorePull::start_of(Minute target, const evidence::Evidence& evidence) const {
  const auto first = first_of(target, limits_.history, step());
  const auto watermark = evidence.state(subject_.source).watermark;
  if (!watermark) return first;
  const auto whole = *watermark - watermark->time_since_epoch() % step();
  return std::clamp(whole, first, target);
}

std::optional<StoreAsk> StorePull::next(Timestamp now, const evidence::Evidence& evidence) {
  if (now < due()) return std::nullopt;
  const auto target = target_at(now);
  if (swept_ && *swept_ >= target) {  // due because of rows stamped in the future
    next_look_ahead_ = now + kLookAheadEvery;
    const auto from = minute_of(now) + 2 * kOne;
    return ask({StoreSubject::FutureRows, from, from + look_ahead_, nullptr}, now);
  }
  if (subject_.role == Role::Check) {
    target_ = target;
    return ask({subject_.subject, target - std::min(kChecked, chunk_), target, subject_.criterion}, now);
  }
  const auto first = first_of(target, limits_.history, step());
  const auto watermark = evidence.state(subject_.source).watermark;
  if (!baselines_known_ && watermark && *watermark >= first) baselines_known_ = true;  // kept with the evidence
  if (!baselines_known_) {
    return ask({StoreSubject::Baselines, minute_of(Timestamp{first} - lookback_), first, nullptr}, now);
  }
  const auto question = minutes_question(target, now, evidence);
  if (question.from >= question.to) {  // the evidence is as far already, and no overlap is wanted
    swept_ = target;
    go_on_at_.reset();
    return std::nullopt;
  }
  return ask(question, now);
}

StoreQuestion StorePull::minutes_question(Minute target, Timestamp now, const evidence::Evidence& evidence) {
  target_ = target;
  const auto start = start_of(target, evidence);
  follow_progress(target, evidence);
  probing_ = !go_on_at_ && nothing_new_ && target - start > chunk_;
  Minute from;
  if (probing_) {
    from = target - chunk_;
  } else if (go_on_at_) {
    from = *go_on_at_;
  } else {
    from = begin_sweep(start, now, evidence);
  }
  from = std::max(from - from.time_since_epoch() % step(), first_of(target, limits_.history, step()));
  return {subject_.subject, from, std::min(from + chunk_, target), subject_.criterion};
}

// Before what is new: the overlap, and at times the last stall.
Minute StorePull::begin_sweep(Minute start, Timestamp now, const evidence::Evidence& evidence) {
  const auto known = swept_ ? swept_ : evidence.state(subject_.source).watermark;
  if (known && target_ - *known > step()) refill_.stalled();
  if (const auto stall = refill_.begin_sweep(now)) return std::min(*stall, start);
  const auto late_from = start - overlap_of(limits_, subject_.subject);
  const auto late = std::min(start, settled_.value_or(late_from));
  return std::max(late, start + step() - chunk_);  // as much of it as the chunk holds beside what is new
}

void StorePull::follow_progress(Minute target, const evidence::Evidence& evidence) {
  const auto start = start_of(target, evidence);
  const auto at = std::max(go_on_at_.value_or(start), start);
  if (!state_.back_fill && target - at > kBackFill && !nothing_new_)
    state_.back_fill = PullState::Progress{at, at, target};
  if (state_.back_fill) {
    state_.back_fill->at = std::max(state_.back_fill->at, at);
    state_.back_fill->to = target;
  }
}

std::optional<StoreAsk> StorePull::ask(StoreQuestion question, Timestamp now) {
  const bool counts = question.subject == StoreSubject::Counters || question.subject == StoreSubject::Baselines;
  question.events = counts && now >= try_events_at_;
  auto request = render_question(store_, question);
  if (!request) {  // the settings cannot ask this; it is said, and looked at again as if the store had refused
    failed(PullFailure::Refused, request.error(), std::nullopt, now, 1);
    return std::nullopt;
  }
  asked_ = question;
  asked_at_ = now;
  ++state_.requests;
  return StoreAsk{question, std::move(*request), limits_.timeout, limits_.max_answer};
}

void StorePull::failed(PullFailure kind, const Error& error, std::optional<Duration> retry_after, Timestamp now,
                       double jitter) {
  ++state_.failures[static_cast<std::size_t>(kind)];
  ++state_.failed_in_a_row;
  state_.last_error = error.message;
  if (kind != PullFailure::TooLarge) refill_.failed(now, state_.answered_at);
  const bool less = ask_for_less(kind, now);
  state_.too_much_at_smallest = kind == PullFailure::TooLarge && !less;
  if (state_.too_much_at_smallest) {
    state_.last_error += fmt::format(
        "; there is no smaller question than these {}: raise the store's limits, or max_answer_mib of the "
        "source; it is asked again",
        duration_text(asked_->to - asked_->from));
  }
  // When only the question was too large the store is well: it is asked at once.
  const bool at_once = kind == PullFailure::TooLarge && less && !retry_after;
  not_before_ = now + (at_once ? Duration{} : pause_after(retry_after, jitter));
  state_.pause_until = not_before_;
  asked_.reset();
}

// Whether the next question is smaller than the one that failed.
bool StorePull::ask_for_less(PullFailure kind, Timestamp now) {
  const bool may_have_been_large =
      kind == PullFailure::TooLarge || kind == PullFailure::Unreachable || kind == PullFailure::Trouble;
  if (!asked_ || !may_have_been_large) return false;
  const auto size = asked_->to - asked_->from;
  const auto least = kind == PullFailure::TooLarge ? kOne : kLeastUnasked;
  if (asked_->subject == StoreSubject::Baselines) {
    lookback_ = std::min<Duration>(lookback_, std::max<Duration>(least, size / 2));
    return lookback_ < size;
  }
  if (asked_->subject == StoreSubject::FutureRows) {
    look_ahead_ = std::min(look_ahead_, std::max(least, size / 2));
    return look_ahead_ < size;
  }
  if (kind == PullFailure::TooLarge) {
    too_much_ = size;
    try_more_at_ = now + kTryMoreAfter;
  }
  chunk_ = std::max(step(), std::min(chunk_, size / 2 / step() * step()));
  return chunk_ < size;
}

void StorePull::ask_for_more(Timestamp now) {
  if (now >= try_more_at_) too_much_.reset();
  const auto more = std::min(limits_.chunk, chunk_ * 2);
  if (!too_much_ || more < *too_much_) chunk_ = more;
}

Duration StorePull::pause_after(std::optional<Duration> retry_after, double jitter) const {
  auto pause = limits_.retry_least;
  for (int i = 1; i < state_.failed_in_a_row && pause < limits_.retry_most; ++i) pause *= 2;
  pause = std::min(pause, limits_.retry_most);
  pause = Duration{static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.5 + 0.5 * jitter))};
  return retry_after ? std::max(pause, std::min(*retry_after, kLongestPause)) : pause;
}

Result<PulledRows> StorePull::on_reply(Result<StoreReply> reply, Timestamp now, double jitter,
                                       const evidence::Evidence& evidence) {
  DZ_CHECK(asked_.has_value());
  state_.waits.add(now - asked_at_);
  if (!reply) {
    const bool large = reply.error().kind == ErrorKind::Refused;
    failed(large ? PullFailure::TooLarge : PullFailure::Unreachable, reply.error(), std::nullopt, now, jitter);
    return fail(reply.error().kind, state_.last_error);
  }
  state_.bytes += reply->answer.body.size();
  auto rows = reply->rows ? Result<StoreRows>(std::move(*reply->rows)) : read_answer(store_, *asked_, reply->answer);
  if (!rows && asked_->events && speaks_of_events(rows.error())) return ask_without_events(now);
  if (!rows) {
    failed(kind_of(rows.error().kind), rows.error(), reply->retry_after, now, jitter);
    return fail(rows.error().kind, state_.last_error);
  }
  if (asked_->events) state_.lacks_events = false;
  state_.rows += rows->rows;
  state_.failed_in_a_row = 0;
  state_.last_error.clear();
  state_.too_much_at_smallest = false;
  state_.pause_until.reset();
  state_.answered_at = now;
  PulledRows taken{asked_->subject, std::move(*rows), {}, {}};
  if (taken.subject == StoreSubject::Baselines) {
    taken.batch = rows_of_baselines(taken.rows, asked_->to, now);
    baselines_known_ = true;
  } else if (taken.subject != StoreSubject::FutureRows) {
    take_minutes(taken, now, evidence);
  } else {
    look_ahead_ = std::min(kLookAhead, look_ahead_ * 2);
    if (!taken.rows.future_rows.empty()) next_look_ahead_ = now + kOne;  // until it is seen that no more come
  }
  asked_.reset();
  return taken;
}

// An older store: the same question at once, without what it does not know.
PulledRows StorePull::ask_without_events(Timestamp now) {
  state_.lacks_events = true;
  try_events_at_ = now + kTryEventsEvery;
  PulledRows nothing{asked_->subject, {}, {}, {}};
  asked_.reset();
  return nothing;
}

void StorePull::take_minutes(PulledRows& taken, Timestamp now, const evidence::Evidence& evidence) {
  const auto [subject, from, to, criterion, events] = *asked_;
  if (subject_.role == Role::Check) {
    swept_ = target_;
    ask_for_more(now);
    return;
  }
  const auto watermark = evidence.state(subject_.source).watermark;
  const auto start = start_of(target_, evidence);
  auto extent = extent_of(taken.rows, subject_);
  if (subject == StoreSubject::Qa) extent = Extent{std::min(from, start), to};
  const auto end = extent ? std::min(extent->end, to) : start;
  if (probing_ && end > start) {  // there is something new: everything is asked for
    nothing_new_ = false;
    taken.rows = {};
    return;
  }
  const bool news = extent && (!watermark || end > *watermark);
  if (const auto until = news && watermark ? refill_.wait_until(start, now) : std::nullopt) {
    if (go_on_at_) go_on_at_ = std::min(*go_on_at_, start);
    not_before_ = *until;
    taken.rows = {};
    return;
  }
  ask_for_more(now);  // not before: a larger question may fail, and what follows it would be waited for again
  const auto closed = watermark.value_or(from);
  if (subject == StoreSubject::Counters) taken.batch = rows_of_counters(taken.rows, closed, evidence);
  if (subject == StoreSubject::ConfigAgent) taken.batch = rows_of_getconfigs(taken.rows, closed, evidence);
  if (subject == StoreSubject::Qa) taken.batch = rows_of_qa(taken.rows);
  if (news) {
    // Minutes between the watermark and the first row were silent; before the first row ever, nobody knows.
    const bool goes_on = watermark && *watermark >= start;
    const auto first = goes_on ? *watermark : std::max(extent->first, from);
    // A value of an added criterion may be absent of everybody at once; the criterion says what that means.
    const auto heard = subject_.criterion != nullptr ? first : refill_.heard_from(first);
    taken.answered.push_back({std::min(heard, end), end});
  }
  // After them, because they count as found out late: who was not heard there is not impaired by it.
  if (const auto unheard_to = refill_.unheard_to()) {
    const auto spans = spans_with_rows(taken.rows, *unheard_to);
    taken.answered.insert(taken.answered.end(), spans.begin(), spans.end());
  }
  if (news) settled_ = std::max(settled_.value_or(Minute{}), std::min(to, target_ - overlap_of(limits_, subject)));
  if (to < target_) {
    // An hour of history without a single row is asked for once more before it is believed.
    confirming_ = !extent && !confirming_;
    go_on_at_ = confirming_ ? from : to;
    if (confirming_) not_before_ = asked_at_ + limits_.retry_least;
    return;
  }
  go_on_at_.reset();
  swept_ = target_;
  nothing_new_ = end < target_;
  refill_.end_sweep(news, target_, now);
  state_.back_fill.reset();
}

void StorePull::not_kept(Timestamp now) {
  go_on_at_.reset();
  swept_.reset();
  settled_.reset();
  baselines_known_ = subject_.subject != StoreSubject::Counters || subject_.role == Role::Check;
  not_before_ = now + limits_.retry_least;
}

}  // namespace dz::telemetry
