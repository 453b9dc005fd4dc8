// DZ_CHECK states what must be true if this program has no bug. It is on in every build: a process that has lost
// its footing must stop before it writes to the ledger.
#pragma once

namespace dz {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

#define DZ_CHECK(condition)                                               \
  do {                                                                    \
    if (!(condition)) ::dz::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
