#include "store_loader.h"

#include <algorithm>

#include <fmt/format.h>

#include "stores/clickhouse_rows.h"
#include "stores/store_http.h"
#include "telemetry/parse_lines.h"

namespace dz {
namespace {

using namespace std::chrono_literals;

constexpr Duration kScrape = 20s, kCall = 5s;
constexpr const char* kVersioned = "versions-a";

// InfluxDB and ClickHouse.
class LineLoader : public StoreLoader {
 public:
  LineLoader(std::unique_ptr<stores::StoreServer> server, std::unique_ptr<stores::StoreWriter> writer,
             const ScenarioNetwork& network)
      : network_(network), writer_(std::move(writer)) {
    server_ = std::move(server);
  }

  void load(const InputPart& part) override {
    const stores::SplitLines lines = stores::split_for_store(server_->kind(), part.lines);
    if (lines.served.empty()) return;
    if (server_->kind() == telemetry::StoreKind::ClickHouse) load_first_versions(lines.served, part.at - 2s);
    const auto written = writer_->write(lines.served, part.at);
    EXPECT_TRUE(written) << written.error().message;
  }

 private:
  // Every row of one device was written once before, with errors in it. The version that was written later counts.
  void load_first_versions(std::string_view lines, Timestamp ingested) {
    const std::string mine = to_text(network_.device(kVersioned));
    std::string first;
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(lines.size(), line.size() + 1));
      if (!line.starts_with("intfCounters") || line.find(mine) == std::string_view::npos) continue;
      const auto time = line.rfind(' ');
      first.append(line.substr(0, time)).append(",in-errors=" + std::to_string(++false_errors_) + "i");
      first.append(line.substr(time)).push_back('\n');
    }
    const auto inserts = first_versions_.convert(first, ingested);
    for (const stores::ClickHouseInsert& one : *inserts) {
      const auto done = stores::run_clickhouse(
          http_, server_->url(),
          fmt::format("INSERT INTO \"{}\".{} ({}) FORMAT TabSeparated", kScenarioDatabase, one.table, one.columns),
          one.rows);
      EXPECT_TRUE(done) << done.error().message;
    }
  }

  const ScenarioNetwork& network_;
  std::unique_ptr<stores::StoreWriter> writer_;
  net::HttpClient http_;
  stores::ClickHouseRows first_versions_;
  std::uint64_t false_errors_ = 0;
};

class PrometheusLoader : public StoreLoader {
 public:
  explicit PrometheusLoader(const ScenarioNetwork& network) : watch_(network) {}

  Result<void> start(const std::vector<InputPart>& parts, Timestamp to) {
    std::vector<stores::MetricSample> past;
    for (const InputPart& part : parts) {
      if (part.at > to) break;
      for (stores::MetricSample& one : watch_.scrapes(part)) past.push_back(std::move(one));
    }
    DZ_TRY_ASSIGN(server_,
                  stores::StoreServer::start(telemetry::StoreKind::Prometheus, render_openmetrics(std::move(past))));
    return {};
  }

  void load(const InputPart& part) override {
    const auto written = write_samples(http_, server_->url(), watch_.scrapes(part));
    EXPECT_TRUE(written) << written.error().message;
  }

 private:
  ControllerWatch watch_;
  net::HttpClient http_;
};

// In pieces of one hour.
void load_past(StoreLoader& loader, const std::vector<InputPart>& parts, Timestamp to) {
  InputPart piece;
  for (const InputPart& part : parts) {
    if (part.at > to) break;
    piece.at = part.at;
    piece.lines += part.lines;
    if (minute_of(part.at).time_since_epoch().count() % 60 != 0) continue;
    loader.load(piece);
    piece.lines.clear();
  }
  loader.load(piece);
}

}  // namespace

