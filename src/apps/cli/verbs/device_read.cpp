// device list and get.
#include "apps/cli/ui/device_view.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

struct ListArgs {
  std::optional<std::string> contributor, exchange, location, code;
  std::optional<DeviceType> type;
  std::optional<Status> status;
  std::optional<Health> health;
  std::optional<DesiredStatus> desired_status;
  bool narrow = false;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("-c,--contributor", args.contributor, "only of this contributor, by pubkey or code");
  options.text("--exchange", args.exchange, "only at this exchange, by pubkey or code");
  options.text("--location", args.location, "only at this location, by pubkey or code");
  options.text("--code", args.code, "only codes with this in them");
  options.word("--device-type", args.type, "only of this type");
  declare_status(options, args.status, RecordKind::Device, "only with this status");
  declare_health(options, args.health, RecordKind::Device, "only with this health");
  declare_desired(options, args.desired_status, RecordKind::Device, "only with this desired status");
  options.flag("--narrow", args.narrow, "fewer columns");
  declare_output(options, args.output);
}

Result<void> list(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY(check_words(rules_for(snapshot), RecordKind::Device,
                     {.status = args.status, .desired_status = args.desired_status, .health = args.health}));
  DZ_TRY_ASSIGN(const auto contributor, wanted(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(const auto exchange, wanted(snapshot.exchanges, "exchange", args.exchange));
  DZ_TRY_ASSIGN(const auto location, wanted(snapshot.locations, "location", args.location));
  std::vector<DeviceItem> items;
  for (const auto& found : all_of(snapshot.devices)) {
    const auto& d = *found.record;
    const bool shown = fits(contributor, d.contributor) && fits(exchange, d.exchange) && fits(location, d.location) &&
                       fits(args.type, d.type) && fits(args.status, d.status) && fits(args.health, d.health) &&
                       fits(args.desired_status, d.desired_status) &&
                       d.code.find(args.code.value_or("")) != std::string::npos;
    if (shown) items.push_back(device_item(snapshot, found));
  }
  std::stable_sort(items.begin(), items.end(), [](const DeviceItem& a, const DeviceItem& b) {
    return std::tie(a.exchange_name, a.found.record->code) < std::tie(b.exchange_name, b.found.record->code);
  });
  show_list(context, args.output, items, {device_columns(args.narrow), to_json});
  return {};
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.devices, "device", args.record));
  auto record = to_json(device_item(snapshot, found));
  if (wants_json(args.output)) {
    boost::json::array interfaces;
    for (const auto& interface : found.record->interfaces) interfaces.push_back(interface_json(interface));
    record["interfaces"] = std::move(interfaces);
  } else if (const auto sentence = monitor_sentence(context, found.key)) {
    record["monitor"] = *sentence;
  }
  show_record(context, args.output, record);
  if (wants_json(args.output) || found.record->interfaces.empty()) return {};
  std::vector<const Interface*> interfaces;
  for (const auto& interface : found.record->interfaces) interfaces.push_back(&interface);
  context.out("\n" + render_list(interface_columns(), interfaces));
  return {};
}

}  // namespace

void add_device_reads(Commands& noun) {
  noun.verb<ListArgs>("list", "devices, all or some", declare_list, list);
  noun.verb<GetArgs>("get", "one device with its interfaces", declare_get, get);
}

}  // namespace dz::cli
