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
  DZ_TRY_ASSIGN(const auto state, accounts.record<GlobalState>("global state"));
  DZ_TRY(accounts.tail());
  DZ_TRY(accounts.check_owner(entity));
  DZ_TRY(check_writable(at));
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
  DZ_TRY_ASSIGN(const auto opened, open_writable_record<Index>(accounts, "index"));
  DZ_TRY(authorize(accounts, *opened.state, permission::kIndexAdmin, "delete an index"));
  return close(opened.record.at, accounts.payer());
}

}  // namespace dz::program::live
