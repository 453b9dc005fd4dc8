// device create, update, delete, set-health.
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"
#include "domain/dz_prefixes.h"
#include "wire/account_places.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

// --- create -------------------------------------------------------------------------------------------------------

struct CreateArgs {
  wire::CreateDeviceArgs device;
  std::string contributor, location, exchange;
  std::optional<std::string> metrics_publisher;
  std::optional<DeviceType> type;
  WaitArgs wait;
};
void declare_create(Options& options, CreateArgs& args) {
  args.device.mgmt_vrf = "default";
  options.parsed("--code", args.device.code, "short name, such as ams-dz001", parse_code).required();
  options.text("--contributor", args.contributor, "owner, by pubkey or code").required().codes_of("contributor");
  options.text("--location", args.location, "by pubkey or code").required().codes_of("location");
  options.text("--exchange", args.exchange, "by pubkey or code").required().codes_of("exchange");
  options.parsed("--public-ip", args.device.public_ip, "the device's public IPv4 address", parse_ipv4).required();
  options
      .parsed("--dz-prefixes", args.device.dz_prefixes, "networks for users, comma separated, at least a /29",
              parse_networks)
      .required();
  options.word("--device-type", args.type, "type (hybrid)");
  options.text("--metrics-publisher", args.metrics_publisher,
               "key of the device's telemetry agent: a pubkey, or 'me'; unset, the device cannot report latency");
  options.text("--mgmt-vrf", args.device.mgmt_vrf, "management VRF (default)");
  declare_desired(options, args.device.desired_status, RecordKind::Device,
                  "what is wanted once it is healthy (activated)");
  declare_wait(options, args.wait);
}

// A device is of use with smaller networks to nobody: said before it is written, for the monitor will say so for ever.
void warn_of_prefixes(Context& context, const std::vector<NetworkV4>& prefixes) {
  if (has_dz_prefix(prefixes)) return;
  warn(context,
       "Warning: --dz-prefixes {}: expected at least one /{} or larger; with these alone device.dz_prefix is not met "
       "and the device does not become healthy.",
       networks_text(prefixes), kSmallestDzPrefix);
}

Result<void> check_addresses(const client::Snapshot& snapshot, const wire::CreateDeviceArgs& device) {
  for (const auto& prefix : device.dz_prefixes) {
    if (prefix.contains(device.public_ip)) {
      return refused(fmt::format("the public IP {} lies in the dz-prefix {}: users would be given it; choose others",
                                 to_text(device.public_ip), to_text(prefix)));
    }
  }
  for (const auto& [key, other] : snapshot.devices) {
    if (other.public_ip == device.public_ip) {
      return refused(fmt::format("the public IP {} is that of device '{}': every device has its own",
                                 to_text(device.public_ip), other.code));
    }
  }
  return {};
}

Result<wire::DeviceSite> find_site(const client::Snapshot& snapshot, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(const auto location, client::find_record(snapshot.locations, "location", args.location));
  DZ_TRY_ASSIGN(const auto exchange, client::find_record(snapshot.exchanges, "exchange", args.exchange));
  return wire::DeviceSite{contributor.key, location.key, exchange.key};
}

client::HeldValue at_public_ip(Ipv4 ip) {
  return {wire::AccountType::Device, {wire::kDevicePublicIpAt, Bytes(ip.octets.begin(), ip.octets.end())}};
}

