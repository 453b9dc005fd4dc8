#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/upstream_json.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct Item {
  client::Found<Exchange> found;
  std::string device1, device2;  // codes, "(none)" when empty
};

constexpr std::string_view kNobody = "(none)", kNone = "none";

std::string seat_text(const client::Snapshot& snapshot, const Pubkey& device) {
  return device.is_zero() ? std::string(kNobody) : client::code_of(snapshot.devices, device);
}
Item item_of(const client::Snapshot& snapshot, const client::Found<Exchange>& found) {
  return {found, seat_text(snapshot, found.record->device1), seat_text(snapshot, found.record->device2)};
}

json::value device_or_null(const std::string& code) {
  return code == kNobody ? json::value(nullptr) : json::value(code);
}

json::object to_json(const Item& item) {
  const auto& r = *item.found.record;
  return {{"kind", "exchange"},
          {"pubkey", to_text(item.found.key)},
          {"code", r.code},
          {"name", r.name},
          {"lat", r.lat},
          {"lng", r.lng},
          {"bgp_community", r.bgp_community},
          {"device1", device_or_null(item.device1)},
          {"device1_pubkey", pubkey_or_null(r.device1)},
          {"device2", device_or_null(item.device2)},
          {"device2_pubkey", pubkey_or_null(r.device2)},
          {"status", to_text(r.status)},
          {"reference_count", r.reference_count},
          {"owner", to_text(r.owner)}};
}

json::object json_of(const Item& item, JsonForm form, const LedgerRules& rules) {
  const auto& r = *item.found.record;
  auto record = to_json(item);
  add_upstream(record,
               {{"account", to_text(item.found.key)},
                {"device1", item.device1},
                {"device1_pk", to_text(r.device1)},
                {"device2", item.device2},
                {"device2_pk", to_text(r.device2)},
                {"status", UpstreamWords(form).word(to_text(r.status))}},
               rules);
  return record;
}

std::vector<Column<Item>> columns() {
  return {{"pubkey", [](const Item& i) { return to_text(i.found.key); }},
          {"code", [](const Item& i) { return i.found.record->code; }},
          {"name", [](const Item& i) { return i.found.record->name; }},
          {"device1", [](const Item& i) { return i.device1; }},
          {"device2", [](const Item& i) { return i.device2; }},
          {"lat", [](const Item& i) { return fmt::format("{}", i.found.record->lat); }},
          {"lng", [](const Item& i) { return fmt::format("{}", i.found.record->lng); }},
          {"bgp_community", [](const Item& i) { return std::to_string(i.found.record->bgp_community); }},
          {"status", [](const Item& i) { return std::string(to_text(i.found.record->status)); }},
          {"owner", [](const Item& i) { return to_text(i.found.record->owner); }}};
}

void declare_create(Options& options, wire::CreateExchangeArgs& args) {
  options.parsed("--code", args.code, "short name, such as xams", parse_code).required();
  options.text("--name", args.name, "name for people").required();
  options.parsed("--lat", args.lat, "latitude in degrees", parse_latitude).required();
  options.parsed("--lng", args.lng, "longitude in degrees", parse_longitude).required();
}
Result<void> create(Context& context, const wire::CreateExchangeArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Exchange, args.code));
  DZ_TRY(refuse_taken_code(session->snapshot.exchanges, "exchange", args.code));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_exchange(args));
  return finish_write(context, written, Wrote::NewRecord, &client::Snapshot::exchanges);
}

struct UpdateArgs {
  std::string record;
  wire::UpdateExchangeArgs change;
};
void declare_update(Options& options, UpdateArgs& args) {
  options.text("--pubkey", args.record, "exchange, by pubkey or code").required().codes_of("exchange");
  options.parsed("--code", args.change.code, "new code", parse_code);
  options.text("--name", args.change.name, "new name");
  options.parsed("--lat", args.change.lat, "new latitude", parse_latitude);
  options.parsed("--lng", args.change.lng, "new longitude", parse_longitude);
  options.number("--bgp-community", args.change.bgp_community,
                 "hand out the next free community; the program chooses the number");
}
Result<void> update(Context& context, const UpdateArgs& args) {
  if (args.change == wire::UpdateExchangeArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Exchange, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.exchanges, "exchange", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_exchange(found.key, args.change));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::exchanges);
}

struct SeatArgs {
  std::string record;
  std::optional<std::string> device1, device2;  // "none" clears
};
void declare_set_device(Options& options, SeatArgs& args) {
  options.text("--pubkey,--code", args.record, "exchange, by pubkey or code").required();
  options.text("--device1", args.device1, "device for the first seat, by pubkey or code; 'none' clears it")
      .codes_of("device");
  options.text("--device2", args.device2, "device for the second seat, by pubkey or code; 'none' clears it")
      .codes_of("device");
}

