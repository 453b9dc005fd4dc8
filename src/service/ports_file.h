// Tells whoever started a daemon which ports the system chose: {"name": port, ...}, complete or not there at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace dz::service {

// Written beside `path` and renamed over it.
Result<void> write_ports_file(const std::string& path,
                              const std::vector<std::pair<std::string_view, std::uint16_t>>& ports);

}  // namespace dz::service
