// Entries of a log of decisions as people are told of them: what is stated about some records.
#pragma once

#include <map>
#include <string>

#include "apps/cli/ui/followed_log.h"

namespace dz::cli {

// Whose statements are told, by pubkey, with their codes as far as the ledger was read.
using RecordCodes = std::map<Pubkey, std::string>;

// An entry that is no statement could be about anything: it is told to everybody who asks about some record.
bool is_about(ByteView entry, const RecordCodes& records);

// "entry 17, 2026-12-01T12:00:00Z: link ams-lon: pending to healthy (recovered), judged by 4vJ9..."
std::string render_entry(const LogNews::Entry& entry, const RecordCodes& records);

}  // namespace dz::cli
