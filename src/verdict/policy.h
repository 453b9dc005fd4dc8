// What a verdict demands: windows, allowances, damping, modes. Strict by default; read from TOML and refused at load
// when wrong (docs/formats/policy.md lists every key). A plain value: the same policy has the same text and digest.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "verdict/criterion.h"

namespace dz {

// At least `bad` of the last `of` minutes.
struct Damping {
  int bad = 0;
  int of = 0;
  bool operator==(const Damping&) const = default;
};

struct QaPolicy {
  int successes = 4;
  std::chrono::minutes max_gap{390};
  bool operator==(const QaPolicy&) const = default;
};

struct Policy {
  std::chrono::minutes window{24 * 60};           // judged in health unknown and pending
  std::chrono::minutes recovery_window{24 * 60};  // judged in health healthy and impaired
  int bad_allowed = 0;                            // minutes of a window
  int unobserved_allowed = 15;                    // minutes of a window
  std::chrono::minutes max_staleness{10};         // of a watermark; the QA source has qa.max_gap instead
  std::chrono::minutes max_hold{60};              // a drained record stays healthy this long without evidence
  Damping damping_short{3, 5};
  Damping damping_long{10, 60};
  QaPolicy qa;
  std::array<Mode, kCriterionCount> modes = default_modes();

  Mode mode(CriterionId id) const { return modes[index_of(id)]; }
  std::chrono::minutes longest_window() const { return std::max(window, recovery_window); }
  static std::array<Mode, kCriterionCount> default_modes();
  bool operator==(const Policy&) const = default;
};

// Every key is optional. Refused, with file name, line and what to do: a key that does not exist, a value of the
// wrong type or range, and values that contradict each other.
Result<Policy> parse_policy(std::string_view toml, std::string_view file_name);

// Refused when values contradict each other, for example when no evidence criterion of links is enforced.
Result<void> check_policy(const Policy& policy);

// Every key, in one fixed order; parse_policy reads it back to the same policy.
std::string render_policy(const Policy& policy);
// SHA-256 of render_policy, in hex: says which policy a decision was made under.
std::string policy_digest(const Policy& policy);

}  // namespace dz
