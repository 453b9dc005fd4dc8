// Repeatable randomness: a number that depends on its inputs alone, so that a simulated device says the same at the
// same instant whoever asks, and in whatever order.
#pragma once

#include <cstdint>
#include <string_view>

namespace dz::fleet {

// splitmix64's finaliser over the pair.
constexpr std::uint64_t noise(std::uint64_t seed, std::uint64_t at) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (at + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

constexpr std::uint64_t noise(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = seed;
  for (const char c : name) hash = noise(hash, static_cast<unsigned char>(c));
  return hash;
}

}  // namespace dz::fleet
