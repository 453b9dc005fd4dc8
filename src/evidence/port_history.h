// For tests alone: a port's life, made up from a seed with every trap that is known (holes, replays, resets, wraps,
// duplicates, rows that come late and in any order), told to an Evidence and to the naive reference, and compared.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "evidence/port_reference.h"
#include "evidence/readings.h"
#include "evidence/testing.h"

namespace dz::evidence {

// SplitMix64: the same numbers on every machine.
class Dice {
 public:
  using result_type = std::uint64_t;
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

class PortHistory {
 public:
  // Dense: a row a second, and so many dips that not all falls of a minute are kept.
  enum class Rows : std::uint8_t { Usual, Dense };
  explicit PortHistory(std::uint64_t seed, Rows rows = Rows::Usual);
  // How many minutes of octet readings lie in memory in the runs to come.
  void keep_in_memory(MinuteIndex minutes) { minutes_in_memory_ = minutes; }

  // What differed first, in words; empty when nothing did. A minute that is stricter than the reference is allowed
  // where rows were left out (docs/formats/evidence.md).
  struct Outcome {
    std::string wrong;
    std::string stricter;
    std::vector<std::string> minutes;  // what the rings say in the end, a minute each
  };
  // Tells the rows, and compares at some passes and at the end. Again: the same.
  Outcome run();
  // Leaves out rows as long as it still goes wrong.
  void shrink();
  // The rows as they were told, one a line.
  std::string story() const;

 private:
  struct Arrival {
    Timestamp at;
    CounterRow row;
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int one_in) { return below(one_in) == 0; }
  bool event_chance(int one_in) { return event_random_() % static_cast<unsigned>(one_in) == 0; }
  void live();
  void show(Timestamp at);
  void show_events(Timestamp at, CounterRow& errors);
  void send(const CounterRow& row);
  void tell(const Arrival& arrival, int closed);
  void close(Timestamp now, std::vector<Arrival>::const_iterator& next);
  Outcome compare(int closed) const;

  Dice random_;
  Dice telling_{0};    // as it stood before the first run
  Dice event_random_;  // of discards and transitions: without them a seed is the history that it always was
  int minutes_;        // how long it lives
  int cadence_;        // seconds
  bool dense_;
  bool has_events_;   // discards and carrier transitions: the reference takes as long for each counter
  bool every_row_;    // error counters are sent with every row, not when they change
  bool wide_ = true;  // 64-bit counters; else they wrap at 2^32
  std::uint64_t in_ = 0, out_ = 0, errors_ = 0, fcs_ = 0, told_errors_ = 0, told_fcs_ = 0;
  std::uint64_t discards_ = 0, carrier_ = 0, told_discards_ = 0, told_carrier_ = 0;
  std::vector<CounterRow> shown_;
  std::vector<CounterRow> buffer_;  // rows that the port could not send
  Timestamp buffered_until_;
  std::vector<Arrival> arrivals_;
  MinuteIndex minutes_in_memory_ = kMinutesInMemory;
  std::unique_ptr<MemoryShelf> shelf_ = std::make_unique<MemoryShelf>();
  Evidence evidence_;
  std::vector<PortReference::Told> told_;
};

}  // namespace dz::evidence
