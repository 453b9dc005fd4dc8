// Which networks for users a device needs before it may serve any.
#pragma once

#include <algorithm>
#include <vector>

#include "domain/network.h"

namespace dz {

inline constexpr int kSmallestDzPrefix = 29;  // a /29 holds eight addresses; a longer prefix holds fewer

// One of them is large enough: what the criterion device.dz_prefix demands.
inline bool has_dz_prefix(const std::vector<NetworkV4>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [](const NetworkV4& n) { return !n.is_default() && n.prefix <= kSmallestDzPrefix; });
}

}  // namespace dz
