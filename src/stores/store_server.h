// A real InfluxDB, Prometheus or ClickHouse as a child of this process, for tests, demo and bench: on loopback, with
// ports and data of its own. The programs are those of Debian 12, which ./dev puts into build/stores/bin; DZ_INFLUXD,
// DZ_PROMETHEUS, DZ_PROMTOOL and DZ_CLICKHOUSE name others.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "stores/child.h"
#include "stores/store_config.h"
#include "telemetry/store_query.h"

namespace dz::stores {

// Where the program is. NotFound: it cannot be had, and what to do about it; a test skips with these words.
Result<std::string> store_program(telemetry::StoreKind kind);
Result<std::string> promtool_program();

class StoreServer {
 public:
  // Answers requests when it returns. Its folder is made in the system's temporary one and goes with this object.
  // openmetrics: the samples that Prometheus has from the start (a file's text, ending in "# EOF"); the others start
  // empty.
  static Result<std::unique_ptr<StoreServer>> start(telemetry::StoreKind kind, const std::string& openmetrics = "",
                                                    StoreLimits limits = StoreLimits::Usual);
  ~StoreServer();
  StoreServer(const StoreServer&) = delete;
  StoreServer& operator=(const StoreServer&) = delete;

  // ClickHouse alone: these servers, a shard each, are one cluster of that name, whichever of them is asked.
  static Result<void> make_cluster(const std::string& name, const std::vector<StoreServer*>& shards);

  telemetry::StoreKind kind() const { return kind_; }
  const std::string& url() const { return url_; }  // "http://127.0.0.1:PORT"; stays the same over stop() and resume()

  void stop();            // in order
  void kill();            // as a crash
  Result<void> resume();  // after either: with its data, on its port
  bool running();

  // Processor time of the server's process since it was last started; zero when it does not run.
  Duration cpu_time() const;
  // The last lines of what it said, for a failure's report.
  std::string log() const;

 private:
  StoreServer(telemetry::StoreKind kind, std::string program, std::string folder);

  Result<void> choose_ports(StoreLimits limits);
  bool ready() const;

  telemetry::StoreKind kind_;
  std::string program_, folder_, url_;
  std::uint16_t own_port_ = 0;
  std::vector<std::string> command_;
  std::optional<Child> child_;
};

}  // namespace dz::stores
