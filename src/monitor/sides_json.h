// Where a record is: whose it is, the devices and ports at its ends, their metros.
#pragma once

#include <boost/json/object.hpp>

#include "client/snapshot.h"

namespace dz::monitor {

// Adds to an assessment: contributor, and of a link type, bandwidth and sides, of a device metro. What the ledger does
// not have, or this monitor does not read, is null. Nothing for a key that is no link or device.
void add_sides(boost::json::object& assessment, const client::Snapshot& records, const Pubkey& key);

}  // namespace dz::monitor
