#include "backtest/backtest_runs.h"

#include <sys/resource.h>

#include <exception>
#include <stop_token>
#include <utility>

#include <boost/json.hpp>

#include "backtest/backtest_report.h"
#include "backtest/run_progress.h"

namespace dz::backtest {
namespace {

namespace json = boost::json;

constexpr int kLowestPriority = 19;

std::string failed_text(std::string_view why) {
  return event_text("failed", json::serialize(json::object{{"error", why}}));
}

}  // namespace

struct BacktestRuns::Run {
  explicit Run(BacktestAsk asked) : ask(std::move(asked)) {}
  const BacktestAsk ask;
  std::optional<net::SessionId> session;  // of its client, until that is gone
  std::stop_source stop;
};

BacktestRuns::BacktestRuns(net::Loop& loop, Settings settings) : loop_(loop), settings_(std::move(settings)) {}

BacktestRuns::~BacktestRuns() {
  if (run_) run_->stop.request_stop();
  if (thread_.joinable()) thread_.join();
}

void BacktestRuns::answer(const net::HttpRequest& request, const net::Answer& done) {
  auto ask = parse_ask(request.body, *settings_.profile, net::system_now());
  if (!ask) return done(net::error_response(400, ask.error().message));
  if (run_) {
    auto busy = net::error_response(503, "another backtest is under way, and there is one at a time: ask again");
    busy.headers.emplace_back("Retry-After", "1");
    return done(std::move(busy));
  }
  const auto run = std::make_shared<Run>(std::move(*ask));
  run_ = run;
  net::HttpResponse beginning{
      200, "text/event-stream", ":\n\n", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}};
  beginning.opened = [this, run](net::SessionId session) { begin(run, session); };
  done(std::move(beginning));
  if (!run->session) run_ = nullptr;  // the client has gone, and nothing was opened
}

void BacktestRuns::begin(std::shared_ptr<Run> run, net::SessionId session) {
  run->session = session;
  thread_ = std::thread([this, run = std::move(run)] { work(run); });
}

void BacktestRuns::closed(net::SessionId session) {
  if (!run_ || run_->session != session) return;
  run_->session.reset();
  run_->stop.request_stop();
}

// On the thread of the backtest, as all below but what is posted.
void BacktestRuns::work(const std::shared_ptr<Run>& run) {
  // Of this thread alone: on Linux a thread has a priority of its own.
  setpriority(PRIO_PROCESS, 0, kLowestPriority);
  RunProgress watch(run->ask.request,
                    {.stop = run->stop.get_token(),
                     .longest = kLongest,
                     .beat = kBeat,
                     .tell = [&](std::string text) { tell(run, std::move(text)); }},
                    net::steady_now());
  const auto progress = [&](Timestamp at) { return watch.reached(at, net::steady_now()); };
  std::string text;
  try {
    const auto& asked = run->ask.request;
    auto database = open_recorded(settings_.recorded, asked.from, asked.to, run->stop.get_token(), progress);
    const auto outcome =
        database ? run_backtest(*database, asked, progress) : Result<BacktestOutcome>(tl::unexpected(database.error()));
    text = outcome ? event_text("outcome", json::serialize(backtest_json(*outcome, "asked", run->ask.record)))
                   : failed_text(outcome.error().message);
  } catch (const std::exception& problem) {
    text = failed_text(std::string("the backtest could not be done: ") + problem.what());
  }
  finish(run, std::move(text));
}

void BacktestRuns::tell(const std::shared_ptr<Run>& run, std::string text) {
  loop_.post([this, here = std::weak_ptr<bool>(here_), run, text = std::move(text)]() mutable {
    if (here.lock() && run->session) settings_.send(*run->session, std::move(text));
  });
}

void BacktestRuns::finish(const std::shared_ptr<Run>& run, std::string text) {
  loop_.post([this, here = std::weak_ptr<bool>(here_), run, text = std::move(text)]() mutable {
    if (!here.lock()) return;
    thread_.join();
    run_ = nullptr;
    if (!run->session) return;
    settings_.send(*run->session, std::move(text));
    settings_.close(*run->session);
  });
}

}  // namespace dz::backtest
