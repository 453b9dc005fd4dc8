// What is known of devices and sources besides their evidence, as whoever takes the rows noticed it.
#pragma once

#include <algorithm>
#include <map>
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
};

struct KnownFacts {
  std::map<Pubkey, Duration> clock_ahead;             // devices whose rows come from the future, by how much
  std::map<Pubkey, Duration> rows_late;               // devices whose rows come after their minute was closed
  std::set<Pubkey> perhaps_late;                      // whose rows come so too, but it is not known whether that stands
  std::map<Pubkey, TimesBack> times_back;             // devices whose rows are stamped before earlier ones
  std::map<Pubkey, Pubkey> old_pubkey;                // devices whose rows come under that pubkey
  std::map<Pubkey, Timestamp> heard;                  // the newest row of each device that pushes
  std::map<evidence::Source, std::string> of_source;  // what its store said last, where it does not answer

  // The same is known of the same ones, but for how far, and what was heard since.
  bool names_the_same(const KnownFacts& other) const {
    const auto keys = [](const auto& a, const auto& b) {
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [](const auto& x, const auto& y) { return x.first == y.first; });
    };
    return keys(clock_ahead, other.clock_ahead) && keys(rows_late, other.rows_late) &&
           keys(times_back, other.times_back) && keys(old_pubkey, other.old_pubkey) && keys(of_source, other.of_source);
  }
};

}  // namespace dz::control
