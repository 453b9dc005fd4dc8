// Program derived addresses: addresses that no key can sign for, found from seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/pubkey.h"

namespace dz::wire {

// Whether the bytes are a point of ed25519 as the ledger decides it: the sign bit is ignored, y is reduced, no check
// of the subgroup.
bool is_on_curve(const Pubkey& key);

struct ProgramAddress {
  Pubkey address;
  std::uint8_t bump = 0;
  bool operator==(const ProgramAddress&) const = default;
};

// The first bump from 255 down whose hash is off the curve. About 20 us, and less than 1 us for seeds that this thread
// asked about lately.
ProgramAddress find_program_address(std::span<const ByteView> seeds, const Pubkey& program);

// The address of these seeds, the bump among them; none when it is on the curve.
std::optional<Pubkey> create_program_address(std::span<const ByteView> seeds, const Pubkey& program);

}  // namespace dz::wire
