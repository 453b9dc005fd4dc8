// What shows one decision (attest/bundle.h), as far as the monitor has it: all but the transaction, which the ledger
// keeps.
#pragma once

#include "attest/bundle.h"
#include "monitor/log_desk.h"
#include "monitor/statement_archive.h"

namespace dz::monitor {

// NotFound: its transaction is not known, or its minutes are not kept any more. Retry: it is under no checkpoint that
// others are shown.
Result<attest::Bundle> bundle_of(StatementArchive& archive, const LogDesk& desk, const StoredStatement& stored);

}  // namespace dz::monitor
