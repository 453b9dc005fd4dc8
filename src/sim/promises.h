// The earliest times that a monitor names, held against what becomes of them. Watched while nothing new goes wrong, a
// promise never changes, and the first pass at or after it is the one that finds the record healthy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "monitor/monitor.h"

namespace dz::sim {

class Promises {
 public:
  // After every step of the monitor that writes, by its own clock.
  void look(const monitor::Monitor& monitor, Timestamp now);

  int kept() const { return kept_; }
  const std::vector<std::string>& broken() const { return broken_; }

 private:
  // Of one record since it came into its present state.
  struct Promise {
    Status status;
    DesiredStatus desired;
    std::optional<Timestamp> at;  // none: something else has to happen first
    bool healthy = false;
    Timestamp looked;
  };
  void follow(const control::RecordVerdict& verdict, const std::string& code, Promise now);

  std::map<Pubkey, Promise> open_;
  int kept_ = 0;
  std::vector<std::string> broken_;
};

}  // namespace dz::sim
