// For the tests of evidence/: evidence, a clock that only moves forward, and rows told in minutes and seconds.
#pragma once

#include <string>

#include "base/pubkey.h"
#include "evidence/evidence.h"
#include "evidence/ring.h"

namespace dz::evidence {

inline const Minute kDay = minute_of(*parse_timestamp("2026-11-23T00:00:00Z"));

inline Minute day_minute(int m) { return kDay + std::chrono::minutes{m}; }
inline Timestamp day_time(int m, double seconds = 0) {
  return Timestamp{day_minute(m)} + Duration{static_cast<std::int64_t>(seconds * 1e6)};
}

inline Pubkey numbered_key(int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);
  key.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  key.bytes[31] = 0x5a;
  return key;
}

// The endpoint accepts from minute 0 of the day on; minutes close as the clock passes them by 30 s.
struct Watched {
  Evidence evidence;
  int closed = 0;

  Timestamp now() const { return day_time(closed, 30); }

  // Closes every minute before m.
  void close(int m) {
    closed = m;
    evidence.accepting(day_time(0), now());
    evidence.advance(now());
  }
  void octets(int device, Timestamp at, std::uint64_t value, std::string_view name = "Ethernet1") {
    (void)evidence.add_counters(numbered_key(device), name, {at, value, value, {}, {}, {}}, std::max(at, now()));
  }
  void octets(int device, int m, std::string_view name = "Ethernet1") {
    const auto base = static_cast<std::uint64_t>(m + 1000) * 100;
    octets(device, day_time(m, 5), base, name);
    octets(device, day_time(m, 45), base + 50, name);
  }
  void errors(int device, Timestamp at, std::uint64_t value, std::string_view name = "Ethernet1") {
    (void)evidence.add_counters(numbered_key(device), name, {at, {}, {}, value, {}, {}}, std::max(at, now()));
  }
  MinuteState interface(int device, Signal signal, int m, std::string_view name = "Ethernet1") const {
    return evidence.minute(evidence.find_interface(numbered_key(device), name), signal, day_minute(m));
  }
  MinuteState device(int n, Signal signal, int m) const {
    return evidence.minute(evidence.find_device(numbered_key(n)), signal, day_minute(m));
  }
  // A window in minutes of the day, and what is allowed in it.
  struct Asked {
    int from, to;
    int bad = 0, unobserved = 15;
  };
  SignalTally tally(int device, Signal signal, const Asked& asked) const {
    return evidence.tally(evidence.find_interface(numbered_key(device), "Ethernet1"), signal,
                          {day_minute(asked.from), day_minute(asked.to), asked.bad, asked.unobserved});
  }
};

}  // namespace dz::evidence
