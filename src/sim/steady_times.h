// Whether the times that a monitor names stand still. A time may move when something new goes wrong, and once more when
// a source is late; a time that moves twice while nothing new went wrong is one that slides, and nobody can plan on it.
// Watched in every run, through all its faults.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "monitor/monitor.h"
#include "sim/safety.h"

namespace dz::sim {

class SteadyTimes {
 public:
  // After every step of a monitor that writes; life: another one for each start of each monitor. The safety's records
  // tell when the ledger last changed them.
  void look(const monitor::Monitor& monitor, std::uint64_t life, const Safety& safety);
  const std::vector<std::string>& broken() const { return broken_; }
  int named() const { return named_; }  // times that were named

 private:
  // What can make a time move, of each criterion that holds a record back.
  struct Facts {
    std::optional<Minute> last_bad, last_unobserved;
    int bad = 0, unobserved = 0;
    std::optional<Timestamp> last_failure;
    // Nothing of these is new compared with those.
    bool nothing_new_since(const Facts& before) const;
  };
  struct Named {
    std::optional<Timestamp> changed_at;  // on the ledger
    std::optional<Timestamp> read_since;  // after a break in reading it a record's stay begins anew
    // As the monitor saw the record: its health, whether a reset is due, and its status. It may hear of a change late.
    Health health = Health::Unknown;
    std::optional<verdict::HealthReason> reset;
    std::string status, desired_status;
    std::optional<Timestamp> at;
    std::map<std::string, Facts, std::less<>> facts;
    int moved = 0;  // since something new went wrong
  };
  static std::map<std::string, Facts, std::less<>> facts_of(const verdict::AssessmentReport& report);

  std::uint64_t life_ = 0;
  std::map<Pubkey, Named> named_of_;
  int named_ = 0;
  std::vector<std::string> broken_;
};

}  // namespace dz::sim
