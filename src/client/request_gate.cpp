#include "client/request_gate.h"

#include <algorithm>
#include <utility>

namespace dz::client {

RequestGate::RequestGate(std::function<double()> jitter, GateOptions options)
    : jitter_(std::move(jitter)), options_(options) {}

void RequestGate::succeeded() {
  failures_ = 0;
  opens_ = {};
  reason_ = {};
}

void RequestGate::silent(Timestamp now) {
  opens_ = std::max(opens_, now + next_pause(options_.longest_silence));
  reason_ = "it does not answer as it should";
}

void RequestGate::limited(Timestamp now, std::optional<Duration> asked) {
  const auto own = next_pause(options_.longest_limit);
  const auto pause = asked ? std::clamp<Duration>(*asked, own, std::max(own, options_.longest_asked)) : own;
  opens_ = std::max(opens_, now + pause);
  reason_ = "it asked for fewer requests";
}

}  // namespace dz::client
