// What must hold for any evidence: random weather over a small fleet, told twice with one difference.
#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <variant>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/minute_marks.h"
#include "evidence/readings.h"
#include "evidence/snapshot.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

using enum MinuteState;

constexpr int kMinutes = 45;
constexpr int kDevices = 4;
const std::vector<std::string> kPorts = {"Ethernet1", "Switch1/1/1.1004"};

struct PortRow {
  int device = 0;
  std::string port;
  CounterRow row;
};
struct Getconfig {
  int device = 0;
  Timestamp at;
};
struct Probe {  // one sample of the link from `device`, written to its account in this minute
  int device = 0;
  std::uint32_t rtt = 0;
};
struct Event {
  int minute = 0;
  std::variant<PortRow, Getconfig, Probe> what;
};
using Script = std::vector<Event>;

class Weather {
 public:
  explicit Weather(std::uint64_t seed) : random_(seed) {}

  Script script() {
    Script events;
    for (int device = 1; device <= kDevices; ++device) {
      for (const auto& port : kPorts) counters(events, device, port);
      for (int m = 0; m < kMinutes; ++m) {
        if (chance(8)) continue;
        events.push_back({m, Getconfig{device, day_time(m, below(60))}});
        for (int i = chance(6) ? below(3) : 6; i > 0; --i) {
          events.push_back({m, Probe{device, chance(60) ? 0U : 1000U}});
        }
      }
    }
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.minute < b.minute; });
    return events;
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int one_in) { return below(one_in) == 0; }
  std::mt19937_64& engine() { return random_; }

 private:
  // Rises, stands still, resets, replays older values, falls silent.
  void counters(Script& events, int device, const std::string& port) {
    std::uint64_t octets = 10'000, errors = static_cast<std::uint64_t>(below(4));
    const std::uint64_t first_errors = errors;
    for (int m = 0; m < kMinutes; ++m) {
      if (chance(10)) m += below(8);
      if (m >= kMinutes) break;
      if (chance(15)) octets = errors = 0;
      for (double s = below(10); s < 60; s += 5 + below(25)) {
        octets += static_cast<std::uint64_t>(below(3) * 100);
        const auto shown = chance(20) ? octets / 2 : octets;
        events.push_back({m, PortRow{device, port, {day_time(m, s), shown, shown + 1, {}, {}, {}}}});
        if (chance(10)) {
          errors += static_cast<std::uint64_t>(below(3));
          const auto told = chance(6) ? std::min(first_errors, errors) : errors;
          events.push_back({m, PortRow{device, port, {day_time(m, s + below(3)), {}, {}, told, {}, told}}});
        }
      }
    }
  }

  std::mt19937_64 random_;
};

// Feeds a script as the monitor would: rows of a minute, then the minute closes, then the ledger is read.
class Feeder {
 public:
  explicit Feeder(bool all_known = true) {
    w_.evidence.keep_readings_on(*shelf_);
    for (int d = 1; all_known && d <= kDevices; ++d) {
      for (const auto& port : kPorts) (void)w_.evidence.interface_for_rows(numbered_key(d), port, day_time(0));
    }
  }

  void run(const Script& script, const std::function<void(Feeder&, int)>& after_minute = {}) {
    auto it = script.begin();
    for (int m = 0; m < kMinutes; ++m) {
      for (; it != script.end() && it->minute == m; ++it) std::visit([&](const auto& what) { tell(what); }, it->what);
      end_minute(m);
      if (after_minute) after_minute(*this, m);
    }
    w_.close(kMinutes + 1);  // a row may lie a moment past its minute
  }

  Evidence& evidence() { return w_.evidence; }
  Bytes bytes() const { return snapshot_of(w_.evidence); }
  void restart() {
    auto restored = restore_evidence(bytes());
    RC_ASSERT(restored.has_value());
    w_.evidence = std::move(*restored);
    w_.evidence.keep_readings_on(*shelf_);
  }
  void tell(const PortRow& r) {
    (void)w_.evidence.add_counters(numbered_key(r.device), r.port, r.row, std::max(r.row.at, w_.now()));
  }
  void tell(const Getconfig& g) {
    (void)w_.evidence.add_getconfig(numbered_key(g.device), g.at, 1, std::max(g.at, w_.now()));
  }
  void tell(const Probe& p) { written_[static_cast<std::size_t>(p.device)].push_back(p.rtt); }
  void close(int m) { w_.close(m); }

