// Lifecycle rules (lifecycle/authority.h) applied to records, with the ledger's error codes.
#pragma once

#include "domain/records.h"
#include "lifecycle/authority.h"
#include "program/runtime/outcome.h"

namespace dz::program::guarded {

lifecycle::LifecycleState lifecycle_of(const Device& device);
lifecycle::LifecycleState lifecycle_of(const Link& link);  // holds from the link's flags

Check write_lifecycle(Device& device, const lifecycle::LifecycleWrite& write, const lifecycle::Roles& roles);
Check write_lifecycle(Link& link, const lifecycle::LifecycleWrite& write, const lifecycle::Roles& roles);

// The state that a health was judged in; the write is refused in any other state. Without one it is written in any.
using Judged = std::optional<lifecycle::JudgedState>;
Check write_health(Device& device, Health health, const Judged& judged, const lifecycle::Roles& roles);
Check write_health(Link& link, Health health, const Judged& judged, const lifecycle::Roles& roles);

}  // namespace dz::program::guarded
