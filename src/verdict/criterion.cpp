#include "verdict/criterion.h"

namespace dz::verdict {
namespace {

using enum CriterionId;
using enum CriterionKind;
using enum Mode;

constexpr Reading kRecord{"record", ""};
constexpr std::string_view kAnyDia = "any-dia", kEveryCyoa = "every-cyoa";

constexpr std::array<Criterion, kCriterionCount> kCriteria{{
    {LinkDrained, "link.drained", Record, evidence::Source::Counters, Enforce, kRecord,
     "the link's status is soft-drained or hard-drained", Stage::ReadyForLinks,
     "the link's status is soft-drained, hard-drained or provisioning"},
    {LinkDesiredActivated, "link.desired_activated", Record, evidence::Source::Counters, Enforce, kRecord,
     "the link's desired_status is activated"},
    {LinkAData,
     "link.a.data",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-a", "data"},
     "counter rows of interface A in every minute"},
    {LinkAErrors,
     "link.a.errors",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-a", "errors"},
     "no error counter of interface A rose"},
    {LinkAUtilization,
     "link.a.utilization",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-a", "utilization"},
     "octets in and out of interface A rose in every minute"},
    {LinkACarrier,
     "link.a.carrier",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {"side-a", "carrier"},
     "interface A kept its carrier"},
    {LinkADiscards,
     "link.a.discards",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {"side-a", "discards"},
     "interface A discarded no packets"},
    {LinkZData,
     "link.z.data",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-z", "data"},
     "counter rows of interface Z in every minute"},
    {LinkZErrors,
     "link.z.errors",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-z", "errors"},
     "no error counter of interface Z rose"},
    {LinkZUtilization,
     "link.z.utilization",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"side-z", "utilization"},
     "octets in and out of interface Z rose in every minute"},
    {LinkZCarrier,
     "link.z.carrier",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {"side-z", "carrier"},
     "interface Z kept its carrier"},
    {LinkZDiscards,
     "link.z.discards",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {"side-z", "discards"},
     "interface Z discarded no packets"},
    {LinkAzProbes,
     "link.az.probes",
     Evidence,
     evidence::Source::LatencySamples,
     Shadow,
     {"a-to-z", "probes"},
     "latency samples from A to Z in every minute, none lost"},
    {LinkZaProbes,
     "link.za.probes",
     Evidence,
     evidence::Source::LatencySamples,
     Shadow,
     {"z-to-a", "probes"},
     "latency samples from Z to A in every minute, none lost"},
    {DevicePublicIp, "device.public_ip", Record, evidence::Source::Counters, Enforce, kRecord,
     "the device has a public_ip"},
    {DeviceDzPrefix, "device.dz_prefix", Record, evidence::Source::Counters, Enforce, kRecord,
     "the device has a dz_prefix of at least a /29"},
    {DeviceMaxUsersZero, "device.max_users_zero", Record, evidence::Source::Counters, Enforce, kRecord,
     "the device's max_users is 0"},
    {DeviceHardDrained, "device.hard_drained", Record, evidence::Source::Counters, Enforce, kRecord,
     "the device's status is hard-drained", Stage::ReadyForLinks,
     "the device's status is drained, device-provisioning or link-provisioning"},
    {DeviceDiaInterface, "device.dia_interface", Record, evidence::Source::Counters, Enforce, kRecord,
     "at least one DIA interface has status activated"},
    {DeviceLinkInterface, "device.link_interface", Record, evidence::Source::Counters, Enforce, kRecord,
     "at least one interface of a WAN or DZX link has status activated", Stage::ReadyForUsers},
    {DeviceDiaUp,
     "device.dia_up",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {kAnyDia, "up"},
     "one activated DIA interface with data, no errors and traffic in every minute"},
    {DeviceLinkUp,
     "device.link_up",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"any-link", "up"},
     "one activated or drained link with data, no errors and traffic at both ends in every minute",
     Stage::ReadyForUsers},
    {DeviceReporting,
     "device.reporting",
     Evidence,
     evidence::Source::Counters,
     Enforce,
     {"device", "reporting"},
     "counter rows of the device in every minute"},
    {DeviceConfigAgent,
     "device.config_agent",
     Evidence,
     evidence::Source::ConfigAgent,
     Enforce,
     {"device", "config-agent"},
     "the config agent fetched its configuration in every minute"},
    {DeviceTelemetryAgent,
     "device.telemetry_agent",
     Evidence,
     evidence::Source::LatencySamples,
     Enforce,
     {"device", "telemetry-agent"},
     "the telemetry agent wrote latency samples for every minute"},
    {DeviceQa,
     "device.qa",
     Evidence,
     evidence::Source::Qa,
     Enforce,
     {"device", "qa"},
     "QA passes, without a failure and without a long gap",
     Stage::ReadyForUsers},
    {DeviceCyoaUp,
     "device.cyoa_up",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {kEveryCyoa, "up"},
     "every CYOA interface with data and no errors in every minute, and traffic once users are allowed",
     Stage::ReadyForUsers},
    {DeviceDiaCarrier,
     "device.dia.carrier",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {kAnyDia, "carrier"},
     "one activated DIA interface kept its carrier"},
    {DeviceDiaDiscards,
     "device.dia.discards",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {kAnyDia, "discards"},
     "one activated DIA interface discarded no packets"},
    {DeviceCyoaCarrier,
     "device.cyoa.carrier",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {kEveryCyoa, "carrier"},
     "every CYOA interface kept its carrier",
     Stage::ReadyForUsers},
    {DeviceCyoaDiscards,
     "device.cyoa.discards",
     Evidence,
     evidence::Source::Counters,
     Shadow,
     {kEveryCyoa, "discards"},
     "every CYOA interface discarded no packets",
     Stage::ReadyForUsers},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kCriteria.size(); ++i) {
    if (index_of(kCriteria[i].id) != i) return false;
  }
  return true;
}
static_assert(in_order(), "criterion() indexes the table by id");

