// Reading accounts.
#include <utility>

#include <boost/json/serialize.hpp>

#include "ledger/rpc.h"
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

// Accounts as they were when they were asked for. Their text is made when it is needed.
class ManyAccounts final : public LongResult {
 public:
  struct Entry {
    Pubkey key;
    std::optional<ShownAccount> account;  // none: null
  };

  // with_key: as getProgramAccounts shows them. slot: of the context, if there is to be one.
  ManyAccounts(std::vector<Entry> entries, ReadConfig config, bool with_key, std::optional<Slot> slot)
      : entries_(std::move(entries)), config_(config), with_key_(with_key), slot_(slot) {}

  RpcResult<bool> go_on(std::string& text) override {
    constexpr std::size_t kPiece = 32U << 10;
    if (next_ == 0) text += slot_ ? before_value() : "[";
    for (const auto begin = text.size(); next_ < entries_.size() && text.size() - begin < kPiece; ++next_) {
      if (next_ > 0) text += ',';
      text += json::serialize(render(entries_[next_]));
    }
    if (next_ < entries_.size()) return false;
    text += slot_ ? "]}" : "]";
    return true;
  }

 private:
  std::string before_value() const {
    auto text = json::serialize(with_context_slot(*slot_, json::array{}));
    text.resize(text.size() - 2);  // "]}"
    return text;
  }
  json::value render(const Entry& entry) const {
    if (!entry.account) return {};
    auto account = render_account(*entry.account, config_);
    if (!with_key_) return account;
    return json::object{{"pubkey", to_text(entry.key)}, {"account", std::move(account)}};
  }

  std::vector<Entry> entries_;
  ReadConfig config_;
  bool with_key_;
  std::optional<Slot> slot_;
  std::size_t next_ = 0;
};

RpcResult<std::unique_ptr<LongResult>> begin_multiple_accounts(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const json::array* keys, params.list(0, kMaxAccounts));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  std::vector<ManyAccounts::Entry> entries;
  for (const auto& value : *keys) {
    DZ_TRY_ASSIGN(const Pubkey key, read_pubkey(value));
    auto& entry = entries.emplace_back(ManyAccounts::Entry{key, std::nullopt});
    const wire::Account* account = ledger.bank().find(key);
    if (account == nullptr) continue;
    DZ_TRY(check_encodable(*account, config));
    entry.account = shown(*account, config);
  }
  return std::make_unique<ManyAccounts>(std::move(entries), config, false, ledger.bank().slot());
}

Answer get_balance(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey key, params.pubkey(0));
  DZ_TRY(begin_read(ledger, params, 1));
  const wire::Account* account = ledger.bank().find(key);
  return with_context_slot(ledger.bank().slot(), account != nullptr ? account->lamports : 0);
}

// As nodes say it that limit their scans.
tl::unexpected<RpcError> scan_aborted() {
  return rpc_error(kScanAborted, "scan aborted: The accumulated scan results exceeded the limit");
}

RpcResult<std::unique_ptr<LongResult>> begin_program_accounts(Ledger& ledger, const Params& params) {
  constexpr std::size_t kAccountText = 250;  // without data
  DZ_TRY_ASSIGN(const Pubkey program, params.pubkey(0));
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  DZ_TRY_ASSIGN(const AccountFilters filters, read_filters(*object));
  DZ_TRY_ASSIGN(const bool with_context, read_bool(*object, "withContext"));
  DZ_TRY_ASSIGN(const ReadConfig config, begin_read(ledger, params, 1));
  std::vector<ManyAccounts::Entry> entries;
  std::size_t bytes = 0;
  for (const Pubkey& key : ledger.bank().owned_by(program)) {
    const wire::Account& account = *ledger.bank().find(key);
    if (!filters.match(account)) continue;
    DZ_TRY(check_encodable(account, config));
    entries.push_back({key, shown(account, config)});
    bytes += kAccountText + entries.back().account->data.size() * 4 / 3;
    if (bytes > kMostAnswerBytes) return scan_aborted();
  }
  const auto slot = with_context ? std::optional(ledger.bank().slot()) : std::nullopt;
  return std::make_unique<ManyAccounts>(std::move(entries), config, true, slot);
}

constexpr Method kMethods[] = {
    {"getAccountInfo", get_account_info},
    {"getMultipleAccounts", nullptr, begin_multiple_accounts},
    {"getBalance", get_balance},
    {"getProgramAccounts", nullptr, begin_program_accounts},
};

}  // namespace

std::span<const Method> account_methods() { return kMethods; }

}  // namespace dz::ledger
