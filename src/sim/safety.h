// What must never happen, checked at every transaction that changes a link or a device, by rules written down here
// once more and on purpose: nothing below uses the lifecycle table, the verdict or the evidence of the code under test.
//
// Evidence is judged with what the truth (truth.h) says was delivered. A health of `healthy` is a violation when, in
// every window that the monitor can have judged, an error counter rose in a row that it had, octets stood still, more
// minutes were dark than the policy allows, or a minute was dark that nothing excuses (the endpoint ran, and the other
// devices were heard). A whole clock minute is dark for a port when no octet row with a time in it was delivered to
// that monitor's endpoint, then or later by replay.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/records.h"
#include "program/runtime/runtime.h"
#include "sim/truth.h"

namespace dz::sim {

struct PortPlace {
  std::size_t device = 0, port = 0;
};

// What the checks ask of the world.
class SafetyView {
 public:
  virtual ~SafetyView() = default;
  virtual const MonitorTruth* judging_truth() const = 0;  // of the monitor that is writing; null: no monitor is
  virtual std::vector<PortPlace> ports_of_link(const Pubkey& link) const = 0;
  virtual std::vector<Pubkey> links_of_device(const Pubkey& device) const = 0;
  virtual std::optional<std::size_t> number_of_device(const Pubkey& device) const = 0;
  virtual std::vector<std::size_t> dia_ports(std::size_t device) const = 0;
  // Minutes of [from, to) without a sample of this device on the ledger, less what back-dating may shift.
  virtual int dark_sample_minutes(std::size_t device, MinuteNumber from, MinuteNumber to) const = 0;
  // Something was wrong with the device itself around that minute.
  virtual bool troubled(std::size_t device, MinuteNumber m) const = 0;
};

struct SafetyRules {
  std::chrono::minutes window{24 * 60};
  int dark_allowed = 15;
  int qa_successes = 4;
  int qa_at_the_edges = 1;  // runs in minutes that only some of the possible windows hold
  Duration lateness = std::chrono::seconds{30};
  // How far behind the clock a window that is judged may end: at least, and at most.
  Duration least_behind = std::chrono::seconds{30}, most_behind = std::chrono::seconds{30};
  Duration qa_most_behind{};  // of QA, beyond that
  // Between a judgement and the landing of its transaction: the life of a block hash, and the clocks' difference.
  Duration under_way = std::chrono::seconds{100};
  Duration clocks = std::chrono::seconds{6};
  Pubkey foundation, monitor, activator;
  // The program keeps to the rules of who writes what; without it, live_safety.h has the rules.
  bool guarded = true;
};

class Safety {
 public:
  Safety(const SafetyView& view) : view_(view) {}
  void set_added(const SafetyRules& rules) { rules_ = rules; }

  // A link or device of the serviceability program as a transaction left it; no data: deleted.
  void on_account(const Pubkey& key, const wire::Account& account, const Pubkey& signer, Timestamp now);

  const Link* link(const Pubkey& key) const;
  const Device* device(const Pubkey& key) const;
  // When status, desired_status or health of the record last changed; none for a key that is no record.
  std::optional<Timestamp> changed_at(const Pubkey& key) const;
  // Whether its present health was written by the monitors' key.
  bool is_health_of_monitor(const Pubkey& key) const {
    const auto found = pasts_.find(key);
    return found != pasts_.end() && found->second.health_by == rules_.monitor;
  }
  const std::vector<std::string>& violations() const { return violations_; }
  struct Counts {
    int activations = 0, drains = 0, healthy = 0, impaired_in_service = 0, deletions = 0, changes = 0;
  };
  const Counts& counts() const { return counts_; }
  Timestamp last_change() const { return last_change_; }

 private:
  struct State {
    Status status = Status::Pending;
    DesiredStatus desired = DesiredStatus::Activated;
    Health health = Health::Unknown;
    bool operator==(const State&) const = default;
  };
  struct Past {
    State state;
    Timestamp since;
    Pubkey by;
  };
  struct RecordPast {
    bool is_link = false;
    std::string code;
    std::vector<Past> past;     // every state there was, the present one last
    Timestamp present_since;    // of (status, desired)
    bool held_by_hand = false;  // drained by somebody who is no daemon, and nobody has asked for its return since
    Timestamp health_since;     // of the health
    Pubkey health_by;
  };

  const Profile& profile() const { return rules_.guarded ? rfc_profile() : v034_profile(); }
  // One record, changed by one transaction.
  struct Change {
    const Pubkey& key;
    State before, after;
    const Pubkey& signer;
    Timestamp now;
  };
  void on_state(const Pubkey& key, const State& state, const Pubkey& signer, Timestamp now);
  void note_hold(RecordPast& record, const Change& change) const;
  void check_status(const RecordPast& record, const Change& change);
  void check_health(const RecordPast& record, const Change& change);
  void check_deleted(const RecordPast& record, const Pubkey& signer, Timestamp now);
  void check_raised(const Pubkey& key, const RecordPast& record, const State& judged, Timestamp now);
  void check_lowered(const Pubkey& key, const RecordPast& record, Timestamp now);

  struct Window {
    MinuteNumber from, to;
    Timestamp arrived_by;
  };
  // Why it is not clean; empty: it is.
  std::string port_fault(const MonitorTruth& truth, const PortPlace& place, const Window& window) const;
  std::string link_fault(const MonitorTruth& truth, const Pubkey& key, const Window& window) const;
  std::string device_fault(const MonitorTruth& truth, const Pubkey& key, const Window& window) const;
  std::string lane_fault(const MonitorTruth& truth, std::size_t device, Lane DeviceTruth::*lane,
                         const Window& window) const;
  std::string qa_fault(const DeviceTruth& truth, const Window& window) const;
  std::string qa_fault_within(const DeviceTruth& truth, const Window& window) const;
  bool excused(const MonitorTruth& truth, std::size_t device, Lane DeviceTruth::*lane, MinuteNumber m) const;
  bool explains(const MonitorTruth& truth, std::size_t device, MinuteNumber m) const;

  void violated(Timestamp now, const RecordPast& record, const std::string& what);

  const SafetyView& view_;
  SafetyRules rules_;
  std::map<Pubkey, RecordPast> pasts_;
  std::map<Pubkey, Link> links_;
  std::map<Pubkey, Device> devices_;
  std::vector<std::string> violations_;
  Counts counts_;
  Timestamp last_change_;
};

}  // namespace dz::sim
