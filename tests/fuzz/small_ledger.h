// The ledger that targets start from, the same each time: a small network with its history.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "ledger/ledger.h"
#include "testbed/small_network.h"

namespace dz::fuzz {

inline constexpr Timestamp kLedgerStart{std::chrono::seconds{1'795'000'000}};

// Two contributors, three devices, a WAN link and a DZX link, wallets that the corpus signs for. Made once.
class SmallLedger {
 public:
  static const SmallLedger& of(const Profile& profile);

  const ledger::Snapshot& snapshot() const { return snapshot_; }
  // Every key that an input may name by its number: accounts, people, programs, and where the next records would be.
  const std::vector<Pubkey>& keys() const { return keys_; }
  std::size_t number_of(const Pubkey& key) const;  // its size when it has none
  const std::vector<ledger::TransactionRecord>& history() const { return history_; }
  Timestamp now() const { return network_->now(); }
  // For seeds.cpp, which goes on from here.
  testbed::SmallNetwork& network() const { return *network_; }
  const Profile& profile() const { return profile_; }
  // A ledger of its own that begins there; what it commits is gone with it.
  std::unique_ptr<ledger::Ledger> open() const;

 private:
  explicit SmallLedger(const Profile& profile);
  void name_keys();

  const Profile& profile_;
  ledger::LedgerArchive* archive_;  // the network's
  std::unique_ptr<testbed::SmallNetwork> network_;
  ledger::Snapshot snapshot_;
  std::vector<ledger::TransactionRecord> history_;
  std::vector<Pubkey> keys_;
};

}  // namespace dz::fuzz
