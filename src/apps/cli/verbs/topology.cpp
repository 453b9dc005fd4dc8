// link topology: the flexible algorithms that links are tagged with.
#include "wire/instructions/topology.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/topologies.h"
#include "apps/cli/verbs/verbs.h"
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
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
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

// Devices whose vpnv4 loopbacks have no node segment in the topology yet.
std::vector<Pubkey> devices_without_segment(const client::Snapshot& snapshot, const Pubkey& topology) {
  std::vector<Pubkey> devices;
  for (const auto& [key, device] : snapshot.devices) {
    const bool lacks = std::any_of(device.interfaces.begin(), device.interfaces.end(), [&](const Interface& i) {
      const auto& segments = i.flex_algo_segments;
      return i.loopback == LoopbackType::Vpnv4 &&
             std::none_of(segments.begin(), segments.end(),
                          [&](const FlexAlgoSegment& s) { return s.topology == topology; });
    });
    if (lacks) devices.push_back(key);
  }
  return devices;
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

Result<void> assign_all(Context& context, Session& session, const std::string& name) {
  const auto topology = wire::topology_address(session.snapshot.ids.serviceability, name).address;
  return in_batches(context, session, name,
                    {.write = &client::Provisioner::assign_node_segments,
                     .records = devices_without_segment(session.snapshot, topology),
                     .most = wire::kMaxDevicesToAssign});
}

Result<void> create(Context& context, const CreateArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
  if (find_topology(topologies, args.name)) {
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
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, find_topology(topologies, args.name));
  if (topology.record->reference_count > 0) {
    return refused(fmt::format("{} links are tagged with topology '{}': doublezero link topology clear --name {}",
                               topology.record->reference_count, topology.record->name, topology.record->name));
  }
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_topology(topology.record->name));
  print_written(context, written, Wrote::Change, "deleted");
  return {};
}

Result<void> clear(Context& context, const NameArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, find_topology(topologies, args.name));
  std::vector<Pubkey> links;
  for (const auto& [key, link] : session->snapshot.links) {
    const auto& tags = link.topologies;
    if (std::find(tags.begin(), tags.end(), topology.key) != tags.end()) links.push_back(key);
  }
  if (links.empty()) return refused(fmt::format("no link is tagged with topology '{}'", topology.record->name));
  return in_batches(
      context, *session, topology.record->name,
      {.write = &client::Provisioner::clear_topology, .records = std::move(links), .most = wire::kMaxLinksToClear});
}

Result<void> assign(Context& context, const NameArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto topologies, fetch_topologies(context.ledger, context.settings.ids));
  DZ_TRY_ASSIGN(const auto topology, find_topology(topologies, args.name));
  if (devices_without_segment(session->snapshot, topology.key).empty()) {
    return refused(fmt::format("every vpnv4 loopback has a node segment in topology '{}'", topology.record->name));
  }
  return assign_all(context, *session, topology.record->name);
}

}  // namespace

void add_link_topology(Commands& link) {
  auto noun = link.noun("topology", "flexible algorithms that links are tagged with");
  noun.verb<CreateArgs>("create", "add a topology, and node segments for the loopbacks there are (foundation)",
                        declare_create, create);
  noun.verb<NameArgs>("delete", "remove one that no link is tagged with (foundation)", declare_name, remove);
  noun.verb<NameArgs>("clear", "take its tag off every link (foundation)", declare_name, clear);
  noun.verb<NameArgs>("assign-node-segments", "a node segment for every vpnv4 loopback without one (foundation)",
                      declare_name, assign);
  noun.verb<OutputArgs>("list", "all topologies", declare_output, list);
}

}  // namespace dz::cli
