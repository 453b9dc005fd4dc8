#include "apps/version/version.h"

#include "commit.h"

namespace dz::version {

std::string_view commit() { return DZ_COMMIT; }
std::string text() { return DZ_VERSION " (commit " DZ_COMMIT ")"; }

}  // namespace dz::version
