// device list and get.
#include "apps/cli/ui/device_view.h"
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
  ListShape shape;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("-c,--contributor", args.contributor, "only of this contributor, by pubkey or code")
      .codes_of("contributor");
  options.text("--exchange", args.exchange, "only at this exchange, by pubkey or code").codes_of("exchange");
  options.text("--location", args.location, "only at this location, by pubkey or code").codes_of("location");
  options.text("--code", args.code, "only codes with this in them");
  options.word("--device-type", args.type, "only of this type");
  declare_status(options, args.status, RecordKind::Device, "only with this status");
  declare_health(options, args.health, RecordKind::Device, "only with this health");
  declare_desired(options, args.desired_status, RecordKind::Device, "only with this desired status");
  declare_list_shape(options, args.shape, column_names(device_columns().all));
}

// The records that the flags name, looked up.
struct Wanted {
  std::optional<Pubkey> contributor, exchange, location;
  Filters filters;
};
Result<Wanted> find_wanted(Context& context, const client::Snapshot& snapshot, const ListArgs& args) {
  DZ_TRY(check_words(context, rules_for(snapshot), RecordKind::Device,
                     {.status = args.status, .desired_status = args.desired_status, .health = args.health}));
  Wanted wanted_ones;
  DZ_TRY_ASSIGN(wanted_ones.contributor, wanted(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(wanted_ones.exchange, wanted(snapshot.exchanges, "exchange", args.exchange));
  DZ_TRY_ASSIGN(wanted_ones.location, wanted(snapshot.locations, "location", args.location));
  DZ_TRY_ASSIGN(wanted_ones.filters, Filters::make(context, snapshot, RecordKind::Device, args.shape.filters));
  return wanted_ones;
}

bool is_wanted(const Device& d, const ListArgs& args, const Wanted& wanted) {
  return fits(wanted.contributor, d.contributor) && fits(wanted.exchange, d.exchange) &&
         fits(wanted.location, d.location) && fits(args.type, d.type) && fits(args.status, d.status) &&
         fits(args.health, d.health) && fits(args.desired_status, d.desired_status) &&
         d.code.find(args.code.value_or("")) != std::string::npos;
}

Result<void> list_once(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Device, wire::AccountType::Contributor,
                                                          wire::AccountType::Location, wire::AccountType::Exchange}));
  DZ_TRY_ASSIGN(const auto wanted, find_wanted(context, snapshot, args));
  const auto news = ask_for_news(context);
  const auto now = context.clock.now();
  std::vector<DeviceItem> items;
  for (const auto& found : all_of(snapshot.devices)) {
    const auto& known = news.of(found.key);
    if (!is_wanted(*found.record, args, wanted) || !wanted.filters.fit(facts_of(snapshot, found, known))) continue;
    auto item = device_item(snapshot, found);
    item.news = known;
    item.now = now;
    items.push_back(std::move(item));
  }
  DZ_TRY(show_records(context, args.shape, std::move(items), device_columns(), list_json));
  say_absent(context, args.shape, news);
  return {};
}

Result<void> list(Context& context, const ListArgs& args) {
  return show_or_watch(context, args.shape.watch, [&args](Context& c) { return list_once(c, args); });
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Device, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.devices, "device", args.record));
  auto item = device_item(snapshot, found);
  item.news = ask_for_news(context, found.key);
  auto record = wants_json(args.output) ? get_json(item) : to_json(item);
  if (!wants_json(args.output)) show_news_as_text(context, record, item.news);
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
