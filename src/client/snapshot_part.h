// Part of what the serviceability program holds: the kinds of account, or the records, that somebody asks about.
// What is read is a Snapshot like any other, with the accounts of the program's configuration and nothing else that was
// not asked for. Its parts may be of different slots; none is older than the first.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"

namespace dz::client {

// Whose ledger, and how it is read: see fetch_snapshot.
struct SnapshotScope {
  LedgerClient& ledger;
  wire::ProgramIds ids;
  const Profile* named = nullptr;
};

// The record of that pubkey, or of that code in any case, with the records that it names and, of a link, the
// contributors of both sides; of a user also its device's location and the passes that may let it in. All that have the
// code when several do, and none when there is none: find_record tells these apart. type: Location, Exchange,
// Contributor, Device, Link; any other by pubkey alone.
struct NamedRecord {
  wire::AccountType type = wire::AccountType::None;
  std::string name;
  std::vector<wire::AccountType> named_in = {};  // and those records of these types that name it
};
// The accounts of a type that hold these bytes at that place (wire/account_places.h).
struct HeldValue {
  wire::AccountType type = wire::AccountType::None;
  MemcmpFilter value;
};

struct SnapshotQuestion {
  std::vector<NamedRecord> records = {};
  std::vector<HeldValue> holding = {};        // each like a named record
  std::vector<wire::AccountType> types = {};  // every account of them, without what it names
  std::vector<Pubkey> accounts = {};  // by address; those that are not there, or not the program's, are left out
};

// An empty question asks for the configuration alone.
Result<Snapshot> fetch_part(const SnapshotScope& scope, const SnapshotQuestion& question);

// Questions of one kind each.
Result<Snapshot> fetch_types(const SnapshotScope& scope, std::span<const wire::AccountType> types);
Result<Snapshot> fetch_record(const SnapshotScope& scope, wire::AccountType type, std::string_view name);
Result<Snapshot> fetch_accounts(const SnapshotScope& scope, std::span<const Pubkey> keys);

}  // namespace dz::client
