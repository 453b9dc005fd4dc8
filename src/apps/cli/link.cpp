// link update, delete, set-health.
#include "apps/cli/lifecycle_text.h"
#include "apps/cli/record_args.h"
#include "apps/cli/show.h"
#include "apps/cli/verbs.h"
#include "apps/cli/waiting.h"

namespace dz::cli {
namespace {

struct UpdateArgs {
  std::string record;
  UpdateLinkArgs change;
  WaitArgs wait;
};
void declare_update(Options& options, UpdateArgs& args) {
  auto& change = args.change;
  options.text("--pubkey", args.record, "link, by pubkey or code").required();
  options.parsed("--code", change.code, "new code", parse_code);
  options.word("--tunnel-type,--link-type", change.type, "new type");
  options.parsed("--bandwidth", change.bandwidth, "10Gbps to 400Gbps", parse_bandwidth);
  options.number("--mtu", change.mtu, "bytes");
  options.parsed("--delay-ms", change.delay_ns, "round-trip delay in ms", parse_delay_ms);
  options.parsed("--jitter-ms", change.jitter_ns, "jitter in ms", parse_delay_ms);
  options.parsed("--delay-override-ms", change.delay_override_ns, "delay for routing instead; 0 clears it",
                 parse_delay_override_ms);
  options.word("--status", change.status, "what is in force; sets desired_status to the same word");
  options.word("--desired-status", change.desired_status, "what is wanted");
  options.number("--tunnel-id", change.tunnel_id, "tunnel number (foundation)");
  options.parsed("--tunnel-net", change.tunnel_net, "tunnel network (foundation)", parse_network);
  options.parsed("--unicast-drained", change.unicast_drained, "true or false", parse_bool);
  declare_wait(options, args.wait);
}

Result<void> update(Context& context, const UpdateArgs& args) {
  const auto& change = args.change;
  if (change == UpdateLinkArgs{}) return refuse_empty_update();
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  const auto& snapshot = session->snapshot;
  const auto signer = session->signer.pubkey();
  DZ_TRY_ASSIGN(const auto link, find_record(snapshot.links, "link", args.record));
  if (change.code && !same_code(*change.code, link.record->code)) {
    DZ_TRY(refuse_taken_code(snapshot.links, "link", *change.code));
  }
  if (change.status || change.desired_status) {
    DZ_TRY(check_write(subject_of(snapshot, link, signer), {change.status, change.desired_status}));
  }
  const auto side_z = acting_side_z(snapshot, *link.record, signer);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.update_link(link, change, side_z));
  DZ_TRY(finish_write(context, written, Wrote::Change, &Snapshot::links));
  if (change.status) return wait_for_link(context, args.wait, link.key, *change.status);
  if (change.desired_status) return wait_for_link(context, args.wait, link.key, status_for(*change.desired_status));
  return {};
}

Result<void> remove(Context& context, const RecordArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  const auto signer = session->signer.pubkey();
  DZ_TRY_ASSIGN(const auto link, find_record(session->snapshot.links, "link", args.record));
  DZ_TRY(check_delete(session->snapshot, link, signer));
  const auto side_z = acting_side_z(session->snapshot, *link.record, signer);
  DZ_TRY_ASSIGN(const auto written, session->provisioner.delete_link(link, side_z));
  return finish_write(context, written, Wrote::Change, &Snapshot::links);
}

struct HealthArgs {
  std::string record;
  std::optional<Health> health;
};
void declare_health(Options& options, HealthArgs& args) {
  options.text("--pubkey,--code", args.record, "link, by pubkey or code").required();
  options.word("--health", args.health, "what is known").required();
}
Result<void> set_health(Context& context, const HealthArgs& args) {
  DZ_TRY_ASSIGN(const auto session, open_session(context));
  DZ_TRY_ASSIGN(const auto link, find_record(session->snapshot.links, "link", args.record));
  DZ_TRY_ASSIGN(const auto written, session->provisioner.set_link_health(link.key, *args.health));
  return finish_write(context, written, Wrote::Change, &Snapshot::links);
}

}  // namespace

void add_link(Commands& app) {
  auto noun = app.noun("link", "connections between devices");
  add_link_create(noun);
  noun.verb<UpdateArgs>("update", "change a link", declare_update, update);
  add_link_reads(noun);
  noun.verb<RecordArgs>("delete", "remove a hard-drained link, or one that was never in service", declare_record,
                        remove);
  add_link_drain(noun);
  add_link_explain(noun);
  add_link_wait(noun);
  noun.verb<HealthArgs>("set-health", "write health by hand (health authority, foundation)", declare_health, set_health,
                        Shown::Hidden);
}

}  // namespace dz::cli
