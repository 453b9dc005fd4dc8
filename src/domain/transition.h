// A row of a lifecycle: given what is in force, what is wanted and what is known, what comes next. Each profile has its
// rows (profile.h).
#pragma once

#include <initializer_list>
#include <optional>
#include <span>

#include "domain/words.h"

namespace dz {

// A small set of enumerators, as bits.
template <typename Word>
class WordSet {
 public:
  constexpr WordSet(std::initializer_list<Word> words) {
    for (const Word word : words) bits_ |= 1U << static_cast<unsigned>(word);
  }
  constexpr bool contains(Word word) const { return (bits_ >> static_cast<unsigned>(word) & 1U) != 0; }
  bool operator==(const WordSet&) const = default;

 private:
  unsigned bits_ = 0;
};

// What has to be proven besides, where the ledger program itself keeps neither intent nor evidence honest.
enum class Needs : std::uint8_t {
  Nothing,
  OwnHealth,  // the health was written by a health authority, not forced by the program or set by somebody else
  Undrain     // after the record was drained its contributor asked for its return, and was judged anew after that
};

struct Transition {
  WordSet<Status> from;
  WordSet<DesiredStatus> desired;
  WordSet<Health> health;
  Status to;
  Needs needs = Needs::Nothing;
};

inline constexpr WordSet<Health> kAnyHealth{Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired,
                                            Health::ReadyForLinks};

// The first row that fits; null when the record stays as it is.
constexpr const Transition* next_transition(std::span<const Transition> rows, Status status, DesiredStatus desired,
                                            Health health) {
  for (const auto& row : rows) {
    if (row.from.contains(status) && row.desired.contains(desired) && row.health.contains(health)) return &row;
  }
  return nullptr;
}

}  // namespace dz
