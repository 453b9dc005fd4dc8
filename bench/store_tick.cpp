#include "store_tick.h"

#include <cstdio>
#include <cstdlib>

namespace dz {

StoreCost& StoreCost::operator+=(const StoreCost& other) {
  rows += other.rows;
  bytes += other.bytes;
  cpu_s += other.cpu_s;
  wall_s += other.wall_s;
  return *this;
}

void must(const Result<void>& done) {
  if (done) return;
  std::fprintf(stderr, "Error: %s\n", done.error().message.c_str());
  std::exit(1);
}

Result<telemetry::StoreAnswer> ask_store(net::HttpClient& http, const telemetry::StoreRequest& request) {
  DZ_TRY_ASSIGN(auto answer, request.method == "GET" ? http.get(request.url, request.headers)
                                                     : http.post(request.url, request.body, request.headers));
  return telemetry::StoreAnswer{answer.status, std::move(answer.body)};
}

TickPuller::TickPuller(const stores::StoreServer& store, const telemetry::StoreSettings& settings,
                       std::optional<Minute> known, telemetry::StorePull::Subject subject)
    : store_(store),
      settings_(settings),
      evidence_({.pulled = 1U << static_cast<int>(subject.source)}),
      pull_(settings_, telemetry::PullLimits{.min_interval = {}}, subject) {
  if (known) evidence_.answered(subject.source, {*known - evidence::kLongestWindow, *known, *known});
}

StoreCost TickPuller::catch_up(Timestamp now) {
  using namespace std::chrono_literals;
  StoreCost cost;
  const telemetry::PullState before = pull_.state();
  {
    const StoreMeter meter(store_, cost);
    for (Timestamp at = now; (at = std::max(at, pull_.due())) < now + 59s;) {
      const auto next = pull_.next(at, evidence_);
      if (!next) continue;
      requests_.push_back(next->request);
      auto answer = ask_store(http_, next->request);
      if (!answer) must(tl::unexpected<Error>(answer.error()));
      auto taken = pull_.on_reply(telemetry::StoreReply{std::move(*answer), {}}, at, 0.5, evidence_);
      if (!taken) must(tl::unexpected<Error>(taken.error()));
      keep(*taken, at);
    }
  }
  cost.rows = static_cast<double>(pull_.state().rows - before.rows);
  cost.bytes = static_cast<double>(pull_.state().bytes - before.bytes);
  return cost;
}

void TickPuller::keep(const telemetry::PulledRows& taken, Timestamp now) {
  for (const auto& one : taken.batch.counters) {
    const auto& port = taken.batch.ports[one.port];
    if (const auto kept = evidence_.add_counters(port.device, port.interface, one.row, now); !kept)
      must(tl::unexpected<Error>(kept.error()));
  }
  for (const auto& one : taken.batch.getconfigs) evidence_.add_getconfig(one.device, one.at, one.count, now);
  for (const auto& [from, to] : taken.answered) evidence_.answered(pull_.subject().source, {from, to, now});
}

}  // namespace dz
