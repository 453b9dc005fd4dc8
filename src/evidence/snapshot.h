// All evidence as bytes, for the monitor's checkpoints (docs/formats/evidence.md). Equal evidence gives equal bytes,
// and what is restored goes on exactly as the evidence that was saved would have.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/evidence.h"

namespace dz::evidence {

Bytes snapshot_of(const Evidence& evidence);

// Corrupt: bytes that snapshot_of() cannot have written. Unsupported: a version this program does not know.
Result<Evidence> restore_evidence(ByteView bytes);

}  // namespace dz::evidence
