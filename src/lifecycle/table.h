// The lifecycle of links and devices (one table for both): given what is in force, what is wanted and what is known,
// what comes next. The ledger program, the activator, the CLI's explanations, docs/state-machine.md and the
// exhaustive test all read this table.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string>

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

 private:
  unsigned bits_ = 0;
};

struct Transition {
  WordSet<Status> from;
  WordSet<DesiredStatus> desired;
  WordSet<Health> health;
  Status to;
};

inline constexpr WordSet<Health> kAnyHealth{Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};

inline constexpr std::array<Transition, 3> kLifecycle{{
    {{Status::SoftDrained, Status::HardDrained}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    {{Status::Activated, Status::HardDrained}, {DesiredStatus::SoftDrained}, kAnyHealth, Status::SoftDrained},
    {{Status::Activated, Status::SoftDrained},
     {DesiredStatus::HardDrained, DesiredStatus::Deleted},
     kAnyHealth,
     Status::HardDrained},
}};

// Nothing when the record stays as it is.
constexpr std::optional<Status> next_status(Status status, DesiredStatus desired, Health health) {
  for (const auto& row : kLifecycle) {
    if (row.from.contains(status) && row.desired.contains(desired) && row.health.contains(health)) return row.to;
  }
  return std::nullopt;
}

// The record can be deleted: it is out of service, or was never in it.
inline constexpr WordSet<Status> kDeletable{Status::HardDrained, Status::Requested, Status::Pending, Status::Rejected};
// The record was never in service: either side may delete it.
inline constexpr WordSet<Status> kNeverInService{Status::Requested, Status::Pending, Status::Rejected};
// The states between which people and the activator move a record.
inline constexpr WordSet<Status> kInService{Status::Activated, Status::SoftDrained, Status::HardDrained};

// docs/state-machine.md, whole.
std::string render_state_machine();

}  // namespace dz
