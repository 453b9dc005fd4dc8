// Private to octets*.cpp: the readings of closed minutes, wherever they lie.
#pragma once

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <vector>

#include "evidence/octets.h"

namespace dz::evidence {

// So many minutes after a fall it is decided.
inline constexpr MinuteIndex kDecisive = static_cast<MinuteIndex>(kReplayTime / std::chrono::minutes{1}) + 1;

inline MinuteIndex minute_of_reading(const Reading& reading) { return index_of(minute_of(reading.at)); }
inline PortPlane octet_plane(std::size_t counter) { return kOctetCounters[counter]; }

// A reading; none: the minute has data, but its reading is not kept.
struct Step {
  MinuteIndex minute = 0;
  std::optional<Reading> reading;
};

// Where readings of m stand among those of minutes, or would.
template <typename Readings>
auto place_of(Readings& readings, MinuteIndex m) {
  return std::lower_bound(readings.begin(), readings.end(), m,
                          [](const MinuteReadings& r, MinuteIndex minute) { return r.minute < minute; });
}

// The greatest of some readings within a time, each question in a few steps.
class Greatest {
 public:
  // In order of time; they outlive the object.
  explicit Greatest(std::span<const Reading> readings) : readings_(readings), spans_(1) {
    for (const auto& reading : readings) spans_[0].push_back(reading.value);
    for (std::size_t half = 1; 2 * half <= readings.size(); half *= 2) {
      const auto& of_half = spans_.back();
      std::vector<std::uint64_t> next(readings.size() + 1 - 2 * half);
      for (std::size_t i = 0; i < next.size(); ++i) next[i] = std::max(of_half[i], of_half[i + half]);
      spans_.push_back(std::move(next));
    }
  }

  // After the one time, and not after the other; 0 when there is none.
  std::uint64_t within(Timestamp after, Timestamp until) const {
    const auto is_before = [](Timestamp t, const Reading& reading) { return t < reading.at; };
    const auto first = std::upper_bound(readings_.begin(), readings_.end(), after, is_before);
    const auto last = std::upper_bound(first, readings_.end(), until, is_before);
    if (first == last) return 0;
    const auto count = static_cast<std::size_t>(last - first),
               begin = static_cast<std::size_t>(first - readings_.begin());
    const auto power = static_cast<std::size_t>(std::bit_width(count)) - 1;
    return std::max(spans_[power][begin], spans_[power][begin + count - (std::size_t{1} << power)]);
  }

 private:
  std::span<const Reading> readings_;
  std::vector<std::vector<std::uint64_t>> spans_;  // [k][i]: of 2^k readings from i on
};

class PortOctets::Past {
 public:
  // ring: what lies on the shelf of minutes without data in it is of minutes that never were, or of a port that had the
  // name before, and is none. Null: nothing is judged by it.
  Past(const PortOctets& octets, const PortShelf& shelf, const PortRing* ring)
      : shelf_(shelf), ring_(ring), recent_(piece_of(octets.recent_from_)) {
    for (const auto& readings : octets.recent()) {
      pieces_[piece_of(readings.minute)].readings.push_back(readings);
    }
  }

  std::size_t pieces() const { return pieces_.size(); }

  // None is kept: null.
  const MinuteReadings* at(MinuteIndex m) const {
    const auto& readings = piece(piece_of(m)).readings;
    const auto it = place_of(readings, m);
    return it != readings.end() && it->minute == m ? &*it : nullptr;
  }

  // Whether the minute of both had rows between them that were not kept, as far as is known.
  bool left_out_between(std::size_t counter, const Reading& earlier, const Reading& later) const {
    const auto* readings = at(minute_of_reading(later));
    return readings != nullptr && readings->last[counter] && *readings->first[counter] <= earlier &&
           later <= *readings->last[counter];
  }

  void add(std::size_t counter, const Reading& reading) {
    const auto m = minute_of_reading(reading);
    auto& own = piece(piece_of(m));
    auto it = place_of(own.readings, m);
    if (it == own.readings.end() || it->minute != m) it = own.readings.insert(it, MinuteReadings{.minute = m});
    it->add(counter, reading);
    own.changed = true;
  }

  // Puts what changed where it belongs, and returns what belongs in memory.
  std::vector<MinuteReadings> write_back() const {
    std::vector<MinuteReadings> recent;
    for (const auto& [number, own] : pieces_) {
      if (number >= recent_) {
        recent.insert(recent.end(), own.readings.begin(), own.readings.end());
      } else if (own.changed) {
        shelf_.put(number, own.readings);
      }
    }
    return recent;
  }

  // Every minute of the ring with data in [from, to), with what is kept of the counter; minutes that have only rows
  // without it are left out.
  std::vector<Step> steps(std::size_t counter, const PortRing& ring, MinuteIndex from, MinuteIndex to) const {
    std::vector<Step> steps;
    for (auto m = ring.data_from(from); m != PortRing::kNone && m < to; m = ring.data_from(m + 1)) {
      const auto* readings = at(m);
      if (readings == nullptr) {
        steps.push_back({m, std::nullopt});
      } else if (readings->last[counter]) {
        steps.push_back({m, readings->last[counter]});
      }
    }
    return steps;
  }
  // The nearest such minute before m, or from m on.
  std::optional<Step> step_before(std::size_t counter, const PortRing& ring, MinuteIndex m) const {
    for (m = ring.data_before(m); m != PortRing::kNone; m = ring.data_before(m)) {
      if (auto step = steps(counter, ring, m, m + 1); !step.empty()) return step.front();
    }
    return std::nullopt;
  }
  std::optional<Step> step_from(std::size_t counter, const PortRing& ring, MinuteIndex m) const {
    for (m = ring.data_from(m); m != PortRing::kNone; m = ring.data_from(m + 1)) {
      if (auto step = steps(counter, ring, m, m + 1); !step.empty()) return step.front();
    }
    return std::nullopt;
  }

 private:
  struct Piece {
    std::vector<MinuteReadings> readings;
    bool changed = false;
  };
  Piece& piece(std::int32_t number) const {
    const auto [it, fresh] = pieces_.try_emplace(number);
    if (fresh && number < recent_) it->second.readings = shelf_.get(number);
    if (fresh && ring_ != nullptr) {
      std::erase_if(it->second.readings, [&](const MinuteReadings& r) { return !ring_->test(kData, r.minute); });
    }
    return it->second;
  }

  const PortShelf& shelf_;
  const PortRing* ring_;
  std::int32_t recent_;
  mutable std::map<std::int32_t, Piece> pieces_;
};

}  // namespace dz::evidence
