// completion: the script that teaches a shell to complete this command.
#include "apps/cli/ui/completion.h"

#include "apps/cli/ui/context.h"
#include "apps/cli/verbs/verbs.h"

namespace dz::cli {
namespace {

struct CompletionArgs {
  Shell shell = Shell::Bash;
};
Result<Shell> parse_shell(std::string_view text) {
  if (text == "bash") return Shell::Bash;
  if (text == "zsh") return Shell::Zsh;
  if (text == "fish") return Shell::Fish;
  return refused(fmt::format("expected bash, zsh or fish, found '{}'", text));
}
void declare(Options& options, CompletionArgs& args) {
  options.parsed("shell", args.shell, "bash, zsh or fish", parse_shell).required();
}

}  // namespace

void add_completion(Commands& app, CommandTree (*tree)()) {
  const auto args = std::make_shared<CompletionArgs>();
  const auto complete = [tree, args](Context& context) -> Result<void> {
    context.out(render_completion(tree(), args->shell));
    return {};
  };
  app.verb(
      "completion", "a completion script for your shell", [args](Options& options) { declare(options, *args); },
      complete);
}

}  // namespace dz::cli