  std::vector<MinuteState> minutes(Signal signal) const {
    std::vector<MinuteState> states;
    for (int d = 1; d <= kDevices; ++d) {
      const auto key = numbered_key(d);
      for (int m = 0; m < kMinutes + 2; ++m) {
        if (signal == Signal::Probes) {
          states.push_back(w_.evidence.minute(w_.evidence.find_direction(link(d), key), day_minute(m)));
        } else if (source_of(signal) != Source::Counters || signal == Signal::Reporting) {
          states.push_back(w_.evidence.minute(w_.evidence.find_device(key), signal, day_minute(m)));
        } else {
          for (const auto& port : kPorts) {
            states.push_back(w_.evidence.minute(w_.evidence.find_interface(key, port), signal, day_minute(m)));
          }
        }
      }
    }
    return states;
  }

 private:
  static Pubkey link(int device) { return numbered_key(500 + device); }

  void end_minute(int m) {
    w_.close(m + 1);
    std::vector<SampleRead> reads;
    for (int d = 1; d <= kDevices; ++d) {
      if (written_[static_cast<std::size_t>(d)].empty()) continue;
      SampleRead read;
      read.account = numbered_key(700 + d);
      read.samples.origin_device = numbered_key(d);
      read.samples.link = link(d);
      read.samples.sampling_interval_us = 10'000'000;
      read.samples.start_timestamp_us = static_cast<std::uint64_t>(day_time(0).time_since_epoch().count());
      read.samples.rtt_us = written_[static_cast<std::size_t>(d)];
      reads.push_back(read);
    }
    w_.evidence.observe_samples(day_time(m + 1), reads);
  }

  std::unique_ptr<MemoryShelf> shelf_ = std::make_unique<MemoryShelf>();
  Watched w_;
  std::array<std::vector<std::uint32_t>, kDevices + 1> written_;
};

std::uint64_t any_seed() { return *rc::gen::arbitrary<std::uint64_t>(); }

void expect_never_turned_good(const Feeder& before, const Feeder& after, Signal signal) {
  const auto was = before.minutes(signal), is = after.minutes(signal);
  for (std::size_t i = 0; i < was.size(); ++i) RC_ASSERT(was[i] == Good || is[i] != Good);
}

RC_GTEST_PROP(EvidenceProperty, DeletingRowsNeverTurnsPresenceGood, ()) {
  Weather weather(any_seed());
  const auto script = weather.script();
  Feeder all, some;
  all.run(script);
  auto fewer = script;
  const int one_in = 2 + weather.below(20);
  const bool whole_minutes = weather.chance(2);
  const int dark = weather.below(kMinutes);
  std::erase_if(fewer, [&](const Event& e) {
    const auto* row = std::get_if<PortRow>(&e.what);
    const auto* probe = std::get_if<Probe>(&e.what);
    const bool may_go = row != nullptr ? row->row.in_octets.has_value() : probe == nullptr || probe->rtt != 0;
    return may_go && (whole_minutes ? e.minute >= dark && e.minute < dark + one_in : weather.chance(one_in));
  });
  some.run(fewer);
  for (const auto signal : {Signal::Data, Signal::Reporting, Signal::ConfigAgent, Signal::TelemetryAgent}) {
    expect_never_turned_good(all, some, signal);
  }
}

RC_GTEST_PROP(EvidenceProperty, AnErrorRowAboveTheLastValueNeverTurnsErrorsGood, ()) {
  Weather weather(any_seed());
  const auto script = weather.script();
  Feeder without, with;
  std::uint64_t last = 0;
  for (const auto& event : script) {
    const auto* row = std::get_if<PortRow>(&event.what);
    if (row != nullptr && row->device == 1 && row->port == kPorts[0])
      last = std::max(last, row->row.in_errors.value_or(0));
  }
  without.run(script);
  with.run(script);
  const CounterRow above{day_time(kMinutes + 1, weather.below(60)),          {}, {},
                         last + 1 + static_cast<unsigned>(weather.below(3)), {}, {}};
  with.tell(PortRow{1, kPorts[0], above});
  for (auto* feeder : {&without, &with}) feeder->close(kMinutes + 2);
  expect_never_turned_good(without, with, Signal::Errors);
}

