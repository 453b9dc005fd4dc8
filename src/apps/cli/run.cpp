#include "apps/cli/run.h"

#include <utility>

#include "base/safe_text.h"

namespace dz::cli {

Writer escaping(Writer to) {
  return [to = std::move(to)](std::string_view text) { to(escaped_lines(std::string(text))); };
}

int run_verb(const Verb& verb, Context& context) {
  context.clear_line = [raw = context.err] { raw("\r\x1b[K"); };
  context.clear_screen = [raw = context.out] { raw("\x1b[H\x1b[2J"); };
  context.out = escaping(std::move(context.out));
  context.err = escaping(std::move(context.err));
  const auto done = verb(context);
  if (wants_json(context.output) && !context.written.empty()) print_json(context, context.written, context.output);
  if (done) return context.exit_code;
  context.err(render_error(done.error()));
  return context.exit_code == kExitUsage ? kExitUsage : kExitFailed;
}

}  // namespace dz::cli
