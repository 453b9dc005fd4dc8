// What InfluxDB's JSON answers mean. The names that question and answer must agree on are here, once.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "telemetry/store_query.h"

namespace dz::telemetry::influx {

struct CounterField {
  std::string_view name;  // of the field; its columns are this with underscores
  std::optional<CounterSpan> StoreRows::CounterMinute::*span;
  bool with_most;  // whether the greatest value is asked as well as the first and the last
  std::optional<std::uint64_t> StoreRows::Baseline::*baseline = nullptr;  // of a sparse one
  bool of_events = false;  // asked for when the question wants it, and then it may be missing
};
// Every aggregate of a minute costs the server as much again (about 15 us in 1.6). Octets are in every minute, and
// their greatest value differs from the greater of first and last only when they were reset or replayed between the
// two; error counters are sparse and must be exact.
inline constexpr std::array<CounterField, 8> kCounterFields = {
    {{"in-octets", &StoreRows::CounterMinute::in_octets, false},
     {"out-octets", &StoreRows::CounterMinute::out_octets, false},
     {"in-errors", &StoreRows::CounterMinute::in_errors, true, &StoreRows::Baseline::in_errors},
     {"out-errors", &StoreRows::CounterMinute::out_errors, true, &StoreRows::Baseline::out_errors},
     {"in-fcs-errors", &StoreRows::CounterMinute::in_fcs_errors, true, &StoreRows::Baseline::in_fcs_errors},
     {"in-discards", &StoreRows::CounterMinute::in_discards, true, &StoreRows::Baseline::in_discards, true},
     {"out-discards", &StoreRows::CounterMinute::out_discards, true, &StoreRows::Baseline::out_discards, true},
     {"carrier-transitions", &StoreRows::CounterMinute::carrier_transitions, true,
      &StoreRows::Baseline::carrier_transitions, true}}};
inline constexpr std::array<std::string_view, 3> kAggregates = {"first", "max", "last"};
constexpr bool asks(const CounterField& field, std::string_view aggregate) {
  return aggregate != "max" || field.with_most;
}

std::string column_of(const CounterField& field, std::string_view aggregate);  // "in_octets_first"
std::string column_of(const CounterField& field);                              // "in_errors"

// In which unit times come: minutes need seconds, the rest is asked to the nanosecond ("us" is not understood by all).
std::string_view precision_of(StoreSubject subject);

}  // namespace dz::telemetry::influx
