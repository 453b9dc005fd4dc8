// What a link, and so a port that is to carry one, may have.
#pragma once

#include <cstdint>

namespace dz {

inline constexpr std::uint64_t kMinLinkBandwidth = 10'000'000'000, kMaxLinkBandwidth = 400'000'000'000;  // bit/s

}  // namespace dz
