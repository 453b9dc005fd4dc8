// Rows a second that are durable when they are acknowledged, by HTTP: the monitor, and InfluxDB beside it on the same
// machine and the same bodies. Without an influxd the comparison is left out, and said to be.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "monitor/monitor_api.h"
#include "net/http_client.h"
#include "stores/store_http.h"
#include "stores/store_server.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;

constexpr int kDevices = 8, kPorts = 25, kRowsABody = 5000, kBodies = 40;

// Rows as EOS sends them: every octet and packet counter, about 400 bytes.
std::vector<std::string> make_bodies(const std::vector<Pubkey>& devices, Timestamp start) {
  std::vector<std::string> bodies;
  std::uint64_t row = 0;
  for (int b = 0; b < kBodies; ++b) {
    std::string body;
    for (int i = 0; i < kRowsABody; ++i, ++row) {
      const auto series = row % (kDevices * kPorts), round = row / (kDevices * kPorts);
      const auto octets = 1'000'000'000 + round * 100'000, packets = octets / 600;
      body += fmt::format(
          "intfCounters,dzd_pubkey={},host=dz{:03},intf=Ethernet{}/"
          "1,location=xfra,model_name=DCS-7280CR3A-32S,serial_number=JPE0000{:04} "
          "in-octets={}i,out-octets={}i,in-pkts={}i,out-pkts={}i,in-unicast-pkts={}i,out-unicast-pkts={}i,in-multicast-"
          "pkts={}i,"
          "out-multicast-pkts={}i,in-broadcast-pkts={}i,out-broadcast-pkts={}i {}\n",
          to_text(devices[series / kPorts]), series / kPorts, series % kPorts + 1, series / kPorts, octets, octets,
          packets, packets, packets, packets, packets / 9, packets / 9, packets / 99, packets / 99,
          (start + round * std::chrono::milliseconds{50}).time_since_epoch().count() * 1000 +
              static_cast<std::int64_t>(series));
    }
    bodies.push_back(std::move(body));
  }
  return bodies;
}

double post_all(const std::string& url, const std::vector<std::string>& bodies) {
  net::HttpClient client;
  const auto start = std::chrono::steady_clock::now();
  for (const auto& body : bodies) {
    const auto answer = client.post(url, body, {});
    if (!answer || answer->status != 204) {
      std::fprintf(stderr, "Error: %s answered %d: %s\n", url.c_str(), answer ? answer->status : 0,
                   answer ? answer->body.c_str() : answer.error().message.c_str());
      std::exit(1);
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return kRowsABody * kBodies / took.count();
}

double monitor_rate(const std::filesystem::path& folder) {
  testbed::SmallNetwork network(net::system_now());
  std::vector<Pubkey> devices;
  for (int i = 0; i < kDevices; ++i) devices.push_back(network.add_device("dz" + std::to_string(i), network.alpha));
  auto database = storage::SqliteDatabase::open((folder / "monitor.db").string());
  monitor::MonitorSettings settings;
  settings.write_mode = control::WriteMode::Observe;
  auto monitor = monitor::Monitor::open(network.client(), *database,
                                        {.settings = settings,
                                         .ids = wire::local_program_ids(),
                                         .key = std::nullopt,
                                         .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                        net::system_now());
  (*monitor)->step(net::system_now());
  net::Loop loop;
  auto server = net::HttpServer::listen(loop, {}, {.on_request = [&](const net::HttpRequest& request) {
                                          return answer_monitor_request(**monitor, request, net::system_now());
                                        }});
  const auto bodies = make_bodies(devices, net::system_now() - std::chrono::minutes{1});
  std::thread thread([&] { loop.run(); });
  const auto rate = post_all(fmt::format("http://127.0.0.1:{}/write?db=doublezero", (*server)->port()), bodies);
  loop.stop();
  thread.join();
  return rate;
}

double influx_rate(const stores::StoreServer& influx) {
  net::HttpClient client;
  (void)stores::run_influx(client, influx.url(), "CREATE DATABASE doublezero");
  std::vector<Pubkey> devices(kDevices);
  for (int i = 0; i < kDevices; ++i) devices[static_cast<std::size_t>(i)].bytes.fill(static_cast<std::uint8_t>(i + 1));
  return post_all(influx.url() + "/write?db=doublezero",
                  make_bodies(devices, net::system_now() - std::chrono::minutes{1}));
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("durable-write-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  const auto ours = monitor_rate(folder);
  fmt::print("durable rows by HTTP, {} rows a body\n  monitor  {:>10.0f} rows/s\n", kRowsABody, ours);
  if (const auto influx = stores::StoreServer::start(telemetry::StoreKind::InfluxDb)) {
    const auto theirs = influx_rate(**influx);
    fmt::print("  influxd  {:>10.0f} rows/s\n  ratio    {:.2f}\n", theirs, ours / theirs);
  } else {
    fmt::print("  not compared: {}\n", influx.error().message);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
