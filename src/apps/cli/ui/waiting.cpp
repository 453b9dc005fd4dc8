#include "apps/cli/ui/waiting.h"

#include "apps/cli/ui/lifecycle_text.h"

namespace dz::cli {
namespace {

template <typename Record>
Result<void> wait_for(Context& context, const WaitArgs& args, client::Records<Record> client::Snapshot::*records,
                      const Pubkey& key, std::optional<Status> asked) {
  if (!args.wait || !asked) return {};
  const auto wanted = *asked;
  const auto limit = args.timeout.value_or(kDefaultWait);
  const auto start = context.clock.now();
  for (std::string shown;;) {
    const auto snapshot = read_again(context);
    if (!snapshot && snapshot.error().kind != ErrorKind::Retry) return tl::unexpected(snapshot.error());
    std::string state = snapshot ? "the record is gone" : snapshot.error().message;
    if (snapshot) {
      const auto found = ((*snapshot).*records).find(key);
      const bool there = found != ((*snapshot).*records).end();
      if (there) state = state_text(lifecycle_record(*snapshot, client::Found<Record>{key, &found->second}, {}));
      if (there && found->second.status == wanted) return {};
    }
    if (state != shown) warn(context, "waiting for {}: {}", to_text(wanted), state);
    shown = state;
    if (context.clock.now() - start >= limit) {
      return fail(ErrorKind::Retry, fmt::format("waited {} for {}, found {}; the write itself succeeded: wait longer "
                                                "with --timeout, or look again later",
                                                duration_text(limit), to_text(wanted), state));
    }
    context.clock.sleep(std::chrono::seconds{1});
  }
}

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

Result<void> wait_for_link(Context& context, const WaitArgs& args, const Pubkey& link, std::optional<Status> wanted) {
  return wait_for(context, args, &client::Snapshot::links, link, wanted);
}
Result<void> wait_for_device(Context& context, const WaitArgs& args, const Pubkey& device,
                             std::optional<Status> wanted) {
  return wait_for(context, args, &client::Snapshot::devices, device, wanted);
}

}  // namespace dz::cli
