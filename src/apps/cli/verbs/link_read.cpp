// link list and get.
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/list.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/upstream_json.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"
#include "client/topologies.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

struct Item {
  client::Found<Link> found;
  std::string contributor, side_a, side_z, side_z_contributor;
  std::vector<std::string> held_by;  // contributors that keep a DZX link drained
  std::string health;                // in the ledger's words
  std::string topologies;            // names
  LedgerRules rules;
  News news = {};
  Timestamp now = {};
};

Item item_of(const client::Snapshot& snapshot, const client::Topologies& topologies, const client::Found<Link>& found) {
  const auto& link = *found.record;
  const auto z = side_z_contributor(snapshot, link);
  Item item{found,
            client::code_of(snapshot.contributors, link.contributor),
            client::code_of(snapshot.devices, link.side_a),
            client::code_of(snapshot.devices, link.side_z),
            z.is_zero() ? "" : client::code_of(snapshot.contributors, z),
            {},
            std::string(rules_for(snapshot).spell(RecordKind::Link, link.health)),
            client::topologies_text(topologies, link.topologies),
            rules_for(snapshot)};
  const auto holds = client::lifecycle_state(link).holds;
  if (holds.side_a) item.held_by.push_back(item.contributor);
  if (holds.side_z) item.held_by.push_back(item.side_z_contributor);
  return item;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    parts.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

bool unicast_drained(const Link& link) { return (link.flags & kLinkFlagUnicastDrained) != 0; }

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const auto& text : list) array.push_back(json::value(text));
  return array;
}

// What an untagged link is tagged with.
constexpr std::string_view kNoTopology = "default";

std::string upstream_topologies(const Item& item) {
  std::string text;
  for (const auto& name : split_at_commas(item.topologies)) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? std::string(kNoTopology) : text;
}

json::object upstream_json(const Item& item, JsonForm form) {
  const auto& l = *item.found.record;
  const UpstreamWords words(form);
  json::object record{{"account", to_text(item.found.key)},
                      {"code", l.code},
                      {"side_a_pk", to_text(l.side_a)},
                      {"side_a_iface_name", l.side_a_iface},
                      {"side_z_pk", to_text(l.side_z)},
                      {"side_z_iface_name", l.side_z_iface},
                      {"bandwidth", l.bandwidth},
                      {"mtu", l.mtu},
                      {"tunnel_id", l.tunnel_id},
                      {"tunnel_net", to_text(l.tunnel_net)},
                      {"desired_status", words.word(to_text(l.desired_status))},
                      {"status", words.status(to_text(l.status))},
                      {"health", words.word(item.health)},
                      {"owner", to_text(l.owner)},
                      {"link_topologies", upstream_topologies(item)},
                      {"unicast_drained", unicast_drained(l)}};
  if (form == JsonForm::List) {
    record["contributor_code"] = item.contributor;
    record["side_a_name"] = item.side_a;
    record["side_z_name"] = item.side_z;
    record["link_type"] = to_text(l.type);
    record["delay_ns"] = l.delay_ns;
    record["jitter_ns"] = l.jitter_ns;
    record["delay_override_ns"] = l.delay_override_ns;
    return record;
  }
  record["contributor_pk"] = to_text(l.contributor);
  record["contributor"] = item.contributor;
  record["side_a"] = item.side_a;
  record["side_z"] = item.side_z;
  record["tunnel_type"] = to_text(l.type);
  record["delay"] = upstream_ms(l.delay_ns);
  record["jitter"] = upstream_ms(l.jitter_ns);
  record["delay_override"] = upstream_ms(l.delay_override_ns);
  return record;
}

json::object to_json(const Item& item) {
  const auto& l = *item.found.record;
  const bool overridden = l.delay_override_ns != 0, tunnel = !l.tunnel_net.is_default();
  json::object record{
      {"kind", to_text(RecordKind::Link)},
      {"pubkey", to_text(item.found.key)},
      {"code", l.code},
      {"contributor_pubkey", to_text(l.contributor)},
      {"contributor_code", item.contributor},
      {"side_a_pubkey", to_text(l.side_a)},
      {"side_a_name", item.side_a},
      {"side_a_iface_name", l.side_a_iface},
      {"side_z_pubkey", pubkey_or_null(l.side_z)},
      {"side_z_name", item.side_z},
      {"side_z_iface_name", l.side_z_iface.empty() ? json::value(nullptr) : json::value(l.side_z_iface)},
      {"side_z_contributor_code",
       item.side_z_contributor.empty() ? json::value(nullptr) : json::value(item.side_z_contributor)},
      {"link_type", to_text(l.type)},
      {"bandwidth_bps", l.bandwidth},
      {"mtu", l.mtu},
      {"delay_ns", l.delay_ns},
      {"jitter_ns", l.jitter_ns},
      {"delay_override_ns", overridden ? json::value(l.delay_override_ns) : json::value(nullptr)},
      {"tunnel_id", l.tunnel_id},
      {"tunnel_net", tunnel ? json::value(to_text(l.tunnel_net)) : json::value(nullptr)},
      {"status", to_text(l.status)},
      {"desired_status", to_text(l.desired_status)},
      {"health", item.health},
      {"held_by", texts(item.held_by)},
      {"owner", to_text(l.owner)},
      {"link_topologies", texts(split_at_commas(item.topologies))},
      {"unicast_drained", unicast_drained(l)}};
  add_news(record, item.news);
  return record;
}

