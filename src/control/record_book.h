// What a monitor knows of each record between passes: its memory, where its evidence is, what it was judged to be and
// what followed from that, and to whom something happened since. So the next pass judges those, and the others stand.
// plan_monitor() is the only one who fills it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "control/calm.h"
#include "control/find_causes.h"
#include "control/gather.h"
#include "control/health_decision.h"
#include "control/monitor_inputs.h"
#include "verdict/condition.h"

namespace dz::control {

// The outcome for one record, small enough to keep for all of them.
struct RecordVerdict {
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  Health health = Health::Unknown;   // on the ledger
  Health verdict = Health::Unknown;  // what the table makes of it
  verdict::HealthReason reason = verdict::HealthReason::FirstSight;
  verdict::Judgement evidence_judgement = verdict::Judgement::Unknown;
  verdict::Judgement record_judgement = verdict::Judgement::Unknown;
  bool disagreement = false;
  std::optional<Timestamp> healthy_at;  // exact; none when it is healthy, or something else has to happen first
  verdict::Condition condition;
  std::array<verdict::Judgement, verdict::kMostFindings>
      judgements{};  // in the order of Policy::link_criteria() or device_criteria()
  bool operator==(const RecordVerdict&) const = default;
};

class RecordBook {
 public:
  using Memories = std::map<Pubkey, verdict::RecordMemory>;

  // memories: what memories() gave before the restart, or nothing. The present state of every record counts as first
  // seen at the first pass.
  explicit RecordBook(Memories memories = {});
  // Entries of devices point to those of links: a book can be handed on, not copied.
  RecordBook(RecordBook&&) = default;
  RecordBook& operator=(RecordBook&&) = default;
  RecordBook(const RecordBook&) = delete;
  RecordBook& operator=(const RecordBook&) = delete;

  // Of the last pass, links first, each ordered by key; of the records that are owned.
  std::span<const RecordVerdict> verdicts() const { return verdicts_; }
  const RecordVerdict* verdict_of(const Pubkey& key) const;  // null for a key that was no record then
  // The links at a device, in order of key: those of the inputs' links that have it at an end.
  std::vector<KeyedLink> links_at(const MonitorInputs& inputs, const Pubkey& device) const;
  // To be kept with the rings.
  Memories memories() const;
  // Empty for a key that is no record.
  verdict::RecordMemory memory_of(const Pubkey& key) const;
  // Whose memories changed since the last saved(), but for the time at which evidence that is known was known; none:
  // any may have, and records may be gone.
  std::optional<std::vector<Pubkey>> unsaved() const;
  void saved();

  // This monitor's write of that health was confirmed. The record is judged again at the next pass, which needs
  // records read after that.
  void landed(const Pubkey& key, Health health, bool reset);
  // Something happened to an undrained record that its fields do not show: as if it was asked back just now.
  void wanted_again(const Pubkey& key);

  // ---- for plan_monitor(). A record has a place: its number among the verdicts.

  struct LinkEntry {
    const Link* link;
    LinkSubjects subjects;
    verdict::RecordMemory memory;
    std::array<Pubkey, 2> ends{};  // the devices that it was resolved for
    JudgedLink judged{};
    CalmMark calm{};
    bool evidence_known = false;  // when it was judged last, and so until now
  };
  struct DeviceEntry {
    const Device* device;
    DeviceSubjects subjects;
    verdict::RecordMemory memory;
    CalmMark calm{};
    bool evidence_known = false;
  };

  // Entries follow the records, where these or the places of their evidence changed. What is remembered of records that
  // are gone goes too.
  void follow(const MonitorInputs& inputs);
  std::size_t size() const { return verdicts_.size(); }
  bool is_link(std::size_t place) const { return place < links_.size(); }
  LinkEntry& link_at(std::size_t place) { return links_[place]; }
  DeviceEntry& device_at(std::size_t place) { return devices_[place - links_.size()]; }
  RecordVerdict& verdict_at(std::size_t place) { return verdicts_[place]; }

  // The record is judged in the next pass, whatever else is.
  void mark(std::size_t place);
  void mark(const Pubkey& key);
  // The devices at the ends of a link, which was judged, are not calm until they are judged again.
  void disturb_ends(std::size_t link);
  // In order. They are not marked any more.
  std::vector<std::size_t> take_marked();

  // What a judged record comes to, besides its verdict: it stands until the record is judged again.
  struct Outcome {
    Decision decision;
    RecordSymptoms symptoms;
    bool memory_changed = false;
  };
  void put(std::size_t place, Outcome outcome);
  // Of those that have something to say, by place.
  const std::map<std::size_t, Decision>& decisions() const { return decisions_; }
  const Symptoms& symptoms() const { return symptoms_; }

  // The causes that were found last. Null: they have to be found anew, for symptoms or records changed since.
  const std::vector<FoundCause>* causes() const { return causes_stand_ ? &causes_ : nullptr; }
  // Found on that ground.
  void put_causes(std::vector<FoundCause> causes, CauseGround ground);
  const CauseGround& cause_ground() const { return cause_ground_; }

  // What the last pass judged on; null at first, and when entries were made anew.
  const Ground* last_ground() const { return last_ground_ ? &*last_ground_ : nullptr; }
  Timestamp last_pass() const { return last_pass_; }
  void end_pass(Ground ground, Timestamp now);

 private:
  // None for a key that is no record.
  std::optional<std::size_t> place_of(const Pubkey& key) const;
  verdict::RecordMemory& memory_at(std::size_t place);
  verdict::RecordMemory known_memory(std::size_t place) const;
  void follow_all(const MonitorInputs& inputs);
  bool follow_some(const MonitorInputs& inputs, std::span<const Pubkey> changed);
  void follow_link(const MonitorInputs& inputs, std::size_t place);
  bool follow_beside(const MonitorInputs& inputs, const Pubkey& key);
  void note_beside(const MonitorInputs& inputs, const Pubkey& key, const Link& link);
  void follow_device(const MonitorInputs& inputs, std::size_t place);
  DeviceSubjects resolve(const MonitorInputs& inputs, const KeyedDevice& keyed);

  Memories restored_;  // until the first pass
  std::vector<LinkEntry> links_;
  std::vector<DeviceEntry> devices_;
  std::vector<RecordVerdict> verdicts_;                  // of links_, then of devices_
  std::map<Pubkey, std::vector<std::size_t>> links_of_;  // the places of a device's links, in order
  // Links that are not owned, at devices that are.
  struct BesideLink {
    const Link* link;
    std::array<Pubkey, 2> ends;
  };
  std::map<Pubkey, BesideLink> beside_;
  std::map<Pubkey, std::vector<Pubkey>> beside_of_;  // by device, in order
  std::optional<std::uint64_t> records_revision_, subjects_revision_;
  std::set<std::size_t> marked_;
  std::map<std::size_t, Decision> decisions_;
  Symptoms symptoms_;
  std::vector<FoundCause> causes_;
  CauseGround cause_ground_;
  bool causes_stand_ = false;
  std::optional<std::vector<std::size_t>> unsaved_;  // places
  std::optional<Ground> last_ground_;
  Timestamp last_pass_;
};

}  // namespace dz::control
