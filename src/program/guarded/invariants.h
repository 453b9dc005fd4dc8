// What check_invariants (runtime.h) is made of for the guarded program: the records of a transaction before and after,
// and one function for each rule. A rule sees only the two states and who signed, never the instructions, so it cannot
// share their mistakes.
#pragma once

#include <map>
#include <string>

#include "domain/records.h"
#include "domain/users.h"
#include "program/runtime/runtime.h"

namespace dz::program::guarded {

// The records of the serviceability program among the accounts of a transaction, at one moment.
struct Records {
  std::map<Pubkey, Location> locations;
  std::map<Pubkey, Exchange> exchanges;
  std::map<Pubkey, Contributor> contributors;
  std::map<Pubkey, Device> devices;
  std::map<Pubkey, Link> links;
  std::map<Pubkey, ResourceExtension> pools;
  std::map<Pubkey, Permission> permissions;
  std::map<Pubkey, User> users;
  std::optional<GlobalState> state;
};

struct RecordChange {
  Records before;
  Records after;
};

// Decodes the account into the map of its type; other accounts, and bytes that do not decode, are left out.
void add_record(Records& records, const Pubkey& key, const wire::Account& account, const TransactionFacts& facts);

// Null when the map has none.
template <typename T>
const T* find(const std::map<Pubkey, T>& records, const Pubkey& key) {
  const auto found = records.find(key);
  return found == records.end() ? nullptr : &found->second;
}

using BrokenRule = std::string;  // empty: the rule holds

// reference_count of a record changes as the number of records that name it does.
BrokenRule check_reference_counts(const RecordChange& t);
// account_index counts exactly the records created, and no record's index changes.
BrokenRule check_account_index(const RecordChange& t);
// A link port is activated exactly while one link uses it; loopbacks are activated; other ports activated or unlinked.
BrokenRule check_interfaces(const RecordChange& t);
// A number or network of a managed pool is allocated exactly while one record has it.
BrokenRule check_allocations(const RecordChange& t, const Pubkey& program);

// Who may write what of a link's or device's lifecycle, over the whole transaction.
BrokenRule check_lifecycle_authority(const RecordChange& t, const TransactionFacts& facts);
// Holds are on DZX links only; each side sets and clears its own.
BrokenRule check_holds(const RecordChange& t, const TransactionFacts& facts);
// Whether the key is among the signers, and whether one of them has one of the permission bits before or after.
bool signs(const TransactionFacts& facts, const Pubkey& key);
bool any_signer_may(const RecordChange& t, const TransactionFacts& facts, unsigned __int128 bits);

// A device's counts of users move as the users that name it do.
BrokenRule check_user_counts(const RecordChange& t);
// Tunnel networks, tunnel ids and addresses of a dz_prefix are taken exactly while one user has them.
BrokenRule check_user_pools(const RecordChange& t, const Pubkey& program);
// Users come by their owner's signature and go by it or an administrator's; none comes to a device that takes none.
BrokenRule check_user_authority(const RecordChange& t, const TransactionFacts& facts);

// All of the above.
std::string check_guarded_invariants(std::span<const AccountChange> changes, const TransactionFacts& facts);

}  // namespace dz::program::guarded
