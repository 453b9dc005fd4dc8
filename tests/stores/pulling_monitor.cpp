#include "pulling_monitor.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "monitor/store_transport.h"

namespace dz {

using namespace std::chrono_literals;

MonitorSettings monitor_settings(const std::string& toml) {
  auto settings = parse_monitor_settings(
      toml, "monitor.toml", [](const std::string& file) -> Result<std::string> { return not_found(file); });
  EXPECT_TRUE(settings) << settings.error().message;
  if (!settings) return {};
  settings->ledger_poll = 5min;
  settings->pass_interval = 20s;
  return *settings;
}

PullingMonitor::PullingMonitor(LedgerClient& ledger, const MonitorSettings& settings, std::optional<Keypair> key,
                               Timestamp now)
    : database_(std::make_unique<SqliteDatabase>(*SqliteDatabase::open(":memory:"))), now_(now) {
  MonitorSettings mine = settings;
  mine.dry_run = !key;
  auto monitor = Monitor::open(
      ledger, *database_, mine, local_program_ids(), std::move(key),
      [](LogLevel, std::string_view, const LogFields&) {}, now);
  EXPECT_TRUE(monitor) << monitor.error().message;
  monitor_ = std::move(*monitor);
  monitor_->connect_sources(http_stores(
      client_, [] { return 0.5; }, [] {}));
}

void PullingMonitor::run_until(Timestamp to) {
  while (now_ < to) {
    const Timestamp next = monitor_->step(now_);
    if (client_.in_flight() > 0) {
      await_answers();  // and take them at the same time
    } else {
      now_ = std::min(to, std::max(next, now_ + 1ms));
    }
  }
}

void PullingMonitor::await_answers() {
  while (client_.in_flight() > 0) loop_.run_for(1s);
}

}  // namespace dz
