#include "daemon/activator_report.h"

#include <map>
#include <tuple>

#include <boost/json.hpp>

#include "daemon/metrics.h"

namespace dz {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

std::string render_activator_metrics(const Activator& activator, std::string_view version, Timestamp now) {
  MetricsPage page("doublezero_activator_");
  const auto& c = activator.counters();
  page.gauge("build_info", "Always 1; the version is the label.", 1, {{"version", std::string(version)}});
  page.counter("passes_total", "Passes made.", static_cast<double>(c.passes));
  page.counter("events_total", "Account notifications received.", static_cast<double>(c.events));
  page.counter("polls_total", "Full reads of the ledger, failed ones included.", static_cast<double>(c.polls));
  page.counter("poll_failures_total", "Full reads of the ledger that failed.", static_cast<double>(c.poll_failures));
  page.counter("transactions_sent_total", "Status writes sent.", static_cast<double>(c.sent));
  page.counter("transactions_confirmed_total", "Status writes confirmed.", static_cast<double>(c.confirmed));
  page.counter("transactions_refused_total", "Status writes the ledger refused.", static_cast<double>(c.refused));
  page.counter("transactions_already_done_total", "Status writes refused because somebody else had made them.",
               static_cast<double>(c.already_done));
  page.counter("outcome_unknown_total", "Status writes whose outcome was not learned; the record was read again.",
               static_cast<double>(c.outcome_unknown));
  page.gauge("open_transactions", "Status writes sent and not yet decided.",
             static_cast<double>(activator.open_transactions()));
  page.gauge("may_write", "1 when nothing keeps the activator from writing.", activator.problem().empty() ? 1 : 0);
  if (const auto last = activator.last_good_poll()) {
    page.gauge("ledger_age_seconds", "Time since the last full read of the ledger.", seconds(now - *last));
  }
  std::map<std::tuple<RecordKind, Status, DesiredStatus>, int> counts;
  for (const auto& [key, r] : activator.records()) ++counts[{r.kind, r.status, r.desired_status}];
  for (const auto& [state, count] : counts) {
    const auto& [kind, status, desired] = state;
    page.gauge("records", "Links and devices by state.", count,
               {{"kind", std::string(to_text(kind))},
                {"status", std::string(to_text(status))},
                {"desired_status", std::string(to_text(desired))}});
  }
  return page.render();
}

HealthAnswer activator_health(const Activator& activator, Duration poll_interval, Timestamp now) {
  std::string reason = activator.problem();
  const auto last = activator.last_good_poll();
  if (reason.empty() && (!last || now - *last > 3 * poll_interval))
    reason = "the ledger has not been read for more than three poll intervals";
  boost::json::object body{{"status", reason.empty() ? "ok" : "failing"}};
  if (!reason.empty()) body["reason"] = reason;
  if (last) body["ledger_read_at"] = to_text(*last);
  body["records"] = activator.records().size();
  return {reason.empty(), boost::json::serialize(body)};
}

}  // namespace dz
