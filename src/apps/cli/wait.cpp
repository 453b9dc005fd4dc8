// link|device wait: until a record is healthy, or in service. Shows what holds it and the earliest time, as the
// monitor sees it meanwhile.
#include "apps/cli/lifecycle_text.h"
#include "apps/cli/monitor_api.h"
#include "apps/cli/record_args.h"
#include "apps/cli/verbs.h"

namespace dz::cli {
namespace {

constexpr Duration kLook = std::chrono::seconds{5};  // at ledger and monitor
constexpr Duration kTick = std::chrono::seconds{1};  // of the countdown

enum class Goal : std::uint8_t { Healthy, Activated };
std::string_view to_text(Goal goal) { return goal == Goal::Healthy ? "healthy" : "activated"; }
Result<Goal> parse_goal(std::string_view text) {
  if (text == "healthy") return Goal::Healthy;
  if (text == "activated") return Goal::Activated;
  return refused(fmt::format("expected healthy or activated, found '{}'", text));
}

struct WaitForArgs {
  std::string record;
  Goal goal = Goal::Activated;
  std::optional<Duration> timeout;
};
void declare_wait_for(Options& options, WaitForArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required();
  options.parsed("--for", args.goal, "healthy, or activated (the default)", parse_goal);
  options.parsed("--timeout", args.timeout, "how long to wait, such as 90s, 15m or 26h; default: until it is",
                 parse_duration);
}

// What the monitor has to say of the way there.
struct Outlook {
  std::string sentence, to_do;
  std::optional<Timestamp> healthy_at;
};

Outlook outlook_of(const Context& context, const Pubkey& record, const LifecycleState& state) {
  if (state.health == Health::Healthy) return {"healthy: the activator acts next", "", std::nullopt};
  if (!context.ask_monitor) return {"no monitor is named that knows more: --monitor-url", "", std::nullopt};
  const auto answer = ask_monitor_for_json(context, record);
  if (!answer) return {"the monitor was asked: " + answer.error().message, "", std::nullopt};
  Outlook outlook{std::string(text_of(*answer, "sentence")), std::string(text_of(*answer, "to_do")), std::nullopt};
  if (const auto time = parse_timestamp(text_of(*answer, "healthy_at"))) outlook.healthy_at = *time;
  return outlook;
}

// What changed is a line that stays; on a terminal the last line counts down.
class Progress {
 public:
  Progress(Context& context, const WaitForArgs& args)
      : context_(context), goal_(args.goal), start_(context.clock.now()) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(const std::string& text) {
    if (text == said_) return;
    clear();
    warn(context_, "waiting for {}: {}", to_text(goal_), text);
    said_ = text;
  }
  void count(const Outlook& outlook) {
    const auto columns = static_cast<std::size_t>(context_.terminal.err_columns);
    if (columns < 2) return;
    const auto now = context_.clock.now();
    const auto waited = fmt::format("waited {}", duration_text(now - start_));
    const bool ahead = outlook.healthy_at && *outlook.healthy_at > now;
    const auto line =
        ahead ? fmt::format("{}; healthy in {} at the earliest", waited, duration_text(*outlook.healthy_at - now))
              : waited;
    context_.err("\r\x1b[K" + line.substr(0, columns - 1));
    counting_ = true;
  }
  Duration waited() const { return context_.clock.now() - start_; }

 private:
  void clear() {
    if (counting_) context_.err("\r\x1b[K");
    counting_ = false;
  }

  Context& context_;
  Goal goal_;
  Timestamp start_;
  std::string said_;
  bool counting_ = false;
};

// Waiting alone does not help a record that nobody wants in service.
Result<void> check_wanted(std::string_view noun, std::string_view code, Goal goal, const LifecycleState& state) {
  if (goal == Goal::Healthy || state.desired_status == DesiredStatus::Activated) return {};
  return refused(
      fmt::format("expected desired_status activated of {} '{}', found {}: it is not going to be activated "
                  "until somebody asks for it: doublezero {} undrain --pubkey {}",
                  noun, code, to_text(state.desired_status), noun, code));
}

bool reached(Goal goal, const LifecycleState& state) {
  return goal == Goal::Healthy ? state.health == Health::Healthy : state.status == Status::Activated;
}

Error too_late(std::string_view noun, const std::string& code, const WaitForArgs& args, const std::string& state,
               const Outlook& outlook) {
  auto text = fmt::format("waited {} for {} '{}' to be {}, found {}", duration_text(*args.timeout), noun, code,
                          to_text(args.goal), state);
  if (!outlook.to_do.empty()) text += fmt::format("; to do: {}", outlook.to_do);
  return {ErrorKind::Retry,
          text + fmt::format(": wait longer with --timeout, or look closer: doublezero {} explain --pubkey {}", noun,
                             code)};
}

// Until the next look. False when the time is over.
bool pause(Context& context, const WaitForArgs& args, Progress& progress, const Outlook& outlook) {
  const auto next_look = context.clock.now() + kLook;
  while (context.clock.now() < next_look) {
    if (args.timeout && progress.waited() >= *args.timeout) return false;
    progress.count(outlook);
    context.clock.sleep(context.terminal.err_columns > 0 ? kTick : kLook);
  }
  return true;
}

template <typename Record>
Result<LifecycleState> look(Context& context, Records<Record> Snapshot::*records, const Pubkey& key) {
  DZ_TRY_ASSIGN(const auto snapshot, read_again(context));
  const auto found = (snapshot.*records).find(key);
  if (found == (snapshot.*records).end()) return not_found("the record was deleted meanwhile");
  return lifecycle_state(found->second);
}

template <typename Record>
Result<void> wait_until(Context& context, const WaitForArgs& args, Records<Record> Snapshot::*records,
                        std::string_view noun) {
  DZ_TRY_ASSIGN(const auto snapshot, read_ledger(context));
  DZ_TRY_ASSIGN(const auto found, find_record(snapshot.*records, noun, args.record));
  const auto& code = found.record->code;
  auto state = lifecycle_state(*found.record);
  Progress progress(context, args);
  while (!reached(args.goal, state)) {
    DZ_TRY(check_wanted(noun, code, args.goal, state));
    const auto outlook = outlook_of(context, found.key, state);
    progress.say(state_text(state) + "; " + outlook.sentence);
    if (!pause(context, args, progress, outlook)) {
      return tl::unexpected(too_late(noun, code, args, state_text(state), outlook));
    }
    const auto now = look(context, records, found.key);
    if (now) {
      state = *now;
    } else if (now.error().kind == ErrorKind::Retry) {
      progress.say(now.error().message);
    } else {
      return with_context(fmt::format("{} '{}'", noun, code), now.error());
    }
  }
  print(context, "{} '{}' is {}: {}", noun, code, to_text(args.goal), state_text(state));
  return {};
}

Result<void> wait_link(Context& context, const WaitForArgs& args) {
  return wait_until(context, args, &Snapshot::links, "link");
}
Result<void> wait_device(Context& context, const WaitForArgs& args) {
  return wait_until(context, args, &Snapshot::devices, "device");
}

}  // namespace

void add_link_wait(Commands& noun) {
  noun.verb<WaitForArgs>("wait", "wait until a link is healthy or activated", declare_wait_for, wait_link);
}
void add_device_wait(Commands& noun) {
  noun.verb<WaitForArgs>("wait", "wait until a device is healthy or activated", declare_wait_for, wait_device);
}

}  // namespace dz::cli
