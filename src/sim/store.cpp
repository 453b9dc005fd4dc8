#include "sim/store.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::sim {
namespace {

using std::chrono::minutes;
using telemetry::StoreKind;
using telemetry::StoreRows;
using telemetry::StoreSubject;

constexpr MinuteNumber kTooMuch = 12;  // minutes of one question
constexpr minutes kNotYetThere{7};     // of an old answer
constexpr std::array kEventSpans{&StoreRows::CounterMinute::carrier_transitions, &StoreRows::CounterMinute::in_discards,
                                 &StoreRows::CounterMinute::out_discards};
constexpr std::array kErrorSpans{&StoreRows::CounterMinute::in_errors, &StoreRows::CounterMinute::out_errors,
                                 &StoreRows::CounterMinute::in_fcs_errors};

void widen(std::optional<telemetry::CounterSpan>& span, std::uint64_t value) {
  if (!span) {
    span = telemetry::CounterSpan{value, value, value};
    return;
  }
  span->most = std::max(span->most, value);
  span->last = value;
}

// Too much, as each kind says it.
telemetry::StoreAnswer too_much(StoreKind kind) {
  switch (kind) {
    case StoreKind::InfluxDb:
      return {200, R"--({"results":[{"statement_id":0,"error":"max-select-buckets limit exceeded: (61/30)"}]})--"
                   "\n"};
    case StoreKind::Prometheus:
      return {422,
              R"({"status":"error","errorType":"execution","error":"query processing would load too many samples into )"
              R"(memory in query execution"})"};
    case StoreKind::ClickHouse:
      return {500,
              "Code: 396, e.displayText() = DB::Exception: Limit for result exceeded, max rows: 60.00, current "
              "rows: 120.00, e.what() = DB::Exception\n"};
  }
  return {};
}

// Not whole, as each kind shows it.
std::string partial(StoreKind kind, std::string words) {
  const auto at = kind == StoreKind::InfluxDb ? words.find("\"statement_id\"") : words.find("\"data\"");
  if (kind == StoreKind::InfluxDb) return words.insert(at, R"("partial":true,)");
  if (kind == StoreKind::Prometheus) {
    return words.insert(at, R"("warnings":["remote read: one of the stores did not answer"],)");
  }
  return words.substr(0, words.rfind("\n\n") + 1);  // no totals
}

}  // namespace

std::string_view to_text(StoreFault fault) {
  constexpr std::array<std::string_view, 10> kNames{"well",           "unreachable", "in trouble", "refusing",
                                                    "asked too much", "cut off",     "partial",    "old",
                                                    "slow",           "annotated"};
  return kNames[static_cast<std::size_t>(fault)];
}

void SimStore::add_device(const Pubkey& key, std::string code, std::vector<std::string> ports) {
  devices_.push_back({key, std::move(code), std::move(ports)});
}

void SimStore::take(std::size_t device, const Batch& batch, Timestamp now) {
  for (const auto& row : batch.rows) {
    auto& of_minute = rows_[number_of(row.stamp)];
    // The same port at the same time is the same point: its fields are written over.
    const auto same = std::find_if(of_minute.begin(), of_minute.end(), [&](const Row& r) {
      return r.device == device && r.row.port == row.port && r.row.stamp == row.stamp;
    });
    if (same == of_minute.end()) of_minute.push_back({device, row, now, ++count_});
  }
  for (const auto at : batch.getconfigs) getconfigs_[number_of(at)].push_back({device, at, now});
  for (const auto& run : batch.qa) {
    const auto same = [&](const Qa& known) { return known.run.device == run.device && known.run.at == run.at; };
    if (std::none_of(qa_.begin(), qa_.end(), same)) qa_.push_back({run, now});
  }
}

const std::vector<SimStore::Row>& SimStore::rows(MinuteNumber m) const {
  static const std::vector<Row> kNone;
  const auto found = rows_.find(m);
  return found == rows_.end() ? kNone : found->second;
}

const std::vector<SimStore::Getconfig>& SimStore::getconfigs(MinuteNumber m) const {
  static const std::vector<Getconfig> kNone;
  const auto found = getconfigs_.find(m);
  return found == getconfigs_.end() ? kNone : found->second;
}

Minute SimStore::end_of(const telemetry::StoreQuestion& question, StoreFault fault, Timestamp now) {
  return fault == StoreFault::Old ? std::min<Minute>(question.to, minute_of(now) - kNotYetThere) : question.to;
}

