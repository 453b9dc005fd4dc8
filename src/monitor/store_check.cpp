#include "monitor/store_check.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace dz::monitor {
namespace {

using DeviceMinute = std::pair<Pubkey, Minute>;

constexpr std::size_t kMostNamed = 5;  // devices that a disagreement names

// What one answer says, by device and minute.
struct Told {
  std::set<DeviceMinute> present, rose, errors_told;
  Minute begin = Minute::max(), end{};  // of its oldest row, after its newest

  void speak(Minute minute) {
    begin = std::min(begin, minute);
    end = std::max(end, minute + std::chrono::minutes{1});
  }
};

// Of interfaces that the evidence does not hear it only counts that their device was there.
Told told_by(const telemetry::StoreRows& answer, const evidence::Evidence& evidence) {
  Told told;
  std::map<std::uint32_t, std::array<std::optional<std::uint64_t>, 3>> before;
  for (const auto& row : answer.counters) {
    const DeviceMinute key{answer.ports[row.port].device, row.minute};
    told.present.insert(key);
    told.speak(row.minute);
    if (!evidence.hears(key.first, answer.ports[row.port].interface)) continue;
    const std::array<const std::optional<telemetry::CounterSpan>*, 3> errors{&row.in_errors, &row.out_errors,
                                                                             &row.in_fcs_errors};
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const auto& span = *errors[i];
      if (!span) continue;
      told.errors_told.insert(key);
      auto& last = before[row.port][i];
      if (span->most > span->first || (last && span->most > *last)) told.rose.insert(key);
      last = span->last;
    }
  }
  for (const auto& row : answer.getconfigs) {
    if (row.count > 0) told.present.insert({row.device, row.minute});
    told.speak(row.minute);
  }
  return told;
}

// One answer beside the evidence, minute by minute.
struct Comparison {
  evidence::Source source;
  Told told;
  const evidence::Evidence& evidence;

  evidence::MinuteState presence(const Pubkey& device, Minute minute) const {
    const auto signal =
        source == evidence::Source::Counters ? evidence::Signal::Reporting : evidence::Signal::ConfigAgent;
    return evidence.minute(evidence.find_device(device), signal, minute);
  }

  // Whether one of the two heard of the device in that minute.
  bool known(const Pubkey& device, Minute minute) const {
    return told.present.contains({device, minute}) || presence(device, minute) == evidence::MinuteState::Good;
  }

  // Whether an interface of the device had a bad minute of errors.
  bool had_errors(const Pubkey& key, const Device& device, Minute minute) const {
    return std::any_of(device.interfaces.begin(), device.interfaces.end(), [&](const Interface& port) {
      const auto ref = evidence.find_interface(key, port.name);
      return ref.index != evidence::kNoSubject &&
             evidence.minute(ref, evidence::Signal::Errors, minute) == evidence::MinuteState::Bad;
    });
  }

  bool differs(const Pubkey& key, const Device& device, Minute minute) const {
    const auto state = presence(key, minute);
    const bool present = told.present.contains({key, minute});
    if (state == evidence::MinuteState::Unobserved) return false;  // nobody claims anything
    if ((state == evidence::MinuteState::Good) != present) return true;
    if (source != evidence::Source::Counters || !present) return false;
    // Only a rise that one of them shows and the other rules out; a store may leave out what did not change.
    const bool rose = told.rose.contains({key, minute}), errors = had_errors(key, device, minute);
    return rose ? !errors : errors && !told.errors_told.contains({key, minute});
  }
};

}  // namespace

bool StoreCheck::compare(const CheckAnswer& answer, const evidence::Evidence& evidence, const client::Snapshot& records,
                         Timestamp now) {
  const Comparison comparison{answer.source, told_by(answer.rows, evidence), evidence};
  const auto& told = comparison.told;
  const auto watermark = evidence.state(answer.source).watermark;
  if (!watermark || told.end == Minute{}) return false;  // one of them is silent: that is said elsewhere
  answered_at_[answer.source] = now;
  const auto to = std::min(*watermark, told.end);
  const auto from = std::max(to - telemetry::StorePull::kChecked, told.begin);
  if (to - from < std::chrono::minutes{trust_.minutes}) return false;  // the serving store is not as far yet
  StoreDisagreement found{.source = answer.source, .serving = answer.serving, .checking = answer.checking};
  found.since = now;
  for (const auto& [key, device] : records.devices) {
    int different = 0;
    bool known = false;
    for (auto minute = from; minute < to; minute += std::chrono::minutes{1}) {
      if (comparison.differs(key, device, minute)) ++different;
      known = known || comparison.known(key, minute);
    }
    if (known) ++found.of;
    if (different < trust_.minutes) continue;
    ++found.devices;
    if (found.named.size() < kMostNamed) found.named.push_back(key);
  }
  return note(std::move(found));
}

// Keeps or drops the disagreement. True when it begins or ends.
bool StoreCheck::note(StoreDisagreement found) {
  const auto source = found.source;
  const bool disagree = found.devices >= trust_.devices && found.devices * 100 >= trust_.percent * found.of;
  if (!disagree) return standing_.erase(source) > 0;
  const auto [standing, begins] = standing_.try_emplace(source, found);
  if (begins) return true;
  found.since = standing->second.since;
  standing->second = std::move(found);
  return false;
}

std::string disagreement_text(const StoreDisagreement& found, const client::Snapshot& records) {
  std::string names;
  for (const auto& key : found.named) names += (names.empty() ? "" : ", ") + client::code_of(records.devices, key);
  return fmt::format("{} of {} devices differ between {} and {}: {}{}", found.devices, found.of, found.serving,
                     found.checking, names, found.devices > static_cast<int>(found.named.size()) ? ", ..." : "");
}

bool StoreCheck::forget_silent(Timestamp now, Duration patience) {
  return std::erase_if(standing_, [&](const auto& entry) { return now - answered_at_[entry.first] > patience; }) > 0;
}

}  // namespace dz::monitor
