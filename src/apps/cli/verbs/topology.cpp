// link topology: the flexible algorithms that links are tagged with.
#include "wire/instructions/topology.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "client/topologies.h"
#include "wire/addresses.h"

namespace dz::cli {
namespace {

using Item = client::Found<Topology>;

boost::json::object to_json(const Item& item) {
  const auto& t = *item.record;
  return {{"pubkey", to_text(item.key)},
          {"name", t.name},
          {"admin_group_bit", t.admin_group_bit},
          {"color", t.admin_group_bit + 1},
          {"flex_algo_number", t.flex_algo_number},
          {"constraint", to_text(t.constraint)},
          {"reference_count", t.reference_count},
          {"owner", to_text(t.owner)}};
}

Result<void> list(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  const std::vector<Column<Item>> columns = {
      {"pubkey", [](const Item& i) { return to_text(i.key); }},
      {"name", [](const Item& i) { return i.record->name; }},
      {"admin_group_bit", [](const Item& i) { return std::to_string(i.record->admin_group_bit); }},
      {"color", [](const Item& i) { return std::to_string(i.record->admin_group_bit + 1); }},
      {"flex_algo_number", [](const Item& i) { return std::to_string(i.record->flex_algo_number); }},
      {"constraint", [](const Item& i) { return std::string(to_text(i.record->constraint)); }},
      {"reference_count", [](const Item& i) { return std::to_string(i.record->reference_count); }}};
  auto items = all_of(topologies);
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.record->name < b.record->name; });
  show_list(context, output, items, {columns, to_json});
  return {};
}

// A change of a topology that concerns more records than one transaction can name.
struct BatchedChange {
  Result<client::Written> (client::Provisioner::*write)(const std::string& name, std::span<const Pubkey> records);
  std::vector<Pubkey> records;
  std::size_t most;  // records of one transaction
};
// Sends as many transactions as it takes and prints each.
Result<void> in_batches(Context& context, Session& session, const std::string& name, const BatchedChange& change) {
  const std::span<const Pubkey> all = change.records;
  for (std::size_t at = 0; at < all.size(); at += change.most) {
    const auto part = all.subspan(at, std::min(change.most, all.size() - at));
    DZ_TRY_ASSIGN(const auto written, (session.provisioner.*change.write)(name, part));
    print_written(context, written, Wrote::Change, fmt::format("{} of {} done", at + part.size(), all.size()));
  }
  return {};
}

struct CreateArgs {
  std::string name;
  std::optional<TopologyConstraint> constraint;
};
void declare_create(Options& options, CreateArgs& args) {
  options.text("--name", args.name, "letters, digits and '-', up to 32; kept in capitals").required();
  options.word("--constraint", args.constraint, "which links it uses (include-any)");
}

Result<void> assign_to(Context& context, Session& session, const std::string& name, std::vector<Pubkey> devices) {
  return in_batches(context, session, name,
                    {.write = &client::Provisioner::assign_node_segments,
                     .records = std::move(devices),
                     .most = wire::kMaxDevicesToAssign});
}
Result<void> assign_all(Context& context, Session& session, const std::string& name) {
  const auto topology = wire::topology_address(session.snapshot.ids.serviceability, name).address;
  return assign_to(context, session, name, client::devices_without_segment(session.snapshot, topology));
}

Result<void> create(Context& context, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, {.types = {wire::AccountType::Device}}));
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  if (client::find_topology(topologies, args.name)) {
    return refused(fmt::format("there is a topology '{}' already: see 'doublezero link topology list'", args.name));
  }
  const auto constraint = args.constraint.value_or(TopologyConstraint::IncludeAny);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.create_topology({args.name, constraint}));
  print_written(context, written, Wrote::NewRecord, "created");
  return assign_all(context, *session, args.name);
}

struct NameArgs {
  std::string name;
};
void declare_name(Options& options, NameArgs& args) {
  options.text("--name", args.name, "the topology, by name or pubkey").required().codes_of("topology");
}

