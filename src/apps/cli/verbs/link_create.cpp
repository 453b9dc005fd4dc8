// link create wan, link create dzx, link accept.
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"
#include "domain/interface_name.h"

namespace dz::cli {
namespace {

constexpr std::uint32_t kLinkMtu = 9000;

struct CreateArgs {
  std::string code, contributor, side_a, side_a_interface, side_z, side_z_interface;
  std::uint64_t bandwidth = 0, delay_ns = 0, jitter_ns = 0;
  std::optional<std::uint32_t> mtu;
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  WaitArgs wait;
};
void declare_common(Options& options, CreateArgs& args) {
  options.parsed("--code", args.code, "short name, such as ams-dz001:lon-dz001", parse_link_code).required();
  options.text("--contributor", args.contributor, "owner, by pubkey or code; side A's")
      .required()
      .codes_of("contributor");
  options.text("--side-a", args.side_a, "device at side A, by pubkey or code").required().codes_of("device");
  options.parsed("--side-a-interface", args.side_a_interface, "its port", normalise_interface_name).required();
  options.text("--side-z", args.side_z, "device at side Z, by pubkey or code").required().codes_of("device");
  options.parsed("--bandwidth", args.bandwidth, "10Gbps to 400Gbps", parse_link_bandwidth).required();
  options.parsed("--delay-ms", args.delay_ns, "round-trip delay in ms, 0.01 to 1000", parse_delay_ms).required();
  options.parsed("--jitter-ms", args.jitter_ns, "jitter in ms, 0.01 to 1000", parse_delay_ms).required();
  options.number("--mtu", args.mtu, "bytes (9000)");
  declare_desired(options, args.desired_status, RecordKind::Link, "what is wanted once it is healthy (activated)");
  declare_wait(options, args.wait);
}
void declare_wan(Options& options, CreateArgs& args) {
  declare_common(options, args);
  options.parsed("--side-z-interface", args.side_z_interface, "side Z's port", normalise_interface_name).required();
  options.parsed("--status", args.status,
                 "status to start with, where the ledger's program lets it be chosen (rfc): hard-drained (the default) "
                 "or soft-drained",
                 parse_word<Status>);
}

// The port can carry a link of this bandwidth; the message says what to change.
Result<void> check_port(const client::Found<Device>& device, const std::string& name, std::uint64_t bandwidth) {
  const auto& code = device.record->code;
  const auto* port = find_interface(*device.record, name);
  if (port == nullptr) {
    return not_found(
        fmt::format("device '{}' has no interface {}: add it with 'doublezero device interface create {} {} "
                    "--bandwidth {}'",
                    code, name, code, name, bandwidth_text(bandwidth)));
  }
  const auto bad = [&](std::string_view expected, std::string_view found) {
    return refused(fmt::format("interface {} of device '{}' cannot carry the link: expected {}, found {}", name, code,
                               expected, found));
  };
  if (port->type != InterfaceType::Physical) return bad("a physical interface", to_text(port->type));
  if (is_edge(*port)) return bad("a port without CYOA and DIA", "one with them");
  if (port->status != InterfaceStatus::Unlinked) return bad("status unlinked", to_text(port->status));
  if (port->mtu != kLinkMtu) return bad("mtu 9000", std::to_string(port->mtu));
  if (port->bandwidth < bandwidth) {
    return bad("at least " + bandwidth_text(bandwidth), bandwidth_text(port->bandwidth));
  }
  return {};
}

struct Ends {
  client::Found<Device> a, z;
  Pubkey contributor;
};
Result<Ends> find_ends(const client::Snapshot& snapshot, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto contributor, client::find_record(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(const auto a, client::find_record(snapshot.devices, "device", args.side_a));
  DZ_TRY_ASSIGN(const auto z, client::find_record(snapshot.devices, "device", args.side_z));
  if (a.key == z.key) return refused(fmt::format("both sides are device '{}': a link joins two", a.record->code));
  if (a.record->contributor != contributor.key) {
    return refused(fmt::format(
        "side A, device '{}', belongs to contributor '{}', not to '{}': name its owner with "
        "--contributor, or swap the sides",
        a.record->code, client::code_of(snapshot.contributors, a.record->contributor), contributor.record->code));
  }
  return Ends{a, z, contributor.key};
}

wire::CreateLinkArgs instruction_args(const CreateArgs& args, LinkType type) {
  wire::CreateLinkArgs link;
  link.code = args.code;
  link.type = type;
  link.bandwidth = args.bandwidth;
  link.mtu = args.mtu.value_or(kLinkMtu);
  link.delay_ns = args.delay_ns;
  link.jitter_ns = args.jitter_ns;
  link.side_a_iface = args.side_a_interface;
  if (type == LinkType::Wan) link.side_z_iface = args.side_z_interface;
  link.desired_status = args.desired_status;
  link.status = args.status;
  return link;
}

Result<void> check_create_words(Context& context, const LedgerRules& rules, const CreateArgs& args) {
  DZ_TRY(check_words(context, rules, RecordKind::Link, {.status = args.status, .desired_status = args.desired_status}));
  if (!args.status || rules.first_status_is_chosen) return {};
  return wrong_usage(
      context,
      "--status: this ledger's program chooses the status that a link starts with; leave it out, and change "
      "it with 'doublezero link update' or 'doublezero link drain'");
}

// What is wanted of a link is on the ledger, also when it was not said.
Result<void> wait_for_desired(Context& context, const WaitArgs& wait, const Pubkey& key) {
  if (!wait.wait) return {};
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_record(scope_of(context), wire::AccountType::Link, to_text(key)));
  const auto link = snapshot.links.find(key);
  if (link == snapshot.links.end()) return not_found("the link is gone");
  return wait_for(context, wait, find_link_again(key), status_for(link->second.desired_status));
}

Result<void> create(Context& context, const CreateArgs& args, LinkType type) {
  using Type = wire::AccountType;
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.records = {{Type::Link, args.code},
                                                                       {Type::Contributor, args.contributor},
                                                                       {Type::Device, args.side_a},
                                                                       {Type::Device, args.side_z}}}));
  DZ_TRY(check_create_words(context, session->rules, args));
  DZ_TRY(refuse_taken_code(session->snapshot.links, "link", args.code));
  DZ_TRY_ASSIGN(const auto ends, find_ends(session->snapshot, args));
  DZ_TRY(check_port(ends.a, args.side_a_interface, args.bandwidth));
  const bool one_owner = ends.z.record->contributor == ends.contributor;
  if (type == LinkType::Wan && !one_owner) {
    return refused(
        fmt::format("side Z, device '{}', belongs to contributor '{}': a link between contributors is made "
                    "with 'doublezero link create dzx', and they accept it",
                    ends.z.record->code, client::code_of(session->snapshot.contributors, ends.z.record->contributor)));
  }
  if (type == LinkType::Wan) DZ_TRY(check_port(ends.z, args.side_z_interface, args.bandwidth));
  const wire::LinkEnds accounts{ends.contributor, ends.a.key, ends.z.key};
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_link(accounts, instruction_args(args, type)));
  DZ_TRY(finish_write(context, written, Wrote::NewRecord, &client::Snapshot::links));
  if (type == LinkType::Dzx) {
    warn(context, "Contributor '{}' now accepts it with: doublezero link accept --code {} --side-z-interface PORT",
         client::code_of(session->snapshot.contributors, ends.z.record->contributor), args.code);
  }
  return wait_for_desired(context, args.wait, written.record);
}
Result<void> create_wan(Context& context, const CreateArgs& args) { return create(context, args, LinkType::Wan); }
Result<void> create_dzx(Context& context, const CreateArgs& args) { return create(context, args, LinkType::Dzx); }

