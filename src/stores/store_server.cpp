#include "stores/store_server.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "client/key_file.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "stores/store_config.h"
#include "stores/store_http.h"

namespace dz::stores {
namespace {

using namespace std::chrono_literals;

constexpr Duration kReady = 30s;
constexpr int kPortTries = 3;  // somebody else may take a port between its choice and its use

Result<std::string> find_program(const char* variable, const char* name) {
  const char* named = std::getenv(variable);
  const std::string path = named != nullptr ? named : fmt::format("{}/bin/{}", DZ_STORES_DIR, name);
  if (access(path.c_str(), X_OK) == 0) return path;
  return not_found(fmt::format(
      "no real {}: expected a program at {}, found none; ./dev install-deps fetches Debian's, {} names another", name,
      path, variable));
}

std::uint16_t free_port_beside(std::uint16_t other) {
  net::Loop loop;
  const net::ServerHandlers nobody{.on_request = [](const net::HttpRequest&) { return net::HttpResponse{}; }};
  for (;;) {
    const auto server = net::HttpServer::listen(loop, {}, nobody);
    if (!server) return 0;
    if ((*server)->port() != other) return (*server)->port();
  }
}

Result<std::string> make_folder() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "doublezero-store-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return refused("making a folder for a store's data: " + pattern);
  return pattern;
}

// Prometheus' own tool turns the samples into blocks of the server's data.
Result<void> backfill(const std::string& folder, const std::string& openmetrics) {
  DZ_TRY_ASSIGN(const std::string promtool, promtool_program());
  const std::string file = folder + "/backfill.om";
  DZ_TRY(client::write_file_atomically(file, openmetrics, 0644));
  DZ_TRY_ASSIGN(const CommandOutput done,
                run_command({promtool, "tsdb", "create-blocks-from", "openmetrics", file, folder + "/data"}));
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  if (done.exit_code != 0) return refused("promtool could not read the history: " + done.text);
  return {};
}

}  // namespace

Result<std::string> store_program(telemetry::StoreKind kind) {
  switch (kind) {
    case telemetry::StoreKind::InfluxDb: return find_program("DZ_INFLUXD", "influxd");
    case telemetry::StoreKind::Prometheus: return find_program("DZ_PROMETHEUS", "prometheus");
    case telemetry::StoreKind::ClickHouse: break;
  }
  return find_program("DZ_CLICKHOUSE", "clickhouse-server");
}

Result<std::string> promtool_program() { return find_program("DZ_PROMTOOL", "promtool"); }

StoreServer::StoreServer(telemetry::StoreKind kind, std::string program, std::string folder)
    : kind_(kind), program_(std::move(program)), folder_(std::move(folder)) {}

StoreServer::~StoreServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<std::unique_ptr<StoreServer>> StoreServer::start(telemetry::StoreKind kind, const std::string& openmetrics,
                                                        StoreLimits limits) {
  DZ_TRY_ASSIGN(std::string program, store_program(kind));
  DZ_TRY_ASSIGN(std::string folder, make_folder());
  std::unique_ptr<StoreServer> server(new StoreServer(kind, std::move(program), std::move(folder)));
  if (!openmetrics.empty()) DZ_TRY(backfill(server->folder_, openmetrics));
  Result<void> up;
  for (int i = 0; i < kPortTries; ++i) {
    DZ_TRY(server->choose_ports(limits));
    up = server->resume();
    if (up) return server;
  }
  return tl::unexpected<Error>(up.error());
}

Result<void> StoreServer::make_cluster(const std::string& name, const std::vector<StoreServer*>& shards) {
  std::vector<std::uint16_t> ports;
  for (const auto* shard : shards) ports.push_back(shard->own_port_);
  for (const auto* shard : shards) {
    DZ_TRY(client::write_file_atomically(shard->folder_ + "/conf.d/cluster.xml", cluster_config(name, ports), 0644));
    net::HttpClient http;
    DZ_TRY(run_clickhouse(http, shard->url_, "SYSTEM RELOAD CONFIG"));
    DZ_TRY_ASSIGN(
        const auto known,
        run_clickhouse(http, shard->url_, "SELECT count() FROM system.clusters WHERE cluster = '" + name + "'"));
    if (known != std::to_string(shards.size()) + "\n")
      return refused(fmt::format("cluster {}: expected {} shards, found {}", name, shards.size(), known));
  }
  return {};
}

// Writes the settings with ports that are free now.
Result<void> StoreServer::choose_ports(StoreLimits limits) {
  StorePlace place{program_, folder_, limits, free_port_beside(0)};
  place.own_port = free_port_beside(place.port);
  if (place.port == 0) return refused("no free port on 127.0.0.1");
  url_ = fmt::format("http://127.0.0.1:{}", place.port);
  own_port_ = place.own_port;
  DZ_TRY_ASSIGN(command_, write_store_config(kind_, place));
  return {};
}

Result<void> StoreServer::resume() {
  if (running()) return {};
  DZ_TRY_ASSIGN(Child child, Child::start(std::string(to_text(kind_)), command_, folder_ + "/output.log"));
  child_.emplace(std::move(child));
  const auto until = std::chrono::steady_clock::now() + kReady;
  while (std::chrono::steady_clock::now() < until && running()) {
    if (ready()) return {};
    std::this_thread::sleep_for(20ms);
  }
  const std::string end = running() ? "did not answer in time" : child_->exit_text();
  stop();
  return refused(fmt::format("{} {}; its last words:\n{}", to_text(kind_), end, log()));
}

bool StoreServer::ready() const {
  net::HttpClient http({.connect_timeout = 1s, .timeout = 2s});
  const auto answer = http.get(url_ + (kind_ == telemetry::StoreKind::Prometheus ? "/-/ready" : "/ping"), {});
  return answer && answer->status / 100 == 2;
}

bool StoreServer::running() { return child_ && child_->running(); }

void StoreServer::stop() {
  if (child_) child_->stop();
}

void StoreServer::kill() {
  if (child_) child_->kill();
}

Duration StoreServer::cpu_time() const {
  if (!child_ || child_->pid() < 0) return Duration{0};
  const auto text = client::read_small_file(fmt::format("/proc/{}/stat", child_->pid()));
  if (!text) return Duration{0};
  // "pid (name) state ppid ..."; utime and stime are fields 14 and 15, in clock ticks.
  std::size_t at = text->rfind(')') + 1;
  for (int field = 3; field < 14; ++field) at = text->find(' ', at + 1);
  char* after = nullptr;
  const long long user = std::strtoll(text->c_str() + at, &after, 10), system = std::strtoll(after, nullptr, 10);
  return std::chrono::microseconds{(user + system) * 1'000'000 / sysconf(_SC_CLK_TCK)};
}

std::string StoreServer::log() const {
  return last_lines(folder_ + "/output.log", 10) + last_lines(folder_ + "/error.log", 10);
}

}  // namespace dz::stores
