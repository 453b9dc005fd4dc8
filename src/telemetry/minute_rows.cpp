#include "telemetry/minute_rows.h"

#include <algorithm>
#include <array>

namespace dz::telemetry {
namespace {

using std::chrono::seconds;

constexpr std::array<Duration, 3> kInstants{seconds{0}, seconds{25}, seconds{50}};  // first, most, last
constexpr int kOctetCounters = 2;
constexpr int kAll = 8;

using Span = std::optional<CounterSpan> StoreRows::CounterMinute::*;
using Field = std::optional<std::uint64_t> evidence::CounterRow::*;
struct Counter {
  Span span;
  Field field;
  // Of a sparse counter, and what it is judged by.
  evidence::CounterBit bit = evidence::kInOctets;
  evidence::Signal signal = evidence::Signal::Utilization;
};
// Octets first.
constexpr std::array<Counter, kAll> kCounterFields{
    {{&StoreRows::CounterMinute::in_octets, &evidence::CounterRow::in_octets},
     {&StoreRows::CounterMinute::out_octets, &evidence::CounterRow::out_octets},
     {&StoreRows::CounterMinute::in_errors, &evidence::CounterRow::in_errors, evidence::kInErrors,
      evidence::Signal::Errors},
     {&StoreRows::CounterMinute::out_errors, &evidence::CounterRow::out_errors, evidence::kOutErrors,
      evidence::Signal::Errors},
     {&StoreRows::CounterMinute::in_fcs_errors, &evidence::CounterRow::in_fcs_errors, evidence::kInFcsErrors,
      evidence::Signal::Errors},
     {&StoreRows::CounterMinute::in_discards, &evidence::CounterRow::in_discards, evidence::kInDiscards,
      evidence::Signal::Discards},
     {&StoreRows::CounterMinute::out_discards, &evidence::CounterRow::out_discards, evidence::kOutDiscards,
      evidence::Signal::Discards},
     {&StoreRows::CounterMinute::carrier_transitions, &evidence::CounterRow::carrier_transitions,
      evidence::kCarrierTransitions, evidence::Signal::Carrier}}};

using Values = std::array<std::optional<std::uint64_t>, kAll>;

// Rows of one port's minute, put together counter by counter.
class MinuteWriter {
 public:
  explicit MinuteWriter(Minute minute) {
    for (std::size_t i = 0; i < kInstants.size(); ++i) rows_[i].at = Timestamp{minute} + kInstants[i];
  }
  void put(std::size_t instant, int counter, std::uint64_t value) {
    rows_[instant].*kCounterFields[static_cast<std::size_t>(counter)].field = value;
    used_[instant] = true;
  }
  void write(std::uint32_t port, RowBatch& batch) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (used_[i]) batch.counters.push_back({port, rows_[i]});
    }
  }

 private:
  std::array<evidence::CounterRow, 3> rows_{};
  std::array<bool, 3> used_{};
};

const std::optional<CounterSpan>& span_of(const StoreRows::CounterMinute& minute, int counter) {
  return minute.*kCounterFields[static_cast<std::size_t>(counter)].span;
}

// A new value of the counter, told as it was. before: the value it had, if known.
void tell(MinuteWriter& out, int counter, const CounterSpan& span, std::optional<std::uint64_t> before) {
  const bool is_octets = counter < kOctetCounters;
  auto value = before;
  if (!before || span.first < *before) {
    out.put(0, counter, span.first);
    value = span.first;
  }
  if (span.most > span.last && span.most != value) {
    out.put(1, counter, span.most);
    value = span.most;
  }
  // Octets are data even when they stand still; once a minute is enough.
  const bool told = value != before || !before;
  if (span.last != value || (is_octets && !told)) out.put(2, counter, span.last);
}

// One port of an answer, minute by minute.
class PortTeller {
 public:
  PortTeller(const evidence::Evidence& store, const StoreRows::Port& port, Minute closed)
      : store_(store), ref_(own_interface(store, port)), closed_(closed) {}

  void tell_minute(const StoreRows::CounterMinute& minute, std::uint32_t port, RowBatch& batch) {
    MinuteWriter out(minute.minute);
    if (minute.minute >= closed_) {
      // After a silence the octets say when they began again: error counters are judged by it.
      const bool goes_on = minute.minute == last_octets_ + std::chrono::minutes{1};
      for (int c = 0; c < kAll; ++c) {
        const auto& before = before_[static_cast<std::size_t>(c)];
        const bool known = goes_on || c >= kOctetCounters;
        if (const auto& span = span_of(minute, c)) tell(out, c, *span, known ? before : std::nullopt);
      }
    } else {
      tell_news(minute, out);
    }
    out.write(port, batch);
    for (int c = 0; c < kAll; ++c) {
      if (const auto& span = span_of(minute, c)) before_[static_cast<std::size_t>(c)] = span->last;
    }
    if (minute.in_octets || minute.out_octets) last_octets_ = minute.minute;
  }

