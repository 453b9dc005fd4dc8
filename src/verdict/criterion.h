// The criteria: one id a prerequisite of the RFC, each with its kind, source and default mode. One table drives the
// policy file, the assessments, the explanations and the reference pages.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "evidence/tally.h"

namespace dz {

// In the order in which they are shown: link criteria first, then device criteria.
enum class CriterionId : std::uint8_t {
  LinkDrained,
  LinkDesiredActivated,
  LinkAData,
  LinkAErrors,
  LinkAUtilization,
  LinkZData,
  LinkZErrors,
  LinkZUtilization,
  LinkAzProbes,
  LinkZaProbes,
  DevicePublicIp,
  DeviceDzPrefix,
  DeviceMaxUsersZero,
  DeviceHardDrained,
  DeviceDiaInterface,
  DeviceLinkInterface,
  DeviceDiaUp,
  DeviceLinkUp,
  DeviceReporting,
  DeviceConfigAgent,
  DeviceTelemetryAgent,
  DeviceQa,
  DeviceCyoaUp,
};
inline constexpr std::size_t kCriterionCount = 23;
inline constexpr std::size_t kLinkCriterionCount = 10;
inline constexpr std::size_t kDeviceCriterionCount = kCriterionCount - kLinkCriterionCount;
constexpr std::size_t index_of(CriterionId id) { return static_cast<std::size_t>(id); }

// Record criteria read the ledger record; evidence criteria read minutes or QA results.
enum class CriterionKind : std::uint8_t { Record, Evidence };

enum class Mode : std::uint8_t {
  Enforce,  // gates the health
  Shadow,   // judged and shown, gates nothing
  Off,      // judged, gates nothing, and left out of sentences and counts
};
std::string_view to_text(Mode mode);  // "enforce", "shadow", "off"
std::optional<Mode> parse_mode(std::string_view text);

struct Criterion {
  CriterionId id;
  std::string_view name;  // "link.a.errors"
  CriterionKind kind;
  Source source;  // of evidence; meaningless for record criteria
  Mode default_mode;
  std::string_view meaning;  // what holds when it is met, for people
};

const Criterion& criterion(CriterionId id);
std::span<const Criterion> link_criteria();
std::span<const Criterion> device_criteria();
std::span<const Criterion> all_criteria();
inline std::string_view to_text(CriterionId id) { return criterion(id).name; }
std::optional<CriterionId> parse_criterion(std::string_view name);

}  // namespace dz
