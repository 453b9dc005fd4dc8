#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace dz {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "bug: %s:%d: expected %s; please report this with the log above\n", file, line, expression);
  std::abort();
}

}  // namespace dz
