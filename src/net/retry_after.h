// When to ask a server again that refused to answer, or could not. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace dz::net {

// Retry-After of an answer, in seconds or as an HTTP date; none when there is none, or it cannot be read. Header names
// are lower-cased.
std::optional<Duration> retry_after(const std::vector<std::pair<std::string, std::string>>& headers, Timestamp now);

// How long to wait after that many failures in a row: twice as long each time, up to the longest. jitter is in [0, 1):
// it decides half of the wait, so that many clients do not come back at the same time.
Duration backoff(int failures, Duration first, Duration longest, double jitter);

}  // namespace dz::net
