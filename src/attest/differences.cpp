#include "attest/differences.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

namespace dz::attest {
namespace {

using evidence::MinuteState;
using evidence::SubjectKind;
using std::chrono::minutes;

constexpr int kDampedMinutes = 60;

// Which leaf of the one belongs to which of the other.
using Name = std::tuple<std::string, std::optional<evidence::Signal>, evidence::Subject, std::optional<Pubkey>>;
Name name_of(const MinutesLeaf& leaf) { return {leaf.criterion, leaf.signal, leaf.subject, leaf.link}; }

std::string source_of(const MinutesLeaf& leaf) {
  if (!leaf.signal) return std::string(to_text(evidence::Source::Qa));
  switch (leaf.subject.kind) {
    case SubjectKind::Value:
    case SubjectKind::Source: return leaf.subject.criterion;
    case SubjectKind::ConfigAgent: return std::string(to_text(evidence::Source::ConfigAgent));
    case SubjectKind::TelemetryAgent:
    case SubjectKind::Probes: return std::string(to_text(evidence::Source::LatencySamples));
    case SubjectKind::Interface:
    case SubjectKind::Reporting: break;
  }
  return std::string(to_text(evidence::Source::Counters));
}

// Every minute of one leaf.
std::vector<MinuteView> views_of(const MinutesLeaf& leaf) {
  std::vector<MinuteView> views(leaf.states.size());
  for (std::size_t i = 0; i < views.size(); ++i) views[i].state = leaf.states[i];
  const auto at = [&](Minute minute) {
    const auto place = (minute - leaf.from).count();
    return place >= 0 && place < static_cast<std::int64_t>(views.size()) ? &views[static_cast<std::size_t>(place)]
                                                                         : nullptr;
  };
  for (const auto& offence : leaf.offences) {
    if (auto* view = at(offence.minute)) view->counters = offence.counters;
  }
  for (int i = 0; i < kDampedMinutes; ++i) {
    if (auto* view = at(leaf.to - minutes{i + 1})) view->damped_bad = (leaf.damped_bad >> i & 1U) != 0;
  }
  return views;
}

// Compares two leaves of one name, and puts minutes in a row together.
class LeafComparison {
 public:
  LeafComparison(const MinutesLeaf& first, const MinutesLeaf& second, Differences& all)
      : first_(first),
        second_(second),
        from_(std::max(first.from, second.from)),
        to_(std::min(first.to, second.to)),
        all_(all) {}

  void run() {
    if (from_ >= to_) return all_.not_compared.push_back(not_compared(first_, NotCompared::Why::NoMinuteInCommon));
    all_.compared += static_cast<std::size_t>((to_ - from_).count());
    first_.signal ? compare_minutes() : compare_results();
  }

  static NotCompared not_compared(const MinutesLeaf& leaf, NotCompared::Why why) {
    return {leaf.criterion, source_of(leaf), leaf.signal, leaf.subject, why};
  }

 private:
  void compare_minutes() {
    const auto ones = views_of(first_), others = views_of(second_);
    // Of which minutes damping speaks depends on the end of the window.
    const auto damped_from = std::max(first_.to, second_.to) - minutes{kDampedMinutes};
    for (auto minute = from_; minute < to_; minute += minutes{1}) {
      auto one = ones[place(first_, minute)], other = others[place(second_, minute)];
      if (minute < damped_from) one.damped_bad = other.damped_bad = false;
      if (one != other) add(minute, one, other);
    }
  }

  void compare_results() {
    const auto by_time = [&](const MinutesLeaf& leaf) {
      std::map<Timestamp, MinuteState> results;
      for (const auto& run : leaf.runs) note(results, run, MinuteState::Unobserved);
      for (const auto& r : leaf.results) note(results, r.at, r.success ? MinuteState::Good : MinuteState::Bad);
      return results;
    };
    const auto ones = by_time(first_), others = by_time(second_);
    std::map<Timestamp, std::pair<MinuteView, MinuteView>> both;
    for (const auto& [at, state] : ones) both[at].first.state = state;
    for (const auto& [at, state] : others) both[at].second.state = state;
    for (const auto& [at, views] : both) {
      // A run that only one heard of, of other devices, makes a gap one that was seen.
      const bool both_know = ones.contains(at) == others.contains(at);
      if (!both_know || views.first != views.second) add(minute_of(at), views.first, views.second);
    }
  }

  void note(std::map<Timestamp, MinuteState>& results, Timestamp at, MinuteState state) const {
    if (at >= Timestamp{from_} && at < Timestamp{to_}) results.insert_or_assign(at, state);
  }

