// Writes docs/state-machine.md to standard output; ./dev docs puts it in place.
#include <cstdio>

#include "lifecycle/table.h"

int main() {
  const auto page = dz::lifecycle::render_state_machine();
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
