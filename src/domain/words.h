// The RFC's words. Numbers on the ledger are a profile's business (profile.h); nothing here depends on a profile.
// Text is kebab-case ("hard-drained"); parsing ignores case and accepts underscores.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz {

// What is in force. Links and devices share the words; a ledger has numbers for some of them (profile.h).
enum class Status : std::uint8_t {
  Pending,
  Activated,
  Deleting,
  Rejected,
  Requested,
  SoftDrained,
  HardDrained,
  // The live network's own: one drained status of devices, and what a record passes before it is in service.
  Drained,
  DeviceProvisioning,
  LinkProvisioning,
  Provisioning
};
// What is wanted. Pending: nothing was said yet.
enum class DesiredStatus : std::uint8_t { Activated, SoftDrained, HardDrained, Deleted, Pending, Drained };
// What is known. Healthy is the best a record can be, however a ledger spells it (spell() in profile.h);
// ReadyForLinks is a device's stage before it.
enum class Health : std::uint8_t { Unknown, Pending, Healthy, Impaired, ReadyForLinks };

enum class LinkType : std::uint8_t { Wan, Dzx };
enum class DeviceType : std::uint8_t { Hybrid, Transit, Edge };
enum class InterfaceStatus : std::uint8_t { Invalid, Unmanaged, Pending, Activated, Deleting, Rejected, Unlinked };
enum class InterfaceType : std::uint8_t { Invalid, Loopback, Physical };
enum class LoopbackType : std::uint8_t { None, Vpnv4, Ipv4, PimRpAddr };
enum class Cyoa : std::uint8_t {
  None,
  GreOverDia,
  GreOverFabric,
  GreOverPrivatePeering,
  GreOverPublicPeering,
  GreOverCable
};
enum class Dia : std::uint8_t { None, Dia };
enum class RoutingMode : std::uint8_t { Static, Bgp };
// Locations and exchanges (SiteStatus), contributors, permissions.
enum class SiteStatus : std::uint8_t { Pending, Activated, Suspended };
enum class ContributorStatus : std::uint8_t { None, Activated, Suspended, Deleting };
enum class PermissionStatus : std::uint8_t { None, Activated, Suspended };
enum class TopologyConstraint : std::uint8_t { IncludeAny, Exclude };
// Users of the network. Only Activated and Banned are written today; the others stand in old accounts.
enum class UserType : std::uint8_t { Ibrl, IbrlWithAllocatedIp, EdgeFiltering, Multicast };
enum class UserStatus : std::uint8_t {
  Pending,
  Activated,
  Suspended,
  Deleting,
  Rejected,
  PendingBan,
  Banned,
  Updating,
  OutOfCredits
};
enum class BgpStatus : std::uint8_t { Unknown, Up, Down };
enum class AccessPassKind : std::uint8_t { Prepaid, SolanaValidator, SolanaRpc, Others, EdgeSeat };
enum class AccessPassStatus : std::uint8_t { Requested, Connected, Disconnected, Expired };

std::string_view to_text(Status);
std::string_view to_text(DesiredStatus);
std::string_view to_text(Health);
std::string_view to_text(LinkType);  // "WAN", "DZX"
std::string_view to_text(DeviceType);
std::string_view to_text(InterfaceStatus);
std::string_view to_text(InterfaceType);
std::string_view to_text(LoopbackType);
std::string_view to_text(Cyoa);
std::string_view to_text(Dia);
std::string_view to_text(RoutingMode);
std::string_view to_text(SiteStatus);
std::string_view to_text(ContributorStatus);
std::string_view to_text(PermissionStatus);
std::string_view to_text(TopologyConstraint);
std::string_view to_text(UserType);
std::string_view to_text(UserStatus);
std::string_view to_text(BgpStatus);
std::string_view to_text(AccessPassKind);
std::string_view to_text(AccessPassStatus);

// parse_word<Status>("hard_drained"). Refused: the message lists the words expected.
template <typename Word>
Result<Word> parse_word(std::string_view text);

// "activated, soft-drained, hard-drained, deleted": for help texts.
template <typename Word>
std::string words_of();

// Whether two texts are the same word: case is ignored, and '_' is '-'.
bool same_spelling(std::string_view a, std::string_view b);

constexpr bool is_drained(Status s) {
  return s == Status::SoftDrained || s == Status::HardDrained || s == Status::Drained;
}
constexpr bool is_drained(DesiredStatus s) {
  return s == DesiredStatus::SoftDrained || s == DesiredStatus::HardDrained || s == DesiredStatus::Drained;
}
// On the way into service for the first time.
constexpr bool is_provisioning(Status s) {
  return s == Status::DeviceProvisioning || s == Status::LinkProvisioning || s == Status::Provisioning;
}

// What status means for clients (the RFC's reference to issue 2032): a device takes new users only while activated,
// and keeps those it has while activated or soft-drained.
constexpr bool accepts_new_users(Status s) { return s == Status::Activated; }
constexpr bool keeps_users(Status s) { return s == Status::Activated || s == Status::SoftDrained; }

}  // namespace dz
