// What a monitor knows of each record between passes: its memory, where its evidence is, the verdict of the last pass,
// and what spares the next one work. plan_monitor() is the only one who fills it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "control/calm.h"
#include "control/gather.h"
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

  // Of the last pass, links first, each ordered by key.
  std::span<const RecordVerdict> verdicts() const { return verdicts_; }
  const RecordVerdict* verdict_of(const Pubkey& key) const;  // null for a key that was no record then
  // To be kept with the rings.
  Memories memories() const;
  // Empty for a key that is no record.
  verdict::RecordMemory memory_of(const Pubkey& key) const;

  // This monitor's write of that health was confirmed. The record is judged again at the next pass, which needs
  // records read after that.
  void landed(const Pubkey& key, Health health, bool reset);
  // Something happened to an undrained record that its fields do not show: as if it was asked back just now.
  void wanted_again(const Pubkey& key);

  // Whether a pass may be spared: the last one planned no change, and nothing happened to what it was planned on but
  // what evidence tells, which is the caller's to know. Then stood() takes the place of plan_monitor(), until the time
  // that the plan named for the next look.
  bool stands(const MonitorInputs& inputs) const;
  void stood(Timestamp now);

  // ---- for plan_monitor()

  struct LinkEntry {
    const Link* link;
    LinkSubjects subjects;
    verdict::RecordMemory memory;
    JudgedLink judged;
    CalmMark calm;
    bool evidence_known = false;  // at the last pass that judged it
  };
  struct DeviceEntry {
    const Device* device;
    DeviceSubjects subjects;
    verdict::RecordMemory memory;
    bool evidence_known = false;
  };

  // Entries follow the records, where these or the places of their evidence changed. What is remembered of records that
  // are gone goes too.
  void follow(const MonitorInputs& inputs);
  std::span<LinkEntry> links() { return links_; }
  std::span<DeviceEntry> devices() { return devices_; }
  RecordVerdict& link_verdict(std::size_t i) { return verdicts_[i]; }
  RecordVerdict& device_verdict(std::size_t i) { return verdicts_[links_.size() + i]; }
  // What the last pass judged on; null at first, and when entries were made anew.
  const Ground* last_ground() const { return last_ground_ ? &*last_ground_ : nullptr; }
  Timestamp last_pass() const { return last_pass_; }
  void end_pass(Ground ground, const MonitorInputs& inputs, bool planned_changes);

 private:
  // In verdicts_. None for a key that is no record.
  std::optional<std::size_t> place_of(const Pubkey& key) const;
  verdict::RecordMemory& memory_at(std::size_t place);

  Memories restored_;  // until the first pass
  std::vector<LinkEntry> links_;
  std::vector<DeviceEntry> devices_;
  std::vector<RecordVerdict> verdicts_;  // of links_, then of devices_
  std::optional<std::uint64_t> records_revision_, subjects_revision_;
  std::optional<Ground> last_ground_;
  Timestamp last_pass_;
  bool settled_ = false;  // the last pass planned nothing, and nothing was said since
  std::uint32_t disputed_sources_ = 0;
};

}  // namespace dz::control
