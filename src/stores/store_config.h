// Settings files of the three servers as the tests run them: everything below one folder, loopback only, quiet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "telemetry/store_query.h"

namespace dz::stores {

// How much one question may cost the server.
enum class StoreLimits : std::uint8_t {
  Usual,
  Tight,  // less than an hour of a small network: 30 buckets of InfluxDB, 60 rows of ClickHouse, 150 samples of
          // Prometheus
};

struct StorePlace {
  std::string program, folder;
  StoreLimits limits = StoreLimits::Usual;
  std::uint16_t port = 0;      // of HTTP
  std::uint16_t own_port = 0;  // InfluxDB also listens for its own backups, ClickHouse for the others of a cluster
};

// ClickHouse alone: a cluster of these servers, a shard each, for all who have this text in FOLDER/conf.d.
std::string cluster_config(const std::string& name, const std::vector<std::uint16_t>& own_ports);

// Writes the settings into the folder. Returns how to start the server on them.
Result<std::vector<std::string>> write_store_config(telemetry::StoreKind kind, const StorePlace& place);

}  // namespace dz::stores
