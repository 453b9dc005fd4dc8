#include "apps/monitor/backtest_command.h"

#include <unistd.h>

#include <cstdio>

#include <boost/json.hpp>

#include "apps/monitor/network.h"
#include "backtest/backtest_ask.h"
#include "backtest/backtest_report.h"
#include "backtest/recorded_history.h"
#include "base/safe_text.h"
#include "client/key_file.h"
#include "monitor/monitor_settings.h"

namespace dz::monitor_main {
namespace {

Result<backtest::RecordedPlaces> places_of(const BacktestFlags& flags) {
  monitor::MonitorSettings settings;
  if (!flags.config.empty()) {
    DZ_TRY_ASSIGN(settings, read_settings_file(flags.config, {}));
  }
  return backtest::RecordedPlaces{flags.store.empty() ? settings.store_path : flags.store, settings.lake};
}

// One line that is written over on a terminal; elsewhere a line every tenth.
class Progress {
 public:
  Progress(Timestamp from, Timestamp to) : from_(from), to_(to), on_terminal_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (on_terminal_ && shown_ >= 0) std::fputs("\r\x1b[K", stderr);
  }
  void operator()(Timestamp at) {
    if (at < from_ || to_ <= from_) return;
    const int now = static_cast<int>(100 * (at - from_).count() / (to_ - from_).count());
    const int step = on_terminal_ ? 1 : 10;
    if (now < shown_ + step) return;
    shown_ = now - now % step;
    std::fprintf(stderr, on_terminal_ ? "\rbacktest: %s, %d %%" : "backtest: %s, %d %%\n",
                 to_text(Timestamp{minute_of(at)}).c_str(), shown_);
  }

 private:
  Timestamp from_, to_;
  bool on_terminal_;
  int shown_ = -10;
};

}  // namespace

CLI::App* declare_backtest(CLI::App& app, BacktestFlags& f) {
  auto* command = app.add_subcommand("backtest", "What another policy would have decided over the recorded minutes");
  command->add_option("--from", f.from, "2026-11-23T00:00:00Z, or how long ago: 7d")->required();
  command->add_option("--to", f.to, "The same, or now")->capture_default_str();
  command->add_option("--policy", f.policy, "Policy file to try; docs/formats/policy.md lists the keys")->required();
  command->add_option("--config", f.config, "The monitor's settings file, for store.path");
  command->add_option("--store", f.store, "The monitor's SQLite file, instead of store.path; it may be running");
  command->add_option("--record", f.record, "Show this link or device only: code or pubkey");
  command->add_flag("--json", f.json, "Print JSON");
  return command;
}

Result<int> run_backtest_command(const BacktestFlags& flags, Timestamp now) {
  backtest::BacktestRequest request;
  DZ_TRY_ASSIGN(request.from, backtest::parse_when("--from", flags.from, now));
  DZ_TRY_ASSIGN(request.to, backtest::parse_when("--to", flags.to, now));
  if (request.from >= request.to) {
    return refused("expected --from before --to, found " + to_text(request.from) + " and " + to_text(request.to));
  }
  DZ_TRY_ASSIGN(const auto text, client::read_small_file(flags.policy));
  DZ_TRY_ASSIGN(request.policy, verdict::parse_policy(text, flags.policy));
  DZ_TRY_ASSIGN(const auto places, places_of(flags));
  Progress copied(request.from, request.to);
  DZ_TRY_ASSIGN(auto database, backtest::open_recorded(places, request.from, request.to, {}, [&](Timestamp at) {
                  copied(at);
                  return Result<void>();
                }));
  Progress progress(request.from, request.to);
  DZ_TRY_ASSIGN(const auto outcome, run_backtest(database, request, [&](Timestamp at) {
                  progress(at);
                  return Result<void>();
                }));
  if (flags.json) {
    std::printf("%s\n",
                escaped_lines(boost::json::serialize(backtest_json(outcome, flags.policy, flags.record))).c_str());
  } else {
    std::printf("%s", escaped_lines(render_backtest(outcome, flags.policy, flags.record)).c_str());
  }
  return 0;
}

}  // namespace dz::monitor_main
