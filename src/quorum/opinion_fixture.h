// Test support: judges with known keys, and an opinion to vary.
#pragma once

#include "quorum/agreement.h"

namespace dz::quorum {

inline wire::Keypair judge(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

inline Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}

inline constexpr Timestamp kNow{std::chrono::hours{494'000}};

inline Opinion plain_opinion() {
  Opinion o;
  o.network = {key_of(1), key_of(2)};
  o.judge = judge(1).pubkey();
  o.record = key_of(3);
  o.account.fill(4);
  o.health = Health::Healthy;
  o.window_end = minute_of(kNow) - std::chrono::minutes{1};
  o.policy.fill(5);
  o.made_at = kNow;
  return o;
}

}  // namespace dz::quorum
