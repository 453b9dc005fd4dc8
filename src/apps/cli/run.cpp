#include "apps/cli/run.h"

namespace dz::cli {

std::string render_error(const Error& error) {
  std::string text = "Error: ";
  for (const char c : error.message) text += c == '\n' ? std::string("\n  caused by: ") : std::string(1, c);
  return text + "\n";
}

int run_verb(const Verb& verb, Context& context) {
  const auto done = verb(context);
  if (done) return kExitOk;
  context.err(render_error(done.error()));
  return kExitFailed;
}

}  // namespace dz::cli
