#include "network/who_writes.h"

#include <fmt/format.h>

#include "client/standing.h"
#include "network/ledger_entries.h"

namespace dz::network {

WhoWrites::WhoWrites(const NetworkFile& file, const client::Snapshot& snapshot, const std::optional<Pubkey>& signer)
    : file_(file),
      snapshot_(snapshot),
      contributors_(snapshot.contributors),
      devices_(snapshot.devices),
      device_at_(places_of(file.devices)) {
  const bool all = !signer || client::network_roles(snapshot, *signer).foundation ||
                   client::has_permission_account(snapshot, *signer);
  if (!all) only_ = signer;
}

bool WhoWrites::acts_for(const std::string& contributor) const {
  if (!only_) return true;
  const auto* record = contributors_.find(contributor);
  return record != nullptr && record->owner == *only_;
}

std::optional<std::string> WhoWrites::unless_own(const std::string& contributor) const {
  if (acts_for(contributor)) return std::nullopt;
  return fmt::format("contributor '{}'", contributor);
}

std::optional<std::string> WhoWrites::else_than_signer(StepKind kind, std::size_t entry) const {
  if (!only_) return std::nullopt;
  switch (kind) {
    case StepKind::ChangeContributor: return unless_own(file_.contributors[entry].code);
    case StepKind::CreateDevice:
    case StepKind::ChangeDevice:
    case StepKind::CreateInterface:
    case StepKind::ChangeInterface: return unless_own(present_contributor_of(file_.devices[entry]));
    case StepKind::CreateLink: return unless_own(contributor_of(file_.links[entry].side_a));
    case StepKind::AcceptLink: return unless_own(contributor_of(file_.links[entry].side_z));
    case StepKind::ChangeLink: {
      const auto side_a = unless_own(contributor_of(file_.links[entry].side_a));
      return side_a && unless_own(contributor_of(file_.links[entry].side_z)) ? side_a : std::nullopt;
    }
    default: return "the foundation";
  }
}

std::string WhoWrites::contributor_of(const std::string& device) const {
  if (const auto* entry = find_entry(file_.devices, device_at_, device)) return entry->contributor;
  const auto* record = devices_.find(device);
  return record == nullptr ? "" : entry_of(snapshot_, *record).contributor;
}

std::string WhoWrites::present_contributor_of(const DeviceEntry& entry) const {
  const auto* record = devices_.find(entry.code);
  return record == nullptr ? entry.contributor : entry_of(snapshot_, *record).contributor;
}

bool WhoWrites::has_device(const std::string& device) const {
  return devices_.find(device) != nullptr || acts_for(contributor_of(device));
}

}  // namespace dz::network
