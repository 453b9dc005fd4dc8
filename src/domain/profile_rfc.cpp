// Profile rfc: the words of the RFC, a program that guards them.
#include "domain/profile.h"

namespace dz {
namespace {

constexpr std::pair<std::uint8_t, Status> kLinkStatus[] = {
    {0, Status::Pending},   {1, Status::Activated},   {3, Status::Deleting},   {4, Status::Rejected},
    {5, Status::Requested}, {6, Status::HardDrained}, {7, Status::SoftDrained}};
constexpr std::pair<std::uint8_t, Status> kDeviceStatus[] = {{0, Status::Pending},     {1, Status::Activated},
                                                             {3, Status::Deleting},    {4, Status::Rejected},
                                                             {5, Status::SoftDrained}, {6, Status::HardDrained}};
constexpr std::pair<std::uint8_t, DesiredStatus> kDesired[] = {{0, DesiredStatus::Activated},
                                                               {1, DesiredStatus::SoftDrained},
                                                               {2, DesiredStatus::HardDrained},
                                                               {3, DesiredStatus::Deleted}};
constexpr std::pair<std::uint8_t, Health> kHealth[] = {
    {0, Health::Unknown}, {1, Health::Pending}, {2, Health::Healthy}, {3, Health::Impaired}};

// The same for links and devices.
constexpr Transition kLifecycle[] = {
    {{Status::SoftDrained, Status::HardDrained}, {DesiredStatus::Activated}, {Health::Healthy}, Status::Activated},
    {{Status::Activated, Status::HardDrained}, {DesiredStatus::SoftDrained}, kAnyHealth, Status::SoftDrained},
    {{Status::Activated, Status::SoftDrained},
     {DesiredStatus::HardDrained, DesiredStatus::Deleted},
     kAnyHealth,
     Status::HardDrained},
};
// Out of service, or never in it.
constexpr WordSet<Status> kDeletable{Status::HardDrained, Status::Requested, Status::Pending, Status::Rejected};

constexpr Profile kRfc = {
    .name = "rfc",
    .version = {0, 10, 0},
    .min_compatible_version = {0, 10, 0},
    .link_status = {kLinkStatus, Status::Activated, Status::Activated},
    .device_status = {kDeviceStatus, Status::Activated, Status::Activated},
    .link_desired = {kDesired, DesiredStatus::Activated, DesiredStatus::Activated},
    .device_desired = {kDesired, DesiredStatus::Activated, DesiredStatus::Activated},
    .link_health = {kHealth, Health::Pending, Health::Pending},
    .device_health = {kHealth, Health::Pending, Health::Pending},
    .link_healthy = "healthy",
    .device_healthy = "healthy",
    .link_lifecycle = kLifecycle,
    .device_lifecycle = kLifecycle,
    .link_deletable = kDeletable,
    .device_deletable = kDeletable,
    .guarded = true,
    .extended_instructions = true,
    .device_stages = false,
};

}  // namespace

const Profile& rfc_profile() { return kRfc; }

}  // namespace dz
