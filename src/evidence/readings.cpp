#include "evidence/readings.h"

#include <algorithm>
#include <utility>

#include "domain/interface_name.h"

namespace dz::evidence {
namespace {

// Of in-octets, and shifted by one of out-octets: there are readings; the first one is not the last one.
constexpr std::uint8_t kHas = 1, kHasFirst = 4;
// Of out-octets: the last, the first reading is of the same row as that of in-octets.
constexpr std::uint8_t kSameLast = 16, kSameFirst = 32;
constexpr std::uint8_t kAllFlags = 63;
constexpr std::uint64_t kMinuteMicros = 60'000'000;
constexpr std::size_t kRoom = 60;  // bytes: those of two or three minutes

// The bytes of one minute, which fit whatever its numbers are.
class MinuteBytes {
 public:
  void put(std::uint8_t byte) { bytes_[size_++] = byte; }
  void put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) put(static_cast<std::uint8_t>(value | 0x80));
    put(static_cast<std::uint8_t>(value));
  }
  ByteView view() const { return {bytes_.data(), size_}; }

 private:
  static constexpr std::size_t kMostOfVarint = 10, kMostNumbers = 1 + 2 * 4;
  std::array<std::uint8_t, 1 + kMostNumbers * kMostOfVarint> bytes_;
  std::size_t size_ = 0;
};

// Differences are small either way; they wrap around, so any two values have one.
std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (static_cast<std::int64_t>(difference) < 0 ? ~std::uint64_t{0} : 0);
}
std::uint64_t unzigzag(std::uint64_t value) { return (value >> 1) ^ ((value & 1) != 0 ? ~std::uint64_t{0} : 0); }

// Microseconds after the beginning of its minute.
std::uint64_t offset_of(const Reading& reading, MinuteIndex minute) {
  return static_cast<std::uint64_t>((reading.at - Timestamp{minute_at(minute)}).count());
}

class ByteCursor {
 public:
  explicit ByteCursor(ByteView bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  ByteView rest() const { return rest_; }
  std::optional<std::uint8_t> byte() {
    if (rest_.empty()) return std::nullopt;
    const auto value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      if (!next) return std::nullopt;
      value |= std::uint64_t{*next & 0x7fU} << shift;
      if ((*next & 0x80) == 0) return value;
    }
    return std::nullopt;
  }

 private:
  ByteView rest_;
};

bool same_time(const std::array<std::optional<Reading>, 2>& readings) {
  return readings[0] && readings[1] && readings[0]->at == readings[1]->at;
}

std::uint8_t flags_of(const MinuteReadings& next) {
  unsigned flags = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    if (!next.last[c]) continue;
    flags |= unsigned{kHas} << c;
    if (next.first[c] != next.last[c]) flags |= unsigned{kHasFirst} << c;
  }
  if (same_time(next.last)) flags |= kSameLast;
  if ((flags & (kHasFirst << 1)) != 0 && same_time(next.first)) flags |= kSameFirst;
  return static_cast<std::uint8_t>(flags);
}

// The readings of one counter; false when the bytes cannot be read.
bool decode_counter(ByteCursor& cursor, const ReadingBasis& basis, std::uint8_t flags, std::size_t c,
                    MinuteReadings& next) {
  const auto reading_at = [&](std::uint64_t offset, std::uint64_t value) {
    return Reading{Timestamp{minute_at(next.minute)} + Duration{static_cast<std::int64_t>(offset)}, value};
  };
  const auto offset_as_in = [&](bool same, const std::optional<Reading>& in) -> std::optional<std::uint64_t> {
    if (!same || c == 0) return std::nullopt;
    return in ? std::optional(offset_of(*in, next.minute)) : std::optional(kMinuteMicros);
  };
  auto offset = offset_as_in((flags & kSameLast) != 0, next.last[0]);
  if (!offset) {
    const auto difference = cursor.varint();
    if (!difference) return false;
    offset = basis.offset[c] + unzigzag(*difference);
  }
  const auto value = cursor.varint();
  if (!value || *offset >= kMinuteMicros) return false;
  next.first[c] = next.last[c] = reading_at(*offset, basis.value[c] + unzigzag(*value));
  if ((flags >> c & kHasFirst) == 0) return true;

  auto first = offset_as_in((flags & kSameFirst) != 0, next.first[0]);
  if (!first) {
    const auto earlier = cursor.varint();
    if (!earlier || *earlier > *offset) return false;
    first = *offset - *earlier;
  }
  const auto less = cursor.varint();
  if (!less || *first > *offset) return false;
  next.first[c] = reading_at(*first, next.last[c]->value - unzigzag(*less));
  return true;
}

std::optional<MinuteReadings> decode_one(ByteCursor& cursor, const ReadingBasis& basis) {
  const auto steps = cursor.varint();
  const auto flags = cursor.byte();
  if (!steps || !flags || (*flags & ~kAllFlags) != 0) return std::nullopt;
  const auto minute = static_cast<std::uint64_t>(basis.minute) + *steps;
  if (minute > INT32_MAX) return std::nullopt;
  MinuteReadings next;
  next.minute = static_cast<MinuteIndex>(minute);
  for (std::size_t c = 0; c < 2; ++c) {
    if ((*flags >> c & kHas) != 0 && !decode_counter(cursor, basis, *flags, c, next)) return std::nullopt;
  }
  return next;
}

}  // namespace

