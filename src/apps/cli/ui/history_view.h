// The history of a record (client/told_history.h) on the screen.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "client/told_history.h"

namespace dz::cli {

// Of the monitor's answer, as its API lists them; null: it was not asked.
std::vector<client::HealthDecision> decisions_in(const boost::json::value& answer);

std::string render_history(const std::vector<client::HistoryEntry>& entries);

}  // namespace dz::cli