// One seat to the device asked for; a name that cannot be resolved is an error and clears nothing.
Result<std::optional<client::Written>> set_seat(Session& session, const client::Found<Exchange>& exchange,
                                                std::uint8_t seat, const std::string& name) {
  const auto& present = seat == 1 ? exchange.record->device1 : exchange.record->device2;
  if (name == kNone) {
    if (present.is_zero()) return std::nullopt;
    return session.provisioner.set_device_exchange(exchange.key, present, {seat, wire::SetDeviceExchangeArgs::kRemove});
  }
  DZ_TRY_ASSIGN(const auto device, client::find_record(session.snapshot.devices, "device", name));
  if (device.key == present) return std::nullopt;
  if (!present.is_zero()) {
    return refused(fmt::format(
        "seat {} of exchange '{}' is held by device {}: clear it first with 'doublezero exchange "
        "set-device --pubkey {} --device{} none'",
        seat, exchange.record->code, client::code_of(session.snapshot.devices, present), exchange.record->code, seat));
  }
  return session.provisioner.set_device_exchange(exchange.key, device.key, {seat, wire::SetDeviceExchangeArgs::kSet});
}

Result<void> set_device(Context& context, const SeatArgs& args) {
  if (!args.device1 && !args.device2) return refuse_empty_update(context);
  client::SnapshotQuestion question{.records = {{wire::AccountType::Exchange, args.record}}};
  for (const auto& name : {args.device1, args.device2}) {
    if (name && *name != kNone) question.records.push_back({wire::AccountType::Device, *name});
  }
  DZ_TRY_ASSIGN(const auto session, open_session(context, question));
  DZ_TRY_ASSIGN(const auto exchange, client::find_record(session->snapshot.exchanges, "exchange", args.record));
  std::uint8_t seat = 0;
  for (const auto& name : {args.device1, args.device2}) {
    ++seat;
    if (!name) continue;
    DZ_TRY_ASSIGN(const auto written, set_seat(*session, exchange, seat, *name));
    if (!written) {
      warn(context, "Seat {} is already so.", seat);
      context.written["pubkey"] = to_text(exchange.key);
      context.written["code"] = exchange.record->code;
      context.written["status"] = to_text(exchange.record->status);
    } else {
      DZ_TRY(finish_write(context, *written, Wrote::Change, &client::Snapshot::exchanges));
    }
  }
  return {};
}

Result<void> list(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {wire::AccountType::Exchange, wire::AccountType::Device}));
  std::vector<Item> items;
  for (const auto& found : all_of(snapshot.exchanges)) items.push_back(item_of(snapshot, found));
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.found.record->name, a.found.record->code) < std::tie(b.found.record->name, b.found.record->code);
  });
  show_list(context, output, items, {columns(), [rules = rules_for(snapshot)](const Item& item) {
                                       return json_of(item, JsonForm::List, rules);
                                     }});
  return {};
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Exchange, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.exchanges, "exchange", args.record));
  const auto item = item_of(snapshot, found);
  const bool json = wants_json(args.output);
  show_record(context, args.output, json ? json_of(item, JsonForm::Get, rules_for(snapshot)) : to_json(item));
  return {};
}

Result<void> remove(Context& context, const RecordArgs& args) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session,
                open_session(context, {.records = {{Type::Exchange, args.record, {Type::Device}}}}));
  DZ_TRY_ASSIGN(const auto found, client::find_record(session->snapshot.exchanges, "exchange", args.record));
  DZ_TRY(
      refuse_referenced("exchange", found.record->code, devices_at(session->snapshot, &Device::exchange, found.key)));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_exchange(found.key));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::exchanges);
}

}  // namespace

void add_exchange(Commands& app) {
  auto noun = app.noun("exchange", "meeting points of devices");
  noun.verb<wire::CreateExchangeArgs>("create", "add an exchange (foundation)", declare_create, create);
  noun.verb<UpdateArgs>("update", "change an exchange (foundation)", declare_update, update);
  noun.verb<SeatArgs>("set-device", "say which devices serve an exchange (foundation)", declare_set_device, set_device);
  noun.verb<OutputArgs>("list", "all exchanges", declare_output, list);
  noun.verb<GetArgs>("get", "one exchange", declare_get, get);
  noun.verb<RecordArgs>("delete", "remove an exchange that no device uses (foundation)", declare_record, remove);
}

}  // namespace dz::cli
