#include "notify/retry.h"

#include <algorithm>

#include "net/retry_after.h"

namespace dz::notify {

HookAnswer judge_answer(int status) {
  if (status >= 200 && status < 300) return HookAnswer::Delivered;
  return status == 400 || status == 413 || status == 422 ? HookAnswer::Refused : HookAnswer::Again;
}

Duration retry_delay(int failures, std::optional<Duration> asked, double jitter) {
  const auto wait = net::backoff(failures, kFirstRetry, kLongestRetry, jitter);
  return asked ? std::max(wait, std::min(*asked, kLongestRetryAfter)) : wait;
}

}  // namespace dz::notify
