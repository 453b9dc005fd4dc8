#include "apps/cli/ui/resource_pools.h"

#include <fmt/format.h>

#include "domain/words.h"

namespace dz::cli {
namespace {

struct Name {
  std::string_view name;
  wire::ResourceKind kind;
};
constexpr Name kKinds[] = {{"device-tunnel-block", wire::ResourceKind::DeviceTunnelBlock},
                           {"user-tunnel-block", wire::ResourceKind::UserTunnelBlock},
                           {"multicast-group-block", wire::ResourceKind::MulticastGroupBlock},
                           {"multicast-publisher-block", wire::ResourceKind::MulticastPublisherBlock},
                           {"dz-prefix-block", wire::ResourceKind::DzPrefixBlock},
                           {"tunnel-ids", wire::ResourceKind::TunnelIds},
                           {"link-ids", wire::ResourceKind::LinkIds},
                           {"segment-routing-ids", wire::ResourceKind::SegmentRoutingIds},
                           {"vrf-ids", wire::ResourceKind::VrfIds},
                           {"admin-group-bits", wire::ResourceKind::AdminGroupBits}};

std::uint32_t first_of(const ResourceExtension& pool) {
  if (pool.ip) return pool.ip->base.address.number();
  return pool.id ? pool.id->start : 0;
}

}  // namespace

std::string resource_kind_names() {
  std::string names;
  for (const auto& kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

Result<wire::ResourceKind> parse_resource_kind(std::string_view text) {
  for (const auto& kind : kKinds) {
    if (same_spelling(kind.name, text)) return kind.kind;
  }
  return refused(fmt::format("expected one of {}; found '{}'", resource_kind_names(), text));
}

std::string_view name_of(wire::ResourceKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

std::uint64_t capacity_of(const ResourceExtension& pool) {
  if (pool.ip) return std::uint64_t{1} << (32U - pool.ip->base.prefix);
  return pool.id ? pool.id->end - pool.id->start : 0;
}

std::vector<std::uint32_t> taken_of(const ResourceExtension& pool) {
  std::vector<std::uint32_t> taken;
  const auto count = std::min<std::uint64_t>(capacity_of(pool), pool.bitmap.size() * 8);
  for (std::uint64_t i = 0; i < count; ++i) {
    if ((pool.bitmap[i / 8] >> (i % 8) & 1) != 0) taken.push_back(first_of(pool) + static_cast<std::uint32_t>(i));
  }
  return taken;
}

std::string taken_text(const ResourceExtension& pool, std::uint32_t value) {
  return pool.ip ? to_text(ipv4_from(value)) : std::to_string(value);
}

boost::json::array taken_json(const ResourceExtension& pool) {
  boost::json::array list;
  for (const auto value : taken_of(pool)) {
    if (pool.ip) {
      list.push_back(boost::json::value(taken_text(pool, value)));
    } else {
      list.push_back(value);
    }
  }
  return list;
}

}  // namespace dz::cli
