// Minutes of subjects of which hardly any has something in some of the planes: errors or discards of an interface, lost
// samples of a direction, excuses of a device. Rare planes come in groups; a group has rows for the subjects that have
// something in it alone: a row is made with the first minute, and given up when the last one has left the ring. All
// else is as in a MinuteTable.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "evidence/ring.h"

namespace dz::evidence {

// One group: rows for those who need one.
template <int Planes>
class RareMinutes {
  using Table = MinuteTable<Planes, 64>;

 public:
  static constexpr std::size_t kBytes = kRingWords * sizeof(typename Table::Word);  // of a subject that has a row

  void resize(std::uint32_t subjects) { rows_.resize(subjects, kNoRow); }
  typename Table::Row operator[](std::uint32_t subject) const {
    return has(subject) ? table_[rows_[subject]] : typename Table::Row();
  }
  bool has(std::uint32_t subject) const { return rows_[subject] != kNoRow; }
  bool put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    return (has(subject) || (bits & mask) != 0) && table_.put(row_of(subject), plane, w, mask, bits);
  }
  void erase(std::uint32_t subject) {
    if (!has(subject)) return;
    table_.erase(rows_[subject]);
    give_up(subject);
  }
  void erase_from(MinuteIndex m) { table_.erase_from(m); }
  void make_room(std::int32_t w) {
    table_.make_room(w);
    for (std::uint32_t subject = 0; subject < rows_.size(); ++subject) {
      if (has(subject) && table_.is_empty(rows_[subject])) give_up(subject);
    }
  }
  void restart(std::int32_t newest) { table_.restart(newest); }

 private:
  static constexpr std::uint32_t kNoRow = UINT32_MAX;

  std::uint32_t row_of(std::uint32_t subject) {
    auto& row = rows_[subject];
    if (row != kNoRow) return row;
    if (spare_.empty()) {
      row = table_.size();
      table_.resize(row + 1);
    } else {
      row = spare_.back();
      spare_.pop_back();
    }
    return row;
  }
  void give_up(std::uint32_t subject) { spare_.push_back(std::exchange(rows_[subject], kNoRow)); }

  Table table_;
  std::vector<std::uint32_t> rows_;   // in table_, by subject
  std::vector<std::uint32_t> spare_;  // rows that are empty
};

// kRare: a group each; bit p says that plane p is of it. At least one plane is of none.
template <int Planes, std::uint32_t... kRare>
class SparseMinutes {
  static constexpr std::size_t kGroups = sizeof...(kRare);
  static constexpr std::array<std::uint32_t, kGroups> kMasks{kRare...};
  static_assert(((kRare != 0) && ...) && (std::popcount(kRare) + ...) == std::popcount((kRare | ...)));
  // 0: of none.
  static constexpr std::size_t group_of(int plane) {
    for (std::size_t group = 0; group < kGroups; ++group) {
      if ((kMasks[group] >> plane & 1) != 0) return group + 1;
    }
    return 0;
  }
  // The group of each plane, and its place among those of its group.
  struct Place {
    std::uint8_t group, place;
  };
  static constexpr auto kPlaces = [] {
    std::array<Place, Planes> places{};
    std::array<std::uint8_t, kGroups + 1> next{};
    for (int plane = 0; plane < Planes; ++plane) {
      const auto group = group_of(plane);
      places[static_cast<std::size_t>(plane)] = {static_cast<std::uint8_t>(group), next[group]++};
    }
    return places;
  }();
  static constexpr Place place_of(int plane) { return kPlaces[static_cast<std::size_t>(plane)]; }
  static constexpr int kCommonPlanes = Planes - (std::popcount(kRare) + ...);
  static_assert(kCommonPlanes > 0);
  using Common = MinuteTable<kCommonPlanes>;
  using Rare = std::tuple<RareMinutes<std::popcount(kRare)>...>;

 public:
  static constexpr int kPlanes = Planes;
  // What each subject takes, and what one with something in a group takes beside.
  static constexpr std::size_t kBytes = kRingWords * sizeof(typename Common::Word) + kGroups * sizeof(std::uint32_t);
  static constexpr std::array<std::size_t, kGroups> kRareBytes{RareMinutes<std::popcount(kRare)>::kBytes...};

  // 64 minutes of every plane.
  class Word {
   public:
    std::uint64_t operator[](std::size_t plane) const { return words_[kPlaces[plane].group][kPlaces[plane].place]; }

   private:
    friend class SparseMinutes;
    std::array<const std::uint64_t*, kGroups + 1> words_;
  };

  // As MinuteTable::Row.
  class Row {
   public:
    Row() = default;
    Word word(std::int32_t w, int slot) const {
      Word word;
      word.words_[0] = common_.word(w, slot).data();
      std::size_t group = 0;
      std::apply([&](const auto&... rare) { ((word.words_[++group] = rare.word(w, slot).data()), ...); }, rare_);
      return word;
    }
    bool test(int plane, MinuteIndex m) const {
      const auto w = word_of(m);
      return (word(w, slot_of(w))[static_cast<std::size_t>(plane)] & bit_of(m)) != 0;
    }

   private:
    friend class SparseMinutes;
    typename Common::Row common_;
    std::tuple<typename MinuteTable<std::popcount(kRare), 64>::Row...> rare_;
  };

  std::uint32_t size() const { return common_.size(); }
  void resize(std::uint32_t subjects) {
    common_.resize(subjects);
    each([&](auto& rare) { rare.resize(subjects); });
  }

  Row operator[](std::uint32_t subject) const {
    Row row;
    row.common_ = common_[subject];
    row.rare_ = std::apply([&](const auto&... rare) { return std::tuple(rare[subject]...); }, rare_);
    return row;
  }
  bool test(std::uint32_t subject, int plane, MinuteIndex m) const {
    const auto [group, place] = place_of(plane);
    return group == 0 ? common_.test(subject, place, m) : (*this)[subject].test(plane, m);
  }
  // Whether the subject has something in a group (0 is the first).
  template <std::size_t kGroup>
  bool has(std::uint32_t subject) const {
    return std::get<kGroup>(rare_).has(subject);
  }

  // As MinuteTable's.
  void set(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), bit_of(m)); }
  void clear(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), 0); }
  bool put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    if (w > common_.newest()) make_room(w);
    const auto [group, place] = place_of(plane);
    if (group == 0) return common_.put(subject, place, w, mask, bits);
    std::size_t number = 0;
    bool changed = false;
    each([&, g = group, p = place](auto& rare) {
      if (++number == g) changed = rare.put(subject, p, w, mask, bits);
    });
    return changed;
  }
  void erase(std::uint32_t subject) {
    common_.erase(subject);
    each([&](auto& rare) { rare.erase(subject); });
  }
  void erase_from(MinuteIndex m) {
    common_.erase_from(m);
    each([&](auto& rare) { rare.erase_from(m); });
  }

  // For snapshots, as MinuteTable's.
  static constexpr std::int32_t kNothing = Common::kNothing;
  std::int32_t newest() const { return common_.newest(); }
  void restart(std::int32_t newest) {
    common_.restart(newest);
    each([&](auto& rare) { rare.restart(newest); });
  }

 private:
  template <typename Call>
  void each(const Call& call) {
    std::apply([&](auto&... rare) { (call(rare), ...); }, rare_);
  }
  // All tables end at the same minute, so that what has left one has left the others.
  void make_room(std::int32_t w) {
    common_.make_room(w);
    each([&](auto& rare) { rare.make_room(w); });
  }

  Common common_;
  Rare rare_;
};

}  // namespace dz::evidence
