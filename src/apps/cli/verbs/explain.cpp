// link|device explain: why it is not healthy, and when it can be. The monitor's own page, or its JSON.
#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/record_args.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

struct ExplainArgs {
  std::string record;
  bool minutes = false;
  std::optional<std::uint16_t> width;
  OutputArgs output;
};
void declare_explain(Options& options, ExplainArgs& args) {
  options.text("--pubkey,--code", args.record, "the record, by pubkey or code").required().codes_of(options.noun());
  options.flag("--minutes", args.minutes, "list every minute that was not good, with side and counter");
  options.number("--width", args.width, "columns to fill; default: the terminal's, and lines as they are without one");
  declare_output(options, args.output);
}

Result<void> explain(Context& context, const ExplainArgs& args, const Pubkey& record) {
  const auto* minutes = args.minutes ? "&minutes=1" : "";
  if (wants_json(args.output)) {
    DZ_TRY_ASSIGN(const auto answer, ask_monitor_for_json(context, record, fmt::format("strip=1{}", minutes)));
    print_json(context, answer, args.output);
    return {};
  }
  const int width = args.width ? *args.width : context.terminal.out_columns;
  DZ_TRY_ASSIGN(const auto page, ask_monitor(context, record, fmt::format("format=text{}&width={}", minutes, width)));
  context.out(page);
  return {};
}

Result<void> explain_link(Context& context, const ExplainArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Link, args.record));
  DZ_TRY_ASSIGN(const auto link, client::find_record(snapshot.links, "link", args.record));
  return explain(context, args, link.key);
}
Result<void> explain_device(Context& context, const ExplainArgs& args) {
  DZ_TRY_ASSIGN(const auto snapshot, read_record(context, wire::AccountType::Device, args.record));
  DZ_TRY_ASSIGN(const auto device, client::find_record(snapshot.devices, "device", args.record));
  return explain(context, args, device.key);
}

}  // namespace

void add_link_explain(Commands& noun) {
  noun.verb<ExplainArgs>("explain", "why a link is not healthy, and when it can be", declare_explain, explain_link);
}
void add_device_explain(Commands& noun) {
  noun.verb<ExplainArgs>("explain", "why a device is not healthy, and when it can be", declare_explain, explain_device);
}

}  // namespace dz::cli
