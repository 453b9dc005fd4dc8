// The accounts of cases as text: the fields that people compare.
#include <functional>
#include <type_traits>

#include <fmt/format.h>

#include "program/cases/case_world.h"

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

// Collects the fields of one record. Keys are told by name.
class FieldList {
 public:
  using Names = std::function<std::string(const Pubkey&)>;
  explicit FieldList(Names names) : names_(std::move(names)) {}

  template <typename T>
  void add(std::string_view field, const T& value) {
    all_.emplace_back(field, text_of(value));
  }
  void add(std::string_view field, const Pubkey& key) { all_.emplace_back(field, names_(key)); }
  void add(std::string_view field, const std::vector<Pubkey>& keys) {
    std::string text;
    for (const auto& key : keys) text += (text.empty() ? "" : ",") + names_(key);
    all_.emplace_back(field, text.empty() ? "none" : text);
  }
  std::vector<std::pair<std::string, std::string>> take() && { return std::move(all_); }

 private:
  Names names_;
  std::vector<std::pair<std::string, std::string>> all_;
};

void list(FieldList& out, const GlobalState& r) {
  out.add("account_index", static_cast<std::uint64_t>(r.account_index));
  out.add("foundation", r.foundation_allowlist);
  out.add("qa", r.qa_allowlist);
  out.add("activator", r.activator_authority);
  out.add("sentinel", r.sentinel_authority);
  out.add("health_oracle", r.health_oracle);
  out.add("feed_authority", r.feed_authority);
  out.add("contributor_airdrop", r.contributor_airdrop_lamports);
  out.add("user_airdrop", r.user_airdrop_lamports);
  out.add("flags", hex(r.feature_flags));
}

void list(FieldList& out, const GlobalConfig& r) {
  out.add("owner", r.owner);
  out.add("local_asn", r.local_asn);
  out.add("remote_asn", r.remote_asn);
  out.add("next_bgp_community", r.next_bgp_community);
}

void list(FieldList& out, const ProgramConfig& r) { out.add("minimum", r.min_compatible_version); }

// What locations and exchanges have in common.
template <typename T>
void list_site(FieldList& out, const T& r) {
  out.add("owner", r.owner);
  out.add("code", r.code);
  out.add("name", r.name);
  out.add("lat", r.lat);
  out.add("lng", r.lng);
  out.add("status", r.status);
  out.add("reference_count", r.reference_count);
}

void list(FieldList& out, const Location& r) {
  list_site(out, r);
  out.add("country", r.country);
}

void list(FieldList& out, const Exchange& r) {
  list_site(out, r);
  out.add("bgp_community", r.bgp_community);
  out.add("device1", r.device1);
  out.add("device2", r.device2);
}

void list(FieldList& out, const Contributor& r) {
  out.add("owner", r.owner);
  out.add("code", r.code);
  out.add("status", r.status);
  out.add("reference_count", r.reference_count);
  out.add("ops_manager", r.ops_manager);
}

void list(FieldList& out, const Permission& r) {
  out.add("user_payer", r.user_payer);
  out.add("status", r.status);
  out.add("permissions", hex(r.permissions));
}

void list(FieldList& out, const Topology& r) {
  out.add("name", r.name);
  out.add("bit", int{r.admin_group_bit});
  out.add("algorithm", int{r.flex_algo_number});
  out.add("reference_count", r.reference_count);
}

void list(FieldList& out, const Index& r) {
  out.add("entity", r.entity);
  out.add("key", r.key);
}

void list(FieldList& out, const ResourceExtension& r) {
  out.add("owner", r.owner);
  out.add("spans", r.ip ? to_text(r.ip->base) : fmt::format("{}-{}", r.id->start, r.id->end));
  out.add("search_from", r.first_free_index);
  out.add("allocated", allocated(r));
}

void list(FieldList& out, const Device& r) {
  out.add("owner", r.owner);
  out.add("contributor", r.contributor);
  out.add("location", r.location);
  out.add("code", r.code);
  out.add("status", r.status);
  out.add("desired_status", r.desired_status);
  out.add("health", r.health);
  out.add("public_ip", r.public_ip);
  for (std::size_t i = 0; i < r.dz_prefixes.size(); ++i) out.add(fmt::format("prefix{}", i), r.dz_prefixes[i]);
  out.add("max_users", r.max_users);
  out.add("reference_count", r.reference_count);
  for (const auto& i : r.interfaces) out.add(i.name, i);
}

void list(FieldList& out, const Link& r) {
  out.add("owner", r.owner);
  out.add("code", r.code);
  out.add("side_a", r.side_a);
  out.add("side_z", r.side_z);
  out.add("type", r.type);
  out.add("status", r.status);
  out.add("desired_status", r.desired_status);
  out.add("health", r.health);
  out.add("bandwidth", r.bandwidth);
  out.add("delay_ns", r.delay_ns);
  out.add("delay_override_ns", r.delay_override_ns);
  out.add("tunnel_id", r.tunnel_id);
  out.add("tunnel_net", r.tunnel_net);
  out.add("side_z_iface", r.side_z_iface);
  out.add("topologies", r.topologies);
  out.add("flags", hex(r.flags));
}

void list(FieldList& out, const LatencySamples& r) {
  out.add("origin_agent", r.origin_agent);
  out.add("origin_device", r.origin_device);
  out.add("target_device", r.target_device);
  out.add("link", r.link);
  out.add("interval_us", r.sampling_interval_us);
  out.add("start_us", r.start_timestamp_us);
  out.add("samples", r.rtt_us.size());
}

}  // namespace

World::Fields World::fields_of(const wire::Account& account) const {
  FieldList out([this](const Pubkey& key) { return name_of(key); });
  const auto as = [&]<typename T>(std::type_identity<T>) {
    list(out, *decode_record<T>(account.data, ledger.profile));
    return std::move(out).take();
  };
  if (account.owner == ledger.telemetry) return as(std::type_identity<LatencySamples>{});
  switch (wire::account_type(account.data)) {
    case wire::AccountType::GlobalState: return as(std::type_identity<GlobalState>{});
    case wire::AccountType::GlobalConfig: return as(std::type_identity<GlobalConfig>{});
    case wire::AccountType::ProgramConfig: return as(std::type_identity<ProgramConfig>{});
    case wire::AccountType::Location: return as(std::type_identity<Location>{});
    case wire::AccountType::Exchange: return as(std::type_identity<Exchange>{});
    case wire::AccountType::Contributor: return as(std::type_identity<Contributor>{});
    case wire::AccountType::Permission: return as(std::type_identity<Permission>{});
    case wire::AccountType::Topology: return as(std::type_identity<Topology>{});
    case wire::AccountType::Index: return as(std::type_identity<Index>{});
    case wire::AccountType::ResourceExtension: return as(std::type_identity<ResourceExtension>{});
    case wire::AccountType::Device: return as(std::type_identity<Device>{});
    case wire::AccountType::Link: return as(std::type_identity<Link>{});
    default: return {};
  }
}

}  // namespace dz::program::cases
