#include "program/rules/allocator.h"

#include <algorithm>
#include <bit>

namespace dz::program {
namespace {

constexpr std::uint64_t kWordBits = 64;

// A run of bits of the bitmap, inside one 64-bit word.
struct Run {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

std::uint64_t capacity(const ResourceExtension& pool) {
  if (pool.ip) return std::uint64_t{1} << (32 - pool.ip->base.prefix);
  if (pool.id && pool.id->end > pool.id->start) return pool.id->end - pool.id->start;
  return 0;
}

// Words that the bitmap really has, whatever the account claims.
std::uint64_t word_count(const ResourceExtension& pool) { return pool.bitmap.size() * 8 / kWordBits; }

bool bit_at(const ResourceExtension& pool, std::uint64_t i) { return (pool.bitmap[i / 8] >> (i % 8) & 1U) != 0; }

bool all_are(const ResourceExtension& pool, Run run, bool value) {
  if (run.first + run.count > std::min(capacity(pool), word_count(pool) * kWordBits)) return false;
  for (std::uint64_t i = run.first; i < run.first + run.count; ++i) {
    if (bit_at(pool, i) != value) return false;
  }
  return true;
}

void set_all(ResourceExtension& pool, Run run, bool value) {
  for (std::uint64_t i = run.first; i < run.first + run.count; ++i) {
    const auto mask = static_cast<std::uint8_t>(1U << (i % 8));
    auto& byte = pool.bitmap[i / 8];
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
  }
}

bool word_is_full(const ResourceExtension& pool, std::uint64_t word) {
  const auto first = pool.bitmap.begin() + static_cast<std::ptrdiff_t>(word * 8);
  return std::all_of(first, first + 8, [](std::uint8_t byte) { return byte == 0xff; });
}

// Walks words from the beginning of the pool, runs in each; past the end of the pool means none. The account has room
// for where the search begins, but nobody writes it and so nobody reads it.
std::optional<Run> first_free_run(const ResourceExtension& pool, std::uint64_t count) {
  for (std::uint64_t word = 0; word < word_count(pool); ++word) {
    if (word_is_full(pool, word)) continue;
    for (std::uint64_t first = word * kWordBits; first < (word + 1) * kWordBits; first += count) {
      if (first + count > capacity(pool)) return std::nullopt;
      if (all_are(pool, {first, count}, false)) return Run{first, count};
    }
  }
  return std::nullopt;
}

// The bits of a network of the pool's block; nothing when it is not one that the pool could hand out.
std::optional<Run> run_of(const ResourceExtension& pool, NetworkV4 network) {
  if (!pool.ip || network.prefix < pool.ip->base.prefix || network.prefix < 26) return std::nullopt;
  const auto base = pool.ip->base.address.number(), ip = network.address.number();
  const auto count = std::uint64_t{1} << (32 - network.prefix);
  if (ip < base || (ip - base) % count != 0 || ip - base + count > capacity(pool)) return std::nullopt;
  return Run{ip - base, count};
}

std::optional<Run> run_of(const ResourceExtension& pool, std::uint16_t id) {
  if (!pool.id || id < pool.id->start || id >= pool.id->end) return std::nullopt;
  return Run{static_cast<std::uint64_t>(id - pool.id->start), 1};
}

ResourceExtension with_bitmap(ResourceExtension pool) {
  pool.bitmap.assign((capacity(pool) + kWordBits - 1) / kWordBits * 8, 0);
  return pool;
}

}  // namespace

ResourceExtension make_pool(NetworkV4 block) {
  ResourceExtension pool;
  pool.ip = ResourceExtension::IpPool{block};
  return with_bitmap(std::move(pool));
}

ResourceExtension make_pool(ResourceExtension::IdPool range) {
  ResourceExtension pool;
  pool.id = range;
  return with_bitmap(std::move(pool));
}

std::optional<NetworkV4> allocate_network(ResourceExtension& pool, std::uint32_t addresses) {
  if (!pool.ip || !std::has_single_bit(addresses) || addresses > kWordBits) return std::nullopt;
  const auto prefix = static_cast<std::uint8_t>(32 - std::countr_zero(addresses));
  if (prefix < pool.ip->base.prefix) return std::nullopt;
  const auto run = first_free_run(pool, addresses);
  if (!run) return std::nullopt;
  set_all(pool, *run, true);
  return NetworkV4{ipv4_from(pool.ip->base.address.number() + static_cast<std::uint32_t>(run->first)), prefix};
}

std::optional<std::uint16_t> allocate_id(ResourceExtension& pool) {
  if (!pool.id) return std::nullopt;
  const auto run = first_free_run(pool, 1);
  if (!run) return std::nullopt;
  set_all(pool, *run, true);
  return static_cast<std::uint16_t>(pool.id->start + run->first);
}

bool allocate(ResourceExtension& pool, NetworkV4 network) {
  const auto run = run_of(pool, network);
  if (!run || !all_are(pool, *run, false)) return false;
  set_all(pool, *run, true);
  return true;
}

bool allocate(ResourceExtension& pool, std::uint16_t id) {
  const auto run = run_of(pool, id);
  if (!run || !all_are(pool, *run, false)) return false;
  set_all(pool, *run, true);
  return true;
}

bool release(ResourceExtension& pool, NetworkV4 network) {
  const auto run = run_of(pool, network);
  if (!run || !all_are(pool, *run, true)) return false;
  set_all(pool, *run, false);
  return true;
}

bool release(ResourceExtension& pool, std::uint16_t id) {
  const auto run = run_of(pool, id);
  if (!run || !all_are(pool, *run, true)) return false;
  set_all(pool, *run, false);
  return true;
}

bool is_allocated(const ResourceExtension& pool, NetworkV4 network) {
  const auto run = run_of(pool, network);
  return run && all_are(pool, *run, true);
}

bool is_allocated(const ResourceExtension& pool, std::uint16_t id) {
  const auto run = run_of(pool, id);
  return run && all_are(pool, *run, true);
}

std::size_t allocated_count(const ResourceExtension& pool) {
  std::size_t count = 0;
  for (const auto byte : pool.bitmap) count += static_cast<std::size_t>(std::popcount(byte));
  return count;
}

}  // namespace dz::program
