// Index accounts.
#include "program/live/site_handlers.h"
#include "program/rules/entities.h"

namespace dz::program::live {
namespace {

Check check_seeds(const wire::CreateIndexArgs& args) {
  if (args.entity_seed.size() <= wire::kMaxSeed && args.key.size() <= wire::kMaxSeed) return {};
  return reject_accounts(fmt::format("entity_seed and key of an index have at most {} bytes", wire::kMaxSeed));
}

Check check_entity(const AccountRef& entity) {
  const auto type = wire::account_type(entity.account->data);
  if (type != wire::AccountType::None && type != wire::AccountType::Index) return {};
  return reject_accounts("account 'entity': expected an entity of this program, and no index");
}

}  // namespace

Check create_index(Accounts& accounts, const wire::CreateIndexArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("index"));
  DZ_TRY_ASSIGN(const auto entity, accounts.next("entity"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(entity, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kIndexAdmin, "create an index"));
  DZ_TRY(check_code(args.key));
  DZ_TRY(check_seeds(args));
  const auto address = wire::index_address(accounts.program(), args.entity_seed, args.key);
  DZ_TRY(check_key(at, address.address));
  DZ_TRY(check_empty(at));
  DZ_TRY(check_entity(entity));
  return accounts.create(at, address,
                         Index{entity.key, entity.account->data[0], wire::index_key(args.key), address.bump});
}

Check delete_index(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("index"));
  DZ_TRY_ASSIGN(const auto state_at, accounts.next("global state"));
  DZ_TRY(accounts.take_tail());  // whether the system program is named right is not looked at
  DZ_TRY(accounts.check_owner(at, state_at));
  DZ_TRY(check_writable(at));
  DZ_TRY_ASSIGN(const auto state, accounts.load<GlobalState>(state_at));
  DZ_TRY(authorize(accounts, *state, permission::kIndexAdmin, "delete an index"));
  DZ_TRY(accounts.load<Index>(at));
  return close(at, accounts.payer());
}

}  // namespace dz::program::live
