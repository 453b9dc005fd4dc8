// link list and get.
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/topologies.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct Item {
  client::Found<Link> found;
  std::string contributor, side_a, side_z, side_z_contributor;
  std::vector<std::string> held_by;  // contributors that keep a DZX link drained
  std::string health;                // in the ledger's words
  std::string topologies;            // names
};

Item item_of(const client::Snapshot& snapshot, const Topologies& topologies, const client::Found<Link>& found) {
  const auto& link = *found.record;
  const auto z = side_z_contributor(snapshot, link);
  Item item{found,
            client::code_of(snapshot.contributors, link.contributor),
            client::code_of(snapshot.devices, link.side_a),
            client::code_of(snapshot.devices, link.side_z),
            z.is_zero() ? "" : client::code_of(snapshot.contributors, z),
            {},
            std::string(rules_for(snapshot).spell(RecordKind::Link, link.health)),
            topologies_text(topologies, link.topologies)};
  const auto holds = client::lifecycle_state(link).holds;
  if (holds.side_a) item.held_by.push_back(item.contributor);
  if (holds.side_z) item.held_by.push_back(item.side_z_contributor);
  return item;
}

bool unicast_drained(const Link& link) { return (link.flags & kLinkFlagUnicastDrained) != 0; }

json::object to_json(const Item& item) {
  const auto& l = *item.found.record;
  json::array held;
  for (const auto& code : item.held_by) held.push_back(json::value(code));
  return {{"account", to_text(item.found.key)},
          {"code", l.code},
          {"contributor_pk", to_text(l.contributor)},
          {"contributor_code", item.contributor},
          {"side_a_pk", to_text(l.side_a)},
          {"side_a_name", item.side_a},
          {"side_a_iface_name", l.side_a_iface},
          {"side_z_pk", to_text(l.side_z)},
          {"side_z_name", item.side_z},
          {"side_z_iface_name", l.side_z_iface},
          {"side_z_contributor_code", item.side_z_contributor},
          {"link_type", to_text(l.type)},
          {"bandwidth", l.bandwidth},
          {"mtu", l.mtu},
          {"delay_ns", l.delay_ns},
          {"jitter_ns", l.jitter_ns},
          {"delay_override_ns", l.delay_override_ns},
          {"tunnel_id", l.tunnel_id},
          {"tunnel_net", to_text(l.tunnel_net)},
          {"status", to_text(l.status)},
          {"desired_status", to_text(l.desired_status)},
          {"health", item.health},
          {"held_by", std::move(held)},
          {"owner", to_text(l.owner)},
          {"link_topologies", item.topologies},
          {"unicast_drained", unicast_drained(l)}};
}

template <typename Text>
Column<Item> column(std::string header, Text text) {
  return {std::move(header), [text](const Item& i) { return std::string(text(*i.found.record)); }};
}

std::vector<Column<Item>> columns(bool narrow) {
  std::vector<Column<Item>> all = {
      {"account", [](const Item& i) { return to_text(i.found.key); }},
      column("code", [](const Link& l) { return l.code; }),
      {"contributor", [](const Item& i) { return i.contributor; }},
      {"side_a_name", [](const Item& i) { return i.side_a; }},
      column("side_a_iface_name", [](const Link& l) { return l.side_a_iface; }),
      {"side_z_name", [](const Item& i) { return i.side_z; }},
      column("side_z_iface_name", [](const Link& l) { return l.side_z_iface; }),
      column("link_type", [](const Link& l) { return to_text(l.type); }),
      column("bandwidth", [](const Link& l) { return bandwidth_text(l.bandwidth); }),
      column("mtu", [](const Link& l) { return std::to_string(l.mtu); }),
      column("delay_ms", [](const Link& l) { return delay_text(l.delay_ns); }),
      column("jitter_ms", [](const Link& l) { return delay_text(l.jitter_ns); }),
      column("delay_override_ms", [](const Link& l) { return delay_text(l.delay_override_ns); }),
      column("tunnel_id", [](const Link& l) { return std::to_string(l.tunnel_id); }),
      column("tunnel_net", [](const Link& l) { return to_text(l.tunnel_net); }),
      column("status", [](const Link& l) { return to_text(l.status); }),
      column("desired_status", [](const Link& l) { return to_text(l.desired_status); }),
      {"health", [](const Item& i) { return i.health; }},
      column("owner", [](const Link& l) { return to_text(l.owner); }),
      {"link_topologies", [](const Item& i) { return i.topologies; }},
      column("unicast_drained", [](const Link& l) { return unicast_drained(l) ? "true" : "false"; })};
  if (!narrow) return all;
  const std::vector<std::string> few = {"code",   "contributor",    "side_a_name", "side_z_name",
                                        "status", "desired_status", "health"};
  all.erase(
      std::remove_if(all.begin(), all.end(),
                     [&](const Column<Item>& c) { return std::find(few.begin(), few.end(), c.header) == few.end(); }),
      all.end());
  return all;
}

