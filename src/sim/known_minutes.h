// What is true of the minutes of a port, an agent or a direction within a window, as the truth (truth.h) and the rules
// for them say: written down here once more and on purpose, with nothing of the code that judges. For walks on pushed
// evidence. What nobody heard in a minute in which the monitor was down is not seen; in any other it was silent.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/world.h"

namespace dz::sim {

enum class PortSignal : std::uint8_t { Data, Errors, Utilization, Carrier, Discards };
// As criteria are named after them: "data".
std::string_view to_text(PortSignal signal);
inline constexpr std::array kPortSignals{PortSignal::Data, PortSignal::Errors, PortSignal::Utilization,
                                         PortSignal::Carrier, PortSignal::Discards};

// Of one signal of one subject.
struct Known {
  MinuteNumber from = 0, to = 0;  // the window
  std::set<MinuteNumber> bad, unseen;
  int unseen_allowed = 15;
  // Samples on the ledger carry no times: what is derived for them may be off by so many minutes.
  int slack = 0;
  // Of carrier and discards: how often or how much in the window, and in each bad minute the counters that rose.
  std::uint64_t rise = 0;
  std::map<MinuteNumber, std::string> counters;

  long length() const { return static_cast<long>(to - from); }
  bool fails() const { return bad.contains(to - 1); }
  // The newest minute that was seen is bad: what a monitor that was down may still hold to be so.
  bool failed_last() const;
  // Neither is certain while a change is younger than the slack.
  bool may_fail() const;
  bool may_be_clean() const;
  // Whether that minute can be told as the last bad one: a run of missing samples shorter than the slack may go unseen.
  bool may_be_last(MinuteNumber m) const;
  bool is_met() const;
  // Where a window can begin that holds no bad minute, few unseen ones, and none of those first.
  MinuteNumber clean_from() const;
  // The first bad minute of the run that goes on.
  std::optional<MinuteNumber> run_begin() const;
  int runs() const;
};

class KnownMinutes {
 public:
  // disordered: devices whose counters fell or whose times went back, of whose minutes no number is certain.
  KnownMinutes(World& world, Timestamp at, std::set<std::size_t> disordered = {});

  Known port(std::size_t device, std::size_t port, PortSignal signal) const;
  Known reporting(std::size_t device) const;
  Known config_agent(std::size_t device) const;
  Known telemetry_agent(std::size_t device) const;
  Known probes(std::size_t origin) const;
  // Every signal of both ends of a link, or of one port, is met.
  bool is_up(std::size_t device, std::size_t port) const;
  bool is_up(const LinkSpec& link) const;

  struct Qa {
    int successes = 0, failures = 0;
    std::optional<Timestamp> last_failure, failing_since;
    Duration longest_gap{};
  };
  Qa qa(std::size_t device) const;

  // Devices that fell silent together, so that their source is suspected, and have not sent again.
  struct Suspicion {
    MinuteNumber since = 0;
    std::set<std::size_t> silent;  // in the newest minute
  };
  const std::optional<Suspicion>& suspicion_of_counters() const { return suspicions_[0]; }
  const std::optional<Suspicion>& suspicion_of_config_agents() const { return suspicions_[1]; }

  MinuteNumber from() const { return from_; }
  MinuteNumber to() const { return to_; }
  Timestamp at() const { return at_; }

 private:
  Known empty() const;
  void add_events(const PortTruth& truth, PortSignal signal, Known& known) const;
  Known of_lane(const Lane& lane, const std::vector<std::set<MinuteNumber>>& excused, std::size_t device) const;
  Known of_samples(std::size_t device, bool lost_are_bad) const;
  void suspect(std::size_t source, const std::vector<const Lane*>& lanes);
  bool covered(MinuteNumber m) const { return world_.truth().covered.has(m); }
  MinuteNumber longest_gap() const;

  World& world_;
  Timestamp at_;
  std::set<std::size_t> disordered_;
  MinuteNumber from_, to_;
  std::array<std::vector<std::set<MinuteNumber>>, 2> excused_;  // of counters and config agents, by device
  std::array<std::optional<Suspicion>, 2> suspicions_;
  mutable std::map<std::tuple<std::size_t, std::size_t, PortSignal>, Known> ports_;
};

}  // namespace dz::sim
