#include <cstdint>

#include "apps/cli/ui/global_config_args.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

// --- get and set --------------------------------------------------------------------------------------------------

json::object to_json(const GlobalConfig& c) {
  return {{"local_asn", c.local_asn},
          {"remote_asn", c.remote_asn},
          {"device_tunnel_block", to_text(c.device_tunnel_block)},
          {"user_tunnel_block", to_text(c.user_tunnel_block)},
          {"multicast_group_block", to_text(c.multicastgroup_block)},
          {"multicast_publisher_block", to_text(c.multicast_publisher_block)},
          {"next_bgp_community", c.next_bgp_community}};
}

Result<void> get(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {}));
  if (!snapshot.global_config) return not_found("no global configuration yet: 'doublezero global-config set' makes it");
  show_record(context, output, to_json(*snapshot.global_config));
  return {};
}

// The first time nothing has to be given: what a network needs has defaults.
Result<void> set(Context& context, const GlobalConfigArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  const auto& present = session->snapshot.global_config;
  if (present && args == GlobalConfigArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_global_config(merged(args, present)));
  print_written(context, written, Wrote::Change, "set");
  return {};
}

// --- authorities --------------------------------------------------------------------------------------------------

Result<GlobalState> global_state(Context& context) {
  DZ_TRY_ASSIGN(const auto snapshot, read_types(context, {}));
  if (!snapshot.global_state) return not_found("the program is not initialised: run 'doublezero init' first");
  return *snapshot.global_state;
}

Result<void> get_authorities(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto state, global_state(context));
  show_record(context, output,
              {{"activator_authority", pubkey_or_null(state.activator_authority)},
               {"access_authority", pubkey_or_null(state.sentinel_authority)},
               {"feed_authority", pubkey_or_null(state.feed_authority)},
               {"health_oracle", pubkey_or_null(state.health_oracle)}});
  return {};
}

Result<void> set_authorities(Context& context, const AuthorityArgs& args) {
  DZ_TRY_ASSIGN(const auto authorities, resolve_authorities(context, args));
  if (authorities == wire::SetAuthorityArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_authority(authorities));
  print_written(context, written, Wrote::Change, "set");
  return {};
}

// --- allowlists ---------------------------------------------------------------------------------------------------

struct KeyArgs {
  std::string key;
};
void declare_key(Options& options, KeyArgs& args) {
  options.text("--pubkey", args.key, "a pubkey, or 'me'").required();
}

using Change = Result<client::Written> (client::Provisioner::*)(const Pubkey&);
Result<void> change_list(Context& context, const KeyArgs& args, Change change, std::string_view done) {
  DZ_TRY_ASSIGN(const auto key, pubkey_or_me(context, args.key));
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, (session->provisioner.*change)(key));
  print_written(context, written, Wrote::Change, done);
  return {};
}

void show_keys(Context& context, const OutputArgs& output, const std::vector<Pubkey>& keys) {
  if (wants_json(output)) {
    json::array list;
    for (const auto& key : keys) list.push_back(json::value(to_text(key)));
    return print_json(context, list, output);
  }
  print(context, "Pubkeys:");
  for (const auto& key : keys) print(context, "\t{}", to_text(key));
}

Result<void> list_foundation(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto state, global_state(context));
  show_keys(context, output, state.foundation_allowlist);
  return {};
}
Result<void> list_qa(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto state, global_state(context));
  show_keys(context, output, state.qa_allowlist);
  return {};
}
Result<void> add_to_foundation(Context& context, const KeyArgs& args) {
  return change_list(context, args, &client::Provisioner::add_foundation, "added");
}
Result<void> remove_from_foundation(Context& context, const KeyArgs& args) {
  return change_list(context, args, &client::Provisioner::remove_foundation, "removed");
}
Result<void> add_to_qa(Context& context, const KeyArgs& args) {
  return change_list(context, args, &client::Provisioner::add_qa, "added");
}
Result<void> remove_from_qa(Context& context, const KeyArgs& args) {
  return change_list(context, args, &client::Provisioner::remove_qa, "removed");
}

// --- airdrops -----------------------------------------------------------------------------------------------------

Result<void> get_airdrop(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto state, global_state(context));
  show_record(context, output,
              {{"contributor_airdrop_lamports", state.contributor_airdrop_lamports},
               {"user_airdrop_lamports", state.user_airdrop_lamports}});
  return {};
}
void declare_airdrop(Options& options, wire::SetAirdropArgs& args) {
  options.number("--contributor-airdrop-lamports", args.contributor_lamports, "given to a new contributor's owner");
  options.number("--user-airdrop-lamports", args.user_lamports, "given to a new user");
}
Result<void> set_airdrop(Context& context, const wire::SetAirdropArgs& args) {
  if (args == wire::SetAirdropArgs{}) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_airdrop(args));
  print_written(context, written, Wrote::Change, "set");
  return {};
}

// --- feature flags, versions --------------------------------------------------------------------------------------

using Flags = unsigned __int128;
struct FeatureFlag {
  std::string_view name;
  int bit;
};
constexpr FeatureFlag kFeatureFlags[] = {{"onchain-allocation", 0}, {"require-permission-accounts", 1}};