// Both forms have every member that one of them has: which command a script used does not matter.
json::object json_of(const Item& item, JsonForm form) {
  auto record = to_json(item);
  const auto other = form == JsonForm::List ? JsonForm::Get : JsonForm::List;
  add_upstream(record, upstream_json(item, form), item.rules);
  for (const auto& member : upstream_json(item, other)) {
    if (!record.contains(member.key())) record[member.key()] = member.value();
  }
  return record;
}
json::object list_json(const Item& item) { return json_of(item, JsonForm::List); }

template <typename Text>
Column<Item> column(std::string header, Text text) {
  return {std::move(header), [text](const Item& i) { return std::string(text(*i.found.record)); }};
}

// Shown by text(value), sorted by the value.
template <typename Value, typename Text>
Column<Item> number(std::string header, Value Link::*field, Text text) {
  return {std::move(header), [=](const Item& i) { return text(i.found.record->*field); },
          [=](const Item& i) { return static_cast<double>(i.found.record->*field); }};
}

std::vector<Column<Item>> all_columns() {
  std::vector<Column<Item>> all = {
      {"pubkey", [](const Item& i) { return to_text(i.found.key); }},
      column("code", [](const Link& l) { return l.code; }),
      {"contributor", [](const Item& i) { return i.contributor; }},
      {"side_a_name", [](const Item& i) { return i.side_a; }},
      column("side_a_iface_name", [](const Link& l) { return l.side_a_iface; }),
      {"side_z_name", [](const Item& i) { return i.side_z; }},
      column("side_z_iface_name", [](const Link& l) { return l.side_z_iface; }),
      column("link_type", [](const Link& l) { return to_text(l.type); }),
      number("bandwidth", &Link::bandwidth, bandwidth_text),
      column("mtu", [](const Link& l) { return std::to_string(l.mtu); }),
      number("delay_ms", &Link::delay_ns, delay_text),
      number("jitter_ms", &Link::jitter_ns, delay_text),
      number("delay_override_ms", &Link::delay_override_ns, delay_text),
      number("tunnel_id", &Link::tunnel_id, [](auto id) { return std::to_string(id); }),
      column("tunnel_net", [](const Link& l) { return to_text(l.tunnel_net); }),
      column("status", [](const Link& l) { return to_text(l.status); }),
      column("desired_status", [](const Link& l) { return to_text(l.desired_status); }),
      {"health", [](const Item& i) { return i.health; }},
      column("owner", [](const Link& l) { return to_text(l.owner); }),
      {"link_topologies", [](const Item& i) { return i.topologies.empty() ? std::string(kNoTopology) : i.topologies; }},
      column("unicast_drained", [](const Link& l) { return unicast_drained(l) ? "true" : "false"; })};
  for (auto& more : news_columns<Item>()) all.push_back(std::move(more));
  return all;
}

ListColumns<Item> columns() {
  return {.all = all_columns(),
          .usual = {"code", "status", "health", "since", "time", "why"},
          .first_to_go = {"since", "time", "health"},
          .narrow = {"code", "contributor", "side_a_name", "side_z_name", "status", "desired_status", "health"}};
}

// Asked for only when some link is tagged.
Result<client::Topologies> topologies_of(Context& context, const client::Snapshot& snapshot) {
  for (const auto& [key, link] : snapshot.links) {
    if (!link.topologies.empty()) return client::fetch_topologies(context.ledger, snapshot.ids);
  }
  return client::Topologies{};
}

