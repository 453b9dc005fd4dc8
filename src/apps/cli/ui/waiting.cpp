#include "apps/cli/ui/waiting.h"

#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/show.h"

namespace dz::cli {
namespace {

constexpr Duration kTick = std::chrono::seconds{1};  // between looks at the ledger
constexpr Duration kLookAtMonitor = std::chrono::seconds{5};

// A write is on its way to a status: why it is not there yet.
Outlook outlook_on(const Context& context, const LifecycleRecord& record, Status wanted) {
  if (record.state.status == Status::Requested) {
    return {.sentence = fmt::format("contributor '{}' has not accepted it yet", record.side_z)};
  }
  if (wanted != Status::Activated) return {.sentence = "the activator acts next"};
  if (const auto holders = holders_text(record);
      record.state.desired_status != DesiredStatus::Activated && !holders.empty()) {
    return {.sentence = fmt::format("contributor {} keeps it drained", holders)};
  }
  // Whoever just asked for it anew need not be told that somebody has to.
  const bool judged_before = record.state.health == Health::Healthy && is_drained(record.state.status);
  if (judged_before && record.rules.monitor_resets_health) {
    return {.sentence = "the monitor judges it anew first, then the activator acts"};
  }
  return outlook_into_service(context, record);
}

// Looks until the time is over.
class Wait {
 public:
  Wait(Context& context, Status wanted, Duration limit, const std::string& of)
      : context_(context),
        wanted_(wanted),
        limit_(limit),
        goal_(of.empty() ? std::string(to_text(wanted)) : fmt::format("{} to be {}", of, to_text(wanted))),
        progress_(context, goal_) {}

  // True: the record has the status.
  Result<bool> look(const FindAgain& find) {
    const auto snapshot = client::fetch_record(scope_of(context_), find.type, to_text(find.key));
    if (!snapshot && snapshot.error().kind != ErrorKind::Retry) return tl::unexpected(snapshot.error());
    const auto record = snapshot ? find(*snapshot) : std::nullopt;
    if (record) note_state(context_, *record);
    if (record && record->state.status == wanted_) return true;
    found_ = record ? state_text(*record) : snapshot ? std::string("the record is gone") : snapshot.error().message;
    if (record) ask(*record);
    progress_.say(found_ + (outlook_.sentence.empty() ? "" : "; " + outlook_.sentence));
    if (progress_.waited() >= limit_) return tl::unexpected(too_late());
    progress_.count(outlook_);
    context_.clock.sleep(kTick);
    return false;
  }

 private:
  void ask(const LifecycleRecord& record) {
    const auto now = context_.clock.now();
    if (asked_ && found_ == asked_about_ && now - *asked_ < kLookAtMonitor) return;
    asked_ = now;
    asked_about_ = found_;
    outlook_ = outlook_on(context_, record, wanted_);
  }
  Error too_late() const {
    const auto reason = outlook_.sentence.empty() ? "" : "; " + outlook_.sentence;
    return {ErrorKind::Retry, fmt::format("waited {} for {}, found {}{}; the write itself succeeded: wait longer with "
                                          "--timeout, or look again later",
                                          duration_text(limit_), goal_, found_, reason)};
  }

  Context& context_;
  Status wanted_;
  Duration limit_;
  std::string goal_;
  Progress progress_;
  Outlook outlook_;
  std::string found_, asked_about_;
  std::optional<Timestamp> asked_;
};

}  // namespace

std::optional<Status> status_for(DesiredStatus desired) {
  switch (desired) {
    case DesiredStatus::Pending: return std::nullopt;
    case DesiredStatus::Activated: return Status::Activated;
    case DesiredStatus::SoftDrained: return Status::SoftDrained;
    case DesiredStatus::Drained: return Status::Drained;
    case DesiredStatus::HardDrained:
    case DesiredStatus::Deleted: return Status::HardDrained;
  }
  return std::nullopt;
}

std::optional<Status> status_after(const lifecycle::LifecycleWrite& write) {
  if (write.status) return write.status;
  return write.desired_status ? status_for(*write.desired_status) : std::nullopt;
}

Outlook outlook_into_service(const Context& context, const LifecycleRecord& record) {
  if (record.state.health == Health::Healthy) {
    const bool maybe_by_hand = record.rules.status_by_hand && is_drained(record.state.status);
    const auto unless =
        fmt::format(", unless it was drained by hand and nobody said 'doublezero {} undrain --pubkey {}' since",
                    record.noun, record.code);
    return {.sentence = fmt::format("{}: the activator acts next{}", record.rules.spell(record.kind, Health::Healthy),
                                    maybe_by_hand ? unless : "")};
  }
  if (!context.ask_monitor) return {.sentence = "no monitor is named that knows more: --monitor-url"};
  const auto answer = ask_monitor_for_json(context, record.key);
  if (!answer) return {.sentence = "the monitor was asked: " + answer.error().message};
  Outlook outlook{.sentence = std::string(text_of(*answer, "sentence")),
                  .to_do = std::string(text_of(*answer, "to_do"))};
  if (const auto time = parse_timestamp(text_of(*answer, "healthy_at"))) outlook.healthy_at = *time;
  return outlook;
}

Progress::Progress(Context& context, std::string_view goal)
    : context_(context), goal_(goal), start_(context.clock.now()) {}

void Progress::say(const std::string& text) {
  if (text == said_) return;
  clear();
  warn(context_, "waiting for {}: {}", goal_, text);
  said_ = text;
}

void Progress::count(const Outlook& outlook) {
  const auto columns = static_cast<std::size_t>(context_.terminal.err_columns);
  if (columns < 2) return;
  const auto now = context_.clock.now();
  const auto waited = fmt::format("waited {}", duration_text(now - start_));
  const bool ahead = outlook.healthy_at && *outlook.healthy_at > now;
  const auto line =
      ahead ? fmt::format("{}; healthy in {} at the earliest", waited, duration_text(*outlook.healthy_at - now))
            : waited;
  context_.clear_line();
  context_.err(line.substr(0, columns - 1));
  counting_ = true;
}

void Progress::clear() {
  if (counting_) context_.clear_line();
  counting_ = false;
}

Result<void> wait_for(Context& context, const WaitArgs& args, const FindAgain& find, std::optional<Status> wanted,
                      const std::string& of) {
  if (!args.wait || !wanted) return {};
  Wait wait(context, *wanted, args.timeout.value_or(kDefaultWait), of);
  for (;;) {
    DZ_TRY_ASSIGN(const bool there, wait.look(find));
    if (there) return {};
  }
}

}  // namespace dz::cli
