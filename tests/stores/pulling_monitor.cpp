#include "pulling_monitor.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "monitor/store_transport.h"

namespace dz {

using namespace std::chrono_literals;

monitor::MonitorSettings monitor_settings(const std::string& toml) {
  auto settings = monitor::parse_monitor_settings(
      toml, "monitor.toml", [](const std::string& file) -> Result<std::string> { return not_found(file); });
  EXPECT_TRUE(settings) << settings.error().message;
  if (!settings) return {};
  settings->ledger_poll = 5min;
  settings->pass_interval = 20s;
  return *settings;
}

PullingMonitor::PullingMonitor(client::LedgerClient& ledger, const monitor::MonitorSettings& settings,
                               std::optional<wire::Keypair> key, Timestamp now)
    : now_(now),
      ledger_(ledger, now_),
      database_(std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"))) {
  monitor::MonitorSettings mine = settings;
  mine.write_mode = key ? control::WriteMode::Write : control::WriteMode::Observe;
  auto monitor = monitor::Monitor::open(ledger_, *database_,
                                        {.settings = mine,
                                         .ids = wire::local_program_ids(),
                                         .key = std::move(key),
                                         .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                        now);
  EXPECT_TRUE(monitor) << monitor.error().message;
  monitor_ = std::move(*monitor);
  monitor_->connect_sources(monitor::http_stores(
      [this](net::ClientRequest request, auto done) { client_.send(std::move(request), std::move(done)); },
      [] { return 0.5; }, [] {}));
}

Result<std::optional<Timestamp>> PullingMonitor::LedgerAsOf::get_block_time(Slot slot) {
  DZ_TRY_ASSIGN(auto made, ForwardingClient::get_block_time(slot));
  if (made) made = std::min(*made, now_);
  return made;
}

void PullingMonitor::step(Timestamp at) {
  now_ = at;
  monitor_->step(now_);
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
