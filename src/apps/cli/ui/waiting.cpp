#include "apps/cli/ui/waiting.h"

namespace dz::cli {

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

Result<void> wait_for(Context& context, const WaitArgs& args, const FindAgain& find, std::optional<Status> wanted) {
  if (!args.wait || !wanted) return {};
  const auto limit = args.timeout.value_or(kDefaultWait);
  const auto start = context.clock.now();
  std::string shown;
  for (;;) {
    const auto snapshot = read_again(context);
    if (!snapshot && snapshot.error().kind != ErrorKind::Retry) return tl::unexpected(snapshot.error());
    const auto record = snapshot ? find(*snapshot) : std::nullopt;
    if (record && record->state.status == *wanted) return {};
    const auto state = record     ? state_text(*record)
                       : snapshot ? std::string("the record is gone")
                                  : snapshot.error().message;
    if (state != shown) warn(context, "waiting for {}: {}", to_text(*wanted), state);
    shown = state;
    if (context.clock.now() - start >= limit) {
      return fail(ErrorKind::Retry, fmt::format("waited {} for {}, found {}; the write itself succeeded: wait longer "
                                                "with --timeout, or look again later",
                                                duration_text(limit), to_text(*wanted), state));
    }
    context.clock.sleep(std::chrono::seconds{1});
  }
}

}  // namespace dz::cli
