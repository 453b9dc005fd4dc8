// link update, delete, set-health.
#include "apps/cli/ui/drain_holders.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"
#include "client/topologies.h"

namespace dz::cli {
namespace {

struct UpdateArgs {
  std::string record;
  wire::UpdateLinkArgs change;
  std::optional<std::string> topologies, contributor;
  bool yes = false;
  WaitArgs wait;
};
void declare_update(Options& options, UpdateArgs& args) {
  auto& change = args.change;
  options.text("--pubkey", args.record, "link, by pubkey or code").required().codes_of("link");
  options
      .text("--contributor", args.contributor,
            "the contributor that the link has: the program moves no link to another one")
      .codes_of("contributor");
  options.parsed("--code", change.code, "new code", parse_link_code);
  options.word("--tunnel-type,--link-type", change.type, "new type");
  options.parsed("--bandwidth", change.bandwidth, "10Gbps to 400Gbps", parse_link_bandwidth);
  options.number("--mtu", change.mtu, "bytes");
  options.parsed("--delay-ms", change.delay_ns, "round-trip delay in ms", parse_delay_ms);
  options.parsed("--jitter-ms", change.jitter_ns, "jitter in ms", parse_delay_ms);
  options.parsed("--delay-override-ms", change.delay_override_ns, "delay for routing instead; 0 clears it",
                 parse_delay_override_ms);
  declare_status(options, change.status, RecordKind::Link, "what is in force");
  declare_desired(options, change.desired_status, RecordKind::Link, "what is wanted");
  options.number("--tunnel-id", change.tunnel_id, "tunnel number (foundation)");
  options.parsed("--tunnel-net", change.tunnel_net, "tunnel network (foundation)", parse_network);
  options
      .text("--link-topology", args.topologies,
            "topologies it is tagged with from now on, by name, comma separated, or none (foundation)")
      .codes_of("topology");
  options.parsed("--unicast-drained", change.unicast_drained, "true or false", parse_bool);
  options.flag("-y,--yes", args.yes, "also bring back what the other side of a DZX link drained");
  declare_wait(options, args.wait);
}

// The programs take a contributor for a link and leave the link where it is. A write that would change nothing is not
// sent; naming the one that it has is no change either.
Result<std::optional<Pubkey>> new_contributor(const client::Snapshot& snapshot, const client::Found<Link>& link,
                                              const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.contributors, "contributor", *name));
  if (found.key == link.record->contributor) return std::nullopt;
  return refused(fmt::format(
      "link '{}' belongs to contributor '{}', and the ledger's program takes another one without changing it: delete "
      "the link, and let contributor '{}' create it",
      link.record->code, client::code_of(snapshot.contributors, link.record->contributor), found.record->code));
}

Result<void> update(Context& context, const UpdateArgs& args) {
  auto change = args.change;
  if (change == wire::UpdateLinkArgs{} && !args.topologies && !args.contributor) return refuse_empty_update(context);
  // Another code may be taken.
  using Type = wire::AccountType;
  client::SnapshotQuestion question{.records = {{Type::Link, args.record}}};
  if (change.code) question.records.push_back({Type::Link, *change.code});
  if (args.contributor) question.records.push_back({Type::Contributor, *args.contributor});
  DZ_TRY_ASSIGN(const auto session, open_session(context, question));
  if (args.topologies) {
    DZ_TRY_ASSIGN(const auto topologies, client::fetch_topologies(context.ledger, context.settings.ids));
    DZ_TRY_ASSIGN(change.topologies, client::find_topologies(topologies, *args.topologies));
  }
  const auto& snapshot = session->snapshot;
  const auto signer = session->signer.pubkey();
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot.links, "link", args.record));
  DZ_TRY_ASSIGN(change.contributor, new_contributor(snapshot, link, args.contributor));
  if (change == wire::UpdateLinkArgs{}) return refuse_empty_update(context);
  if (change.code && !client::same_code(*change.code, link.record->code)) {
    DZ_TRY(refuse_taken_code(snapshot.links, "link", *change.code));
  }
  const lifecycle::LifecycleWrite write{change.status, change.desired_status};
  DZ_TRY(check_words(context, session->rules, RecordKind::Link,
                     {.status = write.status, .desired_status = write.desired_status}));
  const auto record = lifecycle_record(snapshot, link, signer);
  if (write.status || write.desired_status) DZ_TRY(check_write(record, write));
  if (status_after(write) == Status::Activated)
    DZ_TRY(check_other_side(context.ledger, session->snapshot, session->signer.pubkey(), record, args.yes));
  const auto side_z = acting_side_z(snapshot, *link.record, signer);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_link(link, change, side_z));
  DZ_TRY(finish_write(context, written, Wrote::Change, &client::Snapshot::links));
  return wait_for(context, args.wait, find_link_again(link.key), status_after(write));
}

Result<void> remove(Context& context, const RecordArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Link, args.record));
  const auto signer = session->signer.pubkey();
  DZ_TRY_ASSIGN(const auto link, client::find_record(session->snapshot.links, "link", args.record));
  DZ_TRY(check_delete(session->snapshot, link, signer));
  const auto side_z = acting_side_z(session->snapshot, *link.record, signer);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_link(link, side_z));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::links);
}

struct HealthArgs {
  std::string record;
  std::optional<Health> health;
};
void declare_set_health(Options& options, HealthArgs& args) {
  options.text("--pubkey,--code", args.record, "link, by pubkey or code").required().codes_of("link");
  declare_health(options, args.health, RecordKind::Link, "what is known").required();
}
Result<void> set_health(Context& context, const HealthArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, wire::AccountType::Link, args.record));
  DZ_TRY(check_words(context, session->rules, RecordKind::Link, {.health = args.health}));
  DZ_TRY_ASSIGN(const auto link, client::find_record(session->snapshot.links, "link", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_link_health(link.key, *args.health));
  return finish_write(context, written, Wrote::Change, &client::Snapshot::links);
}

}  // namespace

void add_link(Commands& app) {
  auto noun = app.noun("link", "connections between devices");
  add_link_create(noun);
  noun.verb<UpdateArgs>("update", "change a link", declare_update, update);
  add_link_reads(noun);
  noun.verb<RecordArgs>("delete", "remove a drained link, or one that was never in service", declare_record, remove);
  add_link_topology(noun);
  add_link_drain(noun);
  add_link_explain(noun);
  add_link_wait(noun);
  add_link_history(noun);
  add_link_latency(noun);
  noun.verb<HealthArgs>("set-health", "write health by hand (health authority, foundation)", declare_set_health,
                        set_health)
      .hide();
}

}  // namespace dz::cli
