// One conversation with one store about one subject: which minutes to ask for next, and what an answer adds to the
// evidence. A state machine without sockets and without a clock. What it knows of the past it reads from the evidence,
// so that a restart asks only for the gap.
//
// A question asks for the whole fleet: from the watermark, less an overlap for late rows, to the newest minute that
// closed `lag` ago; after a gap, in chunks. A request that fails is asked again after a pause that doubles. One that
// was too much for the store or for us is asked for half as much at once, down to the smallest question there is; that
// one is asked again like any other, and the error says that there is none smaller. What succeeds lets questions grow
// again, up to the size that was too much only after a while.
//
// The watermark follows the rows, not the questions: an answer without any row in its last minutes says nothing of
// them. So a store that is empty, or has only old rows, leaves the source where it is until it is stale. QA is an
// exception: its runs are hours apart, and the verdict itself tells a missing run from a missing result. After a stall
// they are given time to come: see store_refill.h. At the very first start, when nothing is known yet, what there is is
// taken.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "evidence/evidence.h"
#include "telemetry/row_batch.h"
#include "telemetry/store_query.h"
#include "telemetry/store_refill.h"

namespace dz::telemetry {

struct PullLimits {
  Duration lag = std::chrono::seconds{60};  // a minute is asked for this long after its end
  std::chrono::minutes overlap{5};          // minutes asked for again, for rows that came late
  std::chrono::minutes chunk{60};           // minutes of one question
  std::chrono::minutes history{24 * 60};    // how far a back-fill goes
  Duration timeout = std::chrono::seconds{30};
  Duration retry_least = std::chrono::seconds{2}, retry_most = std::chrono::minutes{5};
  Duration min_interval = std::chrono::milliseconds{100};  // between requests to one store
  std::size_t max_answer = std::size_t{64} << 20;          // bytes
  Duration error_lookback = std::chrono::hours{30 * 24};   // for the last error values before the window
  bool operator==(const PullLimits&) const = default;
};

struct StoreAsk {
  StoreQuestion question;
  StoreRequest request;  // the question in the store's words
  Duration timeout{};
  std::size_t max_body = 0;
};
struct StoreReply {
  StoreAnswer answer;
  std::optional<Duration> retry_after;  // the store asked for it
  std::optional<StoreRows> rows;        // a store in this process answers with rows, not with text
};

// What an answer adds to the evidence.
struct PulledRows {
  StoreSubject subject = StoreSubject::Counters;
  StoreRows rows;  // as answered
  RowBatch batch;  // what of it is news; of devices known or not
  struct Span {
    Minute from, to;
  };
  std::vector<Span> answered;  // the source answered for these, in this order
};

// Told by who failed and how; see failure_text().
enum class PullFailure : std::uint8_t { Unreachable, TooLarge, Trouble, Refused, NotFound, WrongAnswer };
inline constexpr std::size_t kPullFailures = 6;
std::string_view to_text(PullFailure failure);  // "unreachable", "too-large", ...

struct PullState {
  std::uint64_t requests = 0, bytes = 0, rows = 0;
  std::array<std::uint64_t, kPullFailures> failures{};
  Histogram waits;  // for answers
  int failed_in_a_row = 0;
  std::string last_error;                // empty after a success
  bool too_much_at_smallest = false;     // the last one: the smallest question there is was too much
  std::optional<Timestamp> pause_until;  // backing off
  std::optional<Timestamp> answered_at;  // the last good answer
  bool lacks_events = false;             // it has no discards and carrier transitions: asked for again at times
  struct Progress {                      // of a back-fill
    Minute from, at, to;
  };
  std::optional<Progress> back_fill;
};

// Has many members because a conversation may break off at any step and has to go on there: each says what is known of
// one step.
class StorePull {
 public:
  // What is done with the answers. Check: they are compared with what another store said, about the last minutes only.
  enum class Role : std::uint8_t { Serve, Check };
  static constexpr std::chrono::minutes kChecked{10};

  struct Subject {
    StoreSubject subject = StoreSubject::Counters;
    evidence::Source source = evidence::Source::Counters;  // whose watermark moves
    const verdict::AddedCriterion* criterion = nullptr;    // of Added; outlives the conversation
    Role role = Role::Serve;
  };

  // store outlives the conversation.
  StorePull(const StoreSettings& store, const PullLimits& limits, Subject subject);

  // When next() has something to ask; Timestamp::max() while an answer is awaited.
  Timestamp due() const;
  // The next request, if one is due. After it, on_reply() is called once.
  std::optional<StoreAsk> next(Timestamp now, const evidence::Evidence& evidence);
  // An error is kept in state() too, and says there whether a smaller question is left. jitter: from 0 to 1, spreads
  // what is asked again. A reply error: no whole answer came (Retry), or it was longer than max_body (Refused).
  Result<PulledRows> on_reply(Result<StoreReply> reply, Timestamp now, double jitter,
                              const evidence::Evidence& evidence);
  // What on_reply() gave could not be kept: it is asked for again.
  void not_kept(Timestamp now);

  const Subject& subject() const { return subject_; }
  const PullState& state() const { return state_; }

 private:
  std::chrono::minutes step() const;  // what questions are whole multiples of
  Minute target_at(Timestamp now) const;
  Minute start_of(Minute target, const evidence::Evidence& evidence) const;
  StoreQuestion minutes_question(Minute target, Timestamp now, const evidence::Evidence& evidence);
  Minute begin_sweep(Minute start, Timestamp now, const evidence::Evidence& evidence);
  std::optional<StoreAsk> ask(StoreQuestion question, Timestamp now);
  PulledRows ask_without_events(Timestamp now);
  Duration pause_after(std::optional<Duration> retry_after, double jitter) const;
  bool ask_for_less(PullFailure kind, Timestamp now);
  void ask_for_more(Timestamp now);
  void failed(PullFailure kind, const Error& error, std::optional<Duration> retry_after, Timestamp now, double jitter);
  void take_minutes(PulledRows& taken, Timestamp now, const evidence::Evidence& evidence);
  void follow_progress(Minute target, const evidence::Evidence& evidence);

  const StoreSettings& store_;
  PullLimits limits_;
  Subject subject_;
  PullState state_;
  StoreRefill refill_;

  std::optional<StoreQuestion> asked_;
  Timestamp asked_at_, not_before_;
  Minute target_;             // of the question under way
  bool probing_ = false;      // it only looks whether there is anything new
  bool nothing_new_ = false;  // the last sweep ended without rows at its end
  bool confirming_ = false;   // an empty part of the history is asked for a second time
  bool baselines_known_ = false;
  std::chrono::minutes chunk_;  // of the next question, at most
  Duration lookback_;
  std::chrono::minutes look_ahead_;
  std::optional<std::chrono::minutes> too_much_;  // so many at once were, lately
  Timestamp try_more_at_;                         // then it is forgotten
  std::optional<Minute> go_on_at_;                // within a sweep: the next question begins here
  std::optional<Minute> swept_;                   // everything before it was asked for
  std::optional<Minute> settled_;                 // late rows before it are no longer looked for
  Timestamp next_look_ahead_;
  Timestamp try_events_at_;  // when a store that did not know events is asked for them again
};

}  // namespace dz::telemetry
