// The console's bundle as it was when this program was built; none where there was no Node (./dev build says so).
#pragma once

#include <span>

#include "monitor/console_files.h"

namespace dz::console {

std::span<const monitor::ConsoleFile> built_console();

}  // namespace dz::console
