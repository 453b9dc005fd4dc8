// What the API and the page of a record say of a decision beside itself: what is stated about it, who else held it, and
// the checkpoint of the log that it is under.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "monitor/monitor.h"

namespace dz::monitor {

// `checkpoint` and `opinions`: null where nothing is stated, or it is under no checkpoint that others are shown.
void add_proof(Monitor& monitor, const Decision& decision, boost::json::object& members);

// The last decision about the record that something is stated about; null: none is kept.
boost::json::value last_statement_json(Monitor& monitor, const Pubkey& record);
// The same as a line for people, with how to check it; empty: none.
std::string last_statement_line(Monitor& monitor, const Pubkey& record);

}  // namespace dz::monitor
