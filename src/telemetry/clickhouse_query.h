// ClickHouse's dialect: SQL over HTTP with functions that 18.16 knows and current releases still do. Columns may be
// DateTime or DateTime64, UInt8 or Bool, Nullable or not. The project's own questions come as tab-separated rows with
// totals, which end the answer, so that a cut or an exception in the middle is seen; an added criterion's as JSON,
// which cannot be cut unseen. docs/formats/store-queries.md
#pragma once

#include <span>
#include <string_view>

#include "telemetry/store_query.h"

namespace dz::telemetry {

Result<StoreRequest> render_clickhouse_question(const StoreSettings& store, const StoreQuestion& question);
Result<StoreRows> read_clickhouse_answer(const StoreSettings& store, const StoreQuestion& question,
                                         const StoreAnswer& answer);

namespace clickhouse {

// The columns of a question's answer, in order; the reader expects exactly these. Empty for an added criterion.
std::span<const std::string_view> columns_of(StoreSubject subject);
// The column that is added to the query of an added criterion: its `minute` in seconds since the epoch, whatever its
// type.
inline constexpr std::string_view kAddedMinute = "dz_minute";

}  // namespace clickhouse
}  // namespace dz::telemetry
