// Minutes of subjects of which hardly any has something in some of the planes: errors of an interface, lost samples of
// a direction, excuses of a device. These rare planes have rows for the subjects that do alone: a row is made with the
// first minute, and given up when the last one has left the ring. All else is as in a MinuteTable.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "evidence/ring.h"

namespace dz::evidence {

// kRare: bit p says that plane p is rare. At least one is, and one is not.
template <int Planes, std::uint32_t kRare>
class SparseMinutes {
  static constexpr bool is_rare(int plane) { return (kRare >> plane & 1) != 0; }
  // The place of each plane among those of its sort.
  static constexpr auto kPlaces = [] {
    std::array<std::uint8_t, Planes> places{};
    std::array<std::uint8_t, 2> next{};
    for (int plane = 0; plane < Planes; ++plane) places[static_cast<std::size_t>(plane)] = next[is_rare(plane)]++;
    return places;
  }();
  static constexpr int kRarePlanes = [] {
    int rare = 0;
    for (int plane = 0; plane < Planes; ++plane) rare += is_rare(plane) ? 1 : 0;
    return rare;
  }();
  static_assert(kRarePlanes > 0 && kRarePlanes < Planes);
  using Common = MinuteTable<Planes - kRarePlanes>;
  using Rare = MinuteTable<kRarePlanes, 64>;

 public:
  static constexpr int kPlanes = Planes;
  // What each subject takes, and what one with something in a rare plane takes beside.
  static constexpr std::size_t kBytes = kRingWords * sizeof(typename Common::Word) + sizeof(std::uint32_t);
  static constexpr std::size_t kRareBytes = kRingWords * sizeof(typename Rare::Word);

  // 64 minutes of every plane.
  class Word {
   public:
    std::uint64_t operator[](std::size_t plane) const {
      return is_rare(static_cast<int>(plane)) ? (*rare_)[kPlaces[plane]] : (*common_)[kPlaces[plane]];
    }

   private:
    friend class SparseMinutes;
    Word(const typename Common::Word& common, const typename Rare::Word& rare) : common_(&common), rare_(&rare) {}
    const typename Common::Word* common_;
    const typename Rare::Word* rare_;
  };

  // As MinuteTable::Row.
  class Row {
   public:
    Row() = default;
    Word word(std::int32_t w, int slot) const { return {common_.word(w, slot), rare_.word(w, slot)}; }
    bool test(int plane, MinuteIndex m) const {
      return is_rare(plane) ? rare_.test(place_of(plane), m) : common_.test(place_of(plane), m);
    }

   private:
    friend class SparseMinutes;
    typename Common::Row common_;
    typename Rare::Row rare_;
  };

  std::uint32_t size() const { return common_.size(); }
  void resize(std::uint32_t subjects) {
    common_.resize(subjects);
    rows_.resize(subjects, kNoRow);
  }

  Row operator[](std::uint32_t subject) const {
    Row row;
    row.common_ = common_[subject];
    if (rows_[subject] != kNoRow) row.rare_ = rare_[rows_[subject]];
    return row;
  }
  bool test(std::uint32_t subject, int plane, MinuteIndex m) const { return (*this)[subject].test(plane, m); }

  // As MinuteTable's.
  void set(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), bit_of(m)); }
  void clear(std::uint32_t subject, int plane, MinuteIndex m) { put(subject, plane, word_of(m), bit_of(m), 0); }
  void put(std::uint32_t subject, int plane, std::int32_t w, std::uint64_t mask, std::uint64_t bits) {
    if (w > common_.newest()) make_room(w);
    if (!is_rare(plane)) return common_.put(subject, place_of(plane), w, mask, bits);
    if (rows_[subject] == kNoRow && (bits & mask) == 0) return;
    rare_.put(row_of(subject), place_of(plane), w, mask, bits);
  }
  void erase(std::uint32_t subject) {
    common_.erase(subject);
    if (rows_[subject] == kNoRow) return;
    rare_.erase(rows_[subject]);
    give_up(subject);
  }
  void erase_from(MinuteIndex m) {
    common_.erase_from(m);
    rare_.erase_from(m);
  }

  // For snapshots, as MinuteTable's.
  static constexpr std::int32_t kNothing = Common::kNothing;
  std::int32_t newest() const { return common_.newest(); }
  void restart(std::int32_t newest) {
    common_.restart(newest);
    rare_.restart(newest);
  }

 private:
  static constexpr std::uint32_t kNoRow = UINT32_MAX;
  static constexpr int place_of(int plane) { return kPlaces[static_cast<std::size_t>(plane)]; }

  // Both tables end at the same minute, so that what has left one has left the other.
  void make_room(std::int32_t w) {
    common_.make_room(w);
    rare_.make_room(w);
    for (std::uint32_t subject = 0; subject < rows_.size(); ++subject) {
      if (rows_[subject] != kNoRow && rare_.is_empty(rows_[subject])) give_up(subject);
    }
  }
  std::uint32_t row_of(std::uint32_t subject) {
    auto& row = rows_[subject];
    if (row != kNoRow) return row;
    if (spare_.empty()) {
      row = rare_.size();
      rare_.resize(row + 1);
    } else {
      row = spare_.back();
      spare_.pop_back();
    }
    return row;
  }
  void give_up(std::uint32_t subject) { spare_.push_back(std::exchange(rows_[subject], kNoRow)); }

  Common common_;
  Rare rare_;
  std::vector<std::uint32_t> rows_;   // in rare_, by subject
  std::vector<std::uint32_t> spare_;  // rows that are empty
};

}  // namespace dz::evidence
