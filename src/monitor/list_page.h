// Pages of a list that stay right while records come and go: a page begins after a place in the order, not after a
// number of entries. The place is what a cursor holds; for clients it is opaque.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"

namespace dz::monitor {

inline constexpr int kMostOfPage = 1000;
inline constexpr std::size_t kMostOfValue = 60;  // bytes shown, in an error, of what a client sent

// Of a list of that name, after an entry of which the parts are known.
std::string encode_cursor(std::string_view list, const std::vector<std::string>& parts);
// Refused: not a cursor of that list with so many parts.
Result<std::vector<std::string>> parse_cursor(std::string_view list, std::size_t parts, std::string_view cursor);

// Where a record stands in a list: by code, and by key where codes are the same.
struct RecordPlace {
  std::string code;
  Pubkey key;
  auto operator<=>(const RecordPlace&) const = default;
};

}  // namespace dz::monitor
