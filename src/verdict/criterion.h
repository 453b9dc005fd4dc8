// The criteria: one id a prerequisite of the RFC, and a few that stand beside them, each with what it reads and its
// default mode; behind them, numbers for the criteria that a policy adds (added_criterion.h). One table drives the
// policy file, the assessments, the explanations and the reference pages.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "evidence/tally.h"

namespace dz::verdict {

// In the order in which they are shown: link criteria first, then device criteria.
enum class CriterionId : std::uint8_t {
  LinkDrained,
  LinkDesiredActivated,
  LinkAData,
  LinkAErrors,
  LinkAUtilization,
  LinkACarrier,
  LinkADiscards,
  LinkZData,
  LinkZErrors,
  LinkZUtilization,
  LinkZCarrier,
  LinkZDiscards,
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
  DeviceDiaCarrier,
  DeviceDiaDiscards,
  DeviceCyoaCarrier,
  DeviceCyoaDiscards,
};
// Those built in: what the RFC asks for, and what stands beside it in shadow mode.
inline constexpr std::size_t kCriterionCount = 31;
inline constexpr std::size_t kLinkCriterionCount = 14;
inline constexpr std::size_t kDeviceCriterionCount = kCriterionCount - kLinkCriterionCount;
inline constexpr std::size_t kMostCriteria = kCriterionCount + evidence::kMostAdded;
inline constexpr std::size_t kMostFindings = kDeviceCriterionCount + evidence::kMostAdded;  // of one record
constexpr std::size_t index_of(CriterionId id) { return static_cast<std::size_t>(id); }
// The id of a policy's added criterion by its number.
constexpr CriterionId added_criterion(std::size_t criterion) {
  return static_cast<CriterionId>(kCriterionCount + criterion);
}
constexpr bool is_added(CriterionId id) { return index_of(id) >= kCriterionCount; }
constexpr std::size_t added_number(CriterionId id) { return index_of(id) - kCriterionCount; }

// Record criteria read the ledger record; evidence criteria read minutes or QA results.
enum class CriterionKind : std::uint8_t { Record, Evidence };

enum class Mode : std::uint8_t {
  Enforce,  // gates the health
  Shadow,   // judged and shown, gates nothing
  Off,      // judged, gates nothing, and left out of sentences and counts
};
std::string_view to_text(Mode mode);  // "enforce", "shadow", "off"
std::optional<Mode> parse_mode(std::string_view text);

// For which stage of a device a criterion has to hold, where a ledger has stages. What ready-for-links asks is asked
// for ready-for-users too.
enum class Stage : std::uint8_t { ReadyForLinks, ReadyForUsers };
std::string_view to_text(Stage stage);  // "ready-for-links", "ready-for-users"
std::optional<Stage> parse_stage(std::string_view text);

// What a criterion reads and how that becomes minutes; fixed for each of the RFC's criteria.
struct Reading {
  std::string_view
      subject;  // "record", "side-a", "side-z", "a-to-z", "z-to-a", "device", "any-dia", "any-link", "every-cyoa"
  std::string_view signal;  // "errors": docs/formats/policy.md says what makes a minute good; "" for records
};

struct Criterion {
  CriterionId id;
  std::string_view name;  // "link.a.errors"; of added criteria the policy knows it (Policy::name)
  CriterionKind kind;
  evidence::Source source;  // of evidence; meaningless for record criteria
  Mode default_mode;
  Reading reading;
  std::string_view meaning;              // what holds when it is met, for people
  Stage stage = Stage::ReadyForLinks;    // of a device's, unless the policy says otherwise
  std::string_view staged_meaning = {};  // instead of meaning, where records are provisioned in stages
};

const Criterion& criterion(CriterionId id);  // added criteria too: kind and source
// Judged over several interfaces of a device, each a candidate: any of them is enough, or all are asked.
bool is_of_dia(CriterionId id);   // any activated DIA interface
bool is_of_cyoa(CriterionId id);  // every CYOA interface
std::span<const Criterion> link_criteria();
std::span<const Criterion> device_criteria();
std::span<const Criterion> all_criteria();                          // the RFC's
std::optional<CriterionId> parse_criterion(std::string_view name);  // the RFC's

}  // namespace dz::verdict