Result<void> create(Context& context, const CreateArgs& args) {
  wire::CreateDeviceArgs device = args.device;
  device.type = args.type.value_or(DeviceType::Hybrid);
  DZ_TRY_ASSIGN(const auto publisher, optional_pubkey_or_me(context, args.metrics_publisher));
  device.metrics_publisher = publisher.value_or(Pubkey{});
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.records = {{Type::Contributor, args.contributor},
                                                                       {Type::Location, args.location},
                                                                       {Type::Exchange, args.exchange},
                                                                       {Type::Device, device.code}},
                                                           .holding = {at_public_ip(device.public_ip)}}));
  DZ_TRY(check_words(context, session->rules, RecordKind::Device, {.desired_status = device.desired_status}));
  DZ_TRY(refuse_taken_code(session->snapshot.devices, "device", device.code));
  DZ_TRY(check_addresses(session->snapshot, device));
  DZ_TRY_ASSIGN(const auto site, find_site(session->snapshot, args));
  warn_of_prefixes(context, device.dz_prefixes);
  if (!publisher) {
    warn(context,
         "Warning: no --metrics-publisher: the device cannot report latency, so it will not become healthy; "
         "name its agent's key later with 'doublezero device update --pubkey {} --metrics-publisher PUBKEY'.",
         device.code);
  }
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_device(site, device));
  DZ_TRY(finish_write(context, written, Wrote::NewRecord, &client::Snapshot::devices));
  const bool in_service = context.written["status"] == boost::json::value(to_text(Status::Activated));
  if (args.wait.wait && !device.desired_status && !in_service) {
    warn(context, "Its interfaces and links come next; after them, wait with: doublezero device wait --pubkey {}",
         device.code);
  }
  return wait_for(context, args.wait, find_device_again(written.record),
                  status_after({.status = {}, .desired_status = device.desired_status}));
}

// --- update -------------------------------------------------------------------------------------------------------

struct UpdateArgs {
  std::string record;
  wire::UpdateDeviceArgs change;
  std::optional<std::string> contributor, location, metrics_publisher;
  bool yes = false;
  WaitArgs wait;
};
void declare_update(Options& options, UpdateArgs& args) {
  auto& change = args.change;
  options.text("--pubkey", args.record, "device, by pubkey or code").required().codes_of("device");
  options.parsed("--code", change.code, "new code", parse_code);
  options.word("--device-type", change.type, "new type");
  options.text("--contributor", args.contributor, "new owner, by pubkey or code (foundation)").codes_of("contributor");
  options.text("--location", args.location, "new location, by pubkey or code").codes_of("location");
  options.parsed("--public-ip", change.public_ip, "new public IPv4 address", parse_ipv4);
  options.parsed("--dz-prefixes", change.dz_prefixes, "new networks for users, comma separated", parse_networks);
  options.text("--metrics-publisher", args.metrics_publisher, "key of the telemetry agent: a pubkey, or 'me'");
  options.text("--mgmt-vrf", change.mgmt_vrf, "management VRF");
  declare_status(options, change.status, RecordKind::Device, "what is in force");
  declare_desired(options, change.desired_status, RecordKind::Device, "what is wanted");
  options.number("--max-users", change.max_users, "users it may have");
  options.number("--max-unicast-users", change.max_unicast_users, "unicast users it may have");
  options.number("--max-multicast-subscribers", change.max_multicast_subscribers, "multicast subscribers it may have");
  options.number("--max-multicast-publishers", change.max_multicast_publishers, "multicast publishers it may have");
  options.number("--users-count", change.users_count, "correct the count (foundation)");
  options.number("--unicast-users-count", change.unicast_users_count, "correct the count (foundation)");
  options.number("--multicast-subscribers-count", change.multicast_subscribers_count, "correct the count (foundation)");
  options.number("--multicast-publishers-count", change.multicast_publishers_count, "correct the count (foundation)");
  options.number("--reference-count", change.reference_count, "correct the count (foundation)");
  options.flag("-y,--yes", args.yes, "take it out of service although users are on the device");
  declare_wait(options, args.wait);
}

Result<void> check_lifecycle(Context& context, const Session& session, const client::Found<Device>& device,
                             const UpdateArgs& args) {
  const lifecycle::LifecycleWrite write{args.change.status, args.change.desired_status};
  if (!write.status && !write.desired_status) return {};
  DZ_TRY(check_words(context, session.rules, RecordKind::Device,
                     {.status = write.status, .desired_status = write.desired_status}));
  const auto record = lifecycle_record(session.snapshot, device, session.signer.pubkey());
  DZ_TRY(check_write(record, write));
  const auto to = status_after(write);
  return to ? check_users(record, *to, args.yes) : Result<void>();
}

