#include "control/clock_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dz::control {
namespace {

// Devices that agree on another time say so together; buffered rows are of many times.
constexpr Duration kTogether = std::chrono::seconds{30};
constexpr Duration kLongAfter = std::chrono::hours{1};  // the last pass: a clock that says so has to be confirmed
constexpr std::size_t kFewDevices = 3;                  // with fewer, all have to agree

Duration magnitude(Duration d) { return d < Duration{} ? -d : d; }

std::string seconds_of(Duration d) { return fmt::format("{} s", std::chrono::round<std::chrono::seconds>(d).count()); }

}  // namespace

void ClockWatch::look(Timestamp now, std::optional<Duration> steady) {
  now_ = now;
  steady_ = steady;
  const auto offset = steady ? now.time_since_epoch() - *steady : Duration{};
  if (magnitude(offset - seen_at_offset_) > limits_.jump) {
    ahead_of_block_.reset();
    ahead_of_rows_.clear();
  }
  seen_at_offset_ = offset;
  decide();
}

void ClockWatch::saw_block(Timestamp made) {
  ahead_of_block_ = now_ - made;
  decide();
}

void ClockWatch::saw_row(const Pubkey& device, Timestamp at) { ahead_of_rows_[device] = now_ - at; }

bool ClockWatch::has_come_right() {
  if (!is_right()) return false;
  return std::exchange(was_wrong_, false);
}

bool ClockWatch::jumped() const {
  return steady_ && offset_ && magnitude(now_.time_since_epoch() - *steady_ - *offset_) > limits_.jump;
}

// A block is never made in the future. One that is old may be of a node that lags.
ClockWatch::Word ClockWatch::block_word() const {
  if (!ahead_of_block_) return Word::Nothing;
  if (*ahead_of_block_ < -limits_.jump) return Word::Behind;
  return *ahead_of_block_ > limits_.jump ? Word::Ahead : Word::Agrees;
}

ClockWatch::Word ClockWatch::rows_word() const {
  if (ahead_of_rows_.empty()) return Word::Nothing;
  std::vector<Duration> ahead;
  for (const auto& [device, by] : ahead_of_rows_) ahead.push_back(by);
  const auto at_middle = ahead.begin() + static_cast<std::ptrdiff_t>(ahead.size() / 2);
  std::nth_element(ahead.begin(), at_middle, ahead.end());
  const auto middle = *at_middle;
  const auto together = static_cast<std::size_t>(
      std::count_if(ahead.begin(), ahead.end(), [&](Duration by) { return magnitude(by - middle) <= kTogether; }));
  const auto needed = ahead.size() < kFewDevices ? ahead.size() : ahead.size() / 2 + 1;
  if (together < needed) return Word::Nothing;
  if (magnitude(middle) <= limits_.jump) return Word::Agrees;
  return middle > Duration{} ? Word::Ahead : Word::Behind;
}

std::string ClockWatch::doubt(bool is_before_last_pass) const {
  const std::string_view nobody = "and no block of the ledger and no rows say that it is right";
  if (jumped()) {
    return fmt::format("it jumped by {} against the monotonic clock, {}",
                       seconds_of(now_.time_since_epoch() - *steady_ - *offset_), nobody);
  }
  if (is_before_last_pass)
    return fmt::format("it is {} before the last pass, {}", seconds_of(*last_pass_ - now_), nobody);
  if (ahead_of_block_) return fmt::format("the ledger's newest block is {} old", seconds_of(*ahead_of_block_));
  return fmt::format("it is {} after the last pass, {}", seconds_of(now_ - *last_pass_), nobody);
}

// Rows are many, and looked at only where it depends on them: this is asked at every write.
void ClockWatch::decide() {
  const auto block = block_word();
  const bool is_before_last_pass = last_pass_ && now_ < *last_pass_ - limits_.jump;
  const bool is_long_after = last_pass_ && now_ > *last_pass_ + kLongAfter;
  const bool in_doubt = jumped() || (!offset_ && (is_before_last_pass || is_long_after || block == Word::Ahead));
  const bool unconfirmed = block != Word::Agrees && (!offset_ || jumped());
  const auto rows = unconfirmed ? rows_word() : Word::Nothing;
  problem_.clear();
  if (block == Word::Behind) {
    problem_ = fmt::format("the ledger's newest block was made {} after the time of this clock",
                           seconds_of(-*ahead_of_block_));
  } else if (rows == Word::Ahead || rows == Word::Behind) {
    problem_ = fmt::format("most devices send rows of another time ({} of them)", ahead_of_rows_.size());
  } else if (in_doubt && block != Word::Agrees && rows != Word::Agrees) {
    problem_ = doubt(is_before_last_pass);
  }
  if (!problem_.empty()) {
    problem_ = fmt::format(
        "the clock of this machine is not to be believed ({}): no minute is closed; check its time "
        "service",
        problem_);
    was_wrong_ = true;
    return;
  }
  const bool confirmed = block == Word::Agrees || rows == Word::Agrees || offset_.has_value();
  if (steady_ && confirmed) offset_ = now_.time_since_epoch() - *steady_;
  if (confirmed) last_pass_.reset();
}

}  // namespace dz::control
