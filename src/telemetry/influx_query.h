// InfluxDB's dialect: InfluxQL over /query, which 1.x serves and 2.x and 3 accept in compatibility. One statement a
// request (3 takes no more), everything in the query string (3 reads nothing else), JSON in chunks (1.x and 2.x mark
// all but the last, so that a cut is seen; no row limit of the server applies). docs/formats/store-queries.md
#pragma once

#include "telemetry/store_query.h"

namespace dz::telemetry {

Result<StoreRequest> render_influx_question(const StoreSettings& store, const StoreQuestion& question);
Result<StoreRows> read_influx_answer(const StoreSettings& store, const StoreQuestion& question,
                                     const StoreAnswer& answer);

}  // namespace dz::telemetry
