// What a transaction wrote of links and devices: status, desired_status and health.
#pragma once

#include <vector>

#include "client/ledger_client.h"
#include "domain/profile.h"
#include "domain/record_event.h"
#include "wire/program_ids.h"

namespace dz::client {

struct RecordWrite {
  Pubkey record;
  // False: the record may have been changed in a way that cannot be told from here (an instruction of an older program,
  // arguments that do not decode, a program that calls serviceability by itself). Only slot, time and signature of the
  // event then say something.
  bool readable = true;
  RecordEvent event;
};

// In the order in which they took effect; nothing of a transaction that failed. Corrupt when the transaction cannot be
// read at all: then every record it names may have been changed.
Result<std::vector<RecordWrite>> record_writes(const ConfirmedTransaction& transaction, const wire::ProgramIds& ids,
                                               const Profile& profile);

}  // namespace dz::client