constexpr std::array<Criterion, evidence::kMostAdded> added_criteria() {
  std::array<Criterion, evidence::kMostAdded> added{};
  for (std::size_t i = 0; i < added.size(); ++i) {
    added[i] = {added_criterion(i), "", Evidence, evidence::added_source(i), Shadow, {"", "value"}, ""};
  }
  return added;
}
constexpr auto kAdded = added_criteria();

}  // namespace

std::string_view to_text(Mode mode) {
  switch (mode) {
    case Enforce: return "enforce";
    case Shadow: return "shadow";
    case Off: return "off";
  }
  return "invalid";
}

std::string_view to_text(Stage stage) { return stage == Stage::ReadyForLinks ? "ready-for-links" : "ready-for-users"; }

std::optional<Stage> parse_stage(std::string_view text) {
  for (const auto stage : {Stage::ReadyForLinks, Stage::ReadyForUsers}) {
    if (to_text(stage) == text) return stage;
  }
  return std::nullopt;
}

std::optional<Mode> parse_mode(std::string_view text) {
  for (const auto mode : {Enforce, Shadow, Off}) {
    if (to_text(mode) == text) return mode;
  }
  return std::nullopt;
}

const Criterion& criterion(CriterionId id) { return is_added(id) ? kAdded[added_number(id)] : kCriteria[index_of(id)]; }
bool is_of_dia(CriterionId id) { return criterion(id).reading.subject == kAnyDia; }
bool is_of_cyoa(CriterionId id) { return criterion(id).reading.subject == kEveryCyoa; }
std::span<const Criterion> all_criteria() { return kCriteria; }
std::span<const Criterion> link_criteria() { return all_criteria().first(kLinkCriterionCount); }
std::span<const Criterion> device_criteria() { return all_criteria().subspan(kLinkCriterionCount); }

std::optional<CriterionId> parse_criterion(std::string_view name) {
  for (const auto& c : kCriteria) {
    if (c.name == name) return c.id;
  }
  return std::nullopt;
}

}  // namespace dz::verdict