std::unique_ptr<StoreLoader> StoreLoader::start(telemetry::StoreKind kind, const ScenarioNetwork& network,
                                                Timestamp to) {
  const auto failed = [](const Error& error) -> std::unique_ptr<StoreLoader> {
    ADD_FAILURE() << error.message;
    return nullptr;
  };
  if (kind == telemetry::StoreKind::Prometheus) {
    auto loader = std::make_unique<PrometheusLoader>(network);
    if (auto started = loader->start(network.parts(), to); !started) return failed(started.error());
    return loader;
  }
  auto server = stores::StoreServer::start(kind);
  if (!server) return failed(server.error());
  auto writer = stores::StoreWriter::open(kind, (*server)->url(), kScenarioDatabase);
  if (!writer) return failed(writer.error());
  auto loader = std::make_unique<LineLoader>(std::move(*server), std::move(*writer), network);
  load_past(*loader, network.parts(), to);
  return loader;
}

telemetry::StoreSettings StoreLoader::settings() const {
  telemetry::StoreSettings settings;
  settings.name = std::string(to_text(server_->kind()));
  settings.kind = server_->kind();
  settings.url = server_->url();
  if (settings.kind != telemetry::StoreKind::Prometheus) settings.database = kScenarioDatabase;
  return settings;
}

ControllerWatch::ControllerWatch(const ScenarioNetwork& network)
    : network_(network), next_scrape_(network.start() + 7s), next_planted_(network.start()) {}

// What happens at one beat of the agents.
void ControllerWatch::plant(Timestamp at) {
  const Timestamp end = network_.end();
  const Pubkey churning = network_.device("churn-a"), failing = network_.device("render-z");
  if (at == end - 8h || at == end - 12min) controller_.restart();
  if (at == end - 2h) controller_.set_status(churning, "activated");
  if (at == end - 15min) controller_.set_status(churning, "soft-drained");
  // One failure among successes, and five minutes without a success.
  if (at == end - 7h || (at >= end - 3h && at < end - 3h + 5min)) controller_.calls(failing, 0, 1);
}

std::vector<stores::MetricSample> ControllerWatch::scrapes(const InputPart& part) {
  telemetry::LineParser parser;
  // A line stands for several calls, one every 5 s.
  std::vector<telemetry::RowBatch::Getconfig> calls;
  for (std::string_view lines = part.lines; !lines.empty();) {
    const auto parsed = parser.parse_piece(lines, "ns", part.at);
    lines.remove_prefix(parsed->consumed);
    for (const telemetry::RowBatch::Getconfig& line : parsed->batch.getconfigs) {
      for (std::uint64_t i = 0; i < line.count; ++i)
        calls.push_back({line.device, line.at - static_cast<std::int64_t>(i) * kCall, 1});
    }
  }
  std::sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  auto call = calls.begin();
  std::vector<stores::MetricSample> samples;
  for (; next_scrape_ <= part.at; next_scrape_ += kScrape) {
    for (; next_planted_ < next_scrape_; next_planted_ += kCall) plant(next_planted_);
    for (; call != calls.end() && call->at < next_scrape_; ++call) {
      controller_.calls(call->device, call->count);
      called_[call->device] = call->at;
    }
    scrape(next_scrape_, samples);
  }
  for (; call != calls.end(); ++call) {
    controller_.calls(call->device, call->count);
    called_[call->device] = call->at;
  }
  return samples;
}

void ControllerWatch::scrape(Timestamp at, std::vector<stores::MetricSample>& out) const {
  controller_.scrape(at, out);
  // The agents' own end points, of some devices: the agent of render-z runs.
  for (const char* code : {"good-a", "away-a", "render-z"}) {
    const Pubkey device = network_.device(code);
    const auto last = called_.find(device);
    const bool runs = std::string_view(code) == "render-z" || (last != called_.end() && at - last->second < 45s);
    out.push_back({.name = "up",
                   .labels = {{"job", "doublezero-agent"}, {"pubkey", to_text(device)}},
                   .at = at,
                   .value = runs ? 1.0 : 0.0});
  }
}

}  // namespace dz
