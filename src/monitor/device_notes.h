// What was noticed about a device or link that explains missing evidence, in sentences: a sub-interface whose parent
// port stands in, names that differ in case, rows under the pubkey of a record that was made anew, clocks that are
// wrong. These are reported as what they are, not as silence.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/snapshot.h"
#include "control/known_facts.h"
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
  const verdict::Policy& policy;
  Timestamp now;
  // Old pubkeys with the devices that they were of, from before the start.
  const std::map<Pubkey, Pubkey>* old_pubkeys = nullptr;
};

// What is known of clocks, late rows and old pubkeys now: what has ended is out of it within a minute. The notes say no
// more than this of them. Of the sources, what is known of those that do not answer.
control::KnownFacts known_facts(const NoteInputs& inputs);

// Of a link: those of its two devices and its interfaces. Empty for a key that is no record.
std::vector<std::string> notes_of(const NoteInputs& inputs, const Pubkey& key);

// What every record that is judged meanwhile has to say: a source is suspected, and who is silent.
std::vector<std::string> suspicion_notes(const NoteInputs& inputs);

}  // namespace dz::monitor