RC_GTEST_PROP(EvidenceProperty, OrderWithinLatenessDoesNotMatter, ()) {
  Weather weather(any_seed());
  const auto script = weather.script();
  auto shuffled = script;
  for (auto it = shuffled.begin(); it != shuffled.end();) {
    const auto end = std::find_if(it, shuffled.end(), [&](const Event& e) { return e.minute != it->minute; });
    std::shuffle(it, end, weather.engine());
    it = end;
  }
  // The samples of an account are a sequence: only rows are shuffled.
  const auto is_probe = [](const Event& e) { return std::holds_alternative<Probe>(e.what); };
  Script probes;
  std::copy_if(script.begin(), script.end(), std::back_inserter(probes), is_probe);
  std::erase_if(shuffled, is_probe);
  shuffled.insert(shuffled.end(), probes.begin(), probes.end());
  std::stable_sort(shuffled.begin(), shuffled.end(),
                   [](const Event& a, const Event& b) { return a.minute < b.minute; });

  Feeder ordered, unordered;
  ordered.run(script);
  unordered.run(shuffled);
  const bool same = ordered.bytes() == unordered.bytes();
  RC_ASSERT(same);
}

RC_GTEST_PROP(EvidenceProperty, RowsToldTwiceCountOnce, ()) {
  Weather weather(any_seed());
  const auto script = weather.script();
  auto twice = script;
  for (const auto& event : script) {
    if (!std::holds_alternative<Probe>(event.what) && weather.chance(3)) twice.push_back(event);
  }
  std::stable_sort(twice.begin(), twice.end(), [](const Event& a, const Event& b) { return a.minute < b.minute; });
  Feeder once, again;
  once.run(script);
  again.run(twice);
  const bool same = once.bytes() == again.bytes();
  RC_ASSERT(same);
}

RC_GTEST_PROP(EvidenceProperty, ARestartAtAnyMinuteChangesNothing, ()) {
  Weather weather(any_seed());
  auto script = weather.script();
  for (auto& event : script) {  // some rows come late
    if (weather.chance(10)) event.minute = std::min(kMinutes - 1, event.minute + weather.below(9));
  }
  std::stable_sort(script.begin(), script.end(), [](const Event& a, const Event& b) { return a.minute < b.minute; });
  Feeder steady(false), restarted(false);
  steady.run(script);
  const int one_in = 1 + weather.below(20);
  restarted.run(script, [&](Feeder& feeder, int) {
    if (weather.chance(one_in)) feeder.restart();
  });
  const bool same = steady.bytes() == restarted.bytes();
  RC_ASSERT(same);
  for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization, Signal::Probes}) {
    RC_ASSERT(steady.minutes(signal) == restarted.minutes(signal));
  }
}

// A tally is remembered and moved on; fresh evidence has nothing to remember.
RC_GTEST_PROP(EvidenceProperty, ARememberedTallyEqualsARecount, ()) {
  Weather weather(any_seed());
  auto script = weather.script();
  for (auto& event : script) {
    if (weather.chance(15)) event.minute = std::min(kMinutes - 1, event.minute + weather.below(9));
  }
  std::stable_sort(script.begin(), script.end(), [](const Event& a, const Event& b) { return a.minute < b.minute; });
  const int length = 1 + weather.below(12), unobserved = weather.below(4);
  Feeder feeder;
  feeder.run(script, [&](Feeder& f, int m) {
    if (m < length || weather.chance(5)) return;
    const auto fresh = restore_evidence(f.bytes());
    RC_ASSERT(fresh.has_value());
    for (int d = 1; d <= kDevices; ++d) {
      const auto key = numbered_key(d);
      const TallyQuery query{day_minute(m + 1 - length), day_minute(m + 1), 0, unobserved};
      for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
        const auto ref = f.evidence().find_interface(key, kPorts[0]);
        RC_ASSERT(f.evidence().tally(ref, signal, query) ==
                  fresh->tally(fresh->find_interface(key, kPorts[0]), signal, query));
      }
      for (const auto signal : {Signal::Reporting, Signal::ConfigAgent, Signal::TelemetryAgent}) {
        const auto ref = f.evidence().find_device(key);
        const TallyQuery closed{query.from - std::chrono::minutes{2}, query.to - std::chrono::minutes{2}, 0,
                                unobserved};
        RC_ASSERT(f.evidence().tally(ref, signal, closed) == fresh->tally(fresh->find_device(key), signal, closed));
      }
    }
  });
}

