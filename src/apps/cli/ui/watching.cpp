#include "apps/cli/ui/watching.h"

#include <utility>

namespace dz::cli {
namespace {

constexpr Duration kInterval = std::chrono::seconds{5}, kShortest = std::chrono::seconds{1};

// What it prints, put on the screen at once when it is whole: so nothing flickers.
Result<void> show_whole(Context& context, const std::function<Result<void>(Context&)>& show) {
  std::string page;
  auto terminal = std::exchange(context.out, into(page));
  const auto shown = show(context);
  context.out = std::move(terminal);
  if (context.terminal.out_columns > 0) context.clear_screen();
  context.out(page);
  return shown;
}

}  // namespace

void declare_watch(Options& options, WatchArgs& args) {
  options.flag("--watch", args.watch, "show it again and again");
  options.parsed("--interval", args.interval, "between looks of --watch (5s)", [](std::string_view text) {
    auto interval = parse_duration(text);
    if (interval && *interval < kShortest) return Result<Duration>(refused("expected at least 1s"));
    return interval;
  });
  options.parsed("--timeout", args.timeout, "how long --watch goes on, such as 15m; default: until interrupted",
                 parse_duration);
}

Result<void> show_or_watch(Context& context, const WatchArgs& args, const std::function<Result<void>(Context&)>& show) {
  if (!args.watch) {
    if (!args.interval && !args.timeout) return show(context);
    return wrong_usage(context, "--interval and --timeout belong to --watch");
  }
  const auto start = context.clock.now();
  DZ_TRY(show_whole(context, show));
  for (;;) {
    const auto left = args.timeout ? *args.timeout - (context.clock.now() - start) : kInterval;
    if (left <= Duration{0}) return {};
    context.clock.sleep(args.interval.value_or(kInterval));
    const auto shown = show_whole(context, show);
    if (!shown) context.err(render_error(shown.error()));
  }
}

}  // namespace dz::cli
