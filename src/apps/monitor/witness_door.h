// The monitor as a witness of other monitors' logs: POST /add-checkpoint and GET /checkpoints, answered as
// doublezero-witness does (apps/witness/pages.h). What it saw is in a file of its own, STORE-witness: each commit of
// that is on disk when it is made, and it is never set back with the monitor's.
#pragma once

#include <memory>
#include <optional>

#include "monitor/monitor_settings.h"
#include "net/http_server.h"
#include "service/log.h"
#include "storage/sqlite.h"
#include "transparency/witness.h"

namespace dz::monitor_main {

class WitnessDoor {
 public:
  // Settings that were checked. Null: it is nobody's witness.
  static Result<std::unique_ptr<WitnessDoor>> open(const monitor::MonitorSettings& settings, service::LogSink log);

  // None: a request for somebody else.
  std::optional<net::HttpResponse> answer(const net::HttpRequest& request, Timestamp now);
  // The answer to a request, with the conflicts below the page where that is /metrics.
  net::Answer with_conflicts(net::Answer done, const net::HttpRequest& request) const;

 private:
  WitnessDoor(storage::SqliteDatabase database, service::LogSink log)
      : database_(std::move(database)), log_(std::move(log)) {}

  void tell_conflicts();

  storage::SqliteDatabase database_;
  service::LogSink log_;
  std::optional<transparency::Witness> witness_;  // of the database
  std::size_t conflicts_ = 0;                     // that were told
};

}  // namespace dz::monitor_main
