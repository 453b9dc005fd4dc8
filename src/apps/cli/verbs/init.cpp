// init and version: the ledger program itself.
#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

Result<void> init(Context& context, const AuthorityArgs& args) {
  DZ_TRY_ASSIGN(const auto authorities, resolve_authorities(context, args));
  DZ_TRY_ASSIGN(const auto signer, load_key(context));
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
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
  const auto snapshot = fetch_snapshot(context.ledger, context.settings.ids, context.settings.profile);
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
  app.verb<AuthorityArgs>("init", "initialise the program on a new ledger; the signing key becomes the foundation",
                          declare_authorities, init);
  app.verb<OutputArgs>("version", "versions of this client and of the ledger program", declare_output, version);
}

}  // namespace dz::cli
