// A network of any size, put on a ledger as accounts: the members of a ring, each with the same number of links to
// those ahead of it.
#pragma once

#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "domain/profile.h"
#include "ledger/ledger.h"

namespace dz {

struct FleetSize {
  int devices = 10'000;
  int links = 50'000;
  int waiting = 0;  // of the links, the first so many: wanted, and not in service yet
};

Pubkey fleet_device(int number);
Pubkey fleet_link(int number);

// All of it is in service and healthy but what waits, and belongs to the contributor.
Result<void> put_fleet(ledger::Ledger& ledger, const FleetSize& size, const Pubkey& contributor,
                       const Profile& profile);

}  // namespace dz
