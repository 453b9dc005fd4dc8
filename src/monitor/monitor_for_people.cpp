// What people ask the monitor, and what they tell it; what it does by itself is in monitor.cpp.
#include <algorithm>

#include "attest/state_change.h"
#include "history/record_subjects.h"
#include "monitor/monitor.h"

namespace dz::monitor {

Result<verdict::AssessmentReport> Monitor::assessment(const Pubkey& key, verdict::ReportExtras extras,
                                                      std::optional<Timestamp> asked) const {
  if (!reader_.snapshot()) return fail(ErrorKind::Retry, reader_.problem());
  const auto noted = notes_with_sources(key, asked);
  extras.notes = noted;
  extras.drained_by = drains_.find(key);
  const auto held_back = desk_.held_back(key, now_);
  extras.held_back = held_back ? &*held_back : nullptr;
  return report_record(inputs(now_), book_, key, extras);
}

Result<std::string> Monitor::explain(const Pubkey& key, verdict::PageOptions options,
                                     std::optional<Timestamp> asked) const {
  if (!reader_.snapshot()) return fail(ErrorKind::Retry, reader_.problem());
  const auto noted = notes_with_sources(key, asked);
  options.policy_digest = policy_digest_;
  options.notes = noted;
  options.drained_by = drains_.find(key);
  const auto held_back = desk_.held_back(key, now_);
  options.held_back = held_back ? &*held_back : nullptr;
  return explain_record(inputs(now_), book_, key, options);
}

Result<control::RecordMinutes> Monitor::minutes(const Pubkey& key) const {
  if (!reader_.snapshot()) return fail(ErrorKind::Retry, reader_.problem());
  return minutes_of_record(inputs(now_), book_, key);
}

Result<control::RecordMinutes> Monitor::minutes(const Pubkey& key, const history::PastMinutes& past) const {
  if (!reader_.snapshot()) return fail(ErrorKind::Retry, reader_.problem());
  const auto& asked = past.asked();
  // Of a device's links that one alone whose minutes were read.
  std::map<Pubkey, Link> links;
  for (const auto& wanted : {std::optional(key), asked.link}) {
    const auto link = wanted ? reader_.snapshot()->links.find(*wanted) : reader_.snapshot()->links.end();
    if (link != reader_.snapshot()->links.end()) links.insert(*link);
  }
  const auto now = inputs(now_);
  const control::MonitorInputs then{.links = links,
                                    .devices = now.devices,
                                    .records_revision = now.records_revision,
                                    .evidence = past.evidence(),
                                    .policy = now.policy,
                                    .now = std::min(now_, Timestamp{asked.to})};
  return minutes_of_record(then, book_, key, control::MinuteSpan{asked.from, asked.to});
}

Result<std::vector<Decision>> Monitor::decisions(const DecisionQuery& query) {
  DZ_TRY_ASSIGN(auto found, kept_.memory.decisions().find(query));
  if (elsewhere_) {
    DZ_TRY_ASSIGN(found, elsewhere_->decisions(query, std::move(found)));
  }
  return with_statements(std::move(found));
}

Result<StatementArchive::Grounds> Monitor::grounds(std::int64_t statement) {
  auto here = statements().grounds(statement);
  if (here || here.error().kind != ErrorKind::NotFound || !elsewhere_) return here;
  return elsewhere_->grounds(statement);
}

Result<history::PastMinutes> Monitor::begin_past(const Pubkey& key, const control::RecordMinutes& of, PastOf what,
                                                 storage::SqliteDatabase* from) {
  const auto& records = *reader_.snapshot();
  history::PastAsked asked{.key = key, .from = of.span.from, .to = of.span.to};
  asked.kind = records.links.contains(key) ? RecordKind::Link : RecordKind::Device;
  asked.link = of.link;
  if (what == PastOf::Minutes) {
    const auto take = [&](evidence::Subject subject) { asked.subjects.push_back(std::move(subject)); };
    if (const auto device = records.devices.find(key); device != records.devices.end())
      history::each_subject(policy_, key, device->second, take);
    const auto link = records.links.find(of.link.value_or(key));
    if (link != records.links.end()) {
      history::each_subject(policy_, link->first, link->second, take);
      history::each_signal_of_device(link->second.side_a, take);
      history::each_signal_of_device(link->second.side_z, take);
    }
  }
  return history::PastMinutes::open(from == nullptr ? kept_.memory.database() : *from,
                                    evidence::Evidence(kept_.evidence->in_memory().settings()), policy_,
                                    std::move(asked));
}

Result<std::vector<Bytes>> Monitor::minutes_behind(const Pubkey& key) const {
  if (!reader_.snapshot()) return fail(ErrorKind::Retry, reader_.problem());
  const auto now = inputs(now_);
  std::vector<Bytes> leaves;
  const auto report = report_record(now, book_, key, {},
                                    [&](const control::JudgedNow& judged) { leaves = attest::leaves_of(judged, now); });
  if (!report) return tl::unexpected(report.error());
  return leaves;
}

std::vector<RecordPort> Monitor::ports_of(const Pubkey& key) const {
  std::vector<RecordPort> ports;
  if (!reader_.snapshot()) return ports;
  const auto& records = *reader_.snapshot();
  if (const auto link = records.links.find(key); link != records.links.end()) {
    ports = {{verdict::Side::A, link->second.side_a, link->second.side_a_iface},
             {verdict::Side::Z, link->second.side_z, link->second.side_z_iface}};
  }
  if (const auto device = records.devices.find(key); device != records.devices.end()) {
    for (const auto& port : device->second.interfaces) {
      if (is_edge(port)) ports.push_back({verdict::Side::None, key, port.name});
    }
  }
  return ports;
}

std::vector<std::string> Monitor::notes(const Pubkey& key, std::optional<Timestamp> asked) const {
  if (!reader_.snapshot()) return {};
  auto notes = notes_of(note_inputs(now_), key);
  if (const auto* maintenance = maintenance_of(key, asked)) {
    notes.insert(notes.begin(), control::sentence_of(*maintenance, reader_.code_of(maintenance->window.record),
                                                     std::max(now_, asked.value_or(now_))));
  }
  if (auto waits = quorum_.sentence_of(key); !waits.empty()) notes.insert(notes.begin(), std::move(waits));
  return notes;
}

std::vector<std::string> Monitor::notes_with_sources(const Pubkey& key, std::optional<Timestamp> asked) const {
  auto noted = notes(key, asked);
  const auto sources = suspicion_notes(note_inputs(now_));
  noted.insert(noted.end(), sources.begin(), sources.end());
  return noted;
}

NoteInputs Monitor::note_inputs(Timestamp now) const {
  return {*reader_.snapshot(),
          kept_.evidence->in_memory(),
          settings_.sources.empty() ? nullptr : &pulled_.notes(),
          pushed_.counters(),
          pushed_.former(),
          policy_,
          now,
          &restored_facts_.old_pubkeys()};
}

// ---- maintenance

Result<control::Maintenance> Monitor::add_maintenance(const control::MaintenanceWindow& window,
                                                      const MaintenanceDesk::Signed& by, Timestamp now) {
  const auto& genesis = reader_.mirror().view().genesis();
  if (!reader_.snapshot() || !genesis) return fail(ErrorKind::Retry, "the ledger was not read yet");
  auto told = kept_.maintenance.add(window, by, {*reader_.snapshot(), *genesis}, now);
  ++told_;
  wake_();
  return told;
}

Result<control::Maintenance> Monitor::end_maintenance(const std::string& id, const MaintenanceDesk::Signed& by,
                                                      Timestamp now) {
  const auto& genesis = reader_.mirror().view().genesis();
  if (!reader_.snapshot() || !genesis) return fail(ErrorKind::Retry, "the ledger was not read yet");
  auto told = kept_.maintenance.end(id, by, {*reader_.snapshot(), *genesis}, now);
  ++told_;
  wake_();
  return told;
}

const control::Maintenance* Monitor::maintenance_of(const Pubkey& key, std::optional<Timestamp> asked) const {
  const auto at = std::max(now_, asked.value_or(now_));
  return reader_.snapshot() ? kept_.maintenance.covering(key, *reader_.snapshot(), at) : nullptr;
}

std::string Monitor::sentence_of(const Pubkey& key) const {
  const auto report = report_record(inputs(now_), book_, key);
  return report ? report->sentence : std::string();
}

}  // namespace dz::monitor
