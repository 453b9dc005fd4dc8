#include "evidence/port_history.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/check.h"
#include "evidence/minute_marks.h"
#include "evidence/snapshot.h"

namespace dz::evidence {
namespace {

using Port = PortReference::Port;
using Finding = PortReference::Finding;

constexpr int kStart = 8;  // the minute of the day in which a history begins

// Counters that are judged together: where they are among Port::errors, their letters, and the letter of their mild
// minutes.
struct Together {
  std::size_t first;
  std::string_view letters;
  char mild;
};
constexpr std::array kTogether{Together{0, "IOF", 's'}, Together{3, "PQ", 'q'}, Together{5, "C", 'c'}};

Port port_of(std::string_view letters) {
  const auto has = [&](char letter) { return letters.find(letter) != std::string_view::npos; };
  Port port;
  port.data = has('d');
  port.rose = {has('i'), has('o')};
  port.below = {port.data && has('u'), port.data && has('v')};
  // The rings tell of a minute whether all its errors are mild, not which.
  for (const auto& [first, of, mild] : kTogether) {
    for (std::size_t c = 0; c < of.size(); ++c) {
      if (has(of[c])) port.errors[first + c] = has(mild) ? Finding::First : Finding::Rise;
    }
  }
  return port;
}

// As the rings tell it.
Port as_told(Port port) {
  for (const auto& [first, of, mild] : kTogether) {
    const auto errors = std::span(port.errors).subspan(first, of.size());
    const auto worst = *std::max_element(errors.begin(), errors.end());
    for (auto& error : errors) {
      if (error != Finding::None) error = worst == Finding::Rise ? Finding::Rise : Finding::First;
    }
  }
  return port;
}

// Nothing is better than expected.
bool is_stricter(const Port& found, const Port& expected) {
  bool stricter = found.data == expected.data;
  for (std::size_t c = 0; c < 2; ++c) {
    stricter = stricter && (expected.rose[c] || !found.rose[c]) && (expected.below[c] || !found.below[c]);
  }
  for (std::size_t c = 0; c < found.errors.size(); ++c) stricter = stricter && found.errors[c] >= expected.errors[c];
  return stricter;
}

std::string text_of(const Port& port) {
  const auto flags = fmt::format("{}{}{}{}{}", port.data ? "d" : "-", port.rose[0] ? "i" : "-",
                                 port.rose[1] ? "o" : "-", port.below[0] ? "u" : "-", port.below[1] ? "v" : "-");
  std::string errors;
  for (const auto finding : port.errors) errors += fmt::format(" {}", static_cast<int>(finding));
  return fmt::format("{} errors, discards, carrier{}", flags, errors);
}

}  // namespace

PortHistory::PortHistory(std::uint64_t seed, Rows rows)
    : random_(seed), event_random_(seed ^ 0xD1B54A32D192ED03U), dense_(rows == Rows::Dense) {
  constexpr std::array kCadences{2, 5, 10, 20, 30, 60, 60};
  cadence_ = kCadences[static_cast<std::size_t>(below(7))];
  minutes_ = cadence_ < 10 ? 12 + below(12) : 20 + below(35);
  if (dense_) cadence_ = 1;
  has_events_ = event_chance(3);
  every_row_ = chance(4);
  wide_ = !chance(5);
  in_ = chance(3) ? 0 : random_() >> (wide_ ? 1 : 33);
  out_ = in_ / 3;
  if (chance(3)) errors_ = told_errors_ = static_cast<std::uint64_t>(below(50));
  live();
  std::stable_sort(arrivals_.begin(), arrivals_.end(), [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  telling_ = random_;
}

void PortHistory::live() {
  const auto end = day_time(kStart + minutes_);
  double busy = 1;
  for (auto at = day_time(kStart, below(60)); at < end;) {
    const auto moment = Duration{below(1000) * 400};
    show(at + moment);
    if (chance(25)) busy = chance(2) ? 0 : 1;
    in_ += static_cast<std::uint64_t>(busy * below(1000));
    out_ += static_cast<std::uint64_t>(busy * below(1000));
    if (chance(12)) errors_ += static_cast<std::uint64_t>(1 + below(3));
    if (chance(20)) fcs_ += static_cast<std::uint64_t>(below(3));
    if (event_chance(15)) discards_ += event_random_() % 9;
    if (event_chance(25)) ++carrier_;
    if (chance(40)) {
      in_ = out_ = static_cast<std::uint64_t>(below(3));  // a reset, of all counters or of the octets alone
      if (!chance(3)) errors_ = static_cast<std::uint64_t>(below(3)), fcs_ = 0;
      if (!event_chance(3)) carrier_ = event_random_() % 2, discards_ = 0;
    }
    if (!wide_ && chance(30)) in_ = (std::uint64_t{1} << 32) - static_cast<std::uint64_t>(below(500));
    if (!wide_) in_ %= std::uint64_t{1} << 32;
    at += std::chrono::seconds{cadence_};
    if (chance(dense_ ? 200 : 20)) at += std::chrono::seconds{below(400)};  // a hole of the device
    if (chance(15)) buffered_until_ = at + std::chrono::seconds{below(700)};
  }
  if (buffer_.empty()) return;
  for (const auto& row : buffer_) arrivals_.push_back({end, row});
}

// What a device says at this time: octets, error counters beside or a moment after them, sometimes old values.
void PortHistory::show(Timestamp at) {
  CounterRow row{at, in_, out_, {}, {}, {}};
  if (chance(dense_ ? 2 : 12) && !shown_.empty()) {
    const auto& old =
        shown_[shown_.size() - 1 - static_cast<std::size_t>(below(std::min<int>(20, static_cast<int>(shown_.size()))))];
    row.in_octets = old.in_octets;
    row.out_octets = old.out_octets;
  }
  if (chance(30)) row.in_octets.reset();
  if (chance(30)) row.out_octets.reset();
  CounterRow errors{at + Duration{below(6'000) * 1000}, {}, {}, {}, {}, {}};
  if (errors_ != told_errors_ || every_row_ || chance(25)) errors.in_errors = told_errors_ = errors_;
  if (fcs_ != told_fcs_ || chance(40)) errors.in_fcs_errors = told_fcs_ = fcs_;
  if (chance(60)) errors.out_errors = errors_ / 2;
  if (has_events_) show_events(at, errors);
  if (chance(15) && errors.in_errors) errors.in_errors = *errors.in_errors / 2;  // replayed
  if (every_row_) {
    errors.at = at;
    errors.in_octets = row.in_octets;
    errors.out_octets = row.out_octets;
    send(errors);
  } else {
    if (row.in_octets || row.out_octets) send(row);
    if (errors.in_errors || errors.out_errors || errors.in_fcs_errors || errors.in_discards || errors.out_discards)
      send(errors);
  }
  if (row.in_octets && row.out_octets) shown_.push_back(row);
}

// Discards beside the errors; of carrier transitions a row of their own, a moment before the octets.
void PortHistory::show_events(Timestamp at, CounterRow& errors) {
  if (discards_ != told_discards_ || event_chance(25)) errors.out_discards = told_discards_ = discards_;
  if (event_chance(60)) errors.in_discards = discards_ / 2;
  if (carrier_ == told_carrier_ && !event_chance(25)) return;
  CounterRow carrier;
  carrier.at = at - Duration{4'000};
  carrier.carrier_transitions = told_carrier_ = carrier_;
  send(carrier);
}

void PortHistory::send(const CounterRow& row) {
  if (row.at < buffered_until_) {
    if (!chance(4)) buffer_.push_back(row);
    return;
  }
  if (!buffer_.empty()) {
    std::shuffle(buffer_.begin(), buffer_.end(), random_);
    const auto spread = chance(2) ? 0 : 90;
    for (const auto& old : buffer_) arrivals_.push_back({row.at + std::chrono::seconds{below(spread + 1)}, old});
    buffer_.clear();
  }
  auto late = Duration{below(2000) * 1000};
  if (chance(12)) late = std::chrono::seconds{below(1500)};
  arrivals_.push_back({row.at + late, row});
  if (chance(15)) arrivals_.push_back({row.at + late + std::chrono::seconds{below(900)}, row});  // a second time
}

PortHistory::Outcome PortHistory::run() {
  Outcome outcome;
  random_ = telling_;
  told_.clear();
  shelf_ = std::make_unique<MemoryShelf>(minutes_in_memory_);
  evidence_ = Evidence();
  evidence_.keep_readings_on(*shelf_);
  auto next = arrivals_.cbegin();
  const int end = kStart + minutes_ + 30;
  for (int closed = kStart; closed <= end; closed += chance(20) ? 1 + below(14) : 1) {
    const auto passes = 1 + below(2);
    for (int pass = 0; pass < passes; ++pass) {
      const auto now = day_time(closed, 30 + pass);
      for (; next != arrivals_.end() && next->at <= now; ++next) {
        const auto watermark = evidence_.state(Source::Counters).watermark;
        tell(*next, watermark ? index_of(*watermark) : -1);
      }
      evidence_.accepting(day_time(kStart), now);
      close(now, next);
    }
    if (chance(15)) {
      auto restored = restore_evidence(snapshot_of(evidence_));
      if (!restored) return {"the snapshot cannot be read back: " + restored.error().message, "", {}};
      evidence_ = std::move(*restored);
      evidence_.keep_readings_on(*shelf_);
    }
    if (chance(8)) {
      const auto found = compare(closed);
      if (!found.wrong.empty()) return found;
      if (outcome.stricter.empty()) outcome.stricter = found.stricter;
    }
  }
  const auto last = compare(static_cast<int>((*evidence_.state(Source::Counters).watermark - kDay).count()));
  return {last.wrong, outcome.stricter.empty() ? last.stricter : outcome.stricter, last.minutes};
}

void PortHistory::tell(const Arrival& arrival, int closed) {
  told_.push_back({arrival.row, closed});
  const auto taken =
      evidence_.add_counters(numbered_key(1), "Ethernet1", arrival.row, std::max(arrival.at, arrival.row.at));
  DZ_CHECK(taken && *taken == RowOutcome::Taken);
}

// At once, or in pieces between which rows come: they come after the minutes closed.
void PortHistory::close(Timestamp now, std::vector<Arrival>::const_iterator& next) {
  if (!chance(3)) return evidence_.advance(now);
  const auto closing = index_of(minute_of(now - evidence_.settings().lateness));
  const auto before = evidence_.state(Source::Counters).watermark;
  const auto after = before ? std::max(closing, index_of(*before)) : closing;
  const auto told = [&] {
    DZ_CHECK(evidence_.state(Source::Counters).watermark == before);
    if (next != arrivals_.cend() && chance(3)) tell(*next++, after);
  };
  evidence_.advance(now, {.work = 1, .between = told});
  evidence_.advance(now);  // for those rows
}

void PortHistory::shrink() {
  for (auto size = arrivals_.size(); size > 0; size /= 2) {
    for (std::size_t at = 0; at < arrivals_.size();) {
      auto all = arrivals_;
      const auto first = arrivals_.begin() + static_cast<std::ptrdiff_t>(at);
      arrivals_.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, arrivals_.size() - at)));
      if (!run().wrong.empty()) continue;
      arrivals_ = std::move(all);
      at += size;
    }
  }
  (void)run();
}

PortHistory::Outcome PortHistory::compare(int closed) const {
  Outcome outcome;
  const auto ref = subject_ref(evidence_, interface_subject(numbered_key(1), "Ethernet1"));
  if (ref.index == kNoSubject) return outcome;
  const auto first = index_of(kDay), end = first + closed;
  const auto wanted = PortReference(told_).minutes(end);
  for (auto m = first; m < end; ++m) {
    const auto marks = marks_of(evidence_, ref, minute_at(m), minute_at(m + 1)).front().marks;
    outcome.minutes.push_back(marks_text(SubjectKind::Interface, marks));
    const auto found = port_of(outcome.minutes.back());
    const auto it = wanted.find(m);
    const auto expected = it == wanted.end() ? Port{} : as_told(it->second);
    if (found == expected) continue;
    auto& text = is_stricter(found, expected) ? outcome.stricter : outcome.wrong;
    if (!text.empty()) continue;
    text = fmt::format("with {} minutes closed, minute {}: the reference has {}, found {}", closed, m - first,
                       text_of(expected), text_of(found));
  }
  return outcome;
}

std::string PortHistory::story() const {
  const auto field = [](const char* name, const std::optional<std::uint64_t>& value) {
    return value ? fmt::format(" {}={}", name, *value) : std::string();
  };
  std::string text = fmt::format("cadence {} s\n", cadence_);
  for (const auto& [row, closed] : told_) {
    const auto s = static_cast<double>((row.at - Timestamp{kDay}).count()) / 1e6;
    text += fmt::format("{}:{:09.6f} told when {} were closed:{}{}{}{}{}{}{}{}\n", static_cast<int>(s) / 60,
                        s - 60 * (static_cast<int>(s) / 60), closed < 0 ? -1 : closed - index_of(kDay),
                        field("in", row.in_octets), field("out", row.out_octets), field("in-errors", row.in_errors),
                        field("out-errors", row.out_errors), field("in-fcs-errors", row.in_fcs_errors),
                        field("in-discards", row.in_discards), field("out-discards", row.out_discards),
                        field("carrier", row.carrier_transitions));
  }
  return text;
}

}  // namespace dz::evidence
