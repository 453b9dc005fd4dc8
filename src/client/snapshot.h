// Everything the serviceability program holds, read in one call and decoded: what a person's command, a daemon's pass
// or a test looks at. Plain values; ordered by key, so the same ledger gives the same output anywhere.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/ledger_client.h"
#include "wire/accounts.h"
#include "wire/program_ids.h"

namespace dz::client {

template <typename Record>
using Records = std::map<Pubkey, Record>;

struct Undecodable {
  wire::AccountType type = wire::AccountType::None;
  std::string reason;
  bool operator==(const Undecodable&) const = default;
};

struct Snapshot {
  Slot slot;
  wire::ProgramIds ids;
  // Whose numbers the records were read with. Null when the ledger's program has a version that is not known here and
  // no profile was named: devices and links are then listed as undecodable, for their words cannot be told.
  const Profile* profile = nullptr;
  std::optional<ProgramConfig> program_config;  // none: the program was never initialised
  std::optional<GlobalState> global_state;
  std::optional<GlobalConfig> global_config;
  Records<Location> locations;
  Records<Exchange> exchanges;
  Records<Contributor> contributors;
  Records<Device> devices;
  Records<Link> links;
  Records<Permission> permissions;
  Records<ResourceExtension> resources;
  Records<User> users;
  Records<AccessPass> access_passes;
  Records<Undecodable> undecodable;  // one bad account does not hide the others
};

// named: the profile to read with whatever the ledger says; null to go by ProgramConfig.
Result<Snapshot> fetch_snapshot(LedgerClient& ledger, const wire::ProgramIds& ids, const Profile* named = nullptr);
Snapshot decode_snapshot(const AccountsAnswer& accounts, const wire::ProgramIds& ids, const Profile* named = nullptr);

// Puts the account of a key in its place, or on the list of those that cannot be decoded; null: it is gone. True when
// the snapshot changed. Links and devices are read with snapshot.profile.
bool put_account(Snapshot& snapshot, const Pubkey& key, const wire::Account* account);
// The profile that the snapshot's ProgramConfig asks for, or `named`; null when its version is not known here.
const Profile* profile_for(const Snapshot& snapshot, const Profile* named);

// The profile to write with. Refused, with what to do, before init; Unsupported for a version that is not known here.
Result<const Profile*> writable_profile(const Snapshot& snapshot);

template <typename Record>
struct Found {
  Pubkey key;
  const Record* record = nullptr;  // lives as long as the map; never null
};

// True when two codes name the same record.
bool same_code(std::string_view a, std::string_view b);

namespace detail {
tl::unexpected<Error> no_such_record(std::string_view noun, std::string_view name);
tl::unexpected<Error> ambiguous_code(std::string_view noun, std::string_view code, const std::vector<Pubkey>& keys);
}  // namespace detail

// By pubkey, or by code in any case. NotFound; Refused when several records have the code, with their pubkeys: never
// a choice in somebody's place. noun: "link", for the message.
template <typename Record>
Result<Found<Record>> find_record(const Records<Record>& records, std::string_view noun, std::string_view name) {
  if (const auto key = parse_pubkey(name)) {
    const auto found = records.find(*key);
    if (found == records.end()) return detail::no_such_record(noun, name);
    return Found<Record>{found->first, &found->second};
  }
  std::vector<Pubkey> keys;
  for (const auto& [key, record] : records) {
    if (same_code(record.code, name)) keys.push_back(key);
  }
  if (keys.empty()) return detail::no_such_record(noun, name);
  if (keys.size() > 1) return detail::ambiguous_code(noun, name, keys);
  return Found<Record>{keys.front(), &records.at(keys.front())};
}

// The record's code, or the pubkey when the record is not there.
template <typename Record>
std::string code_of(const Records<Record>& records, const Pubkey& key) {
  const auto found = records.find(key);
  return found == records.end() ? to_text(key) : found->second.code;
}

// The links that have the device at one end, by key.
std::vector<Found<Link>> links_of_device(const Snapshot& snapshot, const Pubkey& device);

}  // namespace dz::client
