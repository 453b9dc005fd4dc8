// Reading accounts.
#include <utility>

#include "ledger/rpc_methods.h"
#include "ledger/rpc_render.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxAccounts = 100;

Answer account_or_null(const Bank& bank, const Pubkey& key, const ReadConfig& config) {
  const wire::Account* account = bank.find(key);
  if (account == nullptr) return json::value{};
  DZ_TRY(check_encodable(*account, config));
  return render_account(*account, config);
}

Answer get_account_info(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey key, params.pubkey(0));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  DZ_TRY_ASSIGN(json::value account, account_or_null(ledger.bank(), key, config));
  return with_context_slot(ledger.bank().slot(), std::move(account));
}

Answer get_multiple_accounts(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const json::array* keys, params.list(0, kMaxAccounts));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  json::array accounts;
  for (const auto& value : *keys) {
    DZ_TRY_ASSIGN(const Pubkey key, read_pubkey(value));
    DZ_TRY_ASSIGN(json::value account, account_or_null(ledger.bank(), key, config));
    accounts.push_back(std::move(account));
  }
  return with_context_slot(ledger.bank().slot(), std::move(accounts));
}

Answer get_balance(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey key, params.pubkey(0));
  DZ_TRY(begin_read(ledger, params, 1));
  const wire::Account* account = ledger.bank().find(key);
  return with_context_slot(ledger.bank().slot(), account != nullptr ? account->lamports : 0);
}

Answer get_program_accounts(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey program, params.pubkey(0));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(const AccountFilters filters, read_filters(*object));
  DZ_TRY_ASSIGN(const bool with_context, read_bool(*object, "withContext"));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  json::array accounts;
  for (const Pubkey& key : ledger.bank().owned_by(program)) {
    const wire::Account& account = *ledger.bank().find(key);
    if (!filters.match(account)) continue;
    DZ_TRY(check_encodable(account, config));
    accounts.push_back(render_keyed_account(key, account, config));
  }
  if (!with_context) return accounts;
  return with_context_slot(ledger.bank().slot(), std::move(accounts));
}

constexpr Method kMethods[] = {
    {"getAccountInfo", get_account_info},
    {"getMultipleAccounts", get_multiple_accounts},
    {"getBalance", get_balance},
    {"getProgramAccounts", get_program_accounts},
};

}  // namespace

std::span<const Method> account_methods() { return kMethods; }

}  // namespace dz::ledger
