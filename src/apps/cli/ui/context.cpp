#include "apps/cli/ui/context.h"

#include "base/shown_url.h"
#include "client/key_file.h"
#include "client/ledger_view.h"
#include "wire/addresses.h"
#include "wire/json_text.h"

namespace dz::cli {
namespace {

void warn_of_versions(Context& context, const client::Snapshot& snapshot) {
  if (context.settings.no_version_warning || !snapshot.program_config) return;
  const auto& theirs = snapshot.program_config->version;
  const auto known = recognise_profile(theirs);
  if (known) return;
  warn(context, "Warning: {}", known.error().message);
}

// A drain has to work also when a clock is wrong: the ledger itself takes no block hash that is older than a minute.
void warn_of_age(Context& context, Slot newest) {
  const auto made = client::block_time_near(context.ledger, newest);
  if (!made || !*made) return;
  const auto age = context.clock.now() - **made;
  if (age <= client::ViewOptions{}.most_age) return;
  warn(context,
       "Warning: the newest block of this RPC node is {} old: it is behind, or the clock of this machine is wrong. "
       "What you see may have changed since.",
       duration_text(age));
}

// An empty list would look like an empty network.
tl::unexpected<Error> no_network_here(Context& context) {
  const auto& settings = context.settings;
  std::string others;
  for (const auto& other : wire::known_environments()) {
    const auto& program = other.ids.serviceability;
    if (program == settings.ids.serviceability) continue;
    const auto account = context.ledger.get_account(wire::program_config_address(program).address);
    if (account && *account) others += fmt::format("{}--env {}", others.empty() ? "" : " or ", other.name);
  }
  const auto advice = others.empty()
                          ? std::string(
                                "run 'doublezero init' first, or name another network with --env, or another ledger "
                                "with --url")
                          : fmt::format("it has another network: name that with {}", others);
  return not_found(fmt::format("the ledger at {} has no program {}: {}", shown_url(settings.rpc_url.value),
                               to_text(settings.ids.serviceability), advice));
}

}  // namespace

std::string render_error(const Error& error) {
  std::string text = "Error: ";
  for (const char c : error.message) text += c == '\n' ? std::string("\n  caused by: ") : std::string(1, c);
  return text + "\n";
}

tl::unexpected<Error> wrong_usage(Context& context, std::string message) {
  context.exit_code = kExitUsage;
  return refused(std::move(message));
}

void print_json(Context& context, const boost::json::value& value, const OutputArgs& output) {
  context.out(wire::render_json(value, output.json ? wire::JsonStyle::Pretty : wire::JsonStyle::Compact) + "\n");
}

Result<client::Snapshot> read_again(Context& context) {
  return fetch_snapshot(context.ledger, context.settings.ids, context.settings.profile);
}

client::SnapshotScope scope_of(Context& context) {
  return {context.ledger, context.settings.ids, context.settings.profile};
}

namespace {

Result<client::Snapshot> checked(Context& context, Result<client::Snapshot> read) {
  DZ_TRY_ASSIGN(auto snapshot, std::move(read));
  if (!snapshot.program_config && !snapshot.global_state) return no_network_here(context);
  warn_of_versions(context, snapshot);
  for (const auto& [key, bad] : snapshot.undecodable) {
    warn(context, "Warning: account {} left out: {}", to_text(key), bad.reason);
  }
  return snapshot;
}

}  // namespace

Result<client::Snapshot> read_ledger(Context& context) { return checked(context, read_again(context)); }
Result<client::Snapshot> read_types(Context& context, std::initializer_list<wire::AccountType> types) {
  return checked(context, client::fetch_types(scope_of(context), {types.begin(), types.size()}));
}
Result<client::Snapshot> read_record(Context& context, wire::AccountType type, std::string_view name) {
  return checked(context, client::fetch_record(scope_of(context), type, name));
}
Result<client::Snapshot> read_accounts(Context& context, std::span<const Pubkey> keys) {
  return checked(context, client::fetch_accounts(scope_of(context), keys));
}
Result<client::Snapshot> read_part(Context& context, const client::SnapshotQuestion& question) {
  return checked(context, client::fetch_part(scope_of(context), question));
}

Result<wire::Keypair> load_key(const Context& context) {
  const auto& keypair = context.settings.keypair;
  if (keypair.value.starts_with('[')) {
    auto key = wire::Keypair::parse_json(keypair.value);
    if (!key) return with_context(fmt::format("key given by {}", keypair.origin), key.error());
    return key;
  }
  return client::read_key_file(keypair.value, context.settings.secrets);
}

Result<Pubkey> pubkey_or_me(Context& context, std::string_view text) {
  if (text != "me") {
    auto key = parse_pubkey(text);
    if (!key) return wrong_usage(context, key.error().message + "; 'me' is the signing key");
    return key;
  }
  DZ_TRY_ASSIGN(const auto key, load_key(context));
  return key.pubkey();
}

Result<std::optional<Pubkey>> optional_pubkey_or_me(Context& context, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, *text));
  return key;
}

Result<client::LatestBlockhash> take_anchor(Context& context) {
  DZ_TRY_ASSIGN(const auto anchor, client::take_hash(context.ledger));
  warn_of_age(context, anchor.slot);
  return anchor;
}

Result<std::unique_ptr<Session>> open_session(Context& context, client::SnapshotQuestion question) {
  DZ_TRY_ASSIGN(auto signer, load_key(context));
  DZ_TRY_ASSIGN(const auto anchor, take_anchor(context));
  question.accounts.push_back(wire::permission_address(context.settings.ids.serviceability, signer.pubkey()).address);
  DZ_TRY_ASSIGN(auto snapshot, read_part(context, question));
  DZ_TRY(writable_profile(snapshot));
  return std::make_unique<Session>(context, std::move(snapshot), std::move(signer), anchor);
}

Result<std::unique_ptr<Session>> open_session(Context& context, wire::AccountType type, std::string_view name) {
  return open_session(context, {.records = {{type, std::string(name)}}});
}

Session::Session(Context& context, client::Snapshot as_read, wire::Keypair key, const client::LatestBlockhash& anchor)
    : rules(**writable_profile(as_read)),
      snapshot(std::move(as_read)),
      signer(std::move(key)),
      provisioner({context.ledger, context.clock, signer, anchor}, sender_for(snapshot, signer.pubkey()),
                  *rules.profile) {}

}  // namespace dz::cli
