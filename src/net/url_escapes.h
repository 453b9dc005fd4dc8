// Escapes of URLs (%3A). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dz::net {

// The byte of an escape of three characters that begins there; none: it is no escape.
std::optional<char> escape_at(std::string_view text, std::size_t i);

// A path with its escapes taken for what they stand for, once; a plus is a plus there. None: a % begins no escape.
std::optional<std::string> unescaped_path(std::string_view path);

}  // namespace dz::net
