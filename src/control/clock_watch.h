// Whether the clock of this machine is to be believed. What is judged ends at the clock, so a clock that is wrong for
// one pass would close minutes that have not been yet, and make good evidence look as if it were too old. Witnesses are
// the monotonic clock (a jump), the times of the ledger's blocks, and the times in the rows of most devices.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/pubkey.h"
#include "base/time.h"

namespace dz::control {

struct ClockLimits {
  Duration jump = std::chrono::seconds{60};  // against a witness; less is drift, or a correction of it
};

class ClockWatch {
 public:
  // last_pass: when this store's last pass was, by the clock of then.
  explicit ClockWatch(ClockLimits limits = {}, std::optional<Timestamp> last_pass = std::nullopt)
      : limits_(limits), last_pass_(last_pass) {}

  // The clock now, and a clock that is never set; none: there is no such one, and the clock does not jump.
  void look(Timestamp now, std::optional<Duration> steady);
  // When the newest block of the ledger that was seen was made, seen at the time of the last look.
  void saw_block(Timestamp made);
  // The newest row that a device sent since the last look, by its own clock.
  void saw_row(const Pubkey& device, Timestamp at);

  bool is_right() const { return problem_.empty(); }
  // What is wrong, and what to do; empty when nothing is.
  const std::string& problem() const { return problem_; }
  // It was wrong, or another start of this store had it wrong, and since the last call it is right again: what was
  // closed after now is to be taken back.
  bool has_come_right();

 private:
  enum class Word : std::uint8_t { Nothing, Agrees, Ahead, Behind };  // what a witness says of the clock

  Word block_word() const;
  Word rows_word() const;
  bool jumped() const;
  std::string doubt(bool is_before_last_pass) const;
  void decide();

  ClockLimits limits_;
  std::optional<Timestamp> last_pass_;
  Timestamp now_;
  std::optional<Duration> steady_;
  std::optional<Duration> offset_;  // of the clock against the steady one, when it was right last
  // How far the clock was ahead of what a witness said, at the offset that it has now.
  std::optional<Duration> ahead_of_block_;
  std::map<Pubkey, Duration> ahead_of_rows_;  // of each device's newest row
  Duration seen_at_offset_{};
  std::string problem_;
  bool was_wrong_ = false;
};

}  // namespace dz::control
