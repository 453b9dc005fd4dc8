#include "apps/cli/run.h"

#include <utility>

#include "base/safe_text.h"

namespace dz::cli {

Writer escaping(Writer to) {
  return [to = std::move(to)](std::string_view text) { to(escaped_lines(std::string(text))); };
}

std::string render_error(const Error& error) {
  std::string text = "Error: ";
  for (const char c : error.message) text += c == '\n' ? std::string("\n  caused by: ") : std::string(1, c);
  return text + "\n";
}

int run_verb(const Verb& verb, Context& context) {
  context.clear_line = [raw = context.err] { raw("\r\x1b[K"); };
  context.out = escaping(std::move(context.out));
  context.err = escaping(std::move(context.err));
  const auto done = verb(context);
  if (done) return kExitOk;
  context.err(render_error(done.error()));
  return kExitFailed;
}

}  // namespace dz::cli
