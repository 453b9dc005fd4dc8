#include "program/cases/case_world.h"

#include <charconv>
#include <sstream>
#include <type_traits>

#include <fmt/format.h>

#include "wire/instructions/index.h"
#include "wire/instructions/topology.h"

namespace dz::program::cases {
namespace {

std::vector<std::string> words(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::pair<std::string_view, std::string_view> split(std::string_view text, char at) {
  const auto place = text.find(at);
  if (place == std::string_view::npos) return {text, {}};
  return {text.substr(0, place), text.substr(place + 1)};
}

// What a field of the accounts before is to be: a word, a number, or accounts by name.
struct Value {
  std::string_view text;
  std::uint32_t count = 0;
  std::vector<Pubkey> keys;
  Pubkey key() const { return keys.empty() ? Pubkey{} : keys[0]; }
};

template <typename Word>
bool set_word(Word& word, const Value& value) {
  const auto parsed = parse_word<Word>(value.text);
  if (parsed) word = *parsed;
  return parsed.has_value();
}

template <typename Number>
bool set_number(Number& field, const Value& value) {
  field = static_cast<Number>(value.count);
  return true;
}

// Each is false when the record has no such field that cases change.
bool set_field(GlobalConfig& r, std::string_view field, const Value& value) {
  return field == "next_bgp_community" && set_number(r.next_bgp_community, value);
}
bool set_field(Location& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  return field == "reference_count" && set_number(r.reference_count, value);
}
bool set_field(Exchange& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  if (field == "device1") r.device1 = value.key();
  return field == "device1" || (field == "reference_count" && set_number(r.reference_count, value));
}
bool set_field(Contributor& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  return field == "reference_count" && set_number(r.reference_count, value);
}
bool set_field(Permission& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  return field == "permissions" && set_number(r.permissions, value);
}
bool set_field(Topology& r, std::string_view field, const Value& value) {
  return field == "reference_count" && set_number(r.reference_count, value);
}
bool set_field(Device& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  if (field == "interfaces") r.interfaces.clear();
  return field == "interfaces" || (field == "reference_count" && set_number(r.reference_count, value));
}
bool set_field(Link& r, std::string_view field, const Value& value) {
  if (field == "status") return set_word(r.status, value);
  if (field == "topologies") r.topologies = value.keys;
  return field == "topologies";
}

}  // namespace

World::World(const Profile& profile) : ledger(profile) {
  ledger.set_up();
  const auto foundation = ledger.as(ledger.foundation);
  // Its owner's key has no zeros in it, as real ones have none: other keys of tests are short names.
  names_["carols"] = ledger.add_contributor("carol-net", key("carol of the harbour office, oslo"));
  names_["london"] = ledger.add_location("lon");
  names_["wan"] = ledger.create_wan();
  names_["dzx"] = ledger.create_dzx(false);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation, {key("pat"), permission::kQa})));
  ledger.accounts[key("pat")].lamports = ledger.accounts[ledger.alice].lamports;
  if (!profile.guarded) {
    EXPECT_ACCEPTED(ledger, ledger.run(create_topology(foundation, {"gold"})));
    EXPECT_ACCEPTED(ledger, ledger.run(create_index(foundation, {"device", "lon"}, ledger.lon)));
  }
  names_["samples"] = wire::latency_samples_address(ledger.telemetry, ledger.ams, ledger.lon, names_["wan"], 3).address;
  EXPECT_ACCEPTED(
      ledger, ledger.run(wire::initialize_latency_samples(ledger.telemetry, key("agent"),
                                                          {ledger.ams, ledger.lon, names_["wan"]}, {3, 10, {}, {}})));
  name_accounts();
  name_pools();
}