  static std::size_t place(const MinutesLeaf& leaf, Minute minute) {
    return static_cast<std::size_t>((minute - leaf.from).count());
  }

  void add(Minute minute, const MinuteView& one, const MinuteView& other) {
    auto& list = all_.minutes;
    if (began_ && list.back().to == minute && list.back().first == one && list.back().second == other) {
      list.back().to = minute + minutes{1};
      return;
    }
    began_ = true;
    list.push_back(
        {first_.criterion, source_of(first_), first_.signal, first_.subject, minute, minute + minutes{1}, one, other});
  }

  const MinutesLeaf& first_;
  const MinutesLeaf& second_;
  Minute from_, to_;
  Differences& all_;
  bool began_ = false;  // the last difference is of these leaves
};

Result<std::vector<MinutesLeaf>> decode_all(std::span<const Bytes> leaves) {
  std::vector<MinutesLeaf> all;
  for (const auto& bytes : leaves) {
    DZ_TRY_ASSIGN(auto leaf, decode_minutes(bytes));
    all.push_back(std::move(leaf));
  }
  return all;
}

std::string view_text(const MinuteView& view, bool of_qa, bool tell_damping) {
  using enum MinuteState;
  if (of_qa) return view.state == Good ? "a success" : view.state == Bad ? "a failure" : "no result";
  auto text = std::string(to_text(view.state));
  if (view.counters != 0) text += " (" + evidence::counters_text(view.counters) + ")";
  if (tell_damping) text += view.damped_bad ? ", damped: bad" : ", damped: not bad";
  return text;
}

std::string signal_text(const std::optional<evidence::Signal>& signal, const evidence::Subject& subject) {
  return signal ? fmt::format("{} of {}", to_text(*signal), to_text(subject)) : "results of " + to_text(subject.key);
}

}  // namespace

Differences find_differences(std::span<const MinutesLeaf> first, std::span<const MinutesLeaf> second) {
  std::map<Name, const MinutesLeaf*> others;
  for (const auto& leaf : second) others.emplace(name_of(leaf), &leaf);
  Differences all;
  for (const auto& leaf : first) {
    const auto other = others.find(name_of(leaf));
    if (other == others.end()) {
      all.not_compared.push_back(LeafComparison::not_compared(leaf, NotCompared::Why::OnlyFirst));
      continue;
    }
    LeafComparison(leaf, *other->second, all).run();
    others.erase(other);
  }
  for (const auto& leaf : second) {
    if (const auto left = others.find(name_of(leaf)); left != others.end() && left->second == &leaf)
      all.not_compared.push_back(LeafComparison::not_compared(leaf, NotCompared::Why::OnlySecond));
  }
  return all;
}

Result<Differences> find_differences(std::span<const Bytes> first, std::span<const Bytes> second) {
  DZ_TRY_ASSIGN(const auto ones, decode_all(first));
  DZ_TRY_ASSIGN(const auto others, decode_all(second));
  return find_differences(ones, others);
}

std::string difference_text(const MinuteDifference& d, std::string_view first, std::string_view second) {
  const auto last = d.to - minutes{1};
  const auto when = d.from == last ? "minute " + dz::to_text(Timestamp{d.from})
                                   : fmt::format("{} minutes {} to {}", (d.to - d.from).count(),
                                                 dz::to_text(Timestamp{d.from}), dz::to_text(Timestamp{last}));
  const bool damping = d.first.damped_bad != d.second.damped_bad && d.first.state == d.second.state;
  return fmt::format("{}: {} of {} ({}): {} has {}, {} has {}", d.criterion, when, d.source,
                     signal_text(d.signal, d.subject), first, view_text(d.first, !d.signal, damping), second,
                     view_text(d.second, !d.signal, damping));
}

std::string not_compared_text(const NotCompared& n, std::string_view first, std::string_view second) {
  const auto what = fmt::format("{}: {} ({})", n.criterion, n.source, signal_text(n.signal, n.subject));
  switch (n.why) {
    case NotCompared::Why::OnlyFirst: return fmt::format("{}: {} judged by it, {} did not", what, first, second);
    case NotCompared::Why::OnlySecond: return fmt::format("{}: {} judged by it, {} did not", what, second, first);
    case NotCompared::Why::NoMinuteInCommon: break;
  }
  return fmt::format("{}: {} and {} have no minute in common", what, first, second);
}

}  // namespace dz::attest
