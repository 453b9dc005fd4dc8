// A part of a fleet that several monitors share: which records one of them judges and writes, and whose interfaces it
// has to hear for that (docs/adr/0064-shards.md). Who owns a record follows from its key alone, so nobody has to be
// asked, and another number of monitors moves no more records than it must.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "base/result.h"
#include "domain/records.h"
#include "evidence/evidence.h"

namespace dz::control {

// Number `part` of `parts`, from 1. 1 of 1 is the whole fleet.
struct Shard {
  std::uint32_t part = 1, parts = 1;
  bool is_whole() const { return parts == 1; }
  bool operator==(const Shard&) const = default;
};
inline constexpr std::uint32_t kMostShards = 1000;

// Of a monitor that hears by these settings.
inline Shard shard_of(const evidence::EvidenceSettings& settings) {
  return settings.hears_all() ? Shard{} : Shard{settings.part, settings.parts};
}

// "2/3". Refused: anything else.
Result<Shard> parse_shard(std::string_view text);
std::string to_text(const Shard& shard);

// The part, from 1 to parts, that owns the record: the one of the greatest weight. The weight of part i is the first 8
// bytes, most significant first, of SHA-256(key, then i as 4 bytes, least significant first); of equal ones the first.
std::uint32_t owner_of(const Pubkey& key, std::uint32_t parts);

// Who owns what, remembered.
class Ownership {
 public:
  explicit Ownership(Shard shard) : shard_(shard) {}
  const Shard& shard() const { return shard_; }
  std::uint32_t owner(const Pubkey& key) const;
  bool owns(const Pubkey& key) const { return shard_.is_whole() || owner(key) == shard_.part; }

 private:
  Shard shard_;
  mutable std::unordered_map<Pubkey, std::uint32_t, KeyedHash> owners_;
};

// Why a monitor says nothing of a record that another one owns, and whom to ask.
std::string not_owned(const Ownership& ownership, const Pubkey& key);

// Every interface that the judgement of an owned record reads, in order: both ends of owned links and of the links at
// owned devices, and all interfaces of owned devices. Of the whole fleet: all that records name.
std::vector<evidence::NamedInterface> interfaces_needed(const Ownership& ownership, const std::map<Pubkey, Link>& links,
                                                        const std::map<Pubkey, Device>& devices);

}  // namespace dz::control
