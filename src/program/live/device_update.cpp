// UpdateDevice on the live network: by the device's contributor, or with more rights by NETWORK_ADMIN. What a
// contributor may not write is left as it is without a word; only a status out of turn is refused.
#include <algorithm>

#include "program/live/caller.h"
#include "program/live/handlers.h"
#include "program/live/transition_hook.h"
#include "program/rules/device_rules.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

Check set_status(Device& device, Status status, const Caller& caller) {
  const bool drains = device.status == Status::Activated && status == Status::Drained;
  const bool returns = device.status == Status::Drained && status == Status::Activated;
  if (!caller.privileged && !drains && !returns) {
    return reject(wire::ProgramError::NotAllowed,
                  fmt::format("device '{}' is {} and cannot become {} by its contributor, who drains an activated one "
                              "and activates a drained one",
                              device.code, to_text(device.status), to_text(status)));
  }
  device.status = status;
  return {};
}

void set_administrators_fields(Device& device, const wire::UpdateDeviceArgs& args) {
  set_if(device.contributor, args.contributor);
  set_if(device.reference_count, args.reference_count);
  set_user_counts(device, args);
}

// Upstream asserts here and below, so that each of these is a panic. The pools that are given are looked at whether or
// not there are new prefixes.
Check check_pools(const Accounts& accounts, const DeviceUpdate& all) {
  if (all.pools.size() == 1) return reject_accounts("expected tunnel ids and at least one block, or no pools at all");
  for (std::size_t i = 0; i < all.pools.size(); ++i) {
    const auto& at = all.pools[i];
    if (!at.account->data.empty()) DZ_TRY(accounts.check_owner(at));
    DZ_TRY(check_key(at, resource_address(accounts.program(), device_pool(all.device.at.key, i)).address));
  }
  return {};
}

Check check_blocks(const Accounts& accounts, const DeviceUpdate& all, std::size_t prefixes) {
  if (all.pools.size() != 1 + prefixes) {
    return reject_accounts(
        fmt::format("{} pools for new dz_prefixes, expected {}: tunnel ids, and a block for each of "
                    "the longer list",
                    all.pools.size(), 1 + prefixes));
  }
  for (std::size_t i = 1; i < all.pools.size(); ++i) {
    if (all.pools[i].account->data.empty()) continue;
    DZ_TRY_ASSIGN(const auto block, accounts.load<ResourceExtension>(all.pools[i]));
    if (!is_replaceable(*block)) return reject_accounts("a dz_prefix has addresses in use");
  }
  return {};
}

Check set_prefixes(const Accounts& accounts, DeviceUpdate& all, const std::vector<NetworkV4>& prefixes) {
  DZ_TRY(check_blocks(accounts, all, std::max(all.device->dz_prefixes.size(), prefixes.size())));
  all.device->dz_prefixes = prefixes;
  return {};
}

}  // namespace

Check update_device(Accounts& accounts, const wire::UpdateDeviceArgs& args) {
  DZ_TRY_ASSIGN(auto all, take_device_update(accounts, args.resource_count));
  DZ_TRY(check_pools(accounts, all));
  const auto caller = caller_of(accounts, *all.state, *all.contributor);
  DZ_TRY(authorize(caller, wire::ProgramError::NotAllowed, "change this device"));
  DZ_TRY_ASSIGN(all.device, accounts.load<Device>(all.device.at));
  auto& device = *all.device;
  if (!caller.privileged) {
    DZ_TRY(check_key(all.contributor.at, device.contributor, wire::ProgramError::InvalidContributorPubkey));
  } else {
    set_administrators_fields(device, args);
  }
  DZ_TRY(set_contributor_fields(device, args));
  if (args.dz_prefixes) DZ_TRY(set_prefixes(accounts, all, *args.dz_prefixes));
  if (all.locations && all.locations->from.key != all.locations->to.key) {
    DZ_TRY(move_location(accounts, device, *all.locations));
  }
  if (args.status) DZ_TRY(set_status(device, *args.status, caller));
  set_if(device.desired_status, args.desired_status);
  run_transition_hook(device, accounts.invocation().options);
  DZ_TRY(accounts.save(all.device));
  return args.dz_prefixes ? replace_blocks(accounts, all) : Check{};
}

}  // namespace dz::program::live