Result<void> remove(Context& context, const NameArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, client::find_topology(topologies, args.name));
  if (topology.record->reference_count > 0) {
    return refused(fmt::format("{} links are tagged with topology '{}': doublezero link topology clear --name {}",
                               topology.record->reference_count, topology.record->name, topology.record->name));
  }
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_topology(topology.record->name));
  print_written(context, written, Wrote::Change, "deleted");
  return {};
}

// Of a list with commas.
std::vector<std::string_view> names_in(std::string_view text) {
  std::vector<std::string_view> names;
  while (!text.empty()) {
    names.push_back(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.size(), names.back().size() + 1));
  }
  return names;
}

// Records by name, comma separated.
template <typename Record>
Result<std::vector<Pubkey>> find_all(const client::Records<Record>& records, std::string_view noun,
                                     std::string_view names) {
  std::vector<Pubkey> keys;
  for (const auto name : names_in(names)) {
    DZ_TRY_ASSIGN(const auto found, client::find_record(records, noun, name));
    if (std::find(keys.begin(), keys.end(), found.key) == keys.end()) keys.push_back(found.key);
  }
  return keys;
}

// The records of these names, comma separated; without names every one of the type.
client::SnapshotQuestion all_or_named(wire::AccountType type, const std::optional<std::string>& names) {
  if (!names) return {.types = {type}};
  client::SnapshotQuestion question;
  for (const auto name : names_in(*names)) question.records.push_back({type, std::string(name)});
  return question;
}

// The keys of `all` that are among these.
std::vector<Pubkey> only(const std::vector<Pubkey>& all, const std::vector<Pubkey>& these) {
  std::vector<Pubkey> keys;
  for (const auto& key : all) {
    if (std::find(these.begin(), these.end(), key) != these.end()) keys.push_back(key);
  }
  return keys;
}

struct ClearArgs {
  std::string name;
  std::optional<std::string> links;
};
void declare_clear(Options& options, ClearArgs& args) {
  options.text("--name", args.name, "the topology, by name or pubkey").required().codes_of("topology");
  options.text("--links", args.links, "only these links, by pubkey or code, comma separated (every tagged one)")
      .codes_of("link");
}
Result<void> clear(Context& context, const ClearArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, all_or_named(wire::AccountType::Link, args.links)));
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, client::find_topology(topologies, args.name));
  std::vector<Pubkey> links;
  for (const auto& [key, link] : session->snapshot.links) {
    const auto& tags = link.topologies;
    if (std::find(tags.begin(), tags.end(), topology.key) != tags.end()) links.push_back(key);
  }
  if (args.links) {
    DZ_TRY_ASSIGN(const auto named, find_all(session->snapshot.links, "link", *args.links));
    links = only(links, named);
    if (links.empty())
      return refused(fmt::format("none of these links is tagged with topology '{}'", topology.record->name));
  }
  if (links.empty()) return refused(fmt::format("no link is tagged with topology '{}'", topology.record->name));
  return in_batches(
      context, *session, topology.record->name,
      {.write = &client::Provisioner::clear_topology, .records = std::move(links), .most = wire::kMaxLinksToClear});
}

struct AssignArgs {
  std::string name;
  std::optional<std::string> devices;
};
void declare_assign(Options& options, AssignArgs& args) {
  options.text("--name", args.name, "the topology, by name or pubkey").required().codes_of("topology");
  options
      .text("--device", args.devices, "only on these devices, by pubkey or code, comma separated (wherever one lacks)")
      .codes_of("device");
}
Result<void> assign(Context& context, const AssignArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, all_or_named(wire::AccountType::Device, args.devices)));
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, client::find_topology(topologies, args.name));
  auto devices = client::devices_without_segment(session->snapshot, topology.key);
  if (args.devices) {
    DZ_TRY_ASSIGN(const auto named, find_all(session->snapshot.devices, "device", *args.devices));
    devices = only(devices, named);
  }
  if (devices.empty()) {
    return refused(fmt::format("every vpnv4 loopback{} has a node segment in topology '{}'",
                               args.devices ? " of these devices" : "", topology.record->name));
  }
  return assign_to(context, *session, topology.record->name, std::move(devices));
}

}  // namespace