// Asked for only when some link is tagged.
Result<Topologies> topologies_of(Context& context, const client::Snapshot& snapshot) {
  for (const auto& [key, link] : snapshot.links) {
    if (!link.topologies.empty()) return fetch_topologies(context.ledger, snapshot.ids);
  }
  return Topologies{};
}

struct ListArgs {
  std::optional<std::string> contributor, side_a, side_z, code, topology;
  std::optional<LinkType> type;
  std::optional<Status> status;
  std::optional<Health> health;
  std::optional<DesiredStatus> desired_status;
  bool wan = false, dzx = false, narrow = false;
  OutputArgs output;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("-c,--contributor", args.contributor, "only of this contributor, by pubkey or code");
  options.text("--side-a", args.side_a, "only from this device, by pubkey or code");
  options.text("--side-z", args.side_z, "only to this device, by pubkey or code");
  options.text("--code", args.code, "only codes with this in them");
  options.text("--topology", args.topology, "only tagged with this topology, by name or pubkey");
  options.word("--link-type", args.type, "only of this type");
  options.flag("--wan", args.wan, "only WAN links");
  options.flag("--dzx", args.dzx, "only DZX links");
  declare_status(options, args.status, RecordKind::Link, "only with this status");
  declare_health(options, args.health, RecordKind::Link, "only with this health");
  declare_desired(options, args.desired_status, RecordKind::Link, "only with this desired status");
  options.flag("--narrow", args.narrow, "fewer columns");
  declare_output(options, args.output);
}

Result<void> list(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY(check_words(rules_for(snapshot), RecordKind::Link,
                     {.status = args.status, .desired_status = args.desired_status, .health = args.health}));
  DZ_TRY_ASSIGN(const auto contributor, wanted(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(const auto side_a, wanted(snapshot.devices, "device", args.side_a));
  DZ_TRY_ASSIGN(const auto side_z, wanted(snapshot.devices, "device", args.side_z));
  DZ_TRY_ASSIGN(const auto topologies, topologies_of(context, snapshot));
  std::optional<Pubkey> topology;
  if (args.topology) {
    DZ_TRY_ASSIGN(const auto found, find_topology(topologies, *args.topology));
    topology = found.key;
  }
  std::vector<Item> items;
  for (const auto& found : all_of(snapshot.links)) {
    const auto& l = *found.record;
    if (topology && std::find(l.topologies.begin(), l.topologies.end(), *topology) == l.topologies.end()) continue;
    const bool type_fits =
        (!args.wan && !args.dzx) || (args.wan && l.type == LinkType::Wan) || (args.dzx && l.type == LinkType::Dzx);
    const bool shown = type_fits && fits(contributor, l.contributor) && fits(side_a, l.side_a) &&
                       fits(side_z, l.side_z) && fits(args.type, l.type) && fits(args.status, l.status) &&
                       fits(args.health, l.health) && fits(args.desired_status, l.desired_status) &&
                       l.code.find(args.code.value_or("")) != std::string::npos;
    if (shown) items.push_back(item_of(snapshot, topologies, found));
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.found.record->code < b.found.record->code; });
  show_list(context, args.output, items, {columns(args.narrow), to_json});
  return {};
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.links, "link", args.record));
  DZ_TRY_ASSIGN(const auto topologies, topologies_of(context, snapshot));
  const auto item = item_of(snapshot, topologies, found);
  auto record = to_json(item);
  if (!wants_json(args.output)) {
    record["bandwidth"] = bandwidth_text(found.record->bandwidth);
    record["held_by"] = holders_text(lifecycle_record(snapshot, found, Pubkey{}));
    if (const auto sentence = monitor_sentence(context, found.key)) record["monitor"] = *sentence;
  }
  show_record(context, args.output, record);
  return {};
}

}  // namespace

void add_link_reads(Commands& noun) {
  noun.verb<ListArgs>("list", "links, all or some", declare_list, list);
  noun.verb<GetArgs>("get", "one link", declare_get, get);
}

}  // namespace dz::cli
