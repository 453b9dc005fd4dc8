// Prometheus' dialect: PromQL over query_range, as Prometheus, VictoriaMetrics, Thanos and Grafana Cloud (with a path
// in front) serve it. The value at a time t speaks for what ended at t: of minute m the value at m + 60 s is asked.
// docs/formats/store-queries.md
#pragma once

#include "telemetry/store_query.h"

namespace dz::telemetry {

Result<StoreRequest> render_prometheus_question(const StoreSettings& store, const StoreQuestion& question);
Result<StoreRows> read_prometheus_answer(const StoreSettings& store, const StoreQuestion& question,
                                         const StoreAnswer& answer);

}  // namespace dz::telemetry
