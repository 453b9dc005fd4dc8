// What is known of devices and sources besides their evidence, as whoever takes the rows noticed it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/pubkey.h"
#include "base/time.h"
#include "evidence/tally.h"

namespace dz::control {

// The times of a device's rows went back, by how much and when.
struct TimesBack {
  Duration by{};
  Timestamp at;
  bool operator==(const TimesBack&) const = default;
};

struct KnownFacts {
  std::map<Pubkey, Duration> clock_ahead;             // devices whose rows come from the future, by how much
  std::map<Pubkey, Duration> rows_late;               // devices whose rows come after their minute was closed
  std::set<Pubkey> perhaps_late;                      // whose rows come so too, but it is not known whether that stands
  std::map<Pubkey, TimesBack> times_back;             // devices whose rows are stamped before earlier ones
  std::map<Pubkey, Pubkey> old_pubkey;                // devices whose rows come under that pubkey
  std::map<evidence::Source, std::string> of_source;  // what its store said last, where it does not answer
  // The newest row of a device that pushes, so far; empty: none does.
  std::function<std::optional<Timestamp>(const Pubkey& device)> heard = {};
};

}  // namespace dz::control
