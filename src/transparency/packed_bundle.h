// A full bundle as the log keeps it: entries resemble each other, so those of one length stand byte by byte, the first
// byte of each, then the second of each; what they share becomes runs, and compresses to nothing. Pure; the form is on
// docs/formats/decision-log.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "transparency/merkle.h"
#include "transparency/tiles.h"

namespace dz::transparency {

// 32 bytes that many entries have at the same place, such as the key that they are about: kept once, by number.
using Word = Hash;
using NumberOfWord = std::function<Result<std::uint32_t>(const Word& word)>;
using WordOfNumber = std::function<Result<Word>(std::uint32_t number)>;

// word_at: where the word stands in an entry; those that are too short have none. None: in no entry.
Result<Bytes> pack_entries(std::span<const Bytes> entries, std::optional<std::uint32_t> word_at,
                           const NumberOfWord& number_of);
// Entries of a bundle: [first, first + count).
struct EntryRange {
  std::size_t first = 0, count = kTileWidth;
};
// Corrupt: anything that pack_entries() does not give. A bundle that an earlier version packed is read too.
Result<std::vector<Bytes>> unpack_entries(ByteView packed, const WordOfNumber& word_of, EntryRange wanted = {});

}  // namespace dz::transparency
