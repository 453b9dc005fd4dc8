#include "monitor/monitor_metrics.h"

#include <algorithm>

#include "monitor/log_pages.h"
#include "monitor/monitor.h"
#include "monitor/pulled_report.h"
#include "notify/notify_report.h"
#include "service/metrics.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kMostDevices = 1000;  // of which rows were refused

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
double number(std::uint64_t n) { return static_cast<double>(n); }

void add_judges(service::MetricsPage& page, const Monitor& monitor) {
  const auto& desk = monitor.judges();
  if (!desk.on()) return;
  const auto& c = desk.counters();
  page.gauge("quorum_needed", "Judges that must hold the same before health is raised.", desk.settings().k);
  page.gauge("quorum_waiting", "Changes of health that wait for other judges.", number(desk.waiting().size()));
  page.counter("quorum_agreed_total", "Changes that several judges had to hold, and did.", number(c.agreed));
  page.counter("quorum_questions_total", "Questions to other judges.", number(c.questions));
  page.counter("quorum_failures_total", "Questions to other judges without a good answer.", number(c.failures));
  page.counter("quorum_unreadable_total", "Opinions in answers that were none.", number(c.unreadable));
  for (const auto& peer : desk.settings().peers) {
    const auto& heard = desk.peers().peers().at(peer.key);
    page.gauge("quorum_judge_answers", "1 while the judge answers.",
               heard.answered_at && heard.last_error.empty() ? 1 : 0, {{"judge", desk.name_of(peer.key)}});
  }
}

void add_lake(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  if (monitor.lake() == nullptr) return;
  const auto state = monitor.lake()->state();
  if (state.through)
    page.gauge("history_behind_seconds", "How far what is in ClickHouse ends before now.",
               seconds(now - *state.through));
  page.gauge("history_reachable", "1 while ClickHouse takes what is sent.",
             state.known && state.problem.empty() ? 1 : 0);
  page.counter("history_rows_sent_total", "Rows sent to ClickHouse.", number(state.rows));
  page.counter("history_bytes_sent_total", "Bytes of rows sent to ClickHouse.", number(state.bytes));
  page.counter("history_failures_total", "Tries to send rows to ClickHouse that failed.", number(state.failures));
}

void add_counters(service::MetricsPage& page, const Monitor& monitor) {
  const auto c = monitor.counters();
  page.counter("passes_total", "Passes made.", number(c.passes));
  page.counter("ledger_reads_total", "Reads of all records.", number(c.ledger_reads));
  page.counter("ledger_read_failures_total", "Reads of all records that failed.", number(c.ledger_failures));
  page.counter("sample_reads_total", "Reads of the latency samples.", number(c.samples.reads));
  page.counter("sample_read_failures_total", "Reads of the latency samples that failed.", number(c.samples.failures));
  page.counter("health_changes_total", "Changes of health confirmed by the ledger.", number(c.health.changes));
  page.counter("health_refused_total", "Changes of health the ledger refused.", number(c.health.refused));
  page.counter("health_unsent_total", "Changes of health that could not be sent.", number(c.health.unsent));
  page.counter("outcome_unknown_total", "Changes of health whose outcome was not learned.",
               number(c.health.outcome_unknown));
  page.histogram("health_write_seconds", "From the decision to write a health to its confirmation by the ledger.",
                 c.health.write_times);
  page.counter("file_failures_total", "Writes to the monitor's own file that failed.", number(c.file_failures));
  if (const auto* sync = monitor.log_sync())
    page.counter("disk_syncs_total", "Times that its file was made safe on disk.", number(sync->syncs()));
  page.gauge("store_writable", "0 while the monitor's own file cannot be written.",
             monitor.file_problem().empty() ? 1 : 0);
  page.gauge("store_damage", "Parts of the store that the start found damaged and set aside.",
             number(monitor.damage().size()));
  add_judges(page, monitor);
  const auto& p = monitor.pushed().counters();
  page.counter("push_requests_total", "Writes received.", number(p.requests));
  page.counter("push_unauthorised_total", "Writes without a valid token.", number(p.unauthorised));
  page.counter("push_rows_total", "Rows taken as evidence.", number(p.rows));
  page.counter("push_rows_ignored_total", "Good rows that are no evidence.", number(p.ignored_rows));
  page.counter("push_lines_unreadable_total", "Lines that could not be read.", number(p.unreadable_lines));
  const auto subjects = monitor.evidence().in_memory().subject_counts();
  for (const auto& [kind, count] : {std::pair("device", subjects.devices),
                                    {"interface", subjects.interfaces},
                                    {"direction", subjects.directions},
                                    {"value", subjects.values}}) {
    page.gauge("evidence_subjects", "What there is evidence of.", number(count), {{"kind", kind}});
  }
  page.gauge("push_unknown_devices", "Devices that sent rows and are not on the ledger.",
             number(p.unknown_devices.size()));
}

