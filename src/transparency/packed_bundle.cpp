#include "transparency/packed_bundle.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/zstd.h"
#include "transparency/tiles.h"

namespace dz::transparency {
namespace {

constexpr std::uint8_t kColumns = 1;  // a zstd frame of an earlier version begins with 0x28
constexpr std::size_t kWordBytes = sizeof(Word);
constexpr std::uint32_t kNoWord = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kHead = 1 + sizeof(std::uint32_t);
constexpr std::size_t kMostBundle = kTileWidth * (kMostEntry + 8);

// The low byte of every number, then the next of every number.
void put_columns(Bytes& out, const std::vector<std::uint32_t>& numbers, int bytes) {
  for (int at = 0; at < bytes; ++at) {
    for (const auto n : numbers) out.push_back(static_cast<std::uint8_t>(n >> (8 * at)));
  }
}

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  std::optional<ByteView> take(std::size_t count) {
    if (bytes_.size() < count) return std::nullopt;
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  bool done() const { return bytes_.empty(); }
  bool take_columns(std::vector<std::uint32_t>& numbers, int bytes) {
    for (int at = 0; at < bytes; ++at) {
      const auto column = take(numbers.size());
      if (!column) return false;
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] |= std::uint32_t{(*column)[i]} << (8 * at);
    }
    return true;
  }

 private:
  ByteView bytes_;
};

// Every byte of so many rows, some rows at a time: what is read and what is written stays at hand.
template <typename Visit>
void for_each_byte(std::size_t rows, std::size_t length, const Visit& visit) {
  constexpr std::size_t kAtOnce = 16;
  for (std::size_t first = 0; first < rows; first += kAtOnce) {
    const auto last = std::min(first + kAtOnce, rows);
    for (std::size_t at = 0; at < length; ++at) {
      for (auto row = first; row < last; ++row) visit(row, at);
    }
  }
}

// Places of the entries of each length; without their words they have that many bytes.
std::map<std::uint32_t, std::vector<std::size_t>> by_length(const std::vector<std::uint32_t>& lengths) {
  std::map<std::uint32_t, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < lengths.size(); ++i) places[lengths[i]].push_back(i);
  return places;
}

tl::unexpected<Error> damaged() { return corrupt("the log of decisions: expected a packed bundle, found other bytes"); }

// Those that are asked for, without the words, in their order.
Result<std::vector<Bytes>> read_columns(Reader& in, EntryRange wanted, std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> lengths(kTileWidth, 0);
  numbers.assign(kTileWidth, 0);
  if (!in.take_columns(lengths, 2) || !in.take_columns(numbers, 4)) return damaged();
  std::vector<Bytes> entries(wanted.count);
  for (const auto& [length, places] : by_length(lengths)) {
    const auto columns = in.take(std::size_t{length} * places.size());
    if (!columns) return damaged();
    std::vector<std::uint8_t*> to;
    std::vector<const std::uint8_t*> from;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] < wanted.first || places[i] >= wanted.first + wanted.count) continue;
      auto& entry = entries[places[i] - wanted.first];
      entry.reserve(length + kWordBytes);
      entry.resize(length);
      to.push_back(entry.data());
      from.push_back(columns->data() + i);
    }
    const auto width = places.size();
    for_each_byte(to.size(), length, [&](std::size_t row, std::size_t at) { to[row][at] = from[row][at * width]; });
  }
  return in.done() ? Result<std::vector<Bytes>>(std::move(entries)) : damaged();
}

}  // namespace

Result<Bytes> pack_entries(std::span<const Bytes> entries, std::optional<std::uint32_t> word_at,
                           const NumberOfWord& number_of) {
  std::vector<std::uint32_t> lengths, numbers;
  for (const auto& entry : entries) {
    const bool has_word = word_at && entry.size() >= *word_at + kWordBytes;
    lengths.push_back(static_cast<std::uint32_t>(entry.size() - (has_word ? kWordBytes : 0)));
    numbers.push_back(kNoWord);
    if (!has_word) continue;
    Word word{};
    std::copy_n(entry.begin() + *word_at, kWordBytes, word.begin());
    DZ_TRY_ASSIGN(numbers.back(), number_of(word));
  }
  Bytes columns;
  put_columns(columns, lengths, 2);
  put_columns(columns, numbers, 4);
  for (const auto& alike : by_length(lengths)) {
    const auto length = alike.first;
    const auto& places = alike.second;
    const auto begin = columns.size(), width = places.size();
    columns.resize(begin + length * width);
    auto* to = columns.data() + begin;
    for_each_byte(width, length, [&](std::size_t row, std::size_t at) {
      const auto& entry = entries[places[row]];
      const bool behind_word = entry.size() > length && at >= *word_at;
      to[at * width + row] = entry[behind_word ? at + kWordBytes : at];
    });
  }
  Bytes packed{kColumns};
  put_columns(packed, {word_at.value_or(0)}, 4);
  const auto frame = compress_zstd(columns);
  packed.insert(packed.end(), frame.begin(), frame.end());
  return packed;
}

Result<std::vector<Bytes>> unpack_entries(ByteView packed, const WordOfNumber& word_of, EntryRange wanted) {
  if (packed.empty() || packed[0] != kColumns) {
    DZ_TRY_ASSIGN(const auto bytes, decompress_zstd(packed, kMostBundle));
    DZ_TRY_ASSIGN(const auto all, decode_bundle(bytes, kTileWidth));
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(wanted.first);
    return std::vector<Bytes>(first, first + static_cast<std::ptrdiff_t>(wanted.count));
  }
  std::vector<std::uint32_t> word_at(1, 0), numbers;
  if (packed.size() < kHead || !Reader(packed.subspan(1, 4)).take_columns(word_at, 4)) return damaged();
  DZ_TRY_ASSIGN(const auto columns, decompress_zstd(packed.subspan(kHead), kMostBundle));
  Reader in(columns);
  DZ_TRY_ASSIGN(auto entries, read_columns(in, wanted, numbers));
  std::map<std::uint32_t, Word> known;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto number = numbers[wanted.first + i];
    if (number == kNoWord) continue;
    if (entries[i].size() < word_at[0]) return damaged();
    const auto [found, is_new] = known.try_emplace(number);
    if (is_new) {
      DZ_TRY_ASSIGN(found->second, word_of(number));
    }
    entries[i].insert(entries[i].begin() + word_at[0], found->second.begin(), found->second.end());
  }
  return entries;
}

}  // namespace dz::transparency
