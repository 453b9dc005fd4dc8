// What a verdict demands: windows, allowances, damping, modes. Strict by default; read from TOML and refused at load
// when wrong (docs/formats/policy.md lists every key). A plain value: the same policy has the same text and digest.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/profile.h"
#include "verdict/added_criterion.h"
#include "verdict/criterion.h"
#include "verdict/window.h"

namespace dz::verdict {

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

constexpr std::uint8_t kAllTypes = 0xff;
template <typename Type>
constexpr std::uint8_t type_bit(Type type) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(type));
}

// What a policy says of one criterion. Without a number of its own the policy's holds.
struct CriterionSettings {
  Mode mode = Mode::Shadow;
  std::uint8_t types = kAllTypes;  // type_bit of the LinkType or DeviceType it applies to
  std::optional<std::chrono::minutes> window;
  std::optional<int> bad_allowed, unobserved_allowed;
  std::optional<Stage> stage;  // of a device's; without one the criterion's own holds
  bool operator==(const CriterionSettings&) const = default;
};

struct Policy {
  const Profile* profile = &rfc_profile();  // the network it is for: its name and its words
  bool device_stages = false;  // devices are ready for links before they are ready for users; follows from the profile
  Window window = std::chrono::hours{24};           // for records that were never in service: see window_for()
  Window recovery_window = std::chrono::hours{24};  // for the others
  int bad_allowed = 0;                              // minutes of a window
  int unobserved_allowed = 15;                      // minutes of a window
  std::chrono::minutes max_staleness{10};           // of a watermark; the QA source has qa.max_gap instead
  std::chrono::minutes max_hold{60};                // a drained record stays healthy this long without evidence
  Damping damping_short{3, 5};
  Damping damping_long{10, 60};
  QaPolicy qa;
  std::array<CriterionSettings, kMostCriteria> criteria = default_criteria();  // by CriterionId
  std::vector<AddedCriterion> added;  // number i has the id added_criterion(i); at most kMostAdded

  const CriterionSettings& of(CriterionId id) const { return criteria[index_of(id)]; }
  CriterionSettings& of(CriterionId id) { return criteria[index_of(id)]; }
  Mode mode(CriterionId id) const { return of(id).mode; }
  // The id as people write it, and where its evidence comes from ("counters"; of added criteria the [[source]]).
  std::string_view name(CriterionId id) const;
  std::string_view source_name(CriterionId id) const;
  std::string_view source_name(evidence::Source source) const;  // of an added criterion's source, the criterion's id
  std::vector<evidence::Source> sources() const;                // all that criteria read
  // row: the window of the record's health.
  std::chrono::minutes window_of(CriterionId id, const Window& row) const { return of(id).window.value_or(row.length); }
  bool knows_window_of(CriterionId id, const Window& row) const { return of(id).window.has_value() || row.known(); }
  Stage stage_of(CriterionId id) const { return of(id).stage.value_or(criterion(id).stage); }
  int bad_allowed_of(CriterionId id) const { return of(id).bad_allowed.value_or(bad_allowed); }
  int unobserved_allowed_of(CriterionId id) const { return of(id).unobserved_allowed.value_or(unobserved_allowed); }
  // A link's own criteria and device.link_up look at the same minutes in the same way.
  bool links_judged_as_candidates() const;
  // How old a source's watermark may be. QA runs are hours apart; a value of an added criterion may speak for minutes.
  std::chrono::minutes max_staleness_of(evidence::Source source) const;
  // The criteria that records of a kind are judged by, in the order in which they are shown.
  std::vector<CriterionId> link_criteria() const;
  std::vector<CriterionId> device_criteria() const;
  static std::array<CriterionSettings, kMostCriteria> default_criteria();
  bool operator==(const Policy&) const = default;
};

// What holds without a policy file: data/policy has it, a file a profile.
Policy default_policy(const Profile& profile);

// The window that a record is judged over: the recovery window once it was healthy or impaired, unless it is on its way
// into service for the first time and not healthy yet.
Window window_for(const Policy& policy, Health health, Status status);

// The longest window of all; of one in slots, the longest that it may turn out to be.
std::chrono::minutes longest_window(const Policy& policy);
// The shortest windows that its other numbers make sense with: damping has to fit in, and something has to be seen.
std::chrono::minutes least_window(const Policy& policy);

// Every key is optional; what is not said is as the profile's default has it. Refused, with file name, line and what
// to do: a key that does not exist, a value of the wrong type or range, and values that contradict each other.
// Without a profile the file says which it is for, and the RFC's when it does not; with one the file has to agree.
Result<Policy> parse_policy(std::string_view toml, std::string_view file_name, const Profile* profile = nullptr);

// Refused when values contradict each other, for example when no evidence criterion of links is enforced.
Result<void> check_policy(const Policy& policy);

// The part of it that concerns one criterion, which the message begins with.
Result<void> check_criterion(const Policy& policy, CriterionId id);

// Every key, in one fixed order; parse_policy reads it back to the same policy.
std::string render_policy(const Policy& policy);
// SHA-256 of render_policy, in hex: says which policy a decision was made under.
std::string policy_digest(const Policy& policy);

}  // namespace dz::verdict
