// Resource accounts by hand: for pools that the program does not manage itself (pools.h).
#include "program/guarded/handlers.h"
#include "program/rules/allocator.h"
#include "program/rules/authorize.h"
#include "program/rules/pools.h"

#include <fmt/format.h>

namespace dz::program::guarded {
namespace {

// Of a device's resource the device, else the zero key.
Check check_associated(const AccountRef& associated, const wire::ResourceType& type) {
  return check_key(associated, belongs_to_device(type.kind) ? type.device : Pubkey{});
}

Outcome<Record<ResourceExtension>> open_pool(Accounts& accounts, const wire::ResourceType& type) {
  DZ_TRY_ASSIGN(auto pool, next_pool(accounts, type, "resource"));
  DZ_TRY_ASSIGN(const auto associated, accounts.next("associated device"));
  DZ_TRY(check_associated(associated, type));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "change resources"));
  if (is_managed(type.kind)) {
    return reject(wire::ProgramError::ManagedPool,
                  "links, interfaces and users allocate from this pool and give back to it; nobody else may");
  }
  return pool;
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
  DZ_TRY(check_associated(associated, args.resource));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY_ASSIGN(const auto config, accounts.record<GlobalConfig>("global config"));
  DZ_TRY(accounts.tail());
  DZ_TRY(check_empty(at));
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "create resources"));
  if (!belongs_to_device(args.resource.kind)) return create_pool(accounts, at, args.resource, {*config});
  DZ_TRY_ASSIGN(const auto device, accounts.load<Device>(associated));
  return create_pool(accounts, at, args.resource, {*config, &*device});
}

Check close_resource(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("resource"));
  DZ_TRY_ASSIGN(const auto owner, accounts.next("owner"));
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(authorize(accounts, *state, permission::kResourceAdmin, "close resources"));
  if (wire::account_type(at.account->data) != wire::AccountType::ResourceExtension) {
    return reject(wire::ProgramError::InvalidAccountType, "the account is no resource");
  }
  DZ_TRY_ASSIGN(const auto pool, accounts.load<ResourceExtension>(at));
  DZ_TRY(check_key(owner, pool->owner, wire::ProgramError::InvalidAccountOwner));
  if (const auto used = allocated_count(*pool); used > 0) {
    return reject(wire::ProgramError::ResourceInUse, fmt::format("{} allocations are left in the resource", used));
  }
  return close(at, owner);
}

}  // namespace dz::program::guarded
