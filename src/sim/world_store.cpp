// How monitors ask the store, and what they know from its answers.
#include <algorithm>

#include <fmt/format.h>

#include "sim/world.h"

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using telemetry::StoreSubject;

constexpr Duration kLag = seconds{60};

bool is_whole(StoreFault fault) {
  return fault == StoreFault::None || fault == StoreFault::Old || fault == StoreFault::Slow ||
         fault == StoreFault::Annotated;
}

}  // namespace

void World::set_store(StoreFault fault) {
  if (store_fault_ == fault) return;
  store_fault_ = fault;
  tell(fmt::format("the store is {}", to_text(fault)));
}

void World::ask_store(MonitorHost& host, const telemetry::StoreSettings& store, const telemetry::StoreAsk& ask,
                      std::function<void(Result<telemetry::StoreReply>)> done) {
  const auto fault = store_fault_;
  if (fault != StoreFault::None) count_fault(fmt::format("store {}", to_text(fault)));
  if (fault == StoreFault::Unreachable) return done(fail(ErrorKind::Retry, "no answer: connection refused"));
  const bool too_much = fault == StoreFault::TooMuch && ask.question.to - ask.question.from <= minutes{12};
  auto reply = store_.answer(store.kind, ask.question, fault, now());
  const auto answer = [this, &host, question = ask.question, whole = is_whole(fault) || too_much,
                       end = SimStore::end_of(ask.question, fault, now())](auto& give, telemetry::StoreReply said) {
    if (whole) note_answer(host, question, end);
    give(std::move(said));
  };
  if (fault != StoreFault::Slow) return answer(done, std::move(reply));
  const auto takes = random_.between(seconds{2}, seconds{45});
  after(std::min(takes, ask.timeout), [this, &host, life = host.life, answer, done = std::move(done),
                                       reply = std::move(reply), late = takes > ask.timeout]() mutable {
    if (!host.monitor || host.life != life) return;
    if (late) {
      done(fail(ErrorKind::Retry, "no answer within the time-out"));
    } else {
      answer(done, std::move(reply));
    }
    wake_monitor(host, now());
  });
}

// Everything that the answer speaks of is part of the monitor's truth.
void World::note_answer(MonitorHost& host, const telemetry::StoreQuestion& question, Minute end) {
  const bool counters = question.subject == StoreSubject::Counters;
  const bool config = question.subject == StoreSubject::ConfigAgent;
  const auto read = now() + host.skew;
  const auto from = number_of(question.from), to = number_of(end);
  std::optional<MinuteNumber> newest;
  for (auto m = from; m < to && counters; ++m) {
    for (const auto& row : store_.rows(m)) {
      newest = m;
      if (row.number >= host.read.size()) host.read.resize(row.number + 4096);
      if (host.read[row.number]) continue;
      host.read[row.number] = true;
      auto& device = host.truth.devices[row.device];
      device.ports[row.row.port].deliver(row.row, row.landed, read, kLag);
      if (row.row.octets) device.reporting.add(row.row.stamp, row.landed, kLag);
    }
  }
  for (auto m = from; m < to && config; ++m) {
    for (const auto& call : store_.getconfigs(m)) {
      newest = m;
      host.truth.devices[call.device].config.add(call.at, call.landed, kLag);
    }
  }
  if (question.subject == StoreSubject::Qa) {
    for (const auto& [run, landed] : store_.qa()) {
      auto& known = host.truth.devices[run.device].qa;
      const auto same = [&](const QaRun& k) { return k.at == run.at; };
      const bool asked = number_of(run.at) >= from && number_of(run.at) < to;
      if (asked && std::none_of(known.begin(), known.end(), same)) known.push_back({run.at, read, run.success});
    }
  }
  if (!newest) return;
  auto& last = host.last_answered[counters ? 0 : 1];
  last = std::max(last, newest);
  // The minutes before the newest row are answered for.
  for (auto m = from; m <= *newest; ++m) {
    host.answered[counters ? 0 : 1].add(m);
    host.truth.running.add(m);
    if (host.answered[0].has(m) && host.answered[1].has(m)) host.truth.accepting.add(m);
  }
}

std::optional<MinuteNumber> World::last_answered(std::size_t monitor, std::string_view source) const {
  if (source != "counters" && source != "config-agent") return std::nullopt;
  return monitors_[monitor]->last_answered[source == "counters" ? 0 : 1];
}

}  // namespace dz::sim
