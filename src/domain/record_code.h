// The code of a record, as people choose it: the name by which they, and files, call it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dz {

// Letters, digits, ':', '_', '-'; 1 to 32 of them.
Result<std::string> parse_code(std::string_view text);
// The same of a link, whose code may be as long as its account has room for.
Result<std::string> parse_link_code(std::string_view text);

}  // namespace dz
