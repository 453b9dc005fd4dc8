// SHA-256, for all of the project: hashes of accounts, addresses, policies, statements and trees.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace dz {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(ByteView bytes);
// Of these one behind the other.
Sha256 sha256_of(std::span<const ByteView> parts);

}  // namespace dz