Result<Flags> parse_feature_flag(std::string_view text) {
  for (const auto& [name, bit] : kFeatureFlags) {
    if (same_spelling(name, text)) return Flags{1} << bit;
  }
  return refused(fmt::format("expected onchain-allocation or require-permission-accounts, found '{}'", text));
}

Result<void> get_feature_flags(Context& context, const OutputArgs& output) {
  DZ_TRY_ASSIGN(const auto state, global_state(context));
  json::object record;
  for (const auto& [name, bit] : kFeatureFlags) record[name] = (state.feature_flags >> bit & 1U) != 0;
  show_record(context, output, record);
  return {};
}

struct FeatureFlagArgs {
  std::optional<Flags> enable, disable;
};
void declare_feature_flags(Options& options, FeatureFlagArgs& args) {
  options.parsed("--enable", args.enable, "onchain-allocation (always on) or require-permission-accounts",
                 parse_feature_flag);
  options.parsed("--disable", args.disable, "the same", parse_feature_flag);
}
Result<void> set_feature_flags(Context& context, const FeatureFlagArgs& args) {
  if (!args.enable && !args.disable) return refuse_empty_update(context);
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  const auto present = session->snapshot.global_state->feature_flags;
  const auto flags = (present | args.enable.value_or(0)) & ~args.disable.value_or(0);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_feature_flags(flags));
  print_written(context, written, Wrote::Change, "set");
  return {};
}

struct VersionArgs {
  Version version;
};
Result<Version> parse_version(std::string_view text) {
  Version version;
  std::uint32_t* const parts[] = {&version.major, &version.minor, &version.patch};
  std::string_view rest = text;
  for (auto* part : parts) {
    const auto word = rest.substr(0, part == &version.patch ? rest.size() : rest.find('.'));
    const auto number = parse_whole_number(word, 0xffffffff);
    if (!number) return refused(fmt::format("expected a version such as 0.34.0, found '{}'", text));
    *part = static_cast<std::uint32_t>(*number);
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return version;
}
void declare_version(Options& options, VersionArgs& args) {
  options.parsed("--min-compatible-version", args.version, "clients older than it may not write", parse_version)
      .required();
}
Result<void> set_version(Context& context, const VersionArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_min_version(args.version));
  print_written(context, written, Wrote::Change, "set");
  return {};
}

}  // namespace

void declare_authorities(Options& options, AuthorityArgs& args) {
  options.text("--activator-authority", args.activator, "the activator's key: a pubkey, or 'me'");
  options.text("--health-oracle", args.health_oracle, "the health authority, the monitor's key");
  options.text("--sentinel-authority,--access-authority", args.sentinel, "the sentinel's key");
  options.text("--feed-authority", args.feed, "the feed authority's key");
}

Result<wire::SetAuthorityArgs> resolve_authorities(Context& context, const AuthorityArgs& args) {
  wire::SetAuthorityArgs keys;
  DZ_TRY_ASSIGN(keys.activator, optional_pubkey_or_me(context, args.activator));
  DZ_TRY_ASSIGN(keys.health_oracle, optional_pubkey_or_me(context, args.health_oracle));
  DZ_TRY_ASSIGN(keys.sentinel, optional_pubkey_or_me(context, args.sentinel));
  DZ_TRY_ASSIGN(keys.feed_authority, optional_pubkey_or_me(context, args.feed));
  return keys;
}

void add_global_config(Commands& app) {
  auto noun = app.noun("global-config", "the network as a whole");
  noun.verb<OutputArgs>("get", "AS numbers and address blocks", declare_output, get);
  noun.verb<GlobalConfigArgs>("set", "change them; what is not given stays (foundation)", declare_global_config, set);

  auto authority = noun.noun("authority", "the keys of monitor, activator and others");
  authority.verb<OutputArgs>("get", "show them", declare_output, get_authorities);
  authority.verb<AuthorityArgs>("set", "change those given (foundation)", declare_authorities, set_authorities);

  auto airdrop = noun.noun("airdrop", "amounts given to new contributors and users");
  airdrop.verb<OutputArgs>("get", "show them", declare_output, get_airdrop);
  airdrop.verb<wire::SetAirdropArgs>("set", "change those given (foundation)", declare_airdrop, set_airdrop);

  auto flags = noun.noun("feature-flags", "switches of the program").hide();
  flags.verb<OutputArgs>("get", "show them", declare_output, get_feature_flags);
  flags.verb<FeatureFlagArgs>("set", "turn one on or off (foundation)", declare_feature_flags, set_feature_flags);
  noun.verb<VersionArgs>("set-version", "the oldest client that may write (foundation)", declare_version, set_version)
      .hide();

  auto allowlist = noun.noun("allowlist", "the keys of the foundation");
  allowlist.verb<OutputArgs>("list", "show them", declare_output, list_foundation);
  allowlist.verb<KeyArgs>("add", "add a key (foundation)", declare_key, add_to_foundation);
  allowlist.verb<KeyArgs>("remove", "remove a key (foundation)", declare_key, remove_from_foundation);

  auto qa = noun.noun("qa-allowlist", "the keys of QA runners");
  qa.verb<OutputArgs>("list", "show them", declare_output, list_qa);
  qa.verb<KeyArgs>("add", "add a key (foundation)", declare_key, add_to_qa);
  qa.verb<KeyArgs>("remove", "remove a key (foundation)", declare_key, remove_from_qa);
}

}  // namespace dz::cli
