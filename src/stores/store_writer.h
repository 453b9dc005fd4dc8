// Writes rows into a real store, in the schema that the DoubleZero stack has there. The rows come as the line protocol
// that devices, controller and QA send (docs/formats/line-protocol.md).
//
//   InfluxDB    intfCounters and QA rows, as they are
//   ClickHouse  intfCounters, getconfig calls and QA rows, in the tables of the lake and the controller
//   Prometheus  getconfig calls, as the controller's counters when they are scraped
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "telemetry/store_query.h"

namespace dz::stores {

struct SplitLines {
  std::string served, rest;  // line protocol; `rest` is what the store has no tables for
};
SplitLines split_for_store(telemetry::StoreKind kind, std::string_view lines);

class StoreWriter {
 public:
  // Makes the database and its tables where there are none; Prometheus has neither. Names are the writer's own: a
  // database of letters, digits, '-' and '_'.
  static Result<std::unique_ptr<StoreWriter>> open(telemetry::StoreKind kind, const std::string& url,
                                                   const std::string& database);
  virtual ~StoreWriter() = default;

  // `lines` are what split_for_store() calls served, each device's in order of time; `ingested` is when the store gets
  // to know of them. Retry: the store could not take them now; the same lines may be written again.
  virtual Result<void> write(std::string_view lines, Timestamp ingested) = 0;
};

}  // namespace dz::stores