void add_sources(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  for (const auto source : monitor.policy().sources()) {
    const auto state = monitor.evidence().in_memory().state(source);
    const service::MetricsPage::Labels labels{{"source", std::string(monitor.policy().source_name(source))}};
    page.gauge("source_suspect_devices", "Devices frozen by a mass silence of the source.", state.suspect_devices,
               labels);
    if (state.watermark)
      page.gauge("source_age_seconds", "How far behind the clock the source is complete.",
                 seconds(now - *state.watermark), labels);
  }
}

// In slots and in time: -1 while it is not known how long the slots take.
void add_windows(service::MetricsPage& page, const Monitor& monitor) {
  const auto& policy = monitor.policy();
  for (const auto& [name, window] : {std::pair{"window", policy.window}, {"recovery_window", policy.recovery_window}}) {
    page.gauge("window_seconds", "What records are judged over.", window.known() ? seconds(window.length) : -1,
               {{"window", name}, {"slots", std::to_string(window.slots)}});
  }
}

// Devices whose rows were refused: in trouble, all of them may be, so the first of them only, by key.
void add_clocks(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  std::size_t shown = 0, devices = 0;
  for (const auto& [key, device] : monitor.pushed().counters().devices) {
    const auto refused = device.too_old + device.too_far_ahead + device.too_many + device.not_allowed;
    if (refused == 0) continue;
    ++devices;
    if (shown == kMostDevices) continue;
    ++shown;
    const auto code =
        monitor.ledger().snapshot() ? client::code_of(monitor.ledger().snapshot()->devices, key) : to_text(key);
    const service::MetricsPage::Labels labels{{"device", code}, {"pubkey", to_text(key)}};
    const auto add = [&](const char* reason, std::uint64_t rows) {
      auto with_reason = labels;
      with_reason["reason"] = reason;
      page.counter("push_rows_refused_total", "Rows refused, by device and reason.", number(rows), with_reason);
    };
    add("too-old", device.too_old);
    add("too-far-ahead", device.too_far_ahead);
    add("too-many", device.too_many);
    add("not-allowed", device.not_allowed);
    if (const auto ahead = device.clock_ahead(now))
      page.gauge("device_clock_ahead_seconds", "How far ahead a device's clock is, while its rows are refused for it.",
                 seconds(*ahead), labels);
  }
  page.gauge("push_devices_refused", "Devices of which rows were refused; the first 1000 are shown.", number(devices));
}

