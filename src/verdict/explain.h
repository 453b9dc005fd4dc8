// An assessment in words: one sentence for people, the whole explanation, and a report whose fields map one to one
// to JSON. Pure; text is made only when somebody asks (about 10 us a text).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "verdict/condition.h"
#include "verdict/strip.h"

namespace dz::verdict {

using DeviceRecords = std::map<Pubkey, Device>;

// The link or device that an assessment is about. Refers to the arguments given: keep them while it is used. The
// devices tell the codes of those at the ends of links; null: they are not known.
class JudgedRecord {
 public:
  explicit JudgedRecord(const Link& link, const DeviceRecords* devices = nullptr) : link_(&link), devices_(devices) {}
  // The evidence names the candidates (interfaces, links) that the findings number.
  JudgedRecord(const Device& device, const DeviceTallies& evidence, const DeviceRecords* devices = nullptr)
      : device_(&device), evidence_(&evidence), devices_(devices) {}

  RecordKind kind() const { return link_ != nullptr ? RecordKind::Link : RecordKind::Device; }
  const Link* link() const { return link_; }
  const Device* device() const { return device_; }
  const DeviceTallies* evidence() const { return evidence_; }
  // Of the device at that end of the link; empty when it is not known.
  std::string_view code_at(const Link& link, Side side) const;
  std::string_view code() const { return link_ != nullptr ? link_->code : device_->code; }

 private:
  const Link* link_ = nullptr;
  const Device* device_ = nullptr;
  const DeviceTallies* evidence_ = nullptr;
  const DeviceRecords* devices_ = nullptr;
};

// Who took a record out of service, as the ledger's history tells it.
struct DrainedBy {
  std::string role;  // "side A, contributor 'alpha'", "the foundation"; "" for a key that is neither
  Pubkey signer;
  std::optional<Timestamp> at;  // none: the ledger did not say
};
// "side A, contributor 'alpha' (key 9xQe...) at 11:42".
std::string to_text(const DrainedBy& by, Timestamp now);

// "held by link.a.errors: 3 minutes with in-errors at A (ams-dz001) Switch1/1/1, last 11:42; clean since; healthy
// tomorrow 11:43 if it stays clean"; while it fails "failing since 11:40; met 24 h 0 min after it is repaired".
std::string render_sentence(const JudgedRecord& record, const Assessment& assessment);

// What was found for one criterion: "3 minutes with in-errors at A (ams-dz001) Switch1/1/1, last 11:42; clean since".
std::string render_finding(const JudgedRecord& record, const Finding& finding, const Assessment& assessment);

// What has to happen, with the command where there is one; empty when nothing has to.
std::string render_to_do(const JudgedRecord& record, const Finding& finding, const Assessment& assessment);

// What somebody has to do, where a condition needs somebody: one sentence.
std::string render_needs(const JudgedRecord& record, const Assessment& assessment, const Condition& condition);

// The state in one line: "failing since 11:40", "recovering: clean since 11:43, returns tomorrow 11:43".
std::string render_condition(const Assessment& assessment, const DrainedBy* drained_by = nullptr);

// Where the minutes of a finding were seen: "A (ams-dz001) Switch1/1/1"; of a candidate also its name.
std::string render_where(const JudgedRecord& record, const Finding& finding);

struct MinuteReport {
  Minute at;
  std::string counters;  // "in-errors"; empty when the minute was silent
};

struct FindingReport {
  std::string_view id, kind, mode, judgement;  // "link.a.errors", "evidence", "enforce", "not met"
  std::optional<std::string_view> stage;       // of a device's criterion, where there are stages
  bool gates = false;
  std::string detail, to_do;
  std::optional<Timestamp> earliest;
  // Evidence criteria only.
  std::string_view source;
  std::optional<Minute> watermark;
  bool stale = false;
  std::string where;  // "A Switch1/1/1"; of a candidate also its name
  struct Minutes {
    Minute from, to;
    int good = 0, bad = 0, unobserved = 0;
    std::optional<MinuteReport> first_bad, last_bad;
    std::optional<Minute> first_unobserved, last_unobserved;
    bool derived = false, parent_port = false;
    std::optional<std::uint64_t> rise;  // of carrier and discards: by how much the counters rose, where it is known
  };
  std::optional<Minutes> minutes;
  std::optional<QaCounts> qa;
  int candidates = 0, candidates_met = 0;
  // On request (page.h).
  struct Range {
    Minute from, to;                 // [from, to)
    std::string_view signal, state;  // "errors", "bad"
    std::string where, fault;
  };
  std::optional<std::string> strip;
  std::optional<std::vector<Range>> ranges;
};

// A condition in words; the API has these members.
struct ConditionReport {
  std::string_view state;
  std::optional<Timestamp> since, returns_at;
  std::optional<std::string_view> criterion;
  struct HeldBy {
    std::string_view what;
    std::optional<std::string_view> criterion;
    std::optional<DrainedBy> by;  // of a drain, where it is known
  };
  std::optional<HeldBy> held_by;
  struct Needs {
    std::string_view who;
    std::string what;
  };
  std::optional<Needs> needs;
};

// Why it is so, where that is known: what leads the sentence and says what to do.
struct CauseReport {
  std::string_view kind;  // "clock-ahead"
  std::string sentence, to_do;
  std::string end;  // what has to be seen for it to be over
  std::optional<Timestamp> since;
  Who who = Who::Contributor;  // acts
  bool gates = false;          // else it shows in criteria that gate nothing
};

// Why a change of health that is due is not written, where that is not evidence.
struct HeldBack {
  std::string why, to_do;
};

struct AssessmentReport {
  std::string kind, code;  // "link"
  std::string_view status, desired_status;
  std::string_view health, next_health, reason;
  std::string_view evidence, record;                             // all enforced criteria of the kind together
  std::optional<std::string_view> links_evidence, links_record;  // of a device with stages
  bool damped_failure = false;
  int window_minutes = 0;
  std::uint64_t window_slots = 0;  // 0: the policy gives a duration
  std::string window_trouble;      // why the window is not known; empty when it is
  Timestamp at;
  std::optional<Timestamp> healthy_at, hold_until;
  ConditionReport condition;
  std::optional<CauseReport> cause;  // of what fails now
  std::string sentence, advice;
  std::vector<std::string> notes;
  std::optional<StripAxis> axis;        // on request
  std::vector<FindingReport> findings;  // criteria with mode off left out
};

// The sentence behind its cause.
std::string render_led(const CauseReport& cause, std::string_view sentence);

// What is known of a record besides its assessment. Null: it is not known who drained it; no cause is known; nothing
// is held back.
struct Besides {
  const DrainedBy* drained_by = nullptr;
  const CauseReport* cause = nullptr;
  const HeldBack* held_back = nullptr;
};
// The sentence that pages and reports show: behind the cause, before what is held back.
std::string render_told(const JudgedRecord& record, const Assessment& assessment, const Besides& besides);

AssessmentReport report_assessment(const JudgedRecord& record, const Assessment& assessment, const Sources& sources,
                                   const Besides& besides = {});

}  // namespace dz::verdict
