// keygen, address, balance, airdrop: keys and money.
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"
#include "client/key_file.h"

namespace dz::cli {
namespace {

struct KeygenArgs {
  bool force = false;
  std::optional<std::string> outfile;
};
void declare_keygen(Options& options, KeygenArgs& args) {
  options.flag("-f,--force", args.force, "replace an existing key file; the old key is lost");
  options.text("-o,--outfile", args.outfile, "where to write it (the configured keypair path)").file();
}
Result<void> keygen(Context& context, const KeygenArgs& args) {
  const auto& path = args.outfile.value_or(context.settings.keypair.value);
  if (path.starts_with('[')) {
    return refused("DOUBLEZERO_KEYPAIR holds a key, not a path: say where to write the new one with --outfile");
  }
  const auto key = wire::Keypair::generate();
  DZ_TRY(client::write_key_file(path, key, args.force));
  context.written = {{"pubkey", to_text(key.pubkey())}, {"keypair_path", path}};
  if (!wants_json(context.output)) print(context, "Pubkey: {}", to_text(key.pubkey()));
  return {};
}

Result<void> address(Context& context, const NoArgs&) {
  DZ_TRY_ASSIGN(const auto key, load_key(context));
  context.written = {{"pubkey", to_text(key.pubkey())}};
  if (!wants_json(context.output)) print(context, "{}", to_text(key.pubkey()));
  return {};
}

void say_balance(Context& context, const Pubkey& key, std::uint64_t lamports) {
  context.written["pubkey"] = to_text(key);
  context.written["balance_lamports"] = lamports;
  context.written["balance_credits"] = static_cast<double>(lamports) / 1e9;
  if (!wants_json(context.output)) print(context, "{} Credits", credits_text(lamports));
}

struct BalanceArgs {
  std::string key = "me";
};
void declare_balance(Options& options, BalanceArgs& args) {
  options.text("--pubkey", args.key, "whose balance: a pubkey, or 'me' (me)");
}
Result<void> balance(Context& context, const BalanceArgs& args) {
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, args.key));
  DZ_TRY_ASSIGN(const auto lamports, context.ledger.get_balance(key));
  say_balance(context, key, lamports);
  return {};
}

struct AirdropArgs {
  std::uint64_t lamports = 0;
  std::string key = "me";
};
void declare_airdrop(Options& options, AirdropArgs& args) {
  options.parsed("amount,--amount", args.lamports, "credits, such as 10 or 0.5", parse_credits).required();
  options.text("--pubkey", args.key, "who receives them: a pubkey, or 'me' (me)");
}
Result<void> airdrop(Context& context, const AirdropArgs& args) {
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, args.key));
  DZ_TRY_ASSIGN(const auto signature, context.ledger.request_airdrop(key, args.lamports));
  for (int tries = 0; tries < 150; ++tries) {
    DZ_TRY_ASSIGN(const auto statuses, context.ledger.get_signature_statuses({&signature, 1}));
    const auto& status = statuses.front();
    if (status && status->error) return refused("airdrop: " + to_text(*status->error));
    if (status && status->commitment >= client::Commitment::Confirmed) {
      context.written["signature"] = to_text(signature);
      if (!wants_json(context.output)) print(context, "Signature: {}", to_text(signature));
      DZ_TRY_ASSIGN(const auto lamports, context.ledger.get_balance(key));
      say_balance(context, key, lamports);
      return {};
    }
    context.clock.sleep(std::chrono::milliseconds{200});
  }
  return fail(ErrorKind::Retry, "the airdrop was not confirmed within 30 s: see 'doublezero balance'");
}

}  // namespace

void add_key_verbs(Commands& app) {
  app.verb<KeygenArgs>("keygen", "make a signing key", declare_keygen, keygen);
  app.verb<NoArgs>("address", "the signing key's pubkey", declare_nothing, address);
  app.verb<BalanceArgs>("balance", "the credits of a key", declare_balance, balance);
  app.verb<AirdropArgs>("airdrop", "credits from the faucet of a local ledger", declare_airdrop, airdrop);
}

}  // namespace dz::cli
