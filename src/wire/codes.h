// Enum numbers that are the same on every ledger. Status, desired status and health differ between ledgers: those
// tables are the Profile's.
#pragma once

#include <optional>
#include <type_traits>

#include "domain/words.h"

namespace dz::wire {

// Words numbered 0, 1, 2 ... in the order in which domain/words.h declares them; Last is the highest. The order
// there is therefore frozen (codes_test.cpp).
template <typename Word>
struct DenseCodes : std::false_type {};
template <auto Last>
struct DenseUpTo : std::true_type {
  static constexpr auto last = static_cast<std::uint8_t>(Last);
};
template <>
struct DenseCodes<DeviceType> : DenseUpTo<DeviceType::Edge> {};
template <>
struct DenseCodes<InterfaceStatus> : DenseUpTo<InterfaceStatus::Unlinked> {};
template <>
struct DenseCodes<InterfaceType> : DenseUpTo<InterfaceType::Physical> {};
template <>
struct DenseCodes<LoopbackType> : DenseUpTo<LoopbackType::PimRpAddr> {};
template <>
struct DenseCodes<Cyoa> : DenseUpTo<Cyoa::GreOverCable> {};
template <>
struct DenseCodes<Dia> : DenseUpTo<Dia::Dia> {};
template <>
struct DenseCodes<RoutingMode> : DenseUpTo<RoutingMode::Bgp> {};
template <>
struct DenseCodes<SiteStatus> : DenseUpTo<SiteStatus::Suspended> {};
template <>
struct DenseCodes<ContributorStatus> : DenseUpTo<ContributorStatus::Deleting> {};
template <>
struct DenseCodes<PermissionStatus> : DenseUpTo<PermissionStatus::Suspended> {};
template <>
struct DenseCodes<TopologyConstraint> : DenseUpTo<TopologyConstraint::Exclude> {};
template <>
struct DenseCodes<UserType> : DenseUpTo<UserType::Multicast> {};
template <>
struct DenseCodes<UserStatus> : DenseUpTo<UserStatus::OutOfCredits> {};
template <>
struct DenseCodes<BgpStatus> : DenseUpTo<BgpStatus::Down> {};
template <>
struct DenseCodes<AccessPassKind> : DenseUpTo<AccessPassKind::EdgeSeat> {};
template <>
struct DenseCodes<AccessPassStatus> : DenseUpTo<AccessPassStatus::Expired> {};

template <typename Word>
concept DenseWord = DenseCodes<Word>::value;

template <DenseWord Word>
constexpr std::uint8_t code_of(Word word) {
  return static_cast<std::uint8_t>(word);
}
constexpr std::uint8_t code_of(LinkType type) { return type == LinkType::Dzx ? 127 : 1; }

// Nothing when the number names no word.
template <DenseWord Word>
constexpr std::optional<Word> word_of(std::uint8_t code, std::type_identity<Word>) {
  if (code > DenseCodes<Word>::last) return std::nullopt;
  return static_cast<Word>(code);
}
constexpr std::optional<LinkType> word_of(std::uint8_t code, std::type_identity<LinkType>) {
  if (code == 1) return LinkType::Wan;
  if (code == 127) return LinkType::Dzx;
  return std::nullopt;
}

}  // namespace dz::wire
