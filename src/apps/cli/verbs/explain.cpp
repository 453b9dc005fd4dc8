// link|device explain: why it is not healthy, and when it can be. The monitor's own page, or its JSON; and where an
// activator is named that leaves the record alone, why it does.
#include <boost/json.hpp>

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

// Empty: it does not leave the record alone, none is named, or it does not answer: 'doublezero status' says which.
std::string held_text(const Context& context, const Pubkey& record) {
  const auto body = context.ask_activator ? context.ask_activator("/status") : Result<std::string>(not_found("none"));
  const auto answer = body ? parse_answer_of("activator", *body) : Result<boost::json::value>(not_found("none"));
  if (!answer) return {};
  boost::system::error_code error;
  const auto* records = answer->find_pointer("/held/records", error);
  if (records == nullptr || !records->is_array()) return {};
  for (const auto& held : records->get_array()) {
    if (text_of(held, "pubkey") != to_text(record)) continue;
    const auto why = text_of(held, "why");
    return fmt::format("activator: not acted on: {}{}{}\n", text_of(held, "reason"), why.empty() ? "" : ": ", why);
  }
  return {};
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
  context.out(page + held_text(context, record));
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
