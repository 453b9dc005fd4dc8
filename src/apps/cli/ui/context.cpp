#include "apps/cli/ui/context.h"

#include "apps/cli/ui/json_text.h"
#include "client/key_file.h"

namespace dz::cli {
namespace {

void warn_of_versions(Context& context, const client::Snapshot& snapshot) {
  if (context.settings.no_version_warning || !snapshot.program_config) return;
  const auto& theirs = snapshot.program_config->version;
  const auto known = recognise_profile(theirs);
  if (known) return;
  warn(context, "Warning: {}", known.error().message);
}

}  // namespace

void print_json(Context& context, const boost::json::value& value, const OutputArgs& output) {
  context.out(render_json(value, output.json ? JsonStyle::Pretty : JsonStyle::Compact) + "\n");
}

Result<client::Snapshot> read_again(Context& context) {
  return fetch_snapshot(context.ledger, context.settings.ids, context.settings.profile);
}

Result<client::Snapshot> read_ledger(Context& context) {
  DZ_TRY_ASSIGN(auto snapshot, read_again(context));
  warn_of_versions(context, snapshot);
  for (const auto& [key, bad] : snapshot.undecodable) {
    warn(context, "Warning: account {} left out: {}", to_text(key), bad.reason);
  }
  return snapshot;
}

Result<wire::Keypair> load_key(const Context& context) {
  const auto& keypair = context.settings.keypair;
  if (keypair.value.starts_with('[')) {
    auto key = wire::Keypair::parse_json(keypair.value);
    if (!key) return with_context(fmt::format("key given by {}", keypair.origin), key.error());
    return key;
  }
  return client::read_key_file(keypair.value);
}

Result<Pubkey> pubkey_or_me(const Context& context, std::string_view text) {
  if (text != "me") return parse_pubkey(text);
  DZ_TRY_ASSIGN(const auto key, load_key(context));
  return key.pubkey();
}

Result<std::optional<Pubkey>> optional_pubkey_or_me(const Context& context, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, *text));
  return key;
}

Result<std::unique_ptr<Session>> open_session(Context& context) {
  DZ_TRY_ASSIGN(auto signer, load_key(context));
  DZ_TRY_ASSIGN(auto snapshot, read_ledger(context));
  DZ_TRY_ASSIGN(const auto* profile, writable_profile(snapshot));
  return std::make_unique<Session>(context, std::move(snapshot), std::move(signer), *profile);
}

Session::Session(Context& context, client::Snapshot as_read, wire::Keypair key, const Profile& profile)
    : rules(profile),
      snapshot(std::move(as_read)),
      signer(std::move(key)),
      provisioner({context.ledger, context.clock, signer}, sender_for(snapshot, signer.pubkey()), profile) {}

}  // namespace dz::cli
