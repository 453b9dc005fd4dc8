#include "domain/words.h"

#include <cctype>
#include <span>
#include <utility>

namespace dz {
namespace {

template <typename Word>
using Entry = std::pair<Word, std::string_view>;

// One table a type; table_of(Word{}) finds it.
#define DZ_WORDS(Word, ...)                               \
  constexpr Entry<Word> k##Word##Words[] = {__VA_ARGS__}; \
  constexpr std::span<const Entry<Word>> table_of(Word) { return k##Word##Words; }

DZ_WORDS(Status, {Status::Pending, "pending"}, {Status::Activated, "activated"}, {Status::Deleting, "deleting"},
         {Status::Rejected, "rejected"}, {Status::Requested, "requested"}, {Status::SoftDrained, "soft-drained"},
         {Status::HardDrained, "hard-drained"}, {Status::Drained, "drained"},
         {Status::DeviceProvisioning, "device-provisioning"}, {Status::LinkProvisioning, "link-provisioning"},
         {Status::Provisioning, "provisioning"})
DZ_WORDS(DesiredStatus, {DesiredStatus::Activated, "activated"}, {DesiredStatus::SoftDrained, "soft-drained"},
         {DesiredStatus::HardDrained, "hard-drained"}, {DesiredStatus::Deleted, "deleted"},
         {DesiredStatus::Pending, "pending"}, {DesiredStatus::Drained, "drained"})
DZ_WORDS(Health, {Health::Unknown, "unknown"}, {Health::Pending, "pending"}, {Health::Healthy, "healthy"},
         {Health::Impaired, "impaired"}, {Health::ReadyForLinks, "ready-for-links"})
DZ_WORDS(LinkType, {LinkType::Wan, "WAN"}, {LinkType::Dzx, "DZX"})
DZ_WORDS(DeviceType, {DeviceType::Hybrid, "hybrid"}, {DeviceType::Transit, "transit"}, {DeviceType::Edge, "edge"})
DZ_WORDS(InterfaceStatus, {InterfaceStatus::Invalid, "invalid"}, {InterfaceStatus::Unmanaged, "unmanaged"},
         {InterfaceStatus::Pending, "pending"}, {InterfaceStatus::Activated, "activated"},
         {InterfaceStatus::Deleting, "deleting"}, {InterfaceStatus::Rejected, "rejected"},
         {InterfaceStatus::Unlinked, "unlinked"})
DZ_WORDS(InterfaceType, {InterfaceType::Invalid, "invalid"}, {InterfaceType::Loopback, "loopback"},
         {InterfaceType::Physical, "physical"})
DZ_WORDS(LoopbackType, {LoopbackType::None, "none"}, {LoopbackType::Vpnv4, "vpnv4"}, {LoopbackType::Ipv4, "ipv4"},
         {LoopbackType::PimRpAddr, "pim-rp-addr"})
DZ_WORDS(Cyoa, {Cyoa::None, "none"}, {Cyoa::GreOverDia, "gre-over-dia"}, {Cyoa::GreOverFabric, "gre-over-fabric"},
         {Cyoa::GreOverPrivatePeering, "gre-over-private-peering"},
         {Cyoa::GreOverPublicPeering, "gre-over-public-peering"}, {Cyoa::GreOverCable, "gre-over-cable"})
DZ_WORDS(Dia, {Dia::None, "none"}, {Dia::Dia, "dia"})
DZ_WORDS(RoutingMode, {RoutingMode::Static, "static"}, {RoutingMode::Bgp, "bgp"})
DZ_WORDS(SiteStatus, {SiteStatus::Pending, "pending"}, {SiteStatus::Activated, "activated"},
         {SiteStatus::Suspended, "suspended"})
DZ_WORDS(ContributorStatus, {ContributorStatus::None, "none"}, {ContributorStatus::Activated, "activated"},
         {ContributorStatus::Suspended, "suspended"}, {ContributorStatus::Deleting, "deleting"})
DZ_WORDS(PermissionStatus, {PermissionStatus::None, "none"}, {PermissionStatus::Activated, "activated"},
         {PermissionStatus::Suspended, "suspended"})
DZ_WORDS(TopologyConstraint, {TopologyConstraint::IncludeAny, "include-any"}, {TopologyConstraint::Exclude, "exclude"})
DZ_WORDS(UserType, {UserType::Ibrl, "ibrl"}, {UserType::IbrlWithAllocatedIp, "ibrl-with-allocated-ip"},
         {UserType::EdgeFiltering, "edge-filtering"}, {UserType::Multicast, "multicast"})
DZ_WORDS(UserStatus, {UserStatus::Pending, "pending"}, {UserStatus::Activated, "activated"},
         {UserStatus::Suspended, "suspended"}, {UserStatus::Deleting, "deleting"}, {UserStatus::Rejected, "rejected"},
         {UserStatus::PendingBan, "pending-ban"}, {UserStatus::Banned, "banned"}, {UserStatus::Updating, "updating"},
         {UserStatus::OutOfCredits, "out-of-credits"})
DZ_WORDS(BgpStatus, {BgpStatus::Unknown, "unknown"}, {BgpStatus::Up, "up"}, {BgpStatus::Down, "down"})
DZ_WORDS(AccessPassKind, {AccessPassKind::Prepaid, "prepaid"}, {AccessPassKind::SolanaValidator, "solana-validator"},
         {AccessPassKind::SolanaRpc, "solana-rpc"}, {AccessPassKind::Others, "others"},
         {AccessPassKind::EdgeSeat, "edge-seat"})
DZ_WORDS(AccessPassStatus, {AccessPassStatus::Requested, "requested"}, {AccessPassStatus::Connected, "connected"},
         {AccessPassStatus::Disconnected, "disconnected"}, {AccessPassStatus::Expired, "expired"})
#undef DZ_WORDS

template <typename Word>
std::string_view text_of(Word word) {
  for (const auto& [value, text] : table_of(Word{})) {
    if (value == word) return text;
  }
  return "invalid";
}

}  // namespace

bool same_spelling(std::string_view a, std::string_view b) {
  const auto fold = [](char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fold(a[i]) != fold(b[i])) return false;
  }
  return true;
}

template <typename Word>
std::string words_of() {
  std::string list;
  for (const auto& [value, text] : table_of(Word{})) list += (list.empty() ? "" : ", ") + std::string(text);
  return list;
}

template <typename Word>
Result<Word> parse_word(std::string_view text) {
  for (const auto& [value, word] : table_of(Word{})) {
    if (same_spelling(text, word)) return value;
  }
  return refused("expected one of " + words_of<Word>() + "; found '" + std::string(text.substr(0, 60)) + "'");
}

#define DZ_INSTANTIATE(Word)                                    \
  std::string_view to_text(Word word) { return text_of(word); } \
  template std::string words_of<Word>();                        \
  template Result<Word> parse_word<Word>(std::string_view);

DZ_INSTANTIATE(Status)
DZ_INSTANTIATE(DesiredStatus)
DZ_INSTANTIATE(Health)
DZ_INSTANTIATE(LinkType)
DZ_INSTANTIATE(DeviceType)
DZ_INSTANTIATE(InterfaceStatus)
DZ_INSTANTIATE(InterfaceType)
DZ_INSTANTIATE(LoopbackType)
DZ_INSTANTIATE(Cyoa)
DZ_INSTANTIATE(Dia)
DZ_INSTANTIATE(RoutingMode)
DZ_INSTANTIATE(SiteStatus)
DZ_INSTANTIATE(ContributorStatus)
DZ_INSTANTIATE(PermissionStatus)
DZ_INSTANTIATE(TopologyConstraint)
DZ_INSTANTIATE(UserType)
DZ_INSTANTIATE(UserStatus)
DZ_INSTANTIATE(BgpStatus)
DZ_INSTANTIATE(AccessPassKind)
DZ_INSTANTIATE(AccessPassStatus)
#undef DZ_INSTANTIATE

}  // namespace dz
