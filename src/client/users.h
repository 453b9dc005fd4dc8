// Users and passes of a snapshot, found as people name them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "client/snapshot_part.h"

namespace dz::client {

// What find_user looks for: the user, its device and its passes.
SnapshotQuestion user_named(std::string_view name);
// Where the passes are that find_pass looks for.
std::vector<Pubkey> pass_addresses(const wire::ProgramIds& ids, const Pubkey& user_payer, Ipv4 client_ip);

// By pubkey, or by the address it comes from. Refused when several users come from there, with their types and pubkeys.
Result<Found<User>> find_user(const Snapshot& snapshot, std::string_view name);

// The pass that lets this key in from this address: the one for any address, which goes first as in upstream's clients,
// else that for the address.
std::optional<Found<AccessPass>> find_pass(const Snapshot& snapshot, const Pubkey& user_payer, Ipv4 client_ip);

// The users that name the device, by address and type.
std::vector<Found<User>> users_of_device(const Snapshot& snapshot, const Pubkey& device);

}  // namespace dz::client