namespace {

struct MigrateArgs {
  bool dry_run = false;
};
void declare_migrate(Options& options, MigrateArgs& args) {
  options.flag("--dry-run", args.dry_run, "say what would be written, and write nothing");
}

// Links of before there were topologies: in service or on their way, and tagged with none.
std::vector<client::Found<Link>> untagged_links(const client::Snapshot& snapshot) {
  std::vector<client::Found<Link>> links;
  for (const auto& [key, link] : snapshot.links) {
    const bool closed = link.status == Status::Requested || link.status == Status::Deleting;
    if (link.topologies.empty() && !closed) links.push_back({key, &link});
  }
  return links;
}

Result<void> migrate_flex_algo(Context& context, const MigrateArgs& args) {
  DZ_TRY_ASSIGN(const auto session,
                open_session(context, {.types = {wire::AccountType::Link, wire::AccountType::Device}}));
  DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto standard, client::find_topology(topologies, wire::kDefaultTopology));
  const auto links = untagged_links(session->snapshot);
  std::size_t lacking = 0;
  for (const auto& [key, topology] : topologies)
    lacking += client::devices_without_segment(session->snapshot, key).size();
  const auto todo =
      fmt::format("{} links without a topology, {} devices without a node segment in one", links.size(), lacking);
  warn(context, "{}{}.", todo, links.empty() && lacking == 0 ? ": there is nothing to migrate" : "");
  if (args.dry_run) return {};
  for (const auto& link : links) {
    DZ_TRY_ASSIGN(const auto written,
                  session->provisioner.update_link(link, {.topologies = std::vector{standard.key}}, std::nullopt));
    print_written(context, written, Wrote::Change, fmt::format("link {} tagged", link.record->code));
  }
  for (const auto& [key, topology] : topologies) DZ_TRY(assign_all(context, *session, topology.name));
  return {};
}

// Nothing is written: why is what people have to know.
Result<void> migrate_user_pda(Context& context, const NoArgs&) {
  constexpr std::string_view kReason =
      "nothing to migrate: users of this program are at addresses made of address and type, and those at addresses of "
      "the old kind are read, changed and deleted where they are. The program's own instruction for moving them asks "
      "nobody's leave, so this client does not send it.";
  context.written = {{"status", "unchanged"}, {"reason", kReason}};
  if (!wants_json(context.output)) print(context, "{}", kReason);
  return {};
}

}  // namespace

void add_migrate(Commands& app) {
  auto noun = app.noun("migrate", "bring records of earlier versions to what they are now");
  noun.verb<MigrateArgs>("flex-algo", "tag links that have no topology, and give loopbacks their segments (foundation)",
                         declare_migrate, migrate_flex_algo);
  noun.verb<NoArgs>("user-pda", "says why nothing is to be done", declare_nothing, migrate_user_pda);
}

void add_link_topology(Commands& link) {
  auto noun = link.noun("topology", "flexible algorithms that links are tagged with");
  noun.verb<CreateArgs>("create", "add a topology, and node segments for the loopbacks there are (foundation)",
                        declare_create, create);
  noun.verb<NameArgs>("delete", "remove one that no link is tagged with (foundation)", declare_name, remove);
  noun.verb<ClearArgs>("clear", "take its tag off every link, or off some (foundation)", declare_clear, clear);
  noun.verb<AssignArgs>("assign-node-segments", "a node segment for every vpnv4 loopback without one (foundation)",
                        declare_assign, assign);
  noun.verb<OutputArgs>("list", "all topologies", declare_output, list);
}

}  // namespace dz::cli
