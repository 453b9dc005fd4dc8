// How one daemon asks another one's API: GET, and the body of a good answer. For cores that know no client.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "net/async_client.h"

namespace dz::service {

// done is called once, at once or later. Retry: no answer came, or one that is not 200; the message has one line.
using AskApi = std::function<void(const std::string& url, std::function<void(Result<std::string>)> done)>;

struct QuestionLimits {
  Duration timeout = std::chrono::seconds{10};
  std::size_t most_answer = 1U << 20;  // bytes
};
AskApi ask_over_http(net::SendHttp send, QuestionLimits limits = {});

// A base URL as a setting names it, without a slash at its end. Refused: anything but http(s), host, port and path.
Result<std::string> parse_api_url(std::string url);

}  // namespace dz::service