void World::name_accounts() {
  const auto program = ledger.program;
  const auto next = ledger.state().account_index + 1;
  for (const auto* name : {"foundation", "monitor", "activator", "alice", "bob", "mallory", "agent", "pat", "nobody"}) {
    names_[name] = key(name);
    names_[fmt::format("permission/{}", name)] = wire::permission_address(program, key(name)).address;
  }
  names_["system"] = wire::kSystemProgramId;
  names_["alices"] = ledger.alices;
  names_["bobs"] = ledger.bobs;
  names_["location"] = ledger.location;
  names_["exchange"] = ledger.exchange;
  names_["ams"] = ledger.ams;
  names_["lon"] = ledger.lon;
  names_["fra"] = ledger.fra;
  names_["state"] = wire::global_state_address(program).address;
  names_["config"] = wire::global_config_address(program).address;
  names_["program-config"] = wire::program_config_address(program).address;
  for (const auto* name : {"GOLD", "SILVER", "UNICAST-DEFAULT"}) {
    names_[fmt::format("topology/{}", name)] = wire::topology_address(program, name).address;
  }
  names_["index/lon"] = wire::index_address(program, "device", "lon").address;
  names_["index/ams"] = wire::index_address(program, "device", "ams").address;
  names_["next/location"] = wire::location_address(program, next).address;
  names_["next/exchange"] = wire::exchange_address(program, next).address;
  names_["next/contributor"] = wire::contributor_address(program, next).address;
  names_["next/device"] = wire::device_address(program, next).address;
  names_["next/link"] = wire::link_address(program, next).address;
  const auto wan = names_["wan"];
  names_["samples/back"] = wire::latency_samples_address(ledger.telemetry, ledger.lon, ledger.ams, wan, 3).address;
}

void World::name_pools() {
  using wire::ResourceKind;
  const std::pair<const char*, ResourceKind> kinds[] = {{"tunnel-block", ResourceKind::DeviceTunnelBlock},
                                                        {"user-block", ResourceKind::UserTunnelBlock},
                                                        {"group-block", ResourceKind::MulticastGroupBlock},
                                                        {"publisher-block", ResourceKind::MulticastPublisherBlock},
                                                        {"link-ids", ResourceKind::LinkIds},
                                                        {"segment-ids", ResourceKind::SegmentRoutingIds},
                                                        {"vrf-ids", ResourceKind::VrfIds},
                                                        {"admin-bits", ResourceKind::AdminGroupBits}};
  for (const auto& [name, kind] : kinds) names_[name] = resource_address(ledger.program, kind).address;
  const std::pair<std::string, Pubkey> devices[] = {
      {"ams", ledger.ams}, {"lon", ledger.lon}, {"next", names_["next/device"]}};
  for (const auto& [name, device] : devices) {
    names_["tunnel-ids/" + name] = wire::tunnel_ids_address(ledger.program, device).address;
    for (std::uint64_t i = 0; i < 2; ++i) {
      names_[fmt::format("prefix/{}/{}", name, i)] = wire::dz_prefix_block_address(ledger.program, device, i).address;
    }
  }
  names_["tunnel-ids/ams/1"] =
      resource_address(ledger.program, wire::ResourceType{ResourceKind::TunnelIds, ledger.ams, 1}).address;
}