void add_monitor(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  page.gauge("build_info", "Always 1; the version is the label.", 1, {{"version", DZ_VERSION}});
  page.gauge("may_write", "1 when nothing keeps the monitor from writing health.",
             monitor.ledger().problem().empty() ? 1 : 0);
  if (const auto read = monitor.ledger().mirror().last_poll())
    page.gauge("ledger_age_seconds", "Time since all records were read.", seconds(now - *read));
  const auto& view = monitor.ledger().mirror().view();
  if (const auto age = view.block_age())
    page.gauge("block_age_seconds", "Age of the RPC node's newest block when it was asked last.", seconds(*age));
  page.gauge("ledger_behind", "1 while no health is written because the RPC node shows old state.",
             view.problem().empty() ? 0 : 1);
  std::map<control::AlarmKind, int> alarms;
  for (const auto& alarm : monitor.announcer().alarms()) ++alarms[alarm.kind];
  for (const auto kind :
       {control::AlarmKind::MassSilence, control::AlarmKind::StaleSource, control::AlarmKind::HealthDisagreement,
        control::AlarmKind::ImpairedInService, control::AlarmKind::SourcesDisagree, control::AlarmKind::ChangeBudget,
        control::AlarmKind::ClockNotBelieved}) {
    page.gauge("alarms", "Alarms raised now, by kind.", alarms[kind], {{"alarm", std::string(to_text(kind))}});
  }
  page.gauge("writes", "1 when the monitor writes health: it is neither a dry run nor a standby.",
             monitor.write_mode() == control::WriteMode::Write ? 1 : 0);
  if (const auto& shard = monitor.ownership().shard(); !shard.is_whole()) {
    page.gauge("shard", "The part of the fleet that it judges, of how many; its records are those that are shown.", 1,
               {{"part", std::to_string(shard.part)}, {"parts", std::to_string(shard.parts)}});
  }
  page.gauge("standby", "1 while the monitor stands by: another one writes.",
             monitor.write_mode() == control::WriteMode::Standby ? 1 : 0);
  if (const auto silent = monitor.writer_silent(now))
    page.gauge("writer_silent_seconds", "How long something has been due that the writer did not write; 0: nothing is.",
               seconds(*silent));
  add_windows(page, monitor);
  add_log(page, monitor.log_desk());
  add_counters(page, monitor);
  add_sources(page, monitor, now);
  add_lake(page, monitor, now);
  add_clocks(page, monitor, now);
  if (monitor.announcer().notifier() != nullptr) add_notifications(page, *monitor.announcer().notifier(), now);
  if (!monitor.pulled().talks().empty()) add_stores(page, monitor, now);
}

// Verdicts are in the order of kind and key: the first one after that.
auto first_behind(std::span<const control::RecordVerdict> verdicts, const std::pair<RecordKind, Pubkey>& last) {
  return std::upper_bound(verdicts.begin(), verdicts.end(), last, [](const auto& at, const auto& verdict) {
    return at < std::pair{verdict.kind, verdict.key};
  });
}

// Of the last pass; null: it is not judged any more.
const control::RecordVerdict* verdict_of(std::span<const control::RecordVerdict> verdicts, RecordKind kind,
                                         const Pubkey& key) {
  const auto found = first_behind(verdicts, std::pair{kind, key});
  if (found == verdicts.begin()) return nullptr;
  const auto& before = *std::prev(found);
  return before.kind == kind && before.key == key ? &before : nullptr;
}

}  // namespace

MetricsInPieces::MetricsInPieces(const Monitor& monitor)
    : monitor_(monitor),
      page_("doublezero_monitor_"),
      records_(monitor.policy(), {shown_records(monitor.settings().metrics_records),
                                  std::size_t{monitor.settings().metrics_most_kib} << 10}) {}

bool MetricsInPieces::count_some(Timestamp now) {
  constexpr std::ptrdiff_t kAtOnce = 256;
  if (!monitor_.ledger().snapshot()) return true;
  const auto verdicts = monitor_.verdicts();
  auto it = counted_ ? first_behind(verdicts, *counted_) : verdicts.begin();
  const auto end = it + std::min(kAtOnce, verdicts.end() - it);
  for (; it != end; ++it) {
    records_.count(*monitor_.ledger().snapshot(), *it, monitor_.maintenance_of(it->key, now) != nullptr);
    counted_ = {it->kind, it->key};
  }
  return end == verdicts.end();
}

bool MetricsInPieces::show_some(Timestamp now) {
  constexpr int kAtOnce = 32;
  for (int i = 0; i < kAtOnce; ++i) {
    const auto* key = records_.next();
    if (key == nullptr) return true;
    for (const auto kind : {RecordKind::Link, RecordKind::Device}) {
      if (const auto* verdict = verdict_of(monitor_.verdicts(), kind, *key))
        records_.show(page_, *monitor_.ledger().snapshot(), *verdict, now);
    }
  }
  return false;
}

std::optional<std::string> MetricsInPieces::go_on(Timestamp now) {
  switch (step_) {
    case Step::Monitor:
      add_monitor(page_, monitor_, now);
      step_ = Step::Count;
      return std::nullopt;
    case Step::Count:
      if (!count_some(now)) return std::nullopt;
      records_.add_fleet(page_);
      step_ = Step::Show;
      return std::nullopt;
    case Step::Show:
      if (!show_some(now)) return std::nullopt;
      records_.finish(page_);
      step_ = Step::Finish;
      return std::nullopt;
    case Step::Finish: break;
  }
  return page_.render();
}

}  // namespace dz::monitor
