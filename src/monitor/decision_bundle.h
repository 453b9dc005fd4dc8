// What shows one decision (attest/bundle.h), as far as the monitor has it: all but the transaction, which the ledger
// keeps.
#pragma once

#include "attest/bundle.h"
#include "monitor/monitor.h"

namespace dz::monitor {

// NotFound: its transaction is not known, or its minutes are not kept any more. Retry: it is under no checkpoint that
// others are shown, or its minutes are being fetched.
Result<attest::Bundle> bundle_of(Monitor& monitor, const StoredStatement& stored);

}  // namespace dz::monitor
