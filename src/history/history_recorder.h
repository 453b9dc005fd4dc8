// Finds out what the history has to say of a pass. Minutes are compared as they close; older ones when the evidence
// says that they changed; records when the ledger was read.
#pragma once

#include <map>
#include <unordered_set>
#include <vector>

#include "control/monitor_inputs.h"
#include "control/record_book.h"
#include "history/history.h"

namespace dz::history {

class HistoryRecorder {
 public:
  // start: what the first pass says of the process. newest: of the history so far; times grow whatever the clock does.
  HistoryRecorder(HistoryStart start, std::optional<Timestamp> newest) : start_(std::move(start)), newest_(newest) {}

  // Of what a pass is planned on. Nothing: the pass has nothing to say, so but for the time it is planned on what the
  // pass before was. What it returns counts as written once complete() added what planning left, and the caller then
  // lets the evidence forget_changes(), unless its answers_revision() is another one than before this call: what came
  // in a pause has to be looked at again. If it could not be written, call lost().
  std::optional<HistoryPass> record(const control::MonitorInputs& inputs, const Profile& profile);
  // After planning.
  static void complete(HistoryPass& pass, const control::RecordBook& book);
  void lost() { whole_since_.reset(); }

 private:
  struct Tracked {
    evidence::Subject subject;
    evidence::SubjectRef ref;
    evidence::Source source;
    std::optional<evidence::Marks> last;  // none: nothing was said of it yet
  };
  struct Known {
    RecordKind kind;
    Bytes account;
  };

  // The records that changed since the last pass; none: it is not known which.
  std::optional<std::vector<Pubkey>> changed_records(const control::MonitorInputs& inputs) const;
  void track(const control::MonitorInputs& inputs);
  void in_order_of_memory();
  void want(const evidence::Evidence& rings, const evidence::Subject& subject);
  void record_minutes(const control::MonitorInputs& inputs, HistoryPass& pass);
  // How far a source is complete, and how far that was said.
  struct Through {
    std::optional<Minute> watermark, said;
  };
  void record_subject(const evidence::Evidence& rings, const Through& source, Tracked& tracked, HistoryPass& pass);
  void record_records(const control::MonitorInputs& inputs, const Profile& profile, HistoryPass& pass);
  void record_qa(const evidence::Evidence& rings, HistoryPass& pass);
  void record_windows(const verdict::Policy& policy, HistoryPass& pass);

  HistoryStart start_;
  bool started_ = false;
  std::optional<Timestamp> newest_, whole_since_, silent_;  // silent_: the last pass that had nothing to say
  std::optional<bool> could_write_;
  std::optional<std::uint64_t> records_revision_, subjects_revision_;
  std::optional<std::uint64_t> answers_revision_;  // of the evidence whose minutes were looked at; none: look at them
  std::vector<Tracked> tracked_;
  std::unordered_set<evidence::Subject, evidence::SubjectHash> wanted_;
  std::map<evidence::Source, Minute> through_;  // watermarks as said
  std::map<Pubkey, Known> known_;               // records as said
  std::map<std::pair<Pubkey, Timestamp>, bool> qa_;
  std::vector<std::pair<Pubkey, evidence::QaResult>> qa_looked_at_;  // all that was kept at the last pass
  std::map<std::uint64_t, std::chrono::minutes> windows_;            // as said, by slots
};

}  // namespace dz::history
