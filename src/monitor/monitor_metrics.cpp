#include "monitor/monitor_api.h"
#include "monitor/pulled_report.h"
#include "notify/notify_report.h"
#include "service/metrics.h"

namespace dz::monitor {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
double number(std::uint64_t n) { return static_cast<double>(n); }

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
  page.counter("store_failures_total", "Writes to the store that failed.", number(c.file_failures));
  page.gauge("store_writable", "0 while the monitor's own file cannot be written.",
             monitor.file_problem().empty() ? 1 : 0);
  page.gauge("store_damage", "Parts of the store that the start found damaged and set aside.",
             number(monitor.damage().size()));
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

// Whatever concerns a link or device carries its status and what is wanted, so that alerts can leave out what is not in
// service.
service::MetricsPage::Labels labels_of(const client::Snapshot& snapshot, const control::RecordVerdict& verdict) {
  const auto describe = [&](const auto& record) -> service::MetricsPage::Labels {
    return {{"kind", std::string(to_text(verdict.kind))},
            {"code", record.code},
            {"pubkey", to_text(verdict.key)},
            {"status", std::string(to_text(record.status))},
            {"desired_status", std::string(to_text(record.desired_status))}};
  };
  return verdict.kind == RecordKind::Link ? describe(snapshot.links.at(verdict.key))
                                          : describe(snapshot.devices.at(verdict.key));
}

void add_records(service::MetricsPage& page, const Monitor& monitor, Timestamp now) {
  if (!monitor.ledger().snapshot()) return;
  const auto& snapshot = *monitor.ledger().snapshot();
  const auto of_links = monitor.policy().link_criteria(), of_devices = monitor.policy().device_criteria();
  for (const auto& verdict : monitor.verdicts()) {
    const bool known = verdict.kind == RecordKind::Link ? snapshot.links.contains(verdict.key)
                                                        : snapshot.devices.contains(verdict.key);
    if (!known) continue;
    auto labels = labels_of(snapshot, verdict);
    if (verdict.healthy_at)
      page.gauge("earliest_healthy_seconds", "Until the record can be healthy, if nothing new goes wrong.",
                 std::max(0.0, seconds(*verdict.healthy_at - now)), labels);
    page.gauge("health_disagreement", "1 while somebody else's health stands against the evidence.",
               verdict.disagreement ? 1 : 0, labels);
    const auto& criteria = verdict.kind == RecordKind::Link ? of_links : of_devices;
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      auto finding = labels;
      finding["criterion"] = monitor.policy().name(criteria[i]);
      finding["judgement"] = to_text(verdict.judgements[i]);
      page.gauge("criterion", "1 for the judgement each criterion has now.", 1, finding);
    }
    labels["health"] = spell(*monitor.policy().profile, verdict.kind, verdict.health);
    page.gauge("record", "1 a link or device, with its health on the ledger.", 1, labels);
    if (verdict.kind != RecordKind::Device) continue;
    const auto& device = snapshot.devices.at(verdict.key);
    page.gauge("device_accepts_new_users", "1 while the device takes new users.",
               accepts_new_users(device.status) ? 1 : 0, labels);
    page.gauge("device_keeps_users", "1 while the device keeps the users it has.", keeps_users(device.status) ? 1 : 0,
               labels);
  }
}

void add_clocks(service::MetricsPage& page, const Monitor& monitor) {
  for (const auto& [key, device] : monitor.pushed().counters().devices) {
    const auto code =
        monitor.ledger().snapshot() ? client::code_of(monitor.ledger().snapshot()->devices, key) : to_text(key);
    const auto refused = [&](const char* reason, std::uint64_t rows) {
      page.counter("push_rows_refused_total", "Rows refused, by device and reason.", number(rows),
                   {{"device", code}, {"reason", reason}});
    };
    refused("too-old", device.too_old);
    refused("too-far-ahead", device.too_far_ahead);
    refused("too-many", device.too_many);
    refused("not-allowed", device.not_allowed);
    if (device.farthest_ahead > Duration{})
      page.gauge("device_clock_ahead_seconds", "How far ahead a device's clock was at its last refused row.",
                 seconds(device.farthest_ahead), {{"device", code}});
  }
}

}  // namespace

std::string render_monitor_metrics(const Monitor& monitor, Timestamp now) {
  service::MetricsPage page("doublezero_monitor_");
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
  add_windows(page, monitor);
  add_counters(page, monitor);
  add_sources(page, monitor, now);
  add_clocks(page, monitor);
  if (monitor.announcer().notifier() != nullptr) add_notifications(page, *monitor.announcer().notifier(), now);
  if (!monitor.pulled().talks().empty()) add_stores(page, monitor, now);
  add_records(page, monitor, now);
  return page.render();
}

}  // namespace dz::monitor
