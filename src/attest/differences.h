// Where two judges differ: the minutes that one decision or opinion rests on beside those of another about the same
// record. Which criterion, which minute of which source, and what each has there. Only minutes that both have are
// compared, for the sources of two judges are complete at different minutes. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/minutes.h"

namespace dz::attest {

// What a judge has of one minute. Of QA: good is a run that succeeded, bad one that failed, unobserved: none is known.
struct MinuteView {
  evidence::MinuteState state = evidence::MinuteState::Unobserved;
  evidence::CounterBits counters = 0;  // at fault, of a bad one
  bool damped_bad = false;             // it counts against what is in service
  bool operator==(const MinuteView&) const = default;
};

// Minutes in a row that differ in the same way.
struct MinuteDifference {
  std::string criterion;                   // "link.a.errors"
  std::string source;                      // "counters", ..., or the id of an added criterion
  std::optional<evidence::Signal> signal;  // none: QA
  evidence::Subject subject;
  Minute from, to;  // [from, to)
  MinuteView first, second;
  bool operator==(const MinuteDifference&) const = default;
};

// A signal of a criterion that cannot be compared.
struct NotCompared {
  enum class Why : std::uint8_t { OnlyFirst, OnlySecond, NoMinuteInCommon };
  std::string criterion, source;
  std::optional<evidence::Signal> signal;
  evidence::Subject subject;
  Why why = Why::OnlyFirst;
  bool operator==(const NotCompared&) const = default;
};

struct Differences {
  std::vector<MinuteDifference> minutes;  // in the order of the leaves of the first, then by time
  std::vector<NotCompared> not_compared;
  std::size_t compared = 0;  // minutes
  bool none() const { return minutes.empty() && not_compared.empty(); }
  bool operator==(const Differences&) const = default;
};

// Cost: linear in the minutes, and in the number of leaves times its logarithm.
Differences find_differences(std::span<const MinutesLeaf> first, std::span<const MinutesLeaf> second);
// Corrupt: a leaf that is none.
Result<Differences> find_differences(std::span<const Bytes> first, std::span<const Bytes> second);

// "link.a.errors: minute 2026-04-12T13:15:00Z of counters (errors of interface ... switch1/1/1): ams has bad
// (in-errors), fra has good".
std::string difference_text(const MinuteDifference& difference, std::string_view first, std::string_view second);
std::string not_compared_text(const NotCompared& signal, std::string_view first, std::string_view second);

}  // namespace dz::attest
