#include "apps/cli/ui/record_args.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/ui/context.h"

namespace dz::cli {

Result<void> refuse_empty_update(Context& context) {
  return wrong_usage(context, "nothing to change: give at least one field (see --help)");
}

std::vector<std::string> devices_at(const client::Snapshot& snapshot, Pubkey Device::*field, const Pubkey& key) {
  std::vector<std::string> codes;
  for (const auto& [device_key, device] : snapshot.devices) {
    if (device.*field == key) codes.push_back("device " + device.code);
  }
  return codes;
}

Result<void> refuse_referenced(std::string_view noun, std::string_view code, const std::vector<std::string>& users) {
  if (users.empty()) return {};
  return refused(
      fmt::format("{} '{}' is still used by {}: delete or move these first", noun, code, fmt::join(users, ", ")));
}

}  // namespace dz::cli
