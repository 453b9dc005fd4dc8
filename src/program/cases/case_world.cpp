#include "program/cases/case_world.h"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "program/rules/allocator.h"
#include "wire/instructions/index.h"
#include "wire/instructions/topology.h"

namespace dz::program::cases {
namespace {

std::string hex(unsigned __int128 bits) { return fmt::format("{:#x}", static_cast<std::uint64_t>(bits)); }

template <typename T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return value.empty() ? "''" : value;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return fmt::format("{}", value);
  } else {
    return std::string(to_text(value));
  }
}

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

// What is allocated, as ranges of bits: "0-1,5".
std::string allocated(const ResourceExtension& pool) {
  std::string text;
  const auto bits = pool.bitmap.size() * 8;
  const auto taken = [&](std::size_t i) { return i < bits && (pool.bitmap[i / 8] >> (i % 8) & 1U) != 0; };
  for (std::size_t i = 0; i < bits; ++i) {
    if (!taken(i)) continue;
    const auto first = i;
    while (taken(i + 1)) ++i;
    text += (text.empty() ? "" : ",") + (i == first ? fmt::format("{}", i) : fmt::format("{}-{}", first, i));
  }
  return text.empty() ? "none" : text;
}

std::string text_of(const Interface& i) {
  auto text = fmt::format("{}/{}/{}", to_text(i.status), to_text(i.ip_net), i.mtu);
  if (i.node_segment_idx != 0) text += fmt::format("/segment {}", i.node_segment_idx);
  for (const auto& segment : i.flex_algo_segments) text += fmt::format("/{}", segment.node_segment_idx);
  return text;
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
  const auto [where, value] = split(change, '=');
  const auto [name, field] = split(where, '.');
  const auto at = find(name);
  if (!at || !ledger.exists(*at)) return false;
  const auto set = [&](auto record, auto setter) {
    setter(record);
    ledger.force(*at, record);
    return true;
  };
  const auto count = number<std::uint32_t>(value).value_or(0);
  std::vector<Pubkey> keys;
  std::istringstream list{std::string(value)};
  for (std::string one; value != "none" && std::getline(list, one, ',');) keys.push_back(find(one).value_or(Pubkey{}));
  const auto first = keys.empty() ? Pubkey{} : keys[0];
  switch (wire::account_type(ledger.accounts.at(*at).data)) {
    case wire::AccountType::GlobalState:
      return set(ledger.get<GlobalState>(*at), [&](auto& r) { r.feature_flags = count; });
    case wire::AccountType::GlobalConfig:
      return set(ledger.get<GlobalConfig>(*at),
                 [&](auto& r) { r.next_bgp_community = static_cast<std::uint16_t>(count); });
    case wire::AccountType::Location:
      return set(ledger.get<Location>(*at), [&](auto& r) {
        if (field == "status") r.status = *parse_word<SiteStatus>(value);
        if (field == "reference_count") r.reference_count = count;
      });
    case wire::AccountType::Exchange:
      return set(ledger.get<Exchange>(*at), [&](auto& r) {
        if (field == "status") r.status = *parse_word<SiteStatus>(value);
        if (field == "reference_count") r.reference_count = count;
        if (field == "device1") r.device1 = first;
      });
    case wire::AccountType::Contributor:
      return set(ledger.get<Contributor>(*at), [&](auto& r) {
        if (field == "status") r.status = *parse_word<ContributorStatus>(value);
        if (field == "reference_count") r.reference_count = count;
        if (field == "owner") r.owner = first;
      });
    case wire::AccountType::Permission:
      return set(ledger.get<Permission>(*at), [&](auto& r) { r.status = *parse_word<PermissionStatus>(value); });
    case wire::AccountType::Topology:
      return set(ledger.get<Topology>(*at), [&](auto& r) { r.reference_count = count; });
    case wire::AccountType::Device:
      return set(ledger.get<Device>(*at), [&](auto& r) {
        if (field == "status") r.status = *parse_word<Status>(value);
        if (field == "reference_count") r.reference_count = count;
        if (field == "interfaces") r.interfaces.clear();
      });
    case wire::AccountType::Link:
      return set(ledger.get<Link>(*at), [&](auto& r) {
        if (field == "status") r.status = *parse_word<Status>(value);
        if (field == "tunnel_id") r.tunnel_id = static_cast<std::uint16_t>(count);
        if (field == "topologies") r.topologies = keys;
      });
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

World::Fields World::fields_of(const wire::Account& account) const {
  Fields all;
  const auto add = [&](std::string_view field, const auto& value) { all.emplace_back(field, text_of(value)); };
  const auto add_key = [&](std::string_view field, const Pubkey& key) { all.emplace_back(field, name_of(key)); };
  const auto add_keys = [&](std::string_view field, const std::vector<Pubkey>& keys) {
    std::string text;
    for (const auto& key : keys) text += (text.empty() ? "" : ",") + name_of(key);
    all.emplace_back(field, text.empty() ? "none" : text);
  };
  const auto site = [&](const auto& r) {
    add_key("owner", r.owner);
    add("code", r.code);
    add("name", r.name);
    add("lat", r.lat);
    add("lng", r.lng);
    add("status", r.status);
    add("reference_count", r.reference_count);
  };
  if (account.owner == ledger.telemetry) {
    const auto r = *decode_record<LatencySamples>(account.data, ledger.profile);
    add_key("origin_agent", r.origin_agent);
    add_key("origin_device", r.origin_device);
    add_key("target_device", r.target_device);
    add_key("link", r.link);
    add("interval_us", r.sampling_interval_us);
    add("start_us", r.start_timestamp_us);
    add("samples", r.rtt_us.size());
    return all;
  }
  switch (wire::account_type(account.data)) {
    case wire::AccountType::GlobalState: {
      const auto r = *decode_record<GlobalState>(account.data, ledger.profile);
      all.emplace_back("account_index", fmt::format("{}", static_cast<std::uint64_t>(r.account_index)));
      add_keys("foundation", r.foundation_allowlist);
      add_keys("qa", r.qa_allowlist);
      add_key("activator", r.activator_authority);
      add_key("sentinel", r.sentinel_authority);
      add_key("health_oracle", r.health_oracle);
      add_key("feed_authority", r.feed_authority);
      add("contributor_airdrop", r.contributor_airdrop_lamports);
      add("user_airdrop", r.user_airdrop_lamports);
      all.emplace_back("flags", hex(r.feature_flags));
      break;
    }
    case wire::AccountType::GlobalConfig: {
      const auto r = *decode_record<GlobalConfig>(account.data, ledger.profile);
      add_key("owner", r.owner);
      add("local_asn", r.local_asn);
      add("remote_asn", r.remote_asn);
      add("next_bgp_community", r.next_bgp_community);
      break;
    }
    case wire::AccountType::ProgramConfig:
      add("minimum", decode_record<ProgramConfig>(account.data, ledger.profile)->min_compatible_version);
      break;
    case wire::AccountType::Location: {
      const auto r = *decode_record<Location>(account.data, ledger.profile);
      site(r);
      add("country", r.country);
      break;
    }
    case wire::AccountType::Exchange: {
      const auto r = *decode_record<Exchange>(account.data, ledger.profile);
      site(r);
      add("bgp_community", r.bgp_community);
      add_key("device1", r.device1);
      add_key("device2", r.device2);
      break;
    }
    case wire::AccountType::Contributor: {
      const auto r = *decode_record<Contributor>(account.data, ledger.profile);
      add_key("owner", r.owner);
      add("code", r.code);
      add("status", r.status);
      add("reference_count", r.reference_count);
      add_key("ops_manager", r.ops_manager);
      break;
    }
    case wire::AccountType::Permission: {
      const auto r = *decode_record<Permission>(account.data, ledger.profile);
      add_key("user_payer", r.user_payer);
      add("status", r.status);
      all.emplace_back("permissions", hex(r.permissions));
      break;
    }
    case wire::AccountType::Topology: {
      const auto r = *decode_record<Topology>(account.data, ledger.profile);
      add("name", r.name);
      add("bit", int{r.admin_group_bit});
      add("algorithm", int{r.flex_algo_number});
      add("reference_count", r.reference_count);
      break;
    }
    case wire::AccountType::Index: {
      const auto r = *decode_record<Index>(account.data, ledger.profile);
      add_key("entity", r.entity);
      add("key", r.key);
      break;
    }
    case wire::AccountType::ResourceExtension: {
      const auto r = *decode_record<ResourceExtension>(account.data, ledger.profile);
      add_key("owner", r.owner);
      all.emplace_back("spans", r.ip ? to_text(r.ip->base) : fmt::format("{}-{}", r.id->start, r.id->end));
      all.emplace_back("search_from", fmt::format("{}", r.first_free_index));
      all.emplace_back("allocated", allocated(r));
      break;
    }
    case wire::AccountType::Device: {
      const auto r = *decode_record<Device>(account.data, ledger.profile);
      add_key("owner", r.owner);
      add_key("contributor", r.contributor);
      add_key("location", r.location);
      add("code", r.code);
      add("status", r.status);
      add("desired_status", r.desired_status);
      add("health", r.health);
      add("public_ip", r.public_ip);
      for (std::size_t i = 0; i < r.dz_prefixes.size(); ++i) add(fmt::format("prefix{}", i), r.dz_prefixes[i]);
      add("max_users", r.max_users);
      add("reference_count", r.reference_count);
      for (const auto& i : r.interfaces) all.emplace_back(i.name, text_of(i));
      break;
    }
    case wire::AccountType::Link: {
      const auto r = *decode_record<Link>(account.data, ledger.profile);
      add_key("owner", r.owner);
      add("code", r.code);
      add_key("side_a", r.side_a);
      add_key("side_z", r.side_z);
      add("type", r.type);
      add("status", r.status);
      add("desired_status", r.desired_status);
      add("health", r.health);
      add("bandwidth", r.bandwidth);
      add("delay_ns", r.delay_ns);
      add("delay_override_ns", r.delay_override_ns);
      add("tunnel_id", r.tunnel_id);
      add("tunnel_net", r.tunnel_net);
      add("side_z_iface", r.side_z_iface);
      add_keys("topologies", r.topologies);
      all.emplace_back("flags", hex(r.flags));
      break;
    }
    default: break;
  }
  return all;
}

}  // namespace dz::program::cases
