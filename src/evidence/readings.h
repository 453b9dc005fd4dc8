// The first and last octet readings of closed minutes: what a row that comes late is compared with. The newest quarter
// of an hour of a port is in memory, about 18 bytes a minute; what is older lies on a shelf, in pieces of 16 minutes,
// and is read back only when a late row needs it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/time.h"
#include "evidence/ring.h"

namespace dz::evidence {

// A value of a cumulative counter.
struct Reading {
  Timestamp at;
  std::uint64_t value = 0;
  auto operator<=>(const Reading&) const = default;
};

// As std::optional, in two thirds of the memory: three pairs of these are kept of every port.
class OptionalReading {
 public:
  OptionalReading() = default;
  OptionalReading(const Reading& reading) : reading_(reading) {}
  OptionalReading(const std::optional<Reading>& reading) : reading_(reading.value_or(kNone)) {}
  operator std::optional<Reading>() const { return has_value() ? std::optional(reading_) : std::nullopt; }

  bool has_value() const { return reading_.at != kNone.at; }
  explicit operator bool() const { return has_value(); }
  const Reading& operator*() const { return reading_; }
  Reading& operator*() { return reading_; }
  const Reading* operator->() const { return &reading_; }
  void emplace() { reading_ = {}; }
  void reset() { reading_ = kNone; }

 private:
  static constexpr Reading kNone{Timestamp::min(), 0};
  Reading reading_ = kNone;
};

// The first and the last reading of a minute, of in-octets and of out-octets; a row need not have both.
struct MinuteReadings {
  MinuteIndex minute = 0;
  std::array<std::optional<Reading>, 2> first, last;  // both or neither
  bool operator==(const MinuteReadings&) const = default;

  // One more reading of the minute.
  void add(std::size_t counter, const Reading& reading) {
    if (!last[counter] || *last[counter] < reading) last[counter] = reading;
    if (!first[counter] || reading < *first[counter]) first[counter] = reading;
  }
};

// In order of time; layout in docs/formats/evidence.md. Decoding damaged bytes gives none.
Bytes encode_readings(std::span<const MinuteReadings> readings);
std::optional<std::vector<MinuteReadings>> decode_readings(ByteView bytes);

// The bytes of the minutes before m, and of those from m on: each as encoding them by themselves gives them.
struct SplitReadings {
  Bytes before, rest;
};
std::optional<SplitReadings> split_readings(ByteView bytes, MinuteIndex m);
// None: there are no readings, or they cannot be read.
std::optional<MinuteIndex> first_minute(ByteView bytes);

// What the numbers of the next minute's readings are differences from: the last readings before, or nothing.
struct ReadingBasis {
  std::array<std::uint64_t, 2> value{};
  std::array<std::uint32_t, 2> offset{};  // microseconds into the minute
  MinuteIndex minute = 0;
};
ReadingBasis basis_of(const MinuteReadings& previous);
// The same bytes as encoding all of them at once: `basis` is of the last one that `bytes` has.
void append_readings(Bytes& bytes, const ReadingBasis& basis, const MinuteReadings& next);

inline constexpr MinuteIndex kShelfMinutes = 16;
constexpr std::int32_t piece_of(MinuteIndex m) { return m >> 4; }

// So many minutes before the newest closed one all readings are in memory, so that rows that come in time have nothing
// read back.
inline constexpr MinuteIndex kMinutesInMemory = 12;

// Where the pieces lie. What is not there any more (it was lost, or is older than the rings) makes late rows of its
// minutes count as strictly as they can.
class ReadingShelf {
 public:
  struct Place {
    Pubkey device;
    std::string interface;   // as interface_key() gives it
    std::int32_t piece = 0;  // piece_of(its minutes)
  };

  // No answer depends on how much lies in memory; tests try other sizes than the ordinary one.
  explicit ReadingShelf(MinuteIndex minutes_in_memory = kMinutesInMemory) : minutes_in_memory_(minutes_in_memory) {}
  virtual ~ReadingShelf() = default;
  MinuteIndex minutes_in_memory() const { return minutes_in_memory_; }
  // Encoded readings; empty when there are none.
  virtual Bytes get(const Place& place) = 0;
  virtual void put(const Place& place, Bytes readings) = 0;
  virtual void forget_before(std::int32_t piece) = 0;

 private:
  MinuteIndex minutes_in_memory_;
};

class MemoryShelf final : public ReadingShelf {
 public:
  using ReadingShelf::ReadingShelf;
  Bytes get(const Place& place) override;
  void put(const Place& place, Bytes readings) override;
  void forget_before(std::int32_t piece) override;

 private:
  std::map<std::tuple<std::int32_t, Pubkey, std::string>, Bytes> pieces_;
};

// The shelf of one port.
class PortShelf {
 public:
  // name: in any spelling. All outlive this object.
  PortShelf(ReadingShelf& shelf, const Pubkey& device, std::string_view name)
      : shelf_(shelf), device_(device), name_(name) {}
  std::vector<MinuteReadings> get(std::int32_t piece) const;
  void put(std::int32_t piece, std::span<const MinuteReadings> readings) const;
  void put(std::int32_t piece, Bytes encoded) const;
  MinuteIndex minutes_in_memory() const { return shelf_.minutes_in_memory(); }

 private:
  ReadingShelf& shelf_;
  const Pubkey& device_;
  std::string_view name_;
};

}  // namespace dz::evidence
