// Whose a record is to write, so that contributors and foundation can apply one file, each its own part of it.
#pragma once

#include <optional>
#include <string>

#include "network/code_index.h"
#include "network/network_plan.h"

namespace dz::network {

class WhoWrites {
 public:
  // signer: none is whoever may. Everything is tried for a key with the foundation's role or with a permission: what it
  // may not, the ledger refuses. File and snapshot outlive it.
  WhoWrites(const NetworkFile& file, const client::Snapshot& snapshot, const std::optional<Pubkey>& signer);

  // Who has to write it instead of the signer, for people; nothing where the signer may.
  std::optional<std::string> else_than_signer(StepKind kind, std::size_t entry) const;
  bool writes_all() const { return !only_; }
  // Whether the signer may write for this contributor, as the ledger has it.
  bool acts_for(const std::string& contributor) const;
  // Whose a device is once the file is applied; empty: it is nowhere.
  std::string contributor_of(const std::string& device) const;
  // Whether it is on the ledger, or the signer's to make.
  bool has_device(const std::string& device) const;

 private:
  std::optional<std::string> unless_own(const std::string& contributor) const;
  std::string present_contributor_of(const DeviceEntry& entry) const;

  const NetworkFile& file_;
  const client::Snapshot& snapshot_;
  std::optional<Pubkey> only_;  // none: everything is tried
  CodeIndex<Contributor> contributors_;
  CodeIndex<Device> devices_;
  EntryPlaces device_at_;
};

}  // namespace dz::network
