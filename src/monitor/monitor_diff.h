// What the ledger says of each record, what this monitor would say, and why: the comparison that an operator reads
// before a monitor is let write. From the answer of /api/v1/assessments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/result.h"

namespace dz::monitor {

struct DiffRow {
  std::string kind, code, pubkey, status, desired_status;
  std::string ledger, monitor;  // health, as the network spells it
  std::string reason, sentence;
  bool differs() const { return ledger != monitor; }
};

// Corrupt: not such an answer.
Result<std::vector<DiffRow>> diff_rows(std::string_view assessments);

// A table, a sentence under each record, and how many differ. changes_only: the others are counted, not shown.
std::string render_diff(const std::vector<DiffRow>& rows, bool changes_only);
boost::json::object diff_json(const std::vector<DiffRow>& rows, bool changes_only);

}  // namespace dz::monitor
