// maintenance add, list, end: that a record is being worked on, so that nobody is alarmed by it meanwhile. The monitor
// keeps it; what it is told is signed with the key that signs writes.
#include "control/maintenance.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr const char* kPath = "/api/v1/maintenances";

tl::unexpected<Error> no_monitor() {
  return refused(
      "expected the address of a monitor, found none: maintenances are kept by the monitor; name it with "
      "--monitor-url URL, or for good with doublezero config set --monitor-url URL");
}

struct AddArgs {
  std::optional<std::string> link, device;
  std::optional<Timestamp> from, to;
  std::optional<Duration> lasts;
  std::string why;
  OutputArgs output;
};
void declare_add(Options& options, AddArgs& args) {
  options.text("--link", args.link, "the link, by pubkey or code").codes_of("link");
  options.text("--device", args.device, "the device with all its links, by pubkey or code").codes_of("device");
  options.parsed("--from", args.from, "when it begins, such as 2026-12-01T22:00:00Z; default: now", parse_timestamp);
  options.parsed("--to", args.to, "when it is over", parse_timestamp);
  options.parsed("--for", args.lasts, "instead of --to: how long it takes, such as 90m or 4h", parse_duration);
  options.text("--why", args.why, "what is done, for whoever looks at the record meanwhile").required();
  declare_output(options, args.output);
}

Result<Pubkey> record_of(Context& context, const AddArgs& args) {
  if (args.link.has_value() == args.device.has_value())
    return wrong_usage(context, "expected either --link or --device: say which record is worked on");
  if (args.link) {
    DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Link, *args.link));
    DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.links, "link", *args.link));
    return found.key;
  }
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Device, *args.device));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.devices, "device", *args.device));
  return found.key;
}

Result<control::MaintenanceWindow> window_of(Context& context, const Pubkey& record, const AddArgs& args) {
  if (args.to.has_value() == args.lasts.has_value())
    return wrong_usage(context, "expected either --to or --for: say when it is over");
  const auto whole = [](Timestamp t) { return Timestamp{std::chrono::floor<std::chrono::seconds>(t)}; };
  control::MaintenanceWindow window{record, whole(args.from.value_or(context.clock.now())), {}, args.why};
  window.to = whole(args.to ? *args.to : window.from + *args.lasts);
  if (auto checked = check_window(window, context.clock.now()); !checked) {
    return wrong_usage(context, checked.error().message);
  }
  return window;
}

json::object signed_by(const wire::Keypair& key, std::string_view statement) {
  return {{"by", to_text(key.pubkey())}, {"signature", to_text(key.sign(as_bytes(statement)))}};
}

Result<void> show_answer(Context& context, const OutputArgs& output, const std::string& body) {
  DZ_TRY_ASSIGN(const auto answer, parse_answer_of("monitor", body));
  if (wants_json(output)) {
    print_json(context, answer, output);
    return {};
  }
  print(context, "Maintenance: {}", text_of(answer, "id"));
  print(context, "{} from {} to {}: {}", text_of(answer, "code"), text_of(answer, "from"), text_of(answer, "to"),
        text_of(answer, "why"));
  return {};
}

Result<void> add(Context& context, const AddArgs& args) {
  if (!context.tell_monitor) return no_monitor();
  DZ_TRY_ASSIGN(const auto key, load_key(context));
  DZ_TRY_ASSIGN(const auto record, record_of(context, args));
  DZ_TRY_ASSIGN(const auto window, window_of(context, record, args));
  DZ_TRY_ASSIGN(const auto genesis, context.ledger.get_genesis_hash());
  auto told = signed_by(key, control::statement_of(to_text(genesis), window));
  told["pubkey"] = to_text(window.record);
  told["from"] = to_text(window.from);
  told["to"] = to_text(window.to);
  told["why"] = window.why;
  DZ_TRY_ASSIGN(const auto body, context.tell_monitor(kPath, json::serialize(told)));
  return show_answer(context, args.output, body);
}

struct EndArgs {
  std::string id;
  OutputArgs output;
};
void declare_end(Options& options, EndArgs& args) {
  options.text("--id", args.id, "which, as maintenance list shows it").required();
  declare_output(options, args.output);
}
Result<void> end(Context& context, const EndArgs& args) {
  if (!context.tell_monitor) return no_monitor();
  const bool is_id = args.id.size() == 16 && args.id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_id) {
    return wrong_usage(
        context, fmt::format("expected 16 hexadecimal digits as maintenance list shows them, found '{}'", args.id));
  }
  DZ_TRY_ASSIGN(const auto key, load_key(context));
  DZ_TRY_ASSIGN(const auto genesis, context.ledger.get_genesis_hash());
  const auto told = signed_by(key, control::statement_of_end(to_text(genesis), args.id));
  DZ_TRY_ASSIGN(const auto body, context.tell_monitor(fmt::format("{}/{}/end", kPath, args.id), json::serialize(told)));
  return show_answer(context, args.output, body);
}

struct ListArgs {
  bool all = false;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.flag("--all", args.all, "also those that are over");
  declare_output(options, args.output);
}
Result<void> list(Context& context, const ListArgs& args) {
  if (!context.ask_monitor) return no_monitor();
  DZ_TRY_ASSIGN(const auto body, context.ask_monitor(kPath));
  DZ_TRY_ASSIGN(const auto answer, parse_answer_of("monitor", body));
  const auto* members = answer.if_object();
  const auto* found = members != nullptr ? members->if_contains("maintenances") : nullptr;
  if (found == nullptr || !found->is_array()) return corrupt("expected maintenances from the monitor, found none");
  std::vector<json::value> shown;
  for (const auto& one : found->get_array()) {
    if (args.all || text_of(one, "state") != "over") shown.push_back(one);
  }
  const auto member = [](const char* name) {
    return Column<json::value>(name, [name](const json::value& v) { return std::string(text_of(v, name)); });
  };
  show_list(context, args.output, shown,
            {{member("id"), member("code"), member("state"), member("from"), member("to"), member("why"), member("by")},
             [](const json::value& one) { return one.is_object() ? one.get_object() : json::object(); }});
  return {};
}

}  // namespace

void add_maintenance(Commands& app) {
  auto noun = app.noun("maintenance", "work on a record, so that nobody is alarmed by it meanwhile");
  noun.verb<AddArgs>("add", "say that a link or device is worked on", declare_add, add);
  noun.verb<ListArgs>("list", "maintenances that hold or are to come", declare_list, list);
  noun.verb<EndArgs>("end", "say that it is over before its time", declare_end, end);
}

}  // namespace dz::cli
