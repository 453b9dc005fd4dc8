#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/upstream_json.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;
using Item = client::Found<Location>;

json::object to_json(const Item& item) {
  const auto& r = *item.record;
  return {{"kind", "location"},
          {"pubkey", to_text(item.key)},
          {"code", r.code},
          {"name", r.name},
          {"country", r.country},
          {"lat", r.lat},
          {"lng", r.lng},
          {"loc_id", r.loc_id},
          {"status", to_text(r.status)},
          {"reference_count", r.reference_count},
          {"owner", to_text(r.owner)}};
}

json::object json_of(const Item& item, JsonForm form, const LedgerRules& rules) {
  auto record = to_json(item);
  add_upstream(record,
               {{"account", to_text(item.key)}, {"status", UpstreamWords(form).word(to_text(item.record->status))}},
               rules);
  return record;
}

std::vector<Column<Item>> columns() {
  return {{"pubkey", [](const Item& i) { return to_text(i.key); }},
          {"code", [](const Item& i) { return i.record->code; }},
          {"name", [](const Item& i) { return i.record->name; }},
          {"country", [](const Item& i) { return i.record->country; }},
          {"lat", [](const Item& i) { return fmt::format("{}", i.record->lat); }},
          {"lng", [](const Item& i) { return fmt::format("{}", i.record->lng); }},
          {"status", [](const Item& i) { return std::string(to_text(i.record->status)); }},
          {"owner", [](const Item& i) { return to_text(i.record->owner); }}};
}

void declare_create(Options& options, wire::CreateLocationArgs& args) {
  options.parsed("--code", args.code, "short name, such as ams", parse_code).required();
  options.text("--name", args.name, "name for people").required();
  options.text("--country", args.country, "two letters, such as NL").required();
  options.parsed("--lat", args.lat, "latitude in degrees", parse_latitude).required();
  options.parsed("--lng", args.lng, "longitude in degrees", parse_longitude).required();
  options.parsed("--loc-id", args.loc_id, "number of your own (0)", [](std::string_view text) {
    return parse_whole_number(text, std::numeric_limits<std::uint32_t>::max());
  });
}

Result<void> create(Context& context, const wire::CreateLocationArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Location, args.code));
  DZ_TRY(refuse_taken_code(session->snapshot.locations, "location", args.code));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_location(args));
  return finish_write(context, written, Wrote::NewRecord, &client::Snapshot::locations);
}

struct UpdateArgs {
  std::string record;
  wire::UpdateLocationArgs change;
};
void declare_update(Options& options, UpdateArgs& args) {
  options.text("--pubkey", args.record, "location, by pubkey or code").required().codes_of("location");
  options.parsed("--code", args.change.code, "new code", parse_code);
  options.text("--name", args.change.name, "new name");
  options.text("--country", args.change.country, "new country, two letters");
  options.parsed("--lat", args.change.lat, "new latitude", parse_latitude);
  options.parsed("--lng", args.change.lng, "new longitude", parse_longitude);
  options.number("--loc-id", args.change.loc_id, "new number");
}
Result<void> update(Context& context, const UpdateArgs& args) {
  if (args.change == wire::UpdateLocationArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Location, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.locations, "location", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_location(found.key, args.change));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::locations);
}

Result<void> list(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Location}));
  auto items = all_of(snapshot.locations);
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.record->name, a.record->code) < std::tie(b.record->name, b.record->code);
  });
  show_list(context, output, items, {columns(), [rules = rules_for(snapshot)](const Item& item) {
                                       return json_of(item, JsonForm::List, rules);
                                     }});
  return {};
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Location, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.locations, "location", args.record));
  const bool json = wants_json(args.output);
  show_record(context, args.output, json ? json_of(found, JsonForm::Get, rules_for(snapshot)) : to_json(found));
  return {};
}

Result<void> remove(Context& context, const RecordArgs& args) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session,
                open_session(context, {.records = {{Type::Location, args.record, {Type::Device}}}}));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.locations, "location", args.record));
  DZ_TRY(
      refuse_referenced("location", found.record->code, devices_at(session->snapshot, &Device::location, found.key)));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_location(found.key));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::locations);
}

}  // namespace

void add_location(Commands& app) {
  auto noun = app.noun("location", "places where devices stand");
  noun.verb<wire::CreateLocationArgs>("create", "add a location (foundation)", declare_create, create);
  noun.verb<UpdateArgs>("update", "change a location (foundation)", declare_update, update);
  noun.verb<OutputArgs>("list", "all locations", declare_output, list);
  noun.verb<GetArgs>("get", "one location", declare_get, get);
  noun.verb<RecordArgs>("delete", "remove a location that no device uses (foundation)", declare_record, remove);
}

}  // namespace dz::cli
