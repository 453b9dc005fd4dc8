// resource: the pools of addresses and numbers from which the program allocates.
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/resource_pools.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

// "172.16.0.4/31", or a number.
Result<wire::IdOrIp> parse_allocation(std::string_view text) {
  if (const auto network = parse_network(text)) return wire::IdOrIp{*network};
  const auto number = parse_whole_number(text, 65535);
  if (number) return wire::IdOrIp{static_cast<std::uint16_t>(*number)};
  return refused(
      fmt::format("expected a network such as 172.16.0.4/31, or a number from 0 to 65535; found '{}'", text));
}

struct PoolArgs {
  wire::ResourceKind kind = wire::ResourceKind::DeviceTunnelBlock;
  std::optional<std::string> device;
  std::optional<std::uint64_t> index;
};
void declare_pool(Options& options, PoolArgs& args) {
  options.parsed("--resource-type", args.kind, "which pool: " + resource_kind_names(), parse_resource_kind).required();
  options
      .text("--associated-pubkey,--device", args.device, "of dz-prefix-block and tunnel-ids: whose, by pubkey or code")
      .codes_of("device");
  options.number("--index", args.index, "of dz-prefix-block: of which prefix (0)");
}

// Whose pool it is.
client::SnapshotQuestion device_of(const PoolArgs& args) {
  client::SnapshotQuestion question;
  if (args.device) question.records.push_back({wire::AccountType::Device, *args.device});
  return question;
}

Result<wire::ResourceType> pool_of(Context& context, const client::Snapshot& snapshot, const PoolArgs& args) {
  if (!belongs_to_device(args.kind)) {
    if (!args.device && !args.index) return wire::ResourceType{args.kind, {}, 0};
    return wrong_usage(context,
                       fmt::format("{} belongs to no device: leave --device and --index out", name_of(args.kind)));
  }
  if (!args.device)
    return wrong_usage(context, fmt::format("{} belongs to a device: name it with --device", name_of(args.kind)));
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", *args.device));
  return wire::ResourceType{args.kind, device.key, args.index.value_or(0)};
}

Result<client::Found<ResourceExtension>> find_pool(const client::Snapshot& snapshot, const wire::ResourceType& pool) {
  const auto found = snapshot.resources.find(resource_address(snapshot.ids.serviceability, pool).address);
  if (found != snapshot.resources.end()) return client::Found<ResourceExtension>{found->first, &found->second};
  return not_found(fmt::format("there is no {} of this kind: doublezero resource create makes it", name_of(pool.kind)));
}

// --- reads --------------------------------------------------------------------------------------------------------

struct GetPoolArgs {
  PoolArgs pool;
  OutputArgs output;
};
void declare_get_pool(Options& options, GetPoolArgs& args) {
  declare_pool(options, args.pool);
  declare_output(options, args.output);
}
Result<void> get(Context& context, const GetPoolArgs& args) {
  DZ_TRY_ASSIGN(const auto devices, read_part(context, device_of(args.pool)));
  DZ_TRY_ASSIGN(const auto pool, pool_of(context, devices, args.pool));
  const auto address = resource_address(devices.ids.serviceability, pool).address;
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&address, 1}));
  DZ_TRY_ASSIGN(const auto found, find_pool(snapshot, pool));
  const auto& record = *found.record;
  boost::json::object shown{{"pubkey", to_text(found.key)},
                            {"resource_type", name_of(args.pool.kind)},
                            {"associated_with", pubkey_or_null(record.associated_with)}};
  if (record.ip) {
    shown["base"] = to_text(record.ip->base);
  } else if (record.id) {
    shown["base"] = fmt::format("{} to {}", record.id->start, record.id->end - 1);
  }
  auto values = taken_json(record);
  shown["capacity"] = capacity_of(record);
  shown["taken"] = values.size();
  shown["values"] = std::move(values);
  shown["owner"] = to_text(record.owner);
  show_record(context, args.output, shown);
  return {};
}

// --- writes -------------------------------------------------------------------------------------------------------

struct AllocateArgs {
  PoolArgs pool;
  std::optional<wire::IdOrIp> requested;
};
void declare_allocate(Options& options, AllocateArgs& args) {
  declare_pool(options, args.pool);
  options.parsed("--requested-allocation", args.requested, "this network or number (one, whichever is free)",
                 parse_allocation);
}
Result<void> allocate(Context& context, const AllocateArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, device_of(args.pool)));
  DZ_TRY_ASSIGN(const auto pool, pool_of(context, session->snapshot, args.pool));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.allocate_resource({pool, args.requested}));
  print_written(context, written, Wrote::Change, "allocated");
  return {};
}

Result<void> create(Context& context, const PoolArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, device_of(args)));
  DZ_TRY_ASSIGN(const auto pool, pool_of(context, session->snapshot, args));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_resource(pool));
  print_written(context, written, Wrote::NewRecord, "created");
  return {};
}

struct DeallocateArgs {
  PoolArgs pool;
  std::optional<wire::IdOrIp> value;
};
void declare_deallocate(Options& options, DeallocateArgs& args) {
  declare_pool(options, args.pool);
  options.parsed("--value", args.value, "the network or number to give back", parse_allocation).required();
}
Result<void> deallocate(Context& context, const DeallocateArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, device_of(args.pool)));
  DZ_TRY_ASSIGN(const auto pool, pool_of(context, session->snapshot, args.pool));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.deallocate_resource({pool, *args.value}));
  print_written(context, written, Wrote::Change, "free");
  return {};
}

Result<void> close(Context& context, const PoolArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, device_of(args)));
  DZ_TRY_ASSIGN(const auto pool, pool_of(context, session->snapshot, args));
  const auto address = resource_address(session->snapshot.ids.serviceability, pool).address;
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_accounts(scope_of(context), {&address, 1}));
  DZ_TRY_ASSIGN(const auto found, find_pool(snapshot, pool));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.close_resource(found.key, found.record->owner));
  print_written(context, written, Wrote::Change, "closed");
  return {};
}

}  // namespace

void add_resource(Commands& app) {
  auto noun = app.noun("resource", "pools from which addresses and numbers are allocated");
  noun.verb<GetPoolArgs>("get", "a pool, and what of it is taken", declare_get_pool, get);
  add_resource_verify(noun);
  noun.verb<AllocateArgs>("allocate", "take one out of a pool (foundation)", declare_allocate, allocate);
  noun.verb<DeallocateArgs>("deallocate", "give one back (foundation)", declare_deallocate, deallocate);
  noun.verb<PoolArgs>("create", "make a pool that is not there yet (foundation)", declare_pool, create);
  noun.verb<PoolArgs>("close", "remove a pool (foundation)", declare_pool, close);
}

}  // namespace dz::cli
