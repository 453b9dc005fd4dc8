// Pools of addresses and numbers by name, and what is taken out of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "base/result.h"
#include "domain/records.h"
#include "wire/addresses.h"

namespace dz::cli {

std::string_view name_of(wire::ResourceKind kind);
std::string resource_kind_names();  // comma separated
Result<wire::ResourceKind> parse_resource_kind(std::string_view text);

// What is taken, in order: numbers, or addresses as numbers.
std::vector<std::uint32_t> taken_of(const ResourceExtension& pool);
std::uint64_t capacity_of(const ResourceExtension& pool);
// One of them as people read it: "172.16.0.4", "17".
std::string taken_text(const ResourceExtension& pool, std::uint32_t value);
boost::json::array taken_json(const ResourceExtension& pool);

}  // namespace dz::cli
