// link|device drain and undrain: what contributors do most. Both say beforehand what will follow.
#include "apps/cli/ui/drain_holders.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/ui/words.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

struct DrainArgs {
  std::string record;
  bool soft = false, hard = false, yes = false;
  WaitArgs wait;
};
void declare_drain(Options& options, DrainArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
  options.flag("--soft", args.soft, "soft-drained: traffic leaves it, it stays a last resort (default)");
  options.flag("--hard", args.hard, "hard-drained: out of routing");
  options.flag("-y,--yes", args.yes, "also when users are on the device, or when the other side keeps the link harder");
  declare_wait(options, args.wait);
}

struct UndrainArgs {
  std::string record;
  bool yes = false;
  WaitArgs wait;
};
void declare_undrain(Options& options, UndrainArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
  options.flag("-y,--yes", args.yes, "also what the other side of a DZX link drained, where the ledger lets you");
  declare_wait(options, args.wait);
}

// The status asked for. A plain drain never makes a hard drain softer: that needs --soft.
Result<Status> target_of(Context& context, const DrainArgs& args, const LifecycleRecord& record) {
  if (args.soft && args.hard) return wrong_usage(context, "--soft and --hard were both given: choose one");
  if (!record.rules.has_soft_drain(record.kind)) {
    if (!args.soft) return record.rules.out_of_service(record.kind);
    return wrong_usage(
        context,
        fmt::format("--soft: a {} of this ledger has one drain, and it keeps no users: leave --soft out", record.noun));
  }
  if (args.hard) return Status::HardDrained;
  if (args.soft || record.state.status != Status::HardDrained) return Status::SoftDrained;
  return refused(fmt::format("{} '{}' is hard-drained already; say --soft to put it back into routing as a last resort",
                             record.noun, record.code));
}

void say_consequences(Context& context, const LifecycleRecord& record, Status target) {
  if (record.state.status == Status::HardDrained && target == Status::SoftDrained &&
      record.state.health != Health::Healthy) {
    warn(context, "Warning: {} '{}' goes back into routing as a last resort although its health is {}.", record.noun,
         record.code, record.rules.spell(record.kind, record.state.health));
  }
  if (record.state.status != Status::Activated) return;
  warn(context, "{}", return_outlook(context, record));
}

// What drain and undrain need of a record, alike for links and devices.
struct Target {
  LifecycleRecord record;
  FindAgain find_again;
  std::function<Result<client::Written>(Session&, Status)> drain;
  std::function<Result<client::Written>(Session&)> undrain;
};

Result<Target> link_target(const Session& session, const std::string& name) {
  const auto signer = session.signer.pubkey();
  DZ_TRY_ASSIGN(const auto link, client::find_record(session.snapshot.links, "link", name));
  const auto side_z = acting_side_z(session.snapshot, *link.record, signer);
  return Target{
      .record = lifecycle_record(session.snapshot, link, signer),
      .find_again = find_link_again(link.key, signer),
      .drain = [link, side_z](Session& s, Status status) { return s.provisioner.drain_link(link, status, side_z); },
      .undrain = [link, side_z](Session& s) { return s.provisioner.undrain_link(link, side_z); }};
}

Result<Target> device_target(const Session& session, const std::string& name) {
  const auto signer = session.signer.pubkey();
  DZ_TRY_ASSIGN(const auto device, client::find_record(session.snapshot.devices, "device", name));
  return Target{.record = lifecycle_record(session.snapshot, device, signer),
                .find_again = find_device_again(device.key, signer),
                .drain = [device](Session& s, Status status) { return s.provisioner.drain_device(device, status); },
                .undrain = [device](Session& s) { return s.provisioner.undrain_device(device); }};
}

struct TargetKind {
  wire::AccountType type;
  Result<Target> (*find)(const Session&, const std::string&);
};
constexpr TargetKind kLink{wire::AccountType::Link, link_target}, kDevice{wire::AccountType::Device, device_target};

Result<LifecycleRecord> look_again(Context& context, const Target& target) {
  const auto& find = target.find_again;
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_record(scope_of(context), find.type, to_text(find.key)));
  const auto now = target.find_again(snapshot);
  if (!now) return not_found(fmt::format("{} '{}' is gone", target.record.noun, target.record.code));
  return *now;
}

// Only a record in service can be drained. A program that checks the lifecycle refuses this itself.
Result<void> check_in_service(const LifecycleRecord& record) {
  const auto status = record.state.status;
  if (record.rules.program_checks_lifecycle || status == Status::Activated || is_drained(status)) return {};
  return refused(fmt::format("{} '{}' is {}, so it is not in service and nothing has to be drained", record.noun,
                             record.code, to_text(status)));
}

