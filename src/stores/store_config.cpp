#include "stores/store_config.h"

#include <filesystem>

#include <fmt/format.h>

#include "client/key_file.h"

namespace dz::stores {
namespace {

constexpr const char* kInflux = R"(reporting-disabled = true
bind-address = "127.0.0.1:{own_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
  max-series-per-database = 0
[coordinator]
  max-select-buckets = {buckets}
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "warn"
)";

// The window lets samples of the past day be written while the server runs.
constexpr const char* kPrometheus = R"(global:
  scrape_interval: 15s
storage:
  tsdb:
    out_of_order_time_window: 30h
)";

constexpr const char* kClickHouse = R"(<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><log>{folder}/server.log</log><errorlog>{folder}/error.log</errorlog></logger>
  <http_port>{port}</http_port><tcp_port>{own_port}</tcp_port>
  <listen_host>127.0.0.1</listen_host>
  <max_concurrent_queries>100</max_concurrent_queries><mark_cache_size>67108864</mark_cache_size>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
  <user_files_path>{folder}/user_files/</user_files_path><format_schema_path>{folder}/format_schemas/</format_schema_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile>
  <default_database>default</default_database><timezone>UTC</timezone>
</yandex>
)";

constexpr const char* kClickHouseUsers = R"(<?xml version="1.0"?>
<yandex>
  <profiles><default>
    <max_memory_usage>4000000000</max_memory_usage>
    <max_result_rows>{rows}</max_result_rows>
    <allow_experimental_low_cardinality_type>1</allow_experimental_low_cardinality_type>
  </default></profiles>
  <quotas><default><interval>
    <duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows>
    <execution_time>0</execution_time>
  </interval></default></quotas>
  <users><default>
    <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
  </default></users>
</yandex>
)";

struct Most {
  int buckets = 0, rows = 0;  // 0: any number
  int samples = 50'000'000;   // Prometheus' own default
};
Most most_of(const StorePlace& place) { return place.limits == StoreLimits::Tight ? Most{30, 60, 150} : Most{}; }

Result<void> write(const StorePlace& place, const char* name, const char* text) {
  return client::write_file_atomically(
      place.folder + "/" + name,
      fmt::format(fmt::runtime(text), fmt::arg("folder", place.folder), fmt::arg("port", place.port),
                  fmt::arg("own_port", place.own_port), fmt::arg("buckets", most_of(place).buckets),
                  fmt::arg("rows", most_of(place).rows)),
      0644);
}

}  // namespace

std::string cluster_config(const std::string& name, const std::vector<std::uint16_t>& own_ports) {
  std::string shards;
  for (const auto port : own_ports)
    shards += fmt::format("<shard><replica><host>127.0.0.1</host><port>{}</port></replica></shard>", port);
  return fmt::format("<?xml version=\"1.0\"?>\n<yandex><remote_servers><{0}>{1}</{0}></remote_servers></yandex>\n",
                     name, shards);
}

Result<std::vector<std::string>> write_store_config(telemetry::StoreKind kind, const StorePlace& place) {
  const std::string& folder = place.folder;
  switch (kind) {
    case telemetry::StoreKind::InfluxDb:
      DZ_TRY(write(place, "influxdb.conf", kInflux));
      return std::vector<std::string>{place.program, "run", "-config", folder + "/influxdb.conf"};
    case telemetry::StoreKind::Prometheus:
      DZ_TRY(write(place, "prometheus.yml", kPrometheus));
      return std::vector<std::string>{place.program,
                                      "--config.file=" + folder + "/prometheus.yml",
                                      "--storage.tsdb.path=" + folder + "/data",
                                      fmt::format("--web.listen-address=127.0.0.1:{}", place.port),
                                      "--web.enable-remote-write-receiver",
                                      fmt::format("--query.max-samples={}", most_of(place).samples),
                                      "--storage.tsdb.retention.time=15d",
                                      "--log.level=warn"};
    case telemetry::StoreKind::ClickHouse: break;
  }
  DZ_TRY(write(place, "config.xml", kClickHouse));
  DZ_TRY(write(place, "users.xml", kClickHouseUsers));
  std::error_code error;
  for (const char* part : {"data", "tmp", "user_files", "format_schemas", "conf.d"}) {
    std::filesystem::create_directories(folder + "/" + part, error);
    if (error) return refused(fmt::format("{}/{}: {}", folder, part, error.message()));
  }
  return std::vector<std::string>{place.program, "--config-file=" + folder + "/config.xml"};
}

}  // namespace dz::stores
