// How numbers, times, texts and lists stand in the bytes of a snapshot. Writer and Reader walk one description of the
// evidence (snapshot.cpp), so the layout is written down once; what a version did not have yet, the Reader says.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "base/bytes.h"
#include "base/pubkey.h"
#include "base/time.h"
#include "evidence/ring.h"

namespace dz::evidence {

// 1: before there were added criteria; 2: with shorter rings; 3: before all values of error counters were kept; 4: with
// one mass silence for both judgements; 5: without the times of answers, and before discards and carrier transitions;
// 6: all subjects of a kind one after the other, and then their minutes
inline constexpr std::uint8_t kSnapshotVersion = 7;

inline constexpr std::uint64_t kChecksumOfNothing = 0xcbf29ce484222325U;
inline std::uint64_t checksum(ByteView bytes,
                              std::uint64_t hash = kChecksumOfNothing) {  // FNV-1a, going on from `hash`
  for (const auto byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

class Writer {
 public:
  static constexpr bool kReads = false;
  bool has_added() const { return true; }
  bool has_histories() const { return true; }
  bool has_silence_as_closed() const { return true; }
  bool has_times_of_answers() const { return true; }
  bool has_events() const { return true; }
  bool ok() const { return true; }
  void require(bool) {}

  template <typename T>
  void number(T value) {
    const auto bits = static_cast<std::uint64_t>(value);
    std::array<std::uint8_t, sizeof(T)> little;
    for (std::size_t i = 0; i < sizeof(T); ++i) little[i] = static_cast<std::uint8_t>(bits >> (8 * i));
    raw(little);
  }
  void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  const Bytes& bytes() const { return bytes_; }
  // At most so many of them, from the first on.
  Bytes take(std::size_t most = SIZE_MAX) {
    if (most >= bytes_.size()) return std::exchange(bytes_, {});
    const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(most);
    Bytes first(bytes_.begin(), end);
    bytes_.erase(bytes_.begin(), end);
    return first;
  }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(ByteView bytes, std::uint8_t version = kSnapshotVersion) : rest_(bytes), version_(version) {}
  bool has_added() const { return version_ >= 2; }
  bool has_histories() const { return version_ >= 4; }
  bool has_silence_as_closed() const { return version_ >= 5; }
  bool has_times_of_answers() const { return version_ >= 6; }
  bool has_events() const { return version_ >= 6; }
  std::size_t ring_words() const { return version_ >= 3 ? kRingWords : 25; }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  void require(bool condition) { ok_ = ok_ && condition; }
  std::size_t remaining() const { return rest_.size(); }

  template <typename T>
  void number(T& value) {
    require(rest_.size() >= sizeof(T));
    if (!ok_) return;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{rest_[i]} << (8 * i);
    value = static_cast<T>(bits);
    rest_ = rest_.subspan(sizeof(T));
  }
  ByteView raw(std::size_t size) {
    require(rest_.size() >= size);
    if (!ok_) return {};
    const auto bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }

 private:
  ByteView rest_;
  std::uint8_t version_;
  bool ok_ = true;
};

template <typename A, typename T>
requires std::is_integral_v<std::remove_const_t<T>>
void describe(A& a, T& value) {
  if constexpr (std::is_same_v<std::remove_const_t<T>, bool>) {
    auto byte = static_cast<std::uint8_t>(value);
    a.number(byte);
    a.require(byte <= 1);
    if constexpr (A::kReads) value = byte == 1;
  } else {
    a.number(value);
  }
}

template <typename A, typename T>
requires std::is_same_v<std::remove_const_t<T>, Timestamp> || std::is_same_v<std::remove_const_t<T>, Duration>
void describe(A& a, T& value) {
  std::int64_t micros = 0;
  if constexpr (std::is_same_v<std::remove_const_t<T>, Timestamp>) {
    micros = value.time_since_epoch().count();
  } else {
    micros = value.count();
  }
  a.number(micros);
  if constexpr (A::kReads) value = std::remove_const_t<T>(Duration{micros});
}

inline void describe(Writer& a, const Pubkey& key) { a.raw(key.view()); }
inline void describe(Reader& a, Pubkey& key) {
  const auto bytes = a.raw(key.bytes.size());
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
}

template <typename A>
void describe_size(A& a, std::size_t& size) {
  auto count = static_cast<std::uint32_t>(size);
  a.number(count);
  if constexpr (A::kReads) {
    a.require(count <= a.remaining());  // every element takes a byte at least
    size = a.ok() ? count : 0;
  }
}

inline void describe(Writer& a, const std::string& text) {
  auto size = text.size();
  describe_size(a, size);
  a.raw(as_bytes(text));
}
inline void describe(Reader& a, std::string& text) {
  std::size_t size = 0;
  describe_size(a, size);
  text = as_text(a.raw(size));
}

template <typename A, typename T>
void describe_optional(A& a, T& value) {
  bool present = value.has_value();
  describe(a, present);
  if constexpr (A::kReads) {
    if (present) value.emplace();
  }
  if (present) describe(a, *value);
}

// Each element is described by each(archive, element).
template <typename A, typename Items, typename Each>
void describe_all(A& a, Items& items, const Each& each) {
  auto size = items.size();
  describe_size(a, size);
  for (std::size_t i = 0; i < size && a.ok(); ++i) {
    if constexpr (A::kReads) items.emplace_back();  // one by one: a forged count must not ask for memory
    each(a, items[i]);
  }
}
template <typename A, typename Items>
void describe_all(A& a, Items& items) {
  describe_all(a, items, [](A& archive, auto& item) { describe(archive, item); });
}

}  // namespace dz::evidence
