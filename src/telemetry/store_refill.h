// What a store that was away is given time for: to fill up. Agents keep their rows meanwhile and deliver them one after
// the other when it is back, so that for some seconds it holds the rows of one device and not yet those of the next.
// Who has not delivered yet is not silent.
//
// A stall is a failed request, a sweep that brought nothing new, or minutes that were not asked for at their time
// (after a restart). The first answer after it that brings something new is not taken: the question is asked again one
// `lag` later, the time that rows are given always, and then what is said holds, whoever is dead. Only when requests
// fail again, so that the last good answer is more than two lags old, the wait begins anew. So a stall costs one lag.
//
// Who delivers later than that was taken for silent. Late rows mend that, so the minutes of the stall, and the overlap
// before them, are asked for again although by then they lie before what is asked for always: one overlap after the
// wait, then after twice as long, and again, while the pause is at most an hour (with 5 minutes four times). A new
// stall takes the place of one that was looked at once. While the store answered and held no new row of anybody, nobody
// could be heard: whoever has not delivered those minutes either is not known to have been silent in them. When a row
// of somebody is found there after all, the silence of the others is bad in the strict judgement, as in any other
// minute, and nothing in the damped one.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/time.h"

namespace dz::telemetry {

class StoreRefill {
 public:
  // No overlap: late rows are not wanted. It is at most an hour, or long enough by itself.
  StoreRefill(Duration lag, std::chrono::minutes overlap) : lag_(lag), overlap_(overlap) {}

  void stalled() { stalled_ = true; }
  void failed(Timestamp now, std::optional<Timestamp> last_good_answer);
  // An answer brings what is new, from that minute on. When to ask for it again; none: it holds.
  std::optional<Timestamp> wait_until(Minute from, Timestamp now);
  // A sweep begins: from this minute on, when it is time to look at the last stall again.
  std::optional<Minute> begin_sweep(Timestamp now);
  // It asked for everything before `end`.
  void end_sweep(bool brought_news, Minute end, Timestamp now);
  // From where on the store answers for silence, of what is new from that minute on.
  Minute heard_from(Minute from) const { return std::max(from, unheard_to_.value_or(from)); }
  // Minutes from here on were heard; none: all were.
  std::optional<Minute> unheard_to() const { return unheard_to_; }

 private:
  struct LookBack {
    Minute from;
    Timestamp at;
    Duration pause;  // before `at`
  };
  void look_back_later(Minute from, Timestamp at);

  Duration lag_;
  std::chrono::minutes overlap_;
  bool stalled_ = false;
  std::optional<Timestamp> filling_since_;
  std::optional<Minute> unheard_to_;
  std::optional<LookBack> look_back_;
  bool looking_back_ = false;  // the sweep under way
};

}  // namespace dz::telemetry
