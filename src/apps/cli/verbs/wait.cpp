// link|device wait: until a record is healthy, or in service. Meanwhile it shows what holds the record and the earliest
// time, as the monitor says.
#include "apps/cli/ui/lifecycle_text.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/ui/show.h"
#include "apps/cli/ui/waiting.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

constexpr Duration kLook = std::chrono::seconds{5};  // between looks at ledger and monitor
constexpr Duration kTick = std::chrono::seconds{1};  // of the countdown

enum class Goal : std::uint8_t { Healthy, Activated };
// In the words of the record's ledger.
std::string_view goal_text(Goal goal, const LifecycleRecord& record) {
  return goal == Goal::Healthy ? record.rules.spell(record.kind, Health::Healthy) : "activated";
}
Result<Goal> parse_goal(RecordKind kind, std::string_view text) {
  if (text == "activated") return Goal::Activated;
  for (const auto* profile : all_profiles()) {
    if (parse_health(*profile, kind, text) == Health::Healthy) return Goal::Healthy;
  }
  return refused(fmt::format("expected healthy or activated, found '{}'", text));
}

struct WaitForArgs {
  std::string record;
  Goal goal = Goal::Activated;
  std::optional<Duration> timeout;
};
template <RecordKind kind>
void declare_wait_for(Options& options, WaitForArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
  options.parsed("--for", args.goal, "healthy, in any ledger's word, or activated (the default)",
                 [](std::string_view text) { return parse_goal(kind, text); });
  options.parsed("--timeout", args.timeout, "how long to wait, such as 90s, 15m or 26h; default: until it is",
                 parse_duration);
}

// Waiting alone does not help a record that nobody wants in service.
Result<void> check_wanted(const LifecycleRecord& record, Goal goal) {
  const auto desired = record.state.desired_status;
  if (goal == Goal::Healthy || desired == DesiredStatus::Activated) return {};
  return refused(
      fmt::format("expected desired_status activated of {} '{}', found {}: it is not going to be activated "
                  "until somebody asks for it: doublezero {} undrain --pubkey {}",
                  record.noun, record.code, to_text(desired), record.noun, record.code));
}

bool reached(Goal goal, const lifecycle::LifecycleState& state) {
  return goal == Goal::Healthy ? state.health == Health::Healthy : state.status == Status::Activated;
}

Error too_late(const LifecycleRecord& record, const WaitForArgs& args, const Outlook& outlook) {
  auto text = fmt::format("waited {} for {} '{}' to be {}, found {}", duration_text(*args.timeout), record.noun,
                          record.code, goal_text(args.goal, record), state_text(record));
  if (!outlook.to_do.empty()) text += fmt::format("; to do: {}", outlook.to_do);
  return {ErrorKind::Retry,
          text + fmt::format(": wait longer with --timeout, or look closer: doublezero {} explain --pubkey {}",
                             record.noun, record.code)};
}

// Returns at the next look, true; or when the time is over, false.
bool pause(Context& context, const WaitForArgs& args, Progress& progress, const Outlook& outlook) {
  const auto next_look = context.clock.now() + kLook;
  while (context.clock.now() < next_look) {
    if (args.timeout && progress.waited() >= *args.timeout) return false;
    progress.count(outlook);
    context.clock.sleep(context.terminal.err_columns > 0 ? kTick : kLook);
  }
  return true;
}

Result<LifecycleRecord> look(Context& context, const FindAgain& find_again) {
  DZ_TRY_ASSIGN(const auto snapshot, client::fetch_record(scope_of(context), find_again.type, to_text(find_again.key)));
  auto record = find_again(snapshot);
  if (!record) return not_found("the record was deleted meanwhile");
  return std::move(*record);
}

// The record as it is then. What counts down is gone when it returns.
Result<LifecycleRecord> look_until(Context& context, const WaitForArgs& args, LifecycleRecord record,
                                   const FindAgain& find_again) {
  Progress progress(context, goal_text(args.goal, record));
  while (!reached(args.goal, record.state)) {
    DZ_TRY(check_wanted(record, args.goal));
    const auto outlook = outlook_into_service(context, record);
    progress.say(state_text(record) + "; " + outlook.sentence);
    if (!pause(context, args, progress, outlook)) return tl::unexpected(too_late(record, args, outlook));
    const auto now = look(context, find_again);
    if (now) {
      record.state = now->state;
    } else if (now.error().kind == ErrorKind::Retry) {
      progress.say(now.error().message);
    } else {
      return with_context(fmt::format("{} '{}'", record.noun, record.code), now.error());
    }
  }
  return record;
}

Result<void> wait_until(Context& context, const WaitForArgs& args, const LifecycleRecord& before,
                        const FindAgain& find_again) {
  DZ_TRY_ASSIGN(const auto record, look_until(context, args, before, find_again));
  if (wants_json(context.output)) {
    note_state(context, record);
  } else {
    print(context, "{} '{}' is {}: {}", record.noun, record.code, goal_text(args.goal, record), state_text(record));
  }
  return {};
}

Result<void> wait_link(Context& context, const WaitForArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Link, args.record));
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot.links, "link", args.record));
  return wait_until(context, args, lifecycle_record(snapshot, link, {}), find_link_again(link.key));
}
Result<void> wait_device(Context& context, const WaitForArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Device, args.record));
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", args.record));
  return wait_until(context, args, lifecycle_record(snapshot, device, {}), find_device_again(device.key));
}

}  // namespace

void add_link_wait(Commands& noun) {
  noun.verb<WaitForArgs>("wait", "wait until a link is healthy or activated", declare_wait_for<RecordKind::Link>,
                         wait_link);
}
void add_device_wait(Commands& noun) {
  noun.verb<WaitForArgs>("wait", "wait until a device is healthy or activated", declare_wait_for<RecordKind::Device>,
                         wait_device);
}

}  // namespace dz::cli
