// What a receiver's answer means, and when to try again. Pure.
#pragma once

#include <optional>

#include "base/time.h"

namespace dz::notify {

enum class HookAnswer : std::uint8_t {
  Delivered,  // 2xx
  Again,      // the receiver is away, busy, or set up wrongly: somebody can mend it
  Refused,    // it will never take this message (400, 413, 422)
};
HookAnswer judge_answer(int http_status);

inline constexpr Duration kFirstRetry = std::chrono::seconds{2};
inline constexpr Duration kLongestRetry = std::chrono::minutes{10};
inline constexpr Duration kLongestRetryAfter = std::chrono::hours{1};

// From the failure to the next try (net/retry_after.h). failures: in a row, this one included.
Duration retry_delay(int failures, std::optional<Duration> retry_after, double jitter);

}  // namespace dz::notify
