// Where in the accounts of a type a value stands whatever comes before it: for whoever asks a node for those accounts
// alone that hold it.
#pragma once

#include <cstddef>

namespace dz::wire {

inline constexpr std::size_t kDeviceLocationAt = 50, kDeviceExchangeAt = 82, kDevicePublicIpAt = 115;
inline constexpr std::size_t kLinkSideAAt = 50, kLinkSideZAt = 82;
inline constexpr std::size_t kUserDeviceAt = 83, kUserClientIpAt = 116;
inline constexpr std::size_t kResourceDeviceAt = 34;

}  // namespace dz::wire