struct AcceptArgs {
  std::string record, interface;
  WaitArgs wait;
};
void declare_accept(Options& options, AcceptArgs& args) {
  options.text("--code,--pubkey", args.record, "link, by pubkey or code").required().codes_of("link");
  options.parsed("--side-z-interface", args.interface, "your port", normalise_interface_name).required();
  declare_wait(options, args.wait);
}
Result<void> accept(Context& context, const AcceptArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Link, args.record));
  const auto& snapshot = session->snapshot;
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot.links, "link", args.record));
  if (link.record->status != Status::Requested) {
    return refused(fmt::format("link '{}' is {}: only a requested link can be accepted", link.record->code,
                               to_text(link.record->status)));
  }
  const auto side_z = snapshot.devices.find(link.record->side_z);
  if (side_z == snapshot.devices.end()) return not_found("the device at side Z of the link is gone");
  const client::Found<Device> device{side_z->first, &side_z->second};
  DZ_TRY(check_port(device, args.interface, link.record->bandwidth));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.accept_link(link, device.record->contributor, args.interface));
  DZ_TRY(finish_write(context, written, Wrote::Change, &client::Snapshot::links));
  return wait_for_desired(context, args.wait, link.key);
}

}  // namespace

void add_link_create(Commands& noun) {
  auto create = noun.noun("create", "add a link");
  create.verb<CreateArgs>("wan", "between two devices of one contributor", declare_wan, create_wan);
  create.verb<CreateArgs>("dzx", "to another contributor's device; requested until they accept", declare_common,
                          create_dzx);
  noun.verb<AcceptArgs>("accept", "accept a requested DZX link to your device", declare_accept, accept);
}

}  // namespace dz::cli