telemetry::StoreReply SimStore::answer(StoreKind kind, const telemetry::StoreQuestion& question, StoreFault fault,
                                       Timestamp now) const {
  const auto reply = [](telemetry::StoreAnswer answer) { return telemetry::StoreReply{std::move(answer), {}, {}}; };
  if (fault == StoreFault::Trouble) return reply({503, "upstream connect error"});
  if (fault == StoreFault::Refuses) return reply({401, "authorization failed"});
  if (fault == StoreFault::TooMuch && (question.to - question.from).count() > kTooMuch) return reply(too_much(kind));
  auto words = words_of(kind, question, find(question, end_of(question, fault, now)));
  if (fault == StoreFault::CutOff) words.resize(words.size() * 2 / 3);
  if (fault == StoreFault::Annotated && kind == StoreKind::Prometheus) {
    words.insert(words.find("\"data\""), R"("warnings":["3 more annotations omitted"],)"
                                         R"("infos":["PromQL info: metric might not be a counter"],)");
  }
  if (fault == StoreFault::Partial) words = partial(kind, std::move(words));
  return reply({200, std::move(words)});
}

StoreRows SimStore::find(const telemetry::StoreQuestion& question, Minute end) const {
  StoreRows out;
  const auto from = number_of(question.from), to = number_of(end);
  for (const auto& device : devices_) {
    for (const auto& port : device.ports) out.ports.push_back({device.key, port, device.code});
  }
  switch (question.subject) {
    case StoreSubject::Counters: find_counters(from, to, out); break;
    case StoreSubject::Baselines: find_baselines(from, to, out); break;
    case StoreSubject::ConfigAgent:
      for (std::size_t d = 0; d < devices_.size(); ++d) {
        for (auto m = from; m < to; ++m) {
          const auto& calls = getconfigs(m);
          const auto count = std::count_if(calls.begin(), calls.end(), [&](const auto& c) { return c.device == d; });
          if (count == 0) continue;
          out.getconfigs.push_back({devices_[d].key, minute_of(begin_of(m)), static_cast<std::uint64_t>(count)});
        }
      }
      break;
    case StoreSubject::Qa:
      for (const auto& [run, landed] : qa_) {
        if (number_of(run.at) < from || number_of(run.at) >= to) continue;
        out.qa_results.push_back({devices_[run.device].key, run.at, run.success});
        out.qa_runs.push_back(run.at);
      }
      break;
    case StoreSubject::FutureRows:
    case StoreSubject::Added: break;
  }
  return out;
}

void SimStore::find_counters(MinuteNumber from, MinuteNumber to, StoreRows& out) const {
  for (auto m = from; m < to; ++m) {
    std::map<std::uint32_t, StoreRows::CounterMinute> found;
    auto raw = rows(m);
    std::sort(raw.begin(), raw.end(), [](const Row& a, const Row& b) { return a.row.stamp < b.row.stamp; });
    for (const auto& one : raw) {
      std::size_t port = one.row.port;
      for (std::size_t d = 0; d < one.device; ++d) port += devices_[d].ports.size();
      const auto number = static_cast<std::uint32_t>(port);
      auto& minute = found[number];
      minute.port = number;
      minute.minute = minute_of(begin_of(m));
      if (one.row.octets) {
        widen(minute.in_octets, *one.row.octets);
        widen(minute.out_octets, *one.row.octets / 2);
      }
      for (std::size_t i = 0; i < kErrorSpans.size(); ++i) {
        if (one.row.errors[i]) widen(minute.*kErrorSpans[i], *one.row.errors[i]);
      }
      for (std::size_t i = 0; i < kEventSpans.size(); ++i) {
        if (one.row.events[i]) widen(minute.*kEventSpans[i], *one.row.events[i]);
      }
    }
    for (auto& [number, minute] : found) out.counters.push_back(minute);
  }
}

void SimStore::find_baselines(MinuteNumber from, MinuteNumber to, StoreRows& out) const {
  std::map<std::uint32_t, StoreRows::Baseline> found;
  StoreRows minutes;
  find_counters(from, to, minutes);
  for (const auto& minute : minutes.counters) {
    auto& last = found[minute.port];
    last.port = minute.port;
    const auto keep = [&](std::optional<std::uint64_t>& to_keep, const std::optional<telemetry::CounterSpan>& span) {
      if (!span) return;
      to_keep = span->last;
      last.at = Timestamp{minute.minute};
    };
    keep(last.in_errors, minute.in_errors);
    keep(last.out_errors, minute.out_errors);
    keep(last.in_fcs_errors, minute.in_fcs_errors);
    keep(last.in_discards, minute.in_discards);
    keep(last.out_discards, minute.out_discards);
    keep(last.carrier_transitions, minute.carrier_transitions);
  }
  for (auto& [number, baseline] : found) {
    if (baseline.has_any()) out.baselines.push_back(baseline);
  }
}

}  // namespace dz::sim