 private:
  static evidence::InterfaceRef own_interface(const evidence::Evidence& store, const StoreRows::Port& port) {
    const auto ref = store.find_interface(port.device, port.interface);
    return ref.parent_port ? evidence::InterfaceRef{} : ref;
  }
  evidence::MinuteState state(evidence::Signal signal, Minute minute) const {
    return ref_.index == evidence::kNoSubject ? evidence::MinuteState::Unobserved : store_.minute(ref_, signal, minute);
  }

  void tell_news(const StoreRows::CounterMinute& minute, MinuteWriter& out) {
    const bool silent = state(evidence::Signal::Data, minute.minute) != evidence::MinuteState::Good;
    if (silent || state(evidence::Signal::Utilization, minute.minute) != evidence::MinuteState::Good) {
      for (int c = 0; c < kOctetCounters; ++c) {
        if (const auto& span = span_of(minute, c)) tell_late(*span, c, out);
      }
    }
    for (int c = kOctetCounters; c < kAll; ++c) tell_late_sparse(minute, c, out);
  }

  // What was told of the minute before is told again: rows that come late are a set, and the same row twice is one.
  static void tell_late(const CounterSpan& span, int counter, MinuteWriter& out) {
    out.put(0, counter, span.first);
    if (span.most > span.last && span.most != span.first) out.put(1, counter, span.most);
    out.put(2, counter, span.last);
  }

  void tell_late_sparse(const StoreRows::CounterMinute& minute, int counter, MinuteWriter& out) const {
    const auto& [_, field, bit, signal] = kCounterFields[static_cast<std::size_t>(counter)];
    const auto& span = span_of(minute, counter);
    if (!span || state(signal, minute.minute) == evidence::MinuteState::Bad) return;
    const auto& before = before_[static_cast<std::size_t>(counter)];
    const auto seen = store_.last_error(ref_, bit);
    const bool moved = span->first != span->last || span->most != span->last;
    // It stood where it did in the minute before, or where it stands since.
    if (!moved && before == span->last) return;
    if (!moved && !before && seen && seen->value == span->last) return;
    tell_late(*span, counter, out);
  }

  const evidence::Evidence& store_;
  evidence::InterfaceRef ref_;
  Minute closed_;
  Values before_{};
  Minute last_octets_{};
};

}  // namespace

RowBatch rows_of_counters(const StoreRows& answer, Minute closed, const evidence::Evidence& store) {
  RowBatch batch;
  for (const auto& port : answer.ports) batch.ports.push_back({port.device, port.interface});
  for (std::size_t i = 0; i < answer.counters.size();) {
    const auto port = answer.counters[i].port;
    PortTeller teller(store, answer.ports[port], closed);
    for (; i < answer.counters.size() && answer.counters[i].port == port; ++i) {
      teller.tell_minute(answer.counters[i], port, batch);
    }
  }
  return batch;
}

RowBatch rows_of_getconfigs(const StoreRows& answer, Minute closed, const evidence::Evidence& store) {
  RowBatch batch;
  for (const auto& row : answer.getconfigs) {
    if (row.count == 0) continue;
    const bool taken = row.minute < closed && store.minute(store.find_device(row.device), evidence::Signal::ConfigAgent,
                                                           row.minute) == evidence::MinuteState::Good;
    if (!taken) batch.getconfigs.push_back({row.device, Timestamp{row.minute}, row.count});
  }
  return batch;
}

RowBatch rows_of_qa(const StoreRows& answer) {
  RowBatch batch;
  for (const auto& row : answer.qa_results) batch.qa_results.push_back({row.device, row.at, row.success});
  batch.qa_runs = answer.qa_runs;
  return batch;
}

RowBatch rows_of_baselines(const StoreRows& answer, Minute before, Timestamp now) {
  RowBatch batch;
  for (const auto& port : answer.ports) batch.ports.push_back({port.device, port.interface});
  const Timestamp before_rings = now - evidence::kRingLength - std::chrono::minutes{1};
  for (const auto& row : answer.baselines) {
    const auto at = row.at < Timestamp{before} ? row.at : before_rings;
    batch.counters.push_back({row.port,
                              {at,
                               {},
                               {},
                               row.in_errors,
                               row.out_errors,
                               row.in_fcs_errors,
                               row.in_discards,
                               row.out_discards,
                               row.carrier_transitions}});
  }
  return batch;
}

}  // namespace dz::telemetry
