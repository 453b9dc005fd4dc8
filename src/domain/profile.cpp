#include "domain/profile.h"

namespace dz {
namespace {

constexpr std::pair<std::uint8_t, Status> kLinkStatus[] = {
    {0, Status::Pending},   {1, Status::Activated},   {3, Status::Deleting},   {4, Status::Rejected},
    {5, Status::Requested}, {6, Status::HardDrained}, {7, Status::SoftDrained}};
constexpr std::pair<std::uint8_t, Status> kDeviceStatus[] = {{0, Status::Pending},     {1, Status::Activated},
                                                             {3, Status::Deleting},    {4, Status::Rejected},
                                                             {5, Status::SoftDrained}, {6, Status::HardDrained}};
constexpr std::pair<std::uint8_t, DesiredStatus> kDesiredStatus[] = {{0, DesiredStatus::Activated},
                                                                     {1, DesiredStatus::SoftDrained},
                                                                     {2, DesiredStatus::HardDrained},
                                                                     {3, DesiredStatus::Deleted}};
constexpr std::pair<std::uint8_t, Health> kHealth[] = {
    {0, Health::Unknown}, {1, Health::Pending}, {2, Health::Healthy}, {3, Health::Impaired}};

constexpr Profile kRfc = {
    .name = "rfc",
    .version = {0, 10, 0},
    .min_compatible_version = {0, 10, 0},
    .link_status = {kLinkStatus, Status::Activated, Status::Activated},
    .device_status = {kDeviceStatus, Status::Activated, Status::Activated},
    .desired_status = {kDesiredStatus, DesiredStatus::Activated, DesiredStatus::Activated},
    .health = {kHealth, Health::Pending, Health::Pending},
};

}  // namespace

const Profile& rfc_profile() { return kRfc; }

Result<const Profile*> recognise_profile(const Version& version) {
  if (version == kRfc.version) return &kRfc;
  return fail(ErrorKind::Unsupported,
              "expected a ledger program of version " + to_text(kRfc.version) + " (profile rfc), found " +
                  to_text(version) +
                  "; records can be read, but nothing is written: use a client made for that version");
}

}  // namespace dz