Result<void> drain(Context& context, const DrainArgs& args, const TargetKind& kind) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, kind.type, args.record));
  DZ_TRY_ASSIGN(const auto target, kind.find(*session, args.record));
  const auto& record = target.record;
  DZ_TRY_ASSIGN(const auto status, target_of(context, args, record));
  DZ_TRY(check_in_service(record));
  DZ_TRY(check_users(record, status, args.yes));
  DZ_TRY(check_write(record, client::drain_write(*session->rules.profile, record.state.status, status)));
  if (record.state.status == Status::HardDrained && status == Status::SoftDrained) {
    DZ_TRY(check_other_side(context.ledger, session->snapshot, session->signer.pubkey(), record, args.yes));
  }
  say_consequences(context, record, status);
  DZ_TRY_ASSIGN(const auto written, target.drain(*session, status));
  DZ_TRY_ASSIGN(const auto now, look_again(context, target));
  print_written(context, written, Wrote::Change, to_text(now.state.status));
  note_state(context, now);
  return wait_for(context, args.wait, target.find_again, status);
}

// A health that is good already is from before the undrain where the monitor resets it, and does not count.
std::string return_text(const LifecycleRecord& now) {
  const auto good = now.rules.spell(now.kind, Health::Healthy);
  const bool is_good = now.state.health == Health::Healthy;
  if (!now.rules.monitor_resets_health)
    return is_good ? "at the activator's next step" : fmt::format("when its health is {}", good);
  if (!is_good)
    return fmt::format("when its health is {} again: the monitor judges it anew, then the activator acts", good);
  return fmt::format(
      "when the monitor has judged it anew, and the activator acts: the health {} is from before and does not count",
      good);
}

void say_what_is_next(Context& context, const LifecycleRecord& before, const LifecycleRecord& now) {
  const auto holders = holders_text(now);
  if (now.state.desired_status != DesiredStatus::Activated && !holders.empty()) {
    warn(context, "Your hold is lifted, but contributor {} still keeps {} '{}' drained and has to undrain it too.",
         holders, now.noun, now.code);
    return;
  }
  if (now.state.status == Status::Activated) return;
  const bool by_hand = is_drained(before.state.status) && before.state.desired_status == DesiredStatus::Activated;
  if (by_hand && now.rules.status_by_hand) {
    warn(context,
         "Activated was wanted of {} '{}' already (it was drained by hand, or undrained before), so it was asked for "
         "anew.",
         now.noun, now.code);
  }
  warn(context, "{} '{}' returns to service {}; now: {}.", now.noun, now.code, return_text(now), state_text(now));
}

Result<void> undrain(Context& context, const UndrainArgs& args, const TargetKind& kind) {
  DZ_TRY_ASSIGN(const auto session, open_session(context, kind.type, args.record));
  DZ_TRY_ASSIGN(const auto target, kind.find(*session, args.record));
  const auto& record = target.record;
  for (const auto& write :
       client::undrain_writes(*session->rules.profile, record.state.status, record.state.desired_status)) {
    DZ_TRY(check_write(record, write));
  }
  DZ_TRY(check_other_side(context.ledger, session->snapshot, session->signer.pubkey(), record, args.yes));
  DZ_TRY_ASSIGN(const auto written, target.undrain(*session));
  DZ_TRY_ASSIGN(const auto now, look_again(context, target));
  print_written(context, written, Wrote::Change, to_text(now.state.status));
  note_state(context, now);
  say_what_is_next(context, record, now);
  return wait_for(context, args.wait, target.find_again, Status::Activated);
}

Result<void> drain_link(Context& context, const DrainArgs& args) { return drain(context, args, kLink); }
Result<void> undrain_link(Context& context, const UndrainArgs& args) { return undrain(context, args, kLink); }
Result<void> drain_device(Context& context, const DrainArgs& args) { return drain(context, args, kDevice); }
Result<void> undrain_device(Context& context, const UndrainArgs& args) { return undrain(context, args, kDevice); }

}  // namespace

void add_link_drain(Commands& noun) {
  noun.verb<DrainArgs>("drain", "take a link out of service", declare_drain, drain_link);
  noun.verb<UndrainArgs>("undrain", "ask for a drained link to return to service", declare_undrain, undrain_link);
}

void add_device_drain(Commands& noun) {
  noun.verb<DrainArgs>("drain", "take a device out of service", declare_drain, drain_device);
  noun.verb<UndrainArgs>("undrain", "ask for a drained device to return to service", declare_undrain, undrain_device);
}

}  // namespace dz::cli
