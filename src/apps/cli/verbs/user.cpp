// user: who is connected to which device.
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/upstream_json.h"
#include "apps/cli/verbs/verbs.h"
#include "client/users.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct Item {
  client::Found<User> found;
  std::string device;
  std::string location_code, location_name;  // of the device
  std::string access_pass;                   // of what kind the pass is that lets it in, "none" without one
  LedgerRules rules;
};

Item item_of(const client::Snapshot& snapshot, const client::Found<User>& found) {
  Item item{found, client::code_of(snapshot.devices, found.record->device), "", "", "none", rules_for(snapshot)};
  if (const auto device = snapshot.devices.find(found.record->device); device != snapshot.devices.end()) {
    const auto place = device->second.location;
    item.location_code = client::code_of(snapshot.locations, place);
    const auto location = snapshot.locations.find(place);
    item.location_name = location == snapshot.locations.end() ? to_text(place) : location->second.name;
  }
  if (const auto pass = client::find_pass(snapshot, found.record->owner, found.record->client_ip))
    item.access_pass = to_text(pass->record->type.kind);
  return item;
}

json::array keys_json(const std::vector<Pubkey>& keys) {
  json::array list;
  for (const auto& key : keys) list.push_back(json::value(to_text(key)));
  return list;
}

json::object to_json(const Item& item) {
  const auto& u = *item.found.record;
  return {{"pubkey", to_text(item.found.key)},
          {"user_type", to_text(u.type)},
          {"device_pubkey", to_text(u.device)},
          {"device_code", item.device},
          {"cyoa_type", to_text(u.cyoa)},
          {"client_ip", to_text(u.client_ip)},
          {"dz_ip", to_text(u.dz_ip)},
          {"tunnel_id", u.tunnel_id},
          {"tunnel_net", u.tunnel_net.is_default() ? json::value(nullptr) : json::value(to_text(u.tunnel_net))},
          {"tunnel_endpoint", to_text(u.tunnel_endpoint)},
          {"status", to_text(u.status)},
          {"publishers", keys_json(u.publishers)},
          {"subscribers", keys_json(u.subscribers)},
          {"validator_pubkey", pubkey_or_null(u.validator)},
          {"tenant_pubkey", pubkey_or_null(u.tenant)},
          {"bgp_status", to_text(u.bgp_status)},
          {"bgp_rtt_ns", u.bgp_rtt_ns},
          {"last_bgp_up_slot", u.last_bgp_up_at},
          {"last_bgp_reported_slot", u.last_bgp_reported_at},
          {"owner", to_text(u.owner)}};
}

std::string joined(const std::vector<Pubkey>& keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ",") + to_text(key);
  return text;
}

// "P:KEY" for a group that it sends to, "S:KEY" for one that it hears; names of groups are not this program's.
std::string groups_text(const User& u) {
  std::string text;
  for (const auto& key : u.publishers) text += (text.empty() ? "P:" : ",P:") + to_text(key);
  for (const auto& key : u.subscribers) text += (text.empty() ? "S:" : ",S:") + to_text(key);
  return text;
}

json::object json_of(const Item& item, JsonForm form) {
  const auto& u = *item.found.record;
  const UpstreamWords words(form);
  auto record = to_json(item);
  add_upstream(record,
               {{"account", to_text(item.found.key)},
                {"tenant", to_text(u.tenant)},
                {"user_type", upstream_user_type(u.type)},
                {"device_pk", to_text(u.device)},
                {"multicast", groups_text(u)},
                {"groups", groups_text(u)},
                {"publishers", joined(u.publishers)},
                {"subscribers", joined(u.subscribers)},
                {"device_name", item.device},
                {"device", item.device},
                {"location_code", item.location_code},
                {"location_name", item.location_name},
                {"location", item.location_name},
                {"cyoa_type", upstream_cyoa(words, u.cyoa)},
                {"client_ip", to_text(u.client_ip)},
                {"dz_ip", to_text(u.dz_ip)},
                {"accesspass", item.access_pass},
                {"tunnel_id", u.tunnel_id},
                {"tunnel_net", to_text(u.tunnel_net)},
                {"tunnel_endpoint", to_text(u.tunnel_endpoint)},
                {"status", words.word(to_text(u.status))},
                {"bgp_status", words.word(to_text(u.bgp_status))},
                {"rtt", upstream_ms(u.bgp_rtt_ns)},
                {"owner", to_text(u.owner)}},
               item.rules);
  return record;
}
json::object list_json(const Item& item) { return json_of(item, JsonForm::List); }

