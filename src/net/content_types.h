// Types of bodies that the server treats in a way of their own.
#pragma once

#include <string_view>

namespace dz::net {

// Bytes, which go out as they are: all other bodies are text.
inline constexpr std::string_view kOctets = "application/octet-stream";

}  // namespace dz::net
