// What was noticed about a device or link that explains missing evidence, in sentences: a sub-interface whose parent
// port stands in, names that differ in case, rows under the pubkey of a record that was made anew, clocks that are
// wrong. These are reported as what they are, not as silence.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/snapshot.h"
#include "evidence/evidence.h"
#include "monitor/pulled_sources.h"
#include "telemetry/push_endpoint.h"

namespace dz::monitor {

struct NoteInputs {
  const client::Snapshot& records;
  const evidence::Evidence& evidence;
  const PullNotes* pulled;  // null: nothing is pulled
  const telemetry::PushCounters& pushed;
  const std::map<Pubkey, std::string>& former;  // devices that left the ledger since the start, with their codes
  Timestamp now;
};

// Of a link: those of its two devices and its interfaces. Empty for a key that is no record.
std::vector<std::string> notes_of(const NoteInputs& inputs, const Pubkey& key);

}  // namespace dz::monitor