std::vector<Column<Item>> columns() {
  return {{"pubkey", [](const Item& i) { return to_text(i.found.key); }},
          {"client_ip", [](const Item& i) { return to_text(i.found.record->client_ip); }},
          {"user_type", [](const Item& i) { return std::string(to_text(i.found.record->type)); }},
          {"device", [](const Item& i) { return i.device; }},
          {"dz_ip", [](const Item& i) { return to_text(i.found.record->dz_ip); }},
          {"tunnel_id", [](const Item& i) { return std::to_string(i.found.record->tunnel_id); }},
          {"tunnel_net", [](const Item& i) { return to_text(i.found.record->tunnel_net); }},
          {"status", [](const Item& i) { return std::string(to_text(i.found.record->status)); }},
          {"bgp_status", [](const Item& i) { return std::string(to_text(i.found.record->bgp_status)); }},
          {"owner", [](const Item& i) { return to_text(i.found.record->owner); }}};
}

struct UserArgs {
  std::string user;
};
void declare_user(Options& options, UserArgs& args) {
  options.text("--pubkey,--client-ip", args.user, "the user, by pubkey or by the address it comes from").required();
}

Result<void> finish(Context& context, const client::Written& written, Wrote what) {
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&written.record, 1}));
  const auto found = snapshot.users.find(written.record);
  const bool gone = found == snapshot.users.end();
  print_written(context, written, what, gone ? "deleted" : to_text(found->second.status));
  return {};
}

// The user and its device, which a program that keeps counts never lets go before.
struct Connected {
  client::Found<User> user;
  client::Found<Device> device;
};
Result<Connected> find_connected(const client::Snapshot& snapshot, std::string_view name) {
  DZ_TRY_ASSIGN(const auto user, client::find_user(snapshot, name));
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", to_text(user.record->device)));
  return Connected{user, device};
}

struct CreateArgs {
  std::string device;
  wire::CreateUserArgs user;
  std::optional<UserType> type;
  std::optional<Cyoa> cyoa;
};
void declare_create(Options& options, CreateArgs& args) {
  options.text("--device", args.device, "to which device, by pubkey or code").required().codes_of("device");
  options.parsed("--client-ip", args.user.client_ip, "the address it comes from", parse_ipv4).required();
  options.word("--user-type", args.type, "kind of user (ibrl)");
  options.word("--cyoa-type", args.cyoa, "how it reaches the device (gre-over-dia)");
  options.parsed("--tunnel-endpoint", args.user.tunnel_endpoint,
                 "address of the device at which its tunnel ends (the device's public IP)", parse_ipv4);
}

Result<client::Found<AccessPass>> pass_of(const client::Snapshot& snapshot, const Pubkey& payer, Ipv4 client_ip) {
  if (const auto pass = client::find_pass(snapshot, payer, client_ip)) return *pass;
  return not_found(
      fmt::format("{} has no access pass for {}: the foundation gives it one with 'doublezero access-pass set "
                  "--user-payer {} --client-ip {} --epochs unlimited'",
                  to_text(payer), to_text(client_ip), to_text(payer), to_text(client_ip)));
}

Result<void> create(Context& context, const CreateArgs& args) {
  auto user = args.user;
  user.type = args.type.value_or(UserType::Ibrl);
  user.cyoa = args.cyoa.value_or(Cyoa::GreOverDia);
  DZ_TRY_ASSIGN(const auto payer, pubkey_or_me(context, "me"));
  DZ_TRY_ASSIGN(
      const auto session,
      open_session(context, {.records = {{wire::AccountType::Device, args.device}},
                             .accounts = client::pass_addresses(context.settings.ids, payer, user.client_ip)}));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.device));
  DZ_TRY_ASSIGN(const auto pass, pass_of(session->snapshot, session->signer.pubkey(), user.client_ip));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_user(device, pass.key, user));
  return finish(context, written, Wrote::NewRecord);
}

