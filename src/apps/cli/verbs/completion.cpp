// completion: the script that teaches a shell to complete this command; complete: what that script asks.
#include "apps/cli/ui/completion.h"

#include <algorithm>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/nearest.h"
#include "apps/cli/verbs/verbs.h"
#include "client/topologies.h"

namespace dz::cli {
namespace {

struct CompletionArgs {
  Shell shell = Shell::Bash;
  bool portable = false;
};
Result<Shell> parse_shell(std::string_view text) {
  if (text == "bash") return Shell::Bash;
  if (text == "zsh") return Shell::Zsh;
  if (text == "fish") return Shell::Fish;
  return refused(
      fmt::format("expected bash, zsh or fish, found '{}'{}", text, did_you_mean(text, {"bash", "zsh", "fish"})));
}
void declare(Options& options, CompletionArgs& args) {
  options.parsed("shell", args.shell, "bash, zsh or fish", parse_shell).required().words({"bash", "zsh", "fish"});
  options.flag("--portable", args.portable, "without the path of this program, for a package");
}
Result<void> completion(Context& context, const CompletionArgs& args) {
  context.out(render_completion(args.shell, args.portable ? "" : context.program));
  return {};
}

template <typename Record>
void add_codes(std::vector<std::string>& codes, const client::Records<Record>& records) {
  for (const auto& [key, record] : records) codes.push_back(record.code);
}

// In order, so that shells without an order of their own show them so. A ledger that does not answer has none.
std::vector<std::string> codes_of(Context& context, const std::string& noun) {
  std::vector<std::string> codes;
  if (noun == "topology") {
    const auto topologies = client::fetch_topologies(context.ledger, context.settings.ids);
    if (!topologies) return codes;
    for (const auto& [key, topology] : *topologies) codes.push_back(topology.name);
    return codes;
  }
  using Type = wire::AccountType;
  std::vector<Type> types;
  for (const auto type : {Type::Link, Type::Device, Type::Location, Type::Exchange, Type::Contributor}) {
    if (noun == to_text(type)) types.push_back(type);
  }
  const auto snapshot = client::fetch_types(scope_of(context), types);
  if (!snapshot) return codes;
  if (noun == "link") add_codes(codes, snapshot->links);
  if (noun == "device") add_codes(codes, snapshot->devices);
  if (noun == "location") add_codes(codes, snapshot->locations);
  if (noun == "exchange") add_codes(codes, snapshot->exchanges);
  if (noun == "contributor") add_codes(codes, snapshot->contributors);
  std::sort(codes.begin(), codes.end());
  return codes;
}

}  // namespace

Result<void> complete(Context& context, const CommandTree& tree, const std::vector<std::string>& words) {
  auto offers = offers_for(tree, words);
  if (!offers.codes_of.empty()) {
    for (const auto& code : codes_of(context, offers.codes_of)) {
      if (code.starts_with(offers.typed)) offers.words.push_back({offers.before + code, ""});
    }
  }
  context.out(render_offers(offers));
  return {};
}

void add_completion(Commands& app) {
  app.verb<CompletionArgs>("completion", "a completion script for your shell", declare, completion);
}

}  // namespace dz::cli
