// Part of what the serviceability program holds: the kinds of account, or the one record, that somebody asks about.
// What is read is a Snapshot like any other, with the accounts of the program's configuration and nothing else that was
// not asked for. Its parts may be of different slots; none is older than the first.
#pragma once

#include <span>
#include <string_view>

#include "client/snapshot.h"

namespace dz::client {

// Whose ledger, and how it is read: see fetch_snapshot.
struct SnapshotScope {
  LedgerClient& ledger;
  wire::ProgramIds ids;
  const Profile* named = nullptr;
};

// Every account of these types. None: the configuration alone.
Result<Snapshot> fetch_types(const SnapshotScope& scope, std::span<const wire::AccountType> types);

// The record of that pubkey, or of that code in any case, with the records that it names and, of a link, the
// contributors of both sides. All that have the code when several do, and none when there is none: find_record tells
// these apart. type: Location, Exchange, Contributor, Device, Link; any other by pubkey alone. also: accounts besides.
Result<Snapshot> fetch_record(const SnapshotScope& scope, wire::AccountType type, std::string_view name,
                              std::span<const Pubkey> also = {});

// Accounts by their addresses; those that are not there, or not the program's, are left out.
Result<Snapshot> fetch_accounts(const SnapshotScope& scope, std::span<const Pubkey> keys);

}  // namespace dz::client