// Follows evidence as the history does: what closed, and what changed behind that, is put into other evidence.
class Follower {
 public:
  const Evidence& evidence() const { return replay_.evidence(); }

  void follow(Evidence& evidence) {
    for (const auto source : sources_of(evidence)) follow(evidence, source_subject(lasting_name(evidence, source)));
    for (int d = 1; d <= kDevices; ++d) {
      const auto key = numbered_key(d);
      for (const auto& port : kPorts) follow(evidence, interface_subject(key, port));
      for (const auto kind : {SubjectKind::Reporting, SubjectKind::ConfigAgent, SubjectKind::TelemetryAgent}) {
        follow(evidence, device_subject(kind, key));
      }
      follow(evidence, probes_subject(numbered_key(500 + d), key));
    }
    evidence.forget_changes();
    for (const auto source : sources_of(evidence)) {
      if (const auto watermark = evidence.state(source).watermark) replay_.close(source, *watermark);
    }
  }

 private:
  void follow(const Evidence& evidence, const Subject& subject) {
    const auto ref = subject_ref(evidence, subject);
    const auto watermark = evidence.state(*source_of(evidence, subject)).watermark;
    if (ref.index == kNoSubject || !watermark) return;
    const auto own = replay_.subject(subject);
    auto from = seen_.insert(subject).second
                    ? day_minute(0)
                    : replay_.evidence().state(*source_of(evidence, subject)).watermark.value_or(Minute{});
    if (const auto changed = changed_from(evidence, ref)) from = std::min(from, *changed);
    const auto runs = marks_of(evidence, ref, from, *watermark);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      replay_.put(own, runs[i].from, i + 1 < runs.size() ? runs[i + 1].from : *watermark, runs[i].marks);
    }
  }

  EvidenceReplay replay_{Evidence{}};
  std::set<Subject> seen_;
};

RC_GTEST_PROP(EvidenceProperty, MinutesPutBackAnswerAsTheStoreTheyAreFrom, ()) {
  Weather weather(any_seed());
  auto script = weather.script();
  for (auto& event : script) {
    if (weather.chance(15)) event.minute = std::min(kMinutes - 1, event.minute + weather.below(9));
  }
  std::stable_sort(script.begin(), script.end(), [](const Event& a, const Event& b) { return a.minute < b.minute; });
  const int length = 1 + weather.below(12);
  Follower follower;
  Feeder feeder(false);
  feeder.run(script, [&](Feeder& f, int m) {
    if (weather.chance(4)) return;
    follower.follow(f.evidence());
    const auto& own = follower.evidence();
    if (m < length + 2) return;
    const TallyQuery counters{day_minute(m + 1 - length), day_minute(m + 1), 0, 1};
    const TallyQuery samples{counters.from - std::chrono::minutes{2}, counters.to - std::chrono::minutes{2}, 0, 1};
    for (int d = 1; d <= kDevices; ++d) {
      const auto key = numbered_key(d), link = numbered_key(500 + d);
      for (const auto signal : {Signal::Data, Signal::Errors, Signal::Utilization}) {
        for (const auto& port : kPorts) {
          RC_ASSERT(f.evidence().tally(f.evidence().find_interface(key, port), signal, counters) ==
                    own.tally(own.find_interface(key, port), signal, counters));
        }
      }
      for (const auto signal : {Signal::Reporting, Signal::ConfigAgent, Signal::TelemetryAgent}) {
        auto was = f.evidence().tally(f.evidence().find_device(key), signal, samples);
        was.derived = false;  // how samples were timed is not recorded
        RC_ASSERT(was == own.tally(own.find_device(key), signal, samples));
      }
      auto was = f.evidence().tally(f.evidence().find_direction(link, key), samples);
      was.derived = false;
      RC_ASSERT(was == own.tally(own.find_direction(link, key), samples));
    }
  });
}

}  // namespace
}  // namespace dz::evidence
