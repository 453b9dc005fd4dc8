// The system's limit of open files, which sockets are too.
#pragma once

#include <cstddef>

namespace dz::net {

// How many connections this process may have open, of those that are wanted. Raises its limit of open files as far as
// the system lets it; what is left to files and outgoing calls is kept for them.
std::size_t connections_by_descriptors(std::size_t wanted);

}  // namespace dz::net
