// Incidents: one for each subject that is at fault, from the pass that finds a cause to the one at which nothing is
// left of it. While its cause stands it is failing; when the cause has gone, but some record is not healthy again yet,
// it is recovering; then it is over. Kept over a restart, so that the same trouble is the same incident. Pure.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "control/find_causes.h"
#include "control/record_book.h"
#include "verdict/explain.h"

namespace dz::control {

// A start costs at most so many seconds of unobserved minutes, and what rows tell of a device is known again by then.
inline constexpr Duration kSettling = std::chrono::seconds{150};

enum class IncidentState : std::uint8_t { Failing, Recovering };
std::string_view to_text(IncidentState state);  // "failing", "recovering"

struct Incident {
  std::string subject;  // subject_of(cause)
  Cause cause;          // as it was found last
  IncidentState state = IncidentState::Failing;
  Timestamp since;        // when it began, or was noticed first
  Timestamp state_since;  // recovering: when the cause had gone
  bool gates = false;
  std::vector<Pubkey> records;  // ordered; recovering: those that are not healthy again
  // Some record that carries traffic is impaired, or the verdict is that it becomes so: people have to be told.
  bool impairs = false;

  bool operator==(const Incident&) const = default;
  // The same for as long as it lasts, over restarts too; another one when the trouble comes back after it was over.
  std::string id() const;
};

class IncidentBook {
 public:
  // restored: those of an earlier start; of them nothing is taken for gone before `started` and a little more, for the
  // minutes of the restart itself may be unobserved, and who sends has yet to be heard; but what is seen to be over
  // (seen_over.h) is over.
  IncidentBook(std::vector<Incident> restored, Timestamp started);
  IncidentBook() = default;

  // What a pass found, and what it makes of the records. Returns those that another incident leads now than before.
  std::vector<Pubkey> follow(std::span<const FoundCause> found, std::span<const RecordVerdict> verdicts,
                             const MonitorInputs& inputs);

  // While the clock of this machine is not believed nothing is judged: what was found stays as it was, and the clock is
  // what is behind every record that was judged last. It is over as soon as the clock is right.
  void clock_is_wrong(const std::string& problem, std::span<const RecordVerdict> verdicts, Timestamp now);
  void clock_is_right();

  std::span<const Incident> all() const { return incidents_; }  // what explains more first
  // It stood before the start, and nothing of it was seen since: nobody knows whether it goes on.
  bool is_out_of_sight(const Incident& incident) const { return out_of_sight_.contains(incident.subject); }
  // The one that leads a record, null when none does: its cause stands.
  const Incident* leading(const Pubkey& record) const;
  // The leading one, or else one that the record recovers from.
  const Incident* of(const Pubkey& record) const;

 private:
  bool has_clock() const;  // it is the first of them then
  const Incident& found(std::size_t place) const;
  struct Leading;
  Leading leading_now() const;

  std::vector<Incident> incidents_;      // the clock's before all that was found
  std::map<Pubkey, std::size_t> leads_;  // by record, the place among those found
  std::set<std::string> out_of_sight_;   // by subject
  Timestamp settled_at_{};               // until then nothing that was restored is gone
};

// What is told of a record's leading cause; none when no cause stands, or none is to be told.
std::optional<verdict::CauseReport> cause_report(const MonitorInputs& inputs, const Pubkey& record);

}  // namespace dz::control