struct UpdateArgs {
  UserArgs user;
  wire::UpdateUserArgs change;
};
void declare_update(Options& options, UpdateArgs& args) {
  declare_user(options, args.user);
  options.word("--user-type", args.change.type, "new kind, where the program lets it change");
  options.word("--cyoa-type", args.change.cyoa, "how it reaches the device");
  options.parsed("--dz-ip", args.change.dz_ip, "its address in the network", parse_ipv4);
  options.number("--tunnel-id", args.change.tunnel_id, "number of its tunnel");
  options.parsed("--tunnel-net", args.change.tunnel_net, "network of its tunnel", parse_network);
  options.parsed("--tunnel-endpoint", args.change.tunnel_endpoint, "address of the device at which its tunnel ends",
                 parse_ipv4);
}
Result<void> update(Context& context, const UpdateArgs& args) {
  if (args.change == wire::UpdateUserArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context, client::user_named(args.user.user)));
  DZ_TRY_ASSIGN(const auto found, find_connected(session->snapshot, args.user.user));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_user(found.user, found.device, args.change));
  return finish(context, written, Wrote::Change);
}

Result<void> remove(Context& context, const UserArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, client::user_named(args.user)));
  DZ_TRY_ASSIGN(const auto found, find_connected(session->snapshot, args.user));
  const auto& user = *found.user.record;
  DZ_TRY_ASSIGN(const auto pass, pass_of(session->snapshot, user.owner, user.client_ip));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_user(found.user, found.device, pass.key));
  return finish(context, written, Wrote::Change);
}

Result<void> request_ban(Context& context, const UserArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, client::user_named(args.user)));
  DZ_TRY_ASSIGN(const auto found, find_connected(session->snapshot, args.user));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.request_ban_user(found.user, found.device));
  return finish(context, written, Wrote::Change);
}

struct ListArgs {
  std::optional<std::string> device;
  std::optional<Ipv4> client_ip;
  std::optional<UserType> type;
  std::optional<UserStatus> status;
  std::optional<std::string> owner;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("--device", args.device, "only on this device, by pubkey or code").codes_of("device");
  options.parsed("--client-ip", args.client_ip, "only from this address", parse_ipv4);
  options.word("--user-type", args.type, "only of this kind");
  options.word("--status", args.status, "only with this status");
  options.text("--owner", args.owner, "only of this key: a pubkey, or 'me'");
  declare_output(options, args.output);
}
Result<void> list(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto owner, optional_pubkey_or_me(context, args.owner));
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {Type::User, Type::Device, Type::Location, Type::AccessPass}));
  DZ_TRY_ASSIGN(const auto device, wanted(snapshot.devices, "device", args.device));
  std::vector<Item> items;
  for (const auto& found : all_of(snapshot.users)) {
    const auto& u = *found.record;
    if (!fits(device, u.device) || !fits(args.client_ip, u.client_ip) || !fits(args.type, u.type)) continue;
    if (fits(args.status, u.status) && fits(owner, u.owner)) items.push_back(item_of(snapshot, found));
  }
  show_list(context, args.output, items, {columns(), list_json});
  return {};
}

struct GetUserArgs {
  UserArgs user;
  OutputArgs output;
};
void declare_get_user(Options& options, GetUserArgs& args) {
  declare_user(options, args.user);
  declare_output(options, args.output);
}
Result<void> get(Context& context, const GetUserArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_part(context, client::user_named(args.user.user)));
  DZ_TRY_ASSIGN(const auto found, client::find_user(snapshot, args.user.user));
  const auto item = item_of(snapshot, found);
  show_record(context, args.output, wants_json(args.output) ? json_of(item, JsonForm::Get) : to_json(item));
  return {};
}

}  // namespace

void add_user(Commands& app) {
  auto noun = app.noun("user", "who is connected to which device");
  noun.verb<CreateArgs>("create", "connect the signing key, which has an access pass, to a device", declare_create,
                        create);
  noun.verb<UpdateArgs>("update", "move what a user holds (foundation)", declare_update, update);
  noun.verb<ListArgs>("list", "users, all or some", declare_list, list);
  noun.verb<GetUserArgs>("get", "one user", declare_get_user, get);
  noun.verb<UserArgs>("delete", "disconnect a user: its owner, or the foundation", declare_user, remove);
  noun.verb<UserArgs>("request-ban", "take a user's tunnel and address; it stays until it is deleted (foundation)",
                      declare_user, request_ban);
}

}  // namespace dz::cli
