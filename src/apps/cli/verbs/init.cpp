// init and version: the ledger program itself.
#include "apps/cli/ui/global_config_args.h"
#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

struct InitArgs {
  AuthorityArgs authorities;
  GlobalConfigArgs config;
};
void declare_init(Options& options, InitArgs& args) {
  declare_authorities(options, args.authorities);
  declare_global_config(options, args.config);
}

Result<wire::SetAuthorityArgs> found_network(Context& context, const AuthorityArgs& args) {
  DZ_TRY_ASSIGN(const auto authorities, resolve_authorities(context, args));
  DZ_TRY_ASSIGN(const auto signer, load_key(context));
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_part(scope_of(context), {}));
  if (snapshot.global_state) {
    return refused(
        fmt::format("the program {} is initialised on this ledger already: change its authorities with "
                    "'doublezero global-config authority set'",
                    to_text(snapshot.ids.serviceability)));
  }
  // The ledger has no version before init, and none of init's instructions depends on the profile.
  const auto& profile = *rules_for(snapshot).profile;
  client::Provisioner provisioner({context.ledger, context.clock, signer}, sender_for(snapshot, signer.pubkey()),
                                  profile);
  DZ_TRY_ASSIGN(const auto written, provisioner.init(authorities));
  print_written(context, written, Wrote::Change, "initialised");
  return authorities;
}

// Devices and links need it, so a network starts with one.
Result<void> configure_network(Context& context, const GlobalConfigArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  const auto config = merged(args, session->snapshot.global_config);
  const auto written = session->provisioner.set_global_config(config);
  if (!written) {
    return with_context("initialised, but without AS numbers and address blocks: run 'doublezero global-config set'",
                        written.error());
  }
  print_written(context, *written, Wrote::Change, "configured");
  warn(context,
       "AS numbers {} and {}, link addresses {}, user tunnels {}: see and change them with 'doublezero global-config "
       "get|set'.",
       config.local_asn, config.remote_asn, to_text(config.device_tunnel_block), to_text(config.user_tunnel_block));
  return {};
}

Result<void> init(Context& context, const InitArgs& args) {
  DZ_TRY_ASSIGN(const auto authorities, found_network(context, args.authorities));
  DZ_TRY(configure_network(context, args.config));
  if (!authorities.activator || !authorities.health_oracle) {
    warn(context,
         "Warning: the signing key is also {}: give the daemons keys of their own with 'doublezero "
         "global-config authority set'.",
         !authorities.activator && !authorities.health_oracle ? "the activator's and the health authority"
         : !authorities.activator                             ? "the activator's"
                                                              : "the health authority");
  }
  return {};
}

Result<void> version(Context& context, const OutputArgs& output) {
  boost::json::object record{{"client", DZ_VERSION}};
  const auto snapshot = client::fetch_part(scope_of(context), {});
  if (!snapshot) {
    record["program"] = "unreachable";
    warn(context, "Warning: {}", snapshot.error().message);
  } else if (!snapshot->program_config) {
    record["program"] = "not initialised";
  } else {
    record["program"] = to_text(snapshot->program_config->version);
    record["min_compatible"] = to_text(snapshot->program_config->min_compatible_version);
    record["profile"] = snapshot->profile != nullptr ? std::string(snapshot->profile->name) : "unknown";
  }
  show_record(context, output, record);
  return {};
}

}  // namespace

void add_init(Commands& app) {
  app.verb<InitArgs>("init", "initialise the program on a new ledger; the signing key becomes the foundation",
                     declare_init, init);
  app.verb<OutputArgs>("version", "versions of this client and of the ledger program", declare_output, version);
}

}  // namespace dz::cli
