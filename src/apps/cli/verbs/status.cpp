// status: the fleet on one screen, and an exit code for scripts.
#include "apps/cli/ui/fleet_status.h"
#include "apps/cli/ui/list.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/watching.h"
#include "apps/cli/verbs/verbs.h"
#include "base/shown_url.h"
#include "client/ledger_view.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct StatusArgs {
  WatchArgs watch;
  OutputArgs output;
};
void declare(Options& options, StatusArgs& args) {
  declare_watch(options, args.watch);
  declare_output(options, args.output);
}

template <typename Record>
void add_records(const client::Snapshot& snapshot, RecordKind kind, const client::Records<Record>& records,
                 const FleetNews& news, std::vector<FleetRecord>& list) {
  const auto rules = rules_for(snapshot);
  for (const auto& [key, record] : records) {
    list.push_back({.kind = kind,
                    .key = key,
                    .code = record.code,
                    .status = std::string(to_text(record.status)),
                    .desired_status = std::string(to_text(record.desired_status)),
                    .health = std::string(rules.spell(kind, record.health)),
                    .in_service = record.status == Status::Activated,
                    .impaired = record.health == Health::Impaired,
                    .news = news.of(key)});
  }
}

// A daemon's word that it is well, or not.
Result<json::value> ask_health(const AskDaemon& ask, Asked& asked, Timestamp now) {
  const auto body = ask("/healthz");
  const auto answer = body ? parse_answer_of(asked.name, *body) : Result<json::value>(tl::unexpected(body.error()));
  if (!answer) {
    asked.problem = answer.error().message;
    return answer;
  }
  if (text_of(*answer, "status") != "ok") asked.problem = text_of(*answer, "reason");
  if (const auto read = time_of(*answer, "ledger_read_at"))
    asked.details = fmt::format("read the ledger {} ago", short_duration(now - *read));
  return answer;
}

void ask_monitor_health(const Context& context, FleetStatus& status) {
  auto& monitor = status.monitor;
  monitor.name = "monitor";
  monitor.url = shown_url(context.settings.monitor_url.value);
  monitor.named = static_cast<bool>(context.ask_monitor);
  if (!monitor.named) return;
  const auto answer = ask_health(context.ask_monitor, monitor, status.now);
  if (!answer) return;
  if (const auto shard = text_of(*answer, "shard"); !shard.empty())
    monitor.details =
        fmt::format("shard {} of the fleet{}{}", shard, monitor.details.empty() ? "" : ", ", monitor.details);
  if (const auto* sources = member_of(*answer, "sources").if_object()) {
    for (const auto& source : *sources) {
      status.sources.push_back({std::string(source.key()), time_of(source.value(), "watermark"),
                                member_of(source.value(), "suspect") == json::value(true)});
    }
  }
  if (const auto* alarms = member_of(*answer, "alarms").if_array()) {
    for (const auto& alarm : *alarms) {
      if (alarm.is_object()) status.alarms.push_back(alarm.get_object());
    }
  }
}

void ask_activator_health(const Context& context, FleetStatus& status) {
  auto& activator = status.activator;
  activator = {
      .name = "activator", .url = shown_url(context.settings.activator_url.value), .problem = {}, .details = {}};
  activator.named = static_cast<bool>(context.ask_activator);
  if (!activator.named || !ask_health(context.ask_activator, activator, status.now)) return;
  // Every daemon has a /healthz; this one says whether it is an activator.
  const auto body = context.ask_activator("/status");
  const auto answer = body ? parse_answer_of("activator", *body) : Result<json::value>(tl::unexpected(body.error()));
  if (!answer) {
    activator.problem = answer.error().message;
    return;
  }
  const auto* changes = member_of(*answer, "changes").if_array();
  const auto& held = member_of(member_of(*answer, "held"), "total");
  activator.details +=
      fmt::format("{}{}s; {} due, {} held", activator.details.empty() ? "" : "; ", text_of(*answer, "mode"),
                  changes != nullptr ? changes->size() : 0, held.is_number() ? held.to_number<std::uint64_t>() : 0);
}

void read_records(Context& context, FleetStatus& status) {
  const auto& settings = context.settings;
  status.ledger = {.name = "ledger",
                   .url = fmt::format("{} ({})", shown_url(settings.rpc_url.value), settings.environment->name),
                   .problem = {},
                   .details = {}};
  const auto snapshot = read_ledger(context);
  if (!snapshot) {
    status.ledger.problem = snapshot.error().message;
    return;
  }
  status.ledger.details = fmt::format("slot {}", snapshot->slot.value);
  if (snapshot->profile != nullptr && snapshot->program_config)
    status.ledger.details = fmt::format("{} {}, {}", snapshot->profile->name,
                                        to_text(snapshot->program_config->version), status.ledger.details);
  if (const auto made = client::block_time_near(context.ledger, snapshot->slot); made && *made) {
    const auto age = status.now - **made;
    status.ledger.details += fmt::format(", newest block {} old", short_duration(age));
    if (age > client::ViewOptions{}.most_age)
      status.ledger.problem = fmt::format("its newest block is {} old", short_duration(age));
  }
  const auto news = ask_for_news(context);
  status.monitor.problem = news.problem;
  add_records(*snapshot, RecordKind::Link, snapshot->links, news, status.records);
  add_records(*snapshot, RecordKind::Device, snapshot->devices, news, status.records);
  std::stable_sort(status.records.begin(), status.records.end(),
                   [](const FleetRecord& a, const FleetRecord& b) { return a.code < b.code; });
}

Result<void> status_once(Context& context, const StatusArgs& args) {
  FleetStatus status;
  status.now = context.clock.now();
  read_records(context, status);
  ask_monitor_health(context, status);
  ask_activator_health(context, status);
  context.exit_code = attention(status).empty() ? kExitOk : kExitFailed;
  if (wants_json(args.output)) {
    print_json(context, to_json(status), args.output);
  } else {
    context.out(render_status(status, list_width(context)));
  }
  return {};
}

Result<void> show_status(Context& context, const StatusArgs& args) {
  return show_or_watch(context, args.watch, [&args](Context& c) { return status_once(c, args); });
}

}  // namespace

void add_status(Commands& app) {
  app.verb<StatusArgs>("status", "the fleet on one screen; exit code 1 when something calls for attention", declare,
                       show_status);
}

}  // namespace dz::cli
