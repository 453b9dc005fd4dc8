// The [[criterion]] tables of a policy file. Internal to verdict/.
#pragma once

#include "verdict/policy.h"
#include "verdict/toml_reader.h"

namespace dz::verdict {

// Changes what the tables name, of a policy whose other keys are read already; adds the criteria that are not the
// RFC's.
Result<void> read_criteria(const TomlReader& reader, const toml::node& node, Policy& policy);

}  // namespace dz::verdict
