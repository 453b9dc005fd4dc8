#include "activator/activator_report.h"

#include <map>
#include <tuple>

#include <boost/json.hpp>

#include "base/shown_url.h"
#include "service/metrics.h"

namespace dz::activator {
namespace {

// More are counted, not listed.
constexpr std::size_t kMostListed = 1000;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

std::map<control::Unproven, std::size_t> held_by_reason(const Activator& activator) {
  std::map<control::Unproven, std::size_t> counts;
  for (const auto& [key, held] : activator.plan().held) ++counts[held.reason];
  return counts;
}

boost::json::object describe(const Activator& activator, const Pubkey& key, const control::GovernedRecord& record) {
  const auto* profile = activator.profile();
  return {{"kind", to_text(record.kind)},
          {"pubkey", to_text(key)},
          {"code", activator.code_of(key)},
          {"status", to_text(record.status)},
          {"desired_status", to_text(record.desired_status)},
          {"health", profile == nullptr ? to_text(record.health) : spell(*profile, record.kind, record.health)}};
}

boost::json::object render_held(const Activator& activator) {
  boost::json::array records;
  for (const auto& [key, held] : activator.plan().held) {
    if (records.size() == kMostListed) break;
    auto entry = describe(activator, key, held.record);
    entry["reason"] = to_text(held.reason);
    if (!held.why.empty()) entry["why"] = held.why;
    if (const auto by = activator.proofs().held_by(key)) {
      entry["transaction"] = to_text(by->transaction.signature);
      entry["transaction_error"] = by->transaction.reason;
      entry["asked_again_at"] = to_text(by->asked_again_at);
    }
    records.push_back(std::move(entry));
  }
  boost::json::object by_reason;
  for (const auto& [reason, count] : held_by_reason(activator)) by_reason[to_text(reason)] = count;
  return {{"total", activator.plan().held.size()}, {"by_reason", by_reason}, {"records", std::move(records)}};
}

boost::json::array render_changes(const Activator& activator) {
  boost::json::array changes;
  for (const auto& change : activator.plan().changes) {
    if (changes.size() == kMostListed) break;
    auto entry = describe(activator, change.key, change.before);
    entry["to"] = to_text(change.to);
    entry["held_by_budget"] = activator.budget().defers(change.key);
    changes.push_back(std::move(entry));
  }
  return changes;
}

// Whose opinions are asked for behind a health, and where.
boost::json::object render_quorum(const BackingDesk& desk) {
  boost::json::array judges, monitors;
  for (const auto& judge : desk.options().rules.judges) judges.emplace_back(to_text(judge));
  for (std::size_t i = 0; i < desk.options().monitors.size(); ++i) {
    const auto& heard = desk.book().monitors()[i];
    boost::json::object monitor{{"url", shown_url(desk.options().monitors[i])},
                                {"answers", heard.answered_at.has_value() && heard.last_error.empty()}};
    if (heard.answered_at) monitor["answered_at"] = to_text(*heard.answered_at);
    if (!heard.last_error.empty()) {
      monitor["error"] = heard.last_error;
      monitor["asked_again_at"] = to_text(heard.next_ask);
    }
    monitors.push_back(std::move(monitor));
  }
  return {{"required", desk.options().rules.k}, {"judges", std::move(judges)}, {"monitors", std::move(monitors)}};
}

void add_quorum(const BackingDesk& desk, service::MetricsPage& page) {
  const auto& c = desk.counters();
  page.gauge("quorum_required", "Judges that have to hold a health before it is acted on; 0: none is asked.",
             desk.on() ? desk.options().rules.k : 0);
  page.counter("quorum_questions_total", "Questions to monitors for what a transaction states.",
               static_cast<double>(c.questions));
  page.counter("quorum_failures_total", "Questions to monitors that were not answered.",
               static_cast<double>(c.failures));
  page.counter("quorum_backed_total", "Writes of health that enough judges were found behind.",
               static_cast<double>(c.backed));
  page.counter("quorum_refused_total", "Writes of health that too few judges were found behind.",
               static_cast<double>(c.refused));
  for (std::size_t i = 0; i < desk.options().monitors.size(); ++i) {
    const auto& heard = desk.book().monitors()[i];
    page.gauge("quorum_monitor_answers", "1 while the monitor answers what it is asked; 0 too before it was asked.",
               heard.answered_at && heard.last_error.empty() ? 1 : 0,
               {{"monitor", shown_url(desk.options().monitors[i])}});
  }
}

boost::json::object render_budget(const control::ChangeBudget& budget) {
  boost::json::object body{{"written_in_minute", budget.written_in_minute()},
                           {"records_in_hour", budget.records_in_hour()},
                           {"held", budget.deferred()},
                           {"sentence", budget.sentence()}};
  if (const auto& limit = budget.limits().writes_per_minute) body["writes_per_minute"] = *limit;
  if (const auto limit = budget.records_an_hour()) body["records_per_hour"] = *limit;
  if (const auto since = budget.deferred_since()) body["held_since"] = to_text(*since);
  if (const auto opens = budget.opens_at()) body["opens_at"] = to_text(*opens);
  return body;
}

}  // namespace

std::string render_activator_metrics(const Activator& activator, std::string_view version, Timestamp now) {
  service::MetricsPage page("doublezero_activator_");
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
  page.gauge("observes", "1 when plans are shown and nothing is written.", activator.observes() ? 1 : 0);
  page.gauge("due_changes", "Status changes that the last pass found to make.",
             static_cast<double>(activator.plan().changes.size()));
  for (const auto& [reason, count] : held_by_reason(activator)) {
    page.gauge("held_records", "Records left alone because what their next status needs is not proven.",
               static_cast<double>(count), {{"reason", std::string(to_text(reason))}});
  }
  page.gauge("budget_held", "Status changes that the change budget held in the last pass.",
             static_cast<double>(activator.budget().deferred()));
  page.gauge("budget_records_in_hour", "Records written in the last hour, as the change budget counts.",
             static_cast<double>(activator.budget().records_in_hour()));
  page.counter("history_requests_total", "Requests made to read the history of records.",
               static_cast<double>(activator.proofs().requests()));
  page.gauge("histories_unread", "Histories that are still to be read.",
             static_cast<double>(activator.proofs().unread()));
  add_quorum(activator.backing(), page);
  if (const auto last = activator.last_good_poll()) {
    page.gauge("ledger_age_seconds", "Time since the last full read of the ledger.", seconds(now - *last));
  }
  if (const auto age = activator.view().block_age()) {
    page.gauge("block_age_seconds", "Age of the RPC node's newest block when it was asked last.", seconds(*age));
  }
  page.gauge("ledger_behind", "1 while nothing is written because the RPC node shows old state.",
             activator.view().problem().empty() ? 0 : 1);
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

std::string render_activator_status(const Activator& activator, Timestamp now) {
  const auto* profile = activator.profile();
  boost::json::object body{{"at", to_text(now)},
                           {"mode", activator.observes() ? "observe" : "write"},
                           {"changes", render_changes(activator)},
                           {"held", render_held(activator)},
                           {"budget", render_budget(activator.budget())},
                           {"histories_unread", activator.proofs().unread()}};
  if (profile != nullptr) body["profile"] = profile->name;
  if (activator.backing().on()) body["quorum"] = render_quorum(activator.backing());
  if (const auto last = activator.last_good_poll()) body["ledger_read_at"] = to_text(*last);
  if (const auto age = activator.view().block_age()) body["block_age"] = duration_text(*age);
  if (!activator.problem().empty()) body["problem"] = activator.problem();
  if (!activator.proofs().problem().empty()) body["history_problem"] = activator.proofs().problem();
  return boost::json::serialize(body);
}

HealthAnswer activator_health(const Activator& activator, Duration poll_interval, Timestamp now) {
  std::string reason = activator.problem();
  const auto last = activator.last_good_poll();
  if (reason.empty()) reason = client::overdue_text(last, poll_interval, now);
  boost::json::object body{{"status", reason.empty() ? "ok" : "failing"}};
  if (!reason.empty()) body["reason"] = reason;
  if (last) body["ledger_read_at"] = to_text(*last);
  body["records"] = activator.records().size();
  return {reason.empty(), boost::json::serialize(body)};
}

}  // namespace dz::activator
