// The rights of a Permission account by name.
#pragma once

#include <span>
#include <string_view>

namespace dz::cli {

using PermissionBits = unsigned __int128;

struct PermissionName {
  std::string_view name;
  int bit;
};
std::span<const PermissionName> permission_names();

}  // namespace dz::cli