Result<void> update(Context& context, const UpdateArgs& args) {
  const bool empty =
      args.change == wire::UpdateDeviceArgs{} && !args.location && !args.contributor && !args.metrics_publisher;
  if (empty) return refuse_empty_update(context);
  wire::UpdateDeviceArgs change = args.change;
  DZ_TRY_ASSIGN(change.metrics_publisher, optional_pubkey_or_me(context, args.metrics_publisher));
  // Another code may be taken.
  using Type = wire::AccountType;
  client::SnapshotQuestion question{.records = {{Type::Device, args.record}}};
  if (change.code) question.records.push_back({Type::Device, *change.code});
  if (args.location) question.records.push_back({Type::Location, *args.location});
  if (args.contributor) question.records.push_back({Type::Contributor, *args.contributor});
  DZ_TRY_ASSIGN(const auto session, open_session(context, question));
  const auto& snapshot = session->snapshot;
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", args.record));
  std::optional<Pubkey> new_location;
  if (args.location) {
    DZ_TRY_ASSIGN(const auto location, client::find_record(snapshot.locations, "location", *args.location));
    new_location = location.key;
  }
  if (args.contributor) {
    DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot.contributors, "contributor", *args.contributor));
    change.contributor = contributor.key;
  }
  if (change.code && !client::same_code(*change.code, device.record->code)) {
    DZ_TRY(refuse_taken_code(snapshot.devices, "device", *change.code));
  }
  DZ_TRY(check_lifecycle(context, *session, device, args));
  if (change.dz_prefixes) warn_of_prefixes(context, *change.dz_prefixes);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_device(device, change, new_location));
  DZ_TRY(finish_write(context, written, Wrote::Change, &client::Snapshot::devices));
  return wait_for(context, args.wait, find_device_again(device.key),
                  status_after({.status = change.status, .desired_status = change.desired_status}));
}

// --- delete, set-health -------------------------------------------------------------------------------------------

// Who paid for the pools that are deleted with the device, and gets their lamports back.
std::vector<Pubkey> resource_owners(const client::Snapshot& snapshot, const client::Found<Device>& device) {
  const auto& program = snapshot.ids.serviceability;
  std::vector<Pubkey> addresses{wire::tunnel_ids_address(program, device.key).address};
  for (std::size_t i = 0; i < device.record->dz_prefixes.size(); ++i) {
    addresses.push_back(wire::dz_prefix_block_address(program, device.key, i).address);
  }
  std::vector<Pubkey> owners;
  for (const auto& address : addresses) {
    const auto found = snapshot.resources.find(address);
    owners.push_back(found == snapshot.resources.end() ? device.record->owner : found->second.owner);
  }
  return owners;
}

Result<void> remove(Context& context, const RecordArgs& args) {
  using Type = wire::AccountType;
  // Links, seats and users stand in the way; pools go with it.
  const std::vector names_it{Type::Link, Type::Exchange, Type::User, Type::ResourceExtension};
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.records = {{Type::Device, args.record, names_it}}}));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.record));
  DZ_TRY(check_delete(session->snapshot, device, session->signer.pubkey()));
  const auto owners = resource_owners(session->snapshot, device);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_device(device, owners));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::devices);
}

struct HealthArgs {
  std::string record;
  std::optional<Health> health;
};
void declare_set_health(Options& options, HealthArgs& args) {
  options.text("--pubkey,--code", args.record, "device, by pubkey or code").required().codes_of("device");
  declare_health(options, args.health, RecordKind::Device, "what is known").required();
}
Result<void> set_health(Context& context, const HealthArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Device, args.record));
  DZ_TRY(check_words(context, session->rules, RecordKind::Device, {.health = args.health}));
  DZ_TRY_ASSIGN(const auto device, client::find_record(session->snapshot.devices, "device", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_device_health(device.key, *args.health));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::devices);
}

}  // namespace

void add_device(Commands& app) {
  auto noun = app.noun("device", "switches of the network");
  noun.verb<CreateArgs>("create", "add a device; it starts with max_users 0", declare_create, create);
  noun.verb<UpdateArgs>("update", "change a device", declare_update, update);
  add_device_reads(noun);
  noun.verb<RecordArgs>("delete", "remove a drained device without links, interfaces and users", declare_record,
                        remove);
  add_device_drain(noun);
  add_device_explain(noun);
  add_device_wait(noun);
  add_device_history(noun);
  add_device_interface(noun);
  noun.verb<HealthArgs>("set-health", "write health by hand (health authority, foundation)", declare_set_health,
                        set_health)
      .hide();
}

}  // namespace dz::cli
