// What --version prints.
#pragma once

#include <string>
#include <string_view>

namespace dz::version {

std::string_view
commit();            // of the sources: twelve digits, with "-changed" behind them if more was changed; or "unknown"
std::string text();  // "0.10.0 (commit 0123456789ab)"

}  // namespace dz::version
