#include "control/shard.h"

#include <array>
#include <charconv>

#include "base/sha256.h"
#include "control/gather.h"
#include "control/monitor_inputs.h"

namespace dz::control {
namespace {

constexpr std::size_t kMostRemembered = std::size_t{1} << 21;

std::uint64_t weight_of(const Pubkey& key, std::uint32_t part) {
  std::array<std::uint8_t, 36> bytes;
  std::copy(key.bytes.begin(), key.bytes.end(), bytes.begin());
  for (std::size_t i = 0; i < 4; ++i) bytes[32 + i] = static_cast<std::uint8_t>(part >> (8 * i));
  const auto hash = sha256(bytes);
  std::uint64_t weight = 0;
  for (std::size_t i = 0; i < 8; ++i) weight = weight << 8 | hash[i];
  return weight;
}

// The whole of the text, digits alone.
bool read_number(std::string_view text, std::uint32_t& number) {
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end;
}

}  // namespace

Result<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const auto slash = text.find('/');
  const bool read = slash != std::string_view::npos && read_number(text.substr(0, slash), shard.part) &&
                    read_number(text.substr(slash + 1), shard.parts);
  if (read && shard.part >= 1 && shard.part <= shard.parts && shard.parts <= kMostShards) return shard;
  return refused("expected a part and the number of parts, such as 2/3, with 1 to " + std::to_string(kMostShards) +
                 " parts, found \"" + std::string(text.substr(0, 64)) +
                 "\"; give every monitor of the fleet the same number of parts and a part of its own");
}

std::string to_text(const Shard& shard) { return std::to_string(shard.part) + "/" + std::to_string(shard.parts); }

std::uint32_t owner_of(const Pubkey& key, std::uint32_t parts) {
  std::uint32_t owner = 1;
  std::uint64_t most = 0;
  for (std::uint32_t part = 1; part <= parts; ++part) {
    const auto weight = weight_of(key, part);
    if (weight <= most) continue;
    most = weight;
    owner = part;
  }
  return owner;
}

std::uint32_t Ownership::owner(const Pubkey& key) const {
  if (owners_.size() >= kMostRemembered) owners_.clear();
  const auto [known, fresh] = owners_.try_emplace(key, 0);
  if (fresh) known->second = owner_of(key, shard_.parts);
  return known->second;
}

std::string not_owned(const Ownership& ownership, const Pubkey& key) {
  const auto& shard = ownership.shard();
  return to_text(key) + " is judged by shard " + to_text(Shard{ownership.owner(key), shard.parts}) +
         ", and this monitor is shard " + to_text(shard) + ": ask that one";
}

bool MonitorInputs::owns(const Pubkey& key) const { return ownership == nullptr || ownership->owns(key); }

std::vector<evidence::NamedInterface> interfaces_needed(const Ownership& ownership, const std::map<Pubkey, Link>& links,
                                                        const std::map<Pubkey, Device>& devices) {
  if (ownership.shard().is_whole()) return interfaces_named_by(links, devices);
  std::map<Pubkey, Link> needed_links;
  for (const auto& [key, link] : links) {
    if (ownership.owns(key) || ownership.owns(link.side_a) || ownership.owns(link.side_z)) needed_links[key] = link;
  }
  std::map<Pubkey, Device> owned_devices;
  for (const auto& [key, device] : devices) {
    if (ownership.owns(key)) owned_devices[key] = device;
  }
  return interfaces_named_by(needed_links, owned_devices);
}

}  // namespace dz::control