std::optional<Pubkey> World::find(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

std::string World::name_of(const Pubkey& key) const {
  if (key.is_zero()) return "none";
  for (const auto& [name, named] : names_) {
    if (named == key) return name;
  }
  return to_text(key);
}

// --- the accounts before

bool World::give(std::string_view change) {
  constexpr std::string_view kLive = "live ", kGuarded = "guarded ";
  if (change.starts_with(kLive)) return ledger.profile.guarded || give(change.substr(kLive.size()));
  if (change.starts_with(kGuarded)) return !ledger.profile.guarded || give(change.substr(kGuarded.size()));
  const auto [where, text] = split(change, '=');
  const auto [name, field] = split(where, '.');
  const auto at = find(name);
  if (!at || !ledger.exists(*at)) return false;
  Value value{.text = text, .count = number<std::uint32_t>(text).value_or(0), .keys = {}};
  std::istringstream list{std::string(text)};
  for (std::string one; text != "none" && std::getline(list, one, ',');) {
    value.keys.push_back(find(one).value_or(Pubkey{}));
  }
  const auto set = [&, f = field]<typename T>(std::type_identity<T>) {
    auto record = ledger.get<T>(*at);
    const bool known = set_field(record, f, value);
    ledger.force(*at, record);
    return known;
  };
  switch (wire::account_type(ledger.accounts.at(*at).data)) {
    case wire::AccountType::GlobalConfig: return set(std::type_identity<GlobalConfig>{});
    case wire::AccountType::Location: return set(std::type_identity<Location>{});
    case wire::AccountType::Exchange: return set(std::type_identity<Exchange>{});
    case wire::AccountType::Contributor: return set(std::type_identity<Contributor>{});
    case wire::AccountType::Permission: return set(std::type_identity<Permission>{});
    case wire::AccountType::Topology: return set(std::type_identity<Topology>{});
    case wire::AccountType::Device: return set(std::type_identity<Device>{});
    case wire::AccountType::Link: return set(std::type_identity<Link>{});
    default: return false;
  }
}

// --- the instruction

std::optional<Bytes> World::encode(std::string_view tokens) const {
  wire::BorshWriter out;
  for (const auto& token : words(tokens)) {
    const auto [type, value] = split(token, ':');
    const auto n = number<std::uint64_t>(value);
    if (type == "u8" && n) {
      out(static_cast<std::uint8_t>(*n));
    } else if (type == "u16" && n) {
      out(static_cast<std::uint16_t>(*n));
    } else if (type == "u32" && n) {
      out(static_cast<std::uint32_t>(*n));
    } else if (type == "u64" && n) {
      out(*n);
    } else if (type == "u128" && n) {
      out(static_cast<unsigned __int128>(*n));
    } else if (type == "f64") {
      out(std::stod(std::string(value)));
    } else if (type == "str") {
      out(std::string(value));
    } else if (type == "long" && n) {  // a text of that many letters
      out(std::string(*n, 'x'));
    } else if (type == "zeros" && n) {
      out.zeros(*n);
    } else if (const auto key = find(value); type == "key" && key) {
      out(*key);
    } else if (const auto net = parse_network(value); type == "net" && net) {
      out(*net);
    } else if (const auto ip = parse_ipv4(value); type == "ip" && ip) {
      out(*ip);
    } else {
      return std::nullopt;
    }
  }
  return std::move(out).take();
}

std::optional<wire::Instruction> World::instruction(const Case& one) const {
  auto data = encode(one.data);
  if (!data) return std::nullopt;
  const bool telemetry = one.name.starts_with("telemetry ");
  wire::Instruction instruction{telemetry ? ledger.telemetry : ledger.program, {}, std::move(*data)};
  for (const auto& token : words(one.accounts)) {
    const auto [name, marks] = split(token, ':');
    const auto key = find(name);
    if (!key) return std::nullopt;
    instruction.accounts.push_back({*key, marks.find('s') != marks.npos, marks.find('w') != marks.npos});
  }
  return instruction;
}

std::string World::run(const wire::Instruction& instruction) {
  const auto result = ledger.run(instruction);
  if (result) return "ok";
  if (result.error().kind == wire::InstructionErrorKind::Custom) return fmt::format("{}", result.error().custom);
  const auto json = to_json(wire::TransactionError{wire::TransactionErrorKind::InstructionError, 0, result.error()});
  const auto& inner = json.as_object().at("InstructionError").as_array()[1];
  if (inner.is_object()) return std::string(inner.as_object().begin()->key());
  return std::string(inner.as_string());
}

// --- the accounts after

std::vector<std::string> World::changes_since(const std::map<Pubkey, wire::Account>& before) const {
  std::vector<std::string> lines;
  for (const auto& [at, account] : before) {
    if (!ledger.exists(at)) lines.push_back("- " + name_of(at));
  }
  for (const auto& [at, account] : ledger.accounts) {
    const auto old = before.find(at);
    const auto now = fields_of(account);
    if (old == before.end()) {
      auto line = "+ " + name_of(at);
      for (const auto& [field, text] : now) line += fmt::format(" {}={}", field, text);
      lines.push_back(line);
      continue;
    }
    // By name: a field that is there on one side only was or becomes "none".
    std::map<std::string, std::pair<std::string, std::string>> both;
    for (const auto& [field, text] : fields_of(old->second)) both[field] = {text, "none"};
    for (const auto& [field, text] : now) {
      const auto known = both.find(field);
      both[field] = {known == both.end() ? "none" : known->second.first, text};
    }
    for (const auto& [field, texts] : both) {
      if (texts.first == texts.second) continue;
      lines.push_back(fmt::format("~ {} {}: {} -> {}", name_of(at), field, texts.first, texts.second));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace dz::program::cases
