// What the monitor's API tells of a record besides what is judged of it: where it stands, and who works on it.
#pragma once

#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "monitor/monitor.h"

namespace dz::monitor {

// Null: nobody works on it then. asked: as Monitor::maintenance_of() says.
boost::json::value maintenance_json(const Monitor& monitor, const Pubkey& key, std::optional<Timestamp> asked = {});
// Adds pubkey, maintenance and what the ledger says of its place: members of an assessment.
void add_members(const Monitor& monitor, const Pubkey& key, Timestamp asked, boost::json::object& assessment);
// Every exchange and location of the ledger, by code.
boost::json::array metros_json(const client::Snapshot& records);

}  // namespace dz::monitor