struct ListArgs {
  std::optional<std::string> contributor, side_a, side_z, code, topology;
  std::optional<LinkType> type;
  std::optional<Status> status;
  std::optional<Health> health;
  std::optional<DesiredStatus> desired_status;
  bool wan = false, dzx = false;
  ListShape shape;
};
void declare_list(Options& options, ListArgs& args) {
  options.text("-c,--contributor", args.contributor, "only of this contributor, by pubkey or code")
      .codes_of("contributor");
  options.text("--side-a", args.side_a, "only from this device, by pubkey or code").codes_of("device");
  options.text("--side-z", args.side_z, "only to this device, by pubkey or code").codes_of("device");
  options.text("--code", args.code, "only codes with this in them");
  options.text("--topology", args.topology, "only tagged with this topology, by name or pubkey").codes_of("topology");
  options.word("--link-type", args.type, "only of this type");
  options.flag("--wan", args.wan, "only WAN links");
  options.flag("--dzx", args.dzx, "only DZX links");
  declare_status(options, args.status, RecordKind::Link, "only with this status");
  declare_health(options, args.health, RecordKind::Link, "only with this health");
  declare_desired(options, args.desired_status, RecordKind::Link, "only with this desired status");
  declare_list_shape(options, args.shape, column_names(all_columns()));
}

// The records that the flags name, looked up.
struct Wanted {
  std::optional<Pubkey> contributor, side_a, side_z, topology;
  Filters filters;
};
Result<Wanted> find_wanted(Context& context, const client::Snapshot& snapshot, const client::Topologies& topologies,
                           const ListArgs& args) {
  DZ_TRY(check_words(context, rules_for(snapshot), RecordKind::Link,
                     {.status = args.status, .desired_status = args.desired_status, .health = args.health}));
  Wanted wanted_ones;
  DZ_TRY_ASSIGN(wanted_ones.contributor, wanted(snapshot.contributors, "contributor", args.contributor));
  DZ_TRY_ASSIGN(wanted_ones.side_a, wanted(snapshot.devices, "device", args.side_a));
  DZ_TRY_ASSIGN(wanted_ones.side_z, wanted(snapshot.devices, "device", args.side_z));
  if (args.topology) {
    DZ_TRY_ASSIGN(const auto found, client::find_topology(topologies, *args.topology));
    wanted_ones.topology = found.key;
  }
  DZ_TRY_ASSIGN(wanted_ones.filters, Filters::make(context, snapshot, RecordKind::Link, args.shape.filters));
  return wanted_ones;
}

bool is_wanted(const Link& l, const ListArgs& args, const Wanted& wanted) {
  const auto& tags = l.topologies;
  if (wanted.topology && std::find(tags.begin(), tags.end(), *wanted.topology) == tags.end()) return false;
  const bool type_fits =
      (!args.wan && !args.dzx) || (args.wan && l.type == LinkType::Wan) || (args.dzx && l.type == LinkType::Dzx);
  return type_fits && fits(wanted.contributor, l.contributor) && fits(wanted.side_a, l.side_a) &&
         fits(wanted.side_z, l.side_z) && fits(args.type, l.type) && fits(args.status, l.status) &&
         fits(args.health, l.health) && fits(args.desired_status, l.desired_status) &&
         l.code.find(args.code.value_or("")) != std::string::npos;
}

Result<void> list_once(Context& context, const ListArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot,
                read_types(context, {wire::AccountType::Link, wire::AccountType::Device, wire::AccountType::Contributor,
                                     wire::AccountType::Exchange, wire::AccountType::Location}));
  DZ_TRY_ASSIGN(const auto topologies, topologies_of(context, snapshot));
  DZ_TRY_ASSIGN(const auto wanted, find_wanted(context, snapshot, topologies, args));
  const auto news = ask_for_news(context);
  const auto now = context.clock.now();
  std::vector<Item> items;
  for (const auto& found : all_of(snapshot.links)) {
    const auto& known = news.of(found.key);
    if (!is_wanted(*found.record, args, wanted) || !wanted.filters.fit(facts_of(snapshot, *found.record, known)))
      continue;
    auto item = item_of(snapshot, topologies, found);
    item.news = known;
    item.now = now;
    items.push_back(std::move(item));
  }
  DZ_TRY(show_records(context, args.shape, std::move(items), columns(), list_json));
  say_absent(context, args.shape, news);
  return {};
}

Result<void> list(Context& context, const ListArgs& args) {
  return show_or_watch(context, args.shape.watch, [&args](Context& c) { return list_once(c, args); });
}

Result<void> get(Context& context, const GetArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Link, args.record));
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.links, "link", args.record));
  DZ_TRY_ASSIGN(const auto topologies, topologies_of(context, snapshot));
  auto item = item_of(snapshot, topologies, found);
  item.news = ask_for_news(context, found.key);
  auto record = wants_json(args.output) ? json_of(item, JsonForm::Get) : to_json(item);
  if (!wants_json(args.output)) {
    if (item.topologies.empty()) record["link_topologies"] = kNoTopology;
    record["bandwidth"] = bandwidth_text(found.record->bandwidth);
    record["held_by"] = holders_text(lifecycle_record(snapshot, found, Pubkey{}));
    show_news_as_text(context, record, item.news);
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
