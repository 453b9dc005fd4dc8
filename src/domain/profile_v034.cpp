// Profile v0.34: the network that is live. Its program forces health at creation, lets either side write any status,
// and moves nothing by itself; so the rows here ask for proof (Needs).
#include "domain/profile.h"

namespace dz {
namespace {

constexpr std::pair<std::uint8_t, Status> kLinkStatus[] = {
    {0, Status::Pending},   {1, Status::Activated},   {3, Status::Deleting},    {4, Status::Rejected},
    {5, Status::Requested}, {6, Status::HardDrained}, {7, Status::SoftDrained}, {8, Status::Provisioning}};
constexpr std::pair<std::uint8_t, Status> kDeviceStatus[] = {
    {0, Status::Pending}, {1, Status::Activated},          {3, Status::Deleting},        {4, Status::Rejected},
    {5, Status::Drained}, {6, Status::DeviceProvisioning}, {7, Status::LinkProvisioning}};
constexpr std::pair<std::uint8_t, DesiredStatus> kLinkDesired[] = {{0, DesiredStatus::Pending},
                                                                   {1, DesiredStatus::Activated},
                                                                   {6, DesiredStatus::HardDrained},
                                                                   {7, DesiredStatus::SoftDrained}};
constexpr std::pair<std::uint8_t, DesiredStatus> kDeviceDesired[] = {
    {0, DesiredStatus::Pending}, {1, DesiredStatus::Activated}, {6, DesiredStatus::Drained}};
constexpr std::pair<std::uint8_t, Health> kLinkHealth[] = {
    {0, Health::Unknown}, {1, Health::Pending}, {2, Health::Healthy}, {3, Health::Impaired}};
constexpr std::pair<std::uint8_t, Health> kDeviceHealth[] = {{0, Health::Unknown},
                                                             {1, Health::Pending},
                                                             {2, Health::ReadyForLinks},
                                                             {3, Health::Healthy},
                                                             {4, Health::Impaired}};

constexpr Transition kLinkLifecycle[] = {
    {{Status::Provisioning}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated, Needs::OwnHealth},
    {{Status::SoftDrained, Status::HardDrained},
     {DesiredStatus::Activated},
     {Health::Healthy},
     Status::Activated,
     Needs::Undrain},
    {{Status::Activated, Status::HardDrained}, {DesiredStatus::SoftDrained}, kAnyHealth, Status::SoftDrained},
    {{Status::Activated, Status::SoftDrained}, {DesiredStatus::HardDrained}, kAnyHealth, Status::HardDrained},
};
constexpr Transition kDeviceLifecycle[] = {
    {{Status::DeviceProvisioning},
     {DesiredStatus::Pending, DesiredStatus::Activated, DesiredStatus::Drained},
     {Health::ReadyForLinks},
     Status::LinkProvisioning,
     Needs::OwnHealth},
    {{Status::DeviceProvisioning, Status::LinkProvisioning},
     {DesiredStatus::Activated},
     {Health::Healthy},
     Status::Activated,
     Needs::OwnHealth},
    {{Status::Drained}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated, Needs::Undrain},
    {{Status::Activated}, {DesiredStatus::Drained}, kAnyHealth, Status::Drained},
};

constexpr Profile kV034 = {
    .name = "v0.34",
    .version = {0, 34, 0},
    .min_compatible_version = {0, 30, 0},
    .any_patch = true,
    .link_status = {kLinkStatus, Status::Activated, Status::Activated},
    .device_status = {kDeviceStatus, Status::Activated, Status::Activated},
    .link_desired = {kLinkDesired, DesiredStatus::Pending, DesiredStatus::Pending},
    .device_desired = {kDeviceDesired, DesiredStatus::Pending, DesiredStatus::Pending},
    .link_health = {kLinkHealth, Health::Pending, Health::Pending},
    .device_health = {kDeviceHealth, Health::Pending, Health::Pending},
    .link_healthy = "ready-for-service",
    .device_healthy = "ready-for-users",
    .link_lifecycle = kLinkLifecycle,
    .device_lifecycle = kDeviceLifecycle,
    .link_deletable = {Status::Pending, Status::Rejected, Status::Requested, Status::HardDrained, Status::SoftDrained,
                       Status::Provisioning},
    .device_deletable = {Status::Pending, Status::Rejected, Status::Drained, Status::DeviceProvisioning,
                         Status::LinkProvisioning},
    .guarded = false,
    .extended_instructions = false,
    .device_stages = true,
};

}  // namespace

const Profile& v034_profile() { return kV034; }

}  // namespace dz
