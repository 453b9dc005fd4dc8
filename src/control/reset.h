// What a monitor writes before it judges, where the ledger's program does not guard health (Profile::guarded): a health
// that speaks of the time before a drain, an undrain or a provisioning must not carry the record back into service. So
// the change that asks for it is followed by a health that is not ready, and only when that has landed by a verdict.
#pragma once

#include <optional>

#include "domain/profile.h"
#include "verdict/memory.h"

namespace dz::control {

// A record as it is read, against what the memory has of it: impaired when it left service, or is wanted back in it
// while it is not (also when it is impaired already); pending when it enters provisioning, or is found there with a
// ready health that this monitor did not write. Nothing: it may be judged as it is.
std::optional<verdict::Reset> reset_for(const verdict::RecordMemory& before, Status status, DesiredStatus desired,
                                        Health health);

}  // namespace dz::control
