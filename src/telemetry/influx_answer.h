// What InfluxDB's JSON answers mean. The names that question and answer must agree on are here, once.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "telemetry/store_query.h"

namespace dz::influx {

struct CounterField {
  std::string_view name;  // of the field; its columns are this with underscores
  std::optional<CounterSpan> StoreRows::CounterMinute::*span;
};
inline constexpr std::array<CounterField, 5> kCounterFields = {
    {{"in-octets", &StoreRows::CounterMinute::in_octets},
     {"out-octets", &StoreRows::CounterMinute::out_octets},
     {"in-errors", &StoreRows::CounterMinute::in_errors},
     {"out-errors", &StoreRows::CounterMinute::out_errors},
     {"in-fcs-errors", &StoreRows::CounterMinute::in_fcs_errors}}};
inline constexpr std::array<std::string_view, 3> kAggregates = {"first", "max", "last"};

std::string column_of(const CounterField& field, std::string_view aggregate);  // "in_octets_first"

// In which unit times come: minutes need seconds, the rest is asked to the nanosecond ("us" is not understood by all).
std::string_view precision_of(StoreSubject subject);

}  // namespace dz::influx