ReadingBasis basis_of(const MinuteReadings& previous) {
  ReadingBasis basis;
  basis.minute = previous.minute;
  for (std::size_t c = 0; c < 2; ++c) {
    if (!previous.last[c]) continue;
    basis.offset[c] = static_cast<std::uint32_t>(offset_of(*previous.last[c], previous.minute));
    basis.value[c] = previous.last[c]->value;
  }
  return basis;
}

void append_readings(Bytes& bytes, const ReadingBasis& basis, const MinuteReadings& next) {
  const auto flags = flags_of(next);
  MinuteBytes out;
  out.put_varint(static_cast<std::uint64_t>(next.minute) - static_cast<std::uint64_t>(basis.minute));
  out.put(flags);
  for (std::size_t c = 0; c < 2; ++c) {
    if (!next.last[c]) continue;
    const auto& last = *next.last[c];
    const auto& first = *next.first[c];
    const auto offset = offset_of(last, next.minute);
    if (c == 0 || (flags & kSameLast) == 0) out.put_varint(zigzag(offset - basis.offset[c]));
    out.put_varint(zigzag(last.value - basis.value[c]));
    if ((flags >> c & kHasFirst) == 0) continue;
    if (c == 0 || (flags & kSameFirst) == 0) out.put_varint(offset - offset_of(first, next.minute));
    out.put_varint(zigzag(last.value - first.value));
  }
  // Every interface has some, so they do not grow by doubling.
  const auto size = bytes.size() + out.view().size();
  if (bytes.capacity() < size) bytes.reserve(std::max(size, bytes.size() + kRoom));
  bytes.insert(bytes.end(), out.view().begin(), out.view().end());
}

Bytes encode_readings(std::span<const MinuteReadings> readings) {
  Bytes bytes;
  ReadingBasis basis;
  for (const auto& next : readings) {
    append_readings(bytes, basis, next);
    basis = basis_of(next);
  }
  return bytes;
}

std::optional<std::vector<MinuteReadings>> decode_readings(ByteView bytes) {
  std::vector<MinuteReadings> readings;
  ByteCursor cursor(bytes);
  ReadingBasis basis;
  while (!cursor.at_end()) {
    auto next = decode_one(cursor, basis);
    if (!next || (!readings.empty() && next->minute <= readings.back().minute)) return std::nullopt;
    readings.push_back(*next);
    basis = basis_of(*next);
  }
  return readings;
}

// A minute's bytes depend on the one before it alone, so of the rest only the first ones are others.
std::optional<SplitReadings> split_readings(ByteView bytes, MinuteIndex m) {
  ByteCursor cursor(bytes);
  ReadingBasis basis;
  std::optional<MinuteIndex> last;
  for (auto before = bytes; !cursor.at_end(); before = cursor.rest()) {
    const auto next = decode_one(cursor, basis);
    if (!next || (last && next->minute <= *last)) return std::nullopt;
    last = next->minute;
    if (next->minute >= m) {
      SplitReadings split{Bytes(bytes.data(), before.data()), {}};
      split.rest.reserve(cursor.rest().size() + kRoom);
      append_readings(split.rest, {}, *next);
      split.rest.insert(split.rest.end(), cursor.rest().begin(), cursor.rest().end());
      return split;
    }
    basis = basis_of(*next);
  }
  return SplitReadings{{bytes.begin(), bytes.end()}, {}};
}

std::optional<MinuteIndex> first_minute(ByteView bytes) {
  ByteCursor cursor(bytes);
  const auto first = decode_one(cursor, {});
  return first ? std::optional(first->minute) : std::nullopt;
}

Bytes MemoryShelf::get(const Place& place) {
  const auto it = pieces_.find({place.piece, place.device, place.interface});
  return it == pieces_.end() ? Bytes{} : it->second;
}

void MemoryShelf::put(const Place& place, Bytes readings) {
  pieces_[{place.piece, place.device, place.interface}] = std::move(readings);
}

void MemoryShelf::forget_before(std::int32_t piece) {
  pieces_.erase(pieces_.begin(), pieces_.lower_bound({piece, Pubkey{}, std::string()}));
}

std::vector<MinuteReadings> PortShelf::get(std::int32_t piece) const {
  auto readings = decode_readings(shelf_.get({device_, interface_key(name_), piece}));
  return readings ? std::move(*readings) : std::vector<MinuteReadings>{};
}

void PortShelf::put(std::int32_t piece, std::span<const MinuteReadings> readings) const {
  put(piece, encode_readings(readings));
}

void PortShelf::put(std::int32_t piece, Bytes encoded) const {
  shelf_.put({device_, interface_key(name_), piece}, std::move(encoded));
}

}  // namespace dz::evidence
