// ClickHouse's dialect: SQL over HTTP with functions that 18.16 knows and current releases still do. Columns may be
// DateTime or DateTime64, UInt8 or Bool, Nullable or not. The project's own questions come as tab-separated rows with
// totals, which end the answer, so that a cut or an exception in the middle is seen; an added criterion's as JSON,
// which cannot be cut unseen. docs/formats/store-queries.md
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/store_query.h"

namespace dz::telemetry {

Result<StoreRequest> render_clickhouse_question(const StoreSettings& store, const StoreQuestion& question);
Result<StoreRows> read_clickhouse_answer(const StoreSettings& store, const StoreQuestion& question,
                                         const StoreAnswer& answer);

namespace clickhouse {

// The counters of the table, named as there. Those of events come last: older tables have none.
struct Counter {
  std::string_view name;
  std::optional<CounterSpan> StoreRows::CounterMinute::*span;
  std::optional<std::uint64_t> StoreRows::Baseline::*baseline = nullptr;  // of a sparse one
};
inline constexpr std::array<Counter, 8> kCounters = {
    {{"in_octets", &StoreRows::CounterMinute::in_octets},
     {"out_octets", &StoreRows::CounterMinute::out_octets},
     {"in_errors", &StoreRows::CounterMinute::in_errors, &StoreRows::Baseline::in_errors},
     {"out_errors", &StoreRows::CounterMinute::out_errors, &StoreRows::Baseline::out_errors},
     {"in_fcs_errors", &StoreRows::CounterMinute::in_fcs_errors, &StoreRows::Baseline::in_fcs_errors},
     {"in_discards", &StoreRows::CounterMinute::in_discards, &StoreRows::Baseline::in_discards},
     {"out_discards", &StoreRows::CounterMinute::out_discards, &StoreRows::Baseline::out_discards},
     {"carrier_transitions", &StoreRows::CounterMinute::carrier_transitions,
      &StoreRows::Baseline::carrier_transitions}}};
inline constexpr std::size_t kWithoutEvents = 5;
std::span<const Counter> counters_of(const StoreQuestion& question);  // that it asks for

// The columns of a question's answer, in order; the reader expects exactly these. Empty for an added criterion.
std::vector<std::string> columns_of(const StoreQuestion& question);
// The column that is added to the query of an added criterion: its `minute` in seconds since the epoch, whatever its
// type.
inline constexpr std::string_view kAddedMinute = "dz_minute";

}  // namespace clickhouse
}  // namespace dz::telemetry
