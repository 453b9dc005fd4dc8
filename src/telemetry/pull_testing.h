// For tests: a store that answers from what it holds, and that fails when told to; and the conversation with it.
#pragma once

#include <functional>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "evidence/testing.h"
#include "telemetry/store_pull.h"

namespace dz::telemetry {

inline constexpr int kDay0 = 30 * 60;  // a day and more of history lies before it

inline evidence::EvidenceSettings pulled() {
  evidence::EvidenceSettings settings;
  settings.pulled = 1U << static_cast<int>(evidence::Source::Counters) | 1U << static_cast<int>(evidence::Source::Qa);
  settings.lag.fill(PullLimits{}.lag);
  return settings;
}

// Three devices, a row a minute, errors where a test says so.
struct FakeStore {
  int holds_to = 1 << 20;                // minutes of the day, exclusive
  std::set<std::pair<int, int>> silent;  // (device, minute)
  std::map<std::pair<int, int>, std::uint64_t> errors;

  StoreRows answer(const StoreQuestion& q) const {
    StoreRows rows;
    for (int d = 1; d <= 3; ++d) rows.ports.push_back({evidence::numbered_key(d), "Ethernet1", "sw"});
    const int from = static_cast<int>((q.from - evidence::kDay).count()),
              to = static_cast<int>((q.to - evidence::kDay).count());
    for (int d = 1; d <= 3 && q.subject == StoreSubject::Baselines; ++d) {
      rows.baselines.push_back({static_cast<std::uint32_t>(d - 1), Timestamp{q.to}, 4, {}, {}});
    }
    for (int d = 1; d <= 3 && q.subject == StoreSubject::Counters; ++d) {
      for (int m = from; m < std::min(to, holds_to); ++m) {
        if (silent.contains({d, m})) continue;
        const auto octets = static_cast<std::uint64_t>(m + 10'000) * 1000;
        const CounterSpan span{octets, octets + 900, octets + 900};
        StoreRows::CounterMinute row{
            static_cast<std::uint32_t>(d - 1), evidence::day_minute(m), span, span, {}, {}, {}};
        if (const auto e = errors.find({d, m}); e != errors.end())
          row.in_errors = CounterSpan{e->second, e->second, e->second};
        rows.counters.push_back(row);
      }
    }
    rows.rows = rows.counters.size() + rows.baselines.size();
    return rows;
  }
};

using Fault = std::function<Result<StoreReply>(Result<StoreReply>)>;

struct Conversation {
  StoreSettings settings{.name = "store", .kind = StoreKind::InfluxDb, .url = "http://127.0.0.1:1", .database = "db"};
  PullLimits limits;
  evidence::Evidence evidence{pulled()};
  FakeStore store;
  StorePull::Subject subject;
  std::optional<StorePull> pull;
  Timestamp now = evidence::day_time(kDay0, 10);
  std::vector<StoreQuestion> asked;
  std::function<Fault(std::size_t asked_before)> fault;  // of a question; empty: none

  explicit Conversation(StorePull::Subject s = {}) : subject(s) { restart(); }
  void restart() { pull.emplace(settings, limits, subject); }

  // One request and its answer, at its time. False: nothing was due before `until`.
  bool turn(Timestamp until) {
    const auto due = std::max(now, pull->due());
    if (due > until) return false;
    now = due;
    const auto ask = pull->next(now, evidence);
    if (!ask) return true;
    const auto number = asked.size();
    asked.push_back(ask->question);
    Result<StoreReply> reply = StoreReply{{}, {}, store.answer(ask->question)};
    if (const auto strike = fault ? fault(number) : nullptr) reply = strike(std::move(reply));
    auto taken = pull->on_reply(std::move(reply), now, 0.5, evidence);
    if (taken) keep(*taken);
    return true;
  }
  void run(Timestamp until) {
    for (int i = 0; turn(until); ++i) ASSERT_LT(i, 10'000);
    now = until;
  }
  void keep(const PulledRows& taken) {
    for (const auto& c : taken.batch.counters) {
      const auto& port = taken.batch.ports[c.port];
      EXPECT_EQ(evidence.add_counters(port.device, port.interface, c.row, now).value(), evidence::RowOutcome::Taken);
    }
    for (const auto& [from, to] : taken.answered) evidence.answered(subject.source, {from, to, now});
  }
  std::optional<Minute> watermark() const { return evidence.state(subject.source).watermark; }
  evidence::SignalTally tally(evidence::Signal signal, int device = 1) const {
    const auto to = *watermark();
    return evidence.tally(evidence.find_interface(evidence::numbered_key(device), "Ethernet1"), signal,
                          {to - std::chrono::hours{24}, to, 0, 15});
  }
};

}  // namespace dz::telemetry
