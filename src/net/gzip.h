// gzip bodies (zlib), with a bound on what comes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dz::net {

std::string gzip(std::string_view text);

// gzip or zlib format. Corrupt when it is neither or is cut off; Refused when more than max_bytes would come out.
Result<std::string> gunzip(std::string_view compressed, std::size_t max_bytes);

}  // namespace dz::net
