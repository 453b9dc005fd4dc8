// What the monitor does next: evidence and records in, health writes, alarms and the next time to look out. Pure: the
// same calls in the same order give the same plans.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/calm.h"
#include "control/gather.h"
#include "control/outlook.h"
#include "control/plan_activator.h"
#include "control/write_mode.h"
#include "verdict/assessment.h"
#include "verdict/page.h"

namespace dz::control {

struct MonitorInputs {
  const std::map<Pubkey, Link>& links;  // as the ledger has them; they outlive the planner's next call
  const std::map<Pubkey, Device>& devices;
  std::uint64_t records_revision;  // another number whenever a record changed, or the maps are others
  const evidence::Evidence& evidence;
  const verdict::Policy& policy;
  // What becomes of the plan. Resets (reset.h) follow it: written, shown while the record calls for them, or left to
  // the monitor that writes.
  WriteMode mode = WriteMode::Write;
  bool can_write = true;  // now: the ledger was read lately, and the key may write
  Timestamp now;
  // Records with a write on its way, whose outcome is not known yet: judged, but neither changed nor complained about.
  // Null: none.
  const std::map<Pubkey, Health>* under_way = nullptr;
  std::uint32_t held_sources = 0;  // bit Source: disputed, judged as stale

  // Whether what is planned will be written. Otherwise whatever health is seen is adopted.
  bool writable() const { return mode == WriteMode::Write && can_write; }
};

struct HealthChange {
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  Health from = Health::Unknown, to = Health::Unknown;
  verdict::HealthReason reason = verdict::HealthReason::FirstSight;  // MonitorPlanner::report() has the criteria
  bool reset = false;  // written before the record is judged; `from` may be the same
  bool operator==(const HealthChange&) const = default;
};

enum class AlarmKind : std::uint8_t {
  MassSilence,         // many devices of one source fell silent together: suspect the source
  StaleSource,         // a source stopped answering
  HealthDisagreement,  // somebody else wrote a health that this monitor would change; it stops writing the record
  ImpairedInService,   // an activated record is impaired: people have to look
  SourcesDisagree,     // two stores tell different things of one source; raised by who compares them
  ChangeBudget,        // more is to be written than is allowed; raised by who counts
};
std::string_view to_text(AlarmKind kind);  // "mass-silence", ...

struct MonitorAlarm {
  AlarmKind kind = AlarmKind::MassSilence;
  // MassSilence, StaleSource, SourcesDisagree
  evidence::Source source = evidence::Source::Counters;
  std::optional<Minute> since;  // StaleSource: the watermark; none when it never answered
  int devices = 0;              // MassSilence: size of the frozen set
  std::string detail;           // what is known besides: the store's name and what it last said; may be empty
                                // ChangeBudget: what was spent, what is held
  // HealthDisagreement, ImpairedInService
  Pubkey key;
  RecordKind record = RecordKind::Link;
  Health found = Health::Unknown;  // on the ledger
  Health own = Health::Unknown;    // what this monitor last wrote or adopted
  Health verdict = Health::Unknown;
  bool operator==(const MonitorAlarm&) const = default;
};
// One sentence: what was expected, what was found, what to do. subject: the code of the record, or the source's name
// (Policy::source_name).
std::string render_alarm(const MonitorAlarm& alarm, std::string_view subject, Timestamp now,
                         const Profile& profile = rfc_profile());
// Whether the alarm is about a record, not about a source.
bool is_of_record(AlarmKind kind);

struct MonitorPlan {
  std::vector<HealthChange> changes;  // links first, each ordered by key
  std::vector<MonitorAlarm> alarms;
  Timestamp next_look;  // a minute closes, a source becomes stale or a hold ends: look again at the latest then
  int assessed = 0;     // records judged anew in this pass; the others could not have changed
};

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
  std::array<verdict::Judgement, verdict::kMostFindings>
      judgements{};  // in the order of Policy::link_criteria() or device_criteria()
  bool operator==(const RecordVerdict&) const = default;
};

class MonitorPlanner {
 public:
  using Memories = std::map<Pubkey, verdict::RecordMemory>;

  // memories: what memories() gave before the restart, or nothing. The present state of every record counts as first
  // seen at the first pass.
  explicit MonitorPlanner(Memories memories = {});

  // One pass. Judges what may have changed since the last; the outcome is that of judging everything. Counts every
  // change planned as tried when inputs.writable(). The plan is valid until the next call.
  const MonitorPlan& plan(const MonitorInputs& inputs);

  // Of the last pass, links first, each ordered by key.
  std::span<const RecordVerdict> verdicts() const { return verdicts_; }
  // To be kept with the rings.
  Memories memories() const;

  // This monitor's write of that health was confirmed. The record is judged again at the next pass, which needs
  // records read after that.
  void landed(const Pubkey& key, Health health, bool reset);
  // Something happened to an undrained record that its fields do not show: as if it was asked back just now.
  void wanted_again(const Pubkey& key);

  // Judges one record again with the inputs of the last pass, in words. NotFound for a key that is no record.
  Result<verdict::AssessmentReport> report(const MonitorInputs& inputs, const Pubkey& key,
                                           const verdict::ReportExtras& extras = {}) const;
  Result<std::string> explain(const MonitorInputs& inputs, const Pubkey& key,
                              const verdict::PageOptions& options = {}) const;

 private:
  struct LinkEntry {
    const Link* link;
    LinkSubjects subjects;
    verdict::RecordMemory memory;
    JudgedLink judged;
    CalmMark calm;
  };
  struct DeviceEntry {
    const Device* device;
    DeviceSubjects subjects;
    verdict::RecordMemory memory;
  };
  void refresh_records(const MonitorInputs& inputs);
  // In verdicts_. None for a key that is no record.
  std::optional<std::size_t> place_of(const Pubkey& key) const;
  const verdict::RecordMemory& memory_at(std::size_t place) const;
  verdict::RecordMemory& memory_at(std::size_t place);
  void plan_links(const MonitorInputs& inputs, TallyGatherer& gatherer, const verdict::AssessmentContext& context,
                  Outlook& outlook);
  void plan_devices(const MonitorInputs& inputs, TallyGatherer& gatherer, const verdict::AssessmentContext& context,
                    Outlook& outlook);
  void decide(const MonitorInputs& inputs, Status status, verdict::RecordMemory& memory, RecordVerdict& verdict);
  void raise_source_alarms(const MonitorInputs& inputs, const verdict::Sources& sources);
  template <typename Use>
  Result<void> with_assessment(const MonitorInputs& inputs, const Pubkey& key, const Use& use) const;

  Memories restored_;  // until the first pass
  std::vector<LinkEntry> links_;
  std::vector<DeviceEntry> devices_;
  std::vector<RecordVerdict> verdicts_;  // of links_, then of devices_
  std::optional<std::uint64_t> records_revision_, subjects_revision_;
  std::optional<Ground> ground_, ground_before_;  // of this pass; of the last, when only time has passed since
  Timestamp last_pass_;
  verdict::Assessment assessment_;
  MonitorPlan plan_;
};

}  // namespace dz::control
