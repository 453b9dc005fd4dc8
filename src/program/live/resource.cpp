// Resource accounts by hand: of any kind, those that links and devices allocate from included.
#include "program/live/site_handlers.h"
#include "program/rules/allocator.h"
#include "program/rules/entities.h"
#include "program/rules/pools.h"

namespace dz::program::live {
namespace {

// A resource of a device names it; with the others the account does not matter.
Check check_associated(const AccountRef& associated, const wire::ResourceType& type) {
  if (!belongs_to_device(type.kind)) return {};
  return check_key(associated, type.device);
}

Outcome<Record<ResourceExtension>> open_pool(Accounts& accounts, const wire::ResourceType& type) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("resource"));
  DZ_TRY_ASSIGN(const auto associated, accounts.next("associated device"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "change resources"));
  DZ_TRY(check_associated(associated, type));
  return load_pool(accounts, at, type);
}

// The device of the pool, or none. A device that is named must be one, whatever the kind.
Outcome<std::optional<Device>> load_associated(const Accounts& accounts, const AccountRef& at,
                                               const wire::ResourceType& type) {
  if (at.key.is_zero() && belongs_to_device(type.kind)) return reject_accounts("such a resource needs its device");
  if (at.key.is_zero()) return std::nullopt;
  DZ_TRY(accounts.check_owner(at));
  auto device = wire::decode_device(at.account->data, *accounts.invocation().profile);
  if (!device) return reject_accounts(device.error().message);
  if (type.kind == wire::ResourceKind::DzPrefixBlock && type.index >= device->dz_prefixes.size()) {
    return reject_accounts(fmt::format("the device has no dz_prefix number {}", type.index));
  }
  return std::optional(std::move(*device));
}

}  // namespace

Check allocate_resource(Accounts& accounts, const wire::AllocateResourceArgs& args) {
  DZ_TRY_ASSIGN(auto pool, open_pool(accounts, args.resource));
  DZ_TRY(take(pool, args.requested));
  return accounts.save(pool);
}

Check deallocate_resource(Accounts& accounts, const wire::DeallocateResourceArgs& args) {
  DZ_TRY_ASSIGN(auto pool, open_pool(accounts, args.resource));
  give_back(*pool, args.value);
  return accounts.save(pool);
}

Check create_resource(Accounts& accounts, const wire::CreateResourceArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("resource"));
  DZ_TRY_ASSIGN(const auto associated, accounts.next("associated device"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY_ASSIGN(const auto config_at, accounts.next("global config"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(state_at, config_at));
  if (!at.account->data.empty()) return reject_accounts("the resource account exists already");
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "create resources"));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto config, accounts.load<GlobalConfig>(config_at));
  DZ_TRY(check_key(config.at, wire::global_config_address(accounts.program()).address));
  DZ_TRY_ASSIGN(const auto device, load_associated(accounts, associated, args.resource));
  DZ_TRY(check_associated(associated, args.resource));
  return create_pool(accounts, at, args.resource, {*config, device ? &*device : nullptr});
}

Check close_resource(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("resource"));
  DZ_TRY_ASSIGN(const auto receiver, accounts.next("owner"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());  // whether the system program is named right is not looked at
  DZ_TRY(accounts.check_owner(at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY(check_writable(receiver));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "close resources"));
  if (wire::account_type(at.account->data) != wire::AccountType::ResourceExtension) {
    return reject(wire::ProgramError::InvalidAccountType, "the account is no resource");
  }
  return close(at, receiver);
}

}  // namespace dz::program::live
