#include "monitor/event_streams.h"

#include <utility>

#include <fmt/format.h>

namespace dz::monitor {

void EventStreams::open(net::HttpResponse beginning, std::uint64_t last, const net::Answer& done) {
  if (told_.size() >= most_) {
    auto refusal = net::error_response(
        503,
        fmt::format("expected at most {} open streams, found as many: close one, or raise listen.max_streams", most_));
    refusal.headers.emplace_back("Retry-After", "10");
    return done(std::move(refusal));
  }
  beginning.opened = [this, last](net::SessionId session) { told_.emplace(session, last); };
  done(std::move(beginning));
}

void EventStreams::tell(std::uint64_t last, const std::string& text) {
  // A copy: who is cut off is forgotten meanwhile.
  const auto all = told_;
  for (const auto& [session, seen] : all) {
    if (seen >= last) continue;
    const auto known = told_.find(session);
    if (known != told_.end()) known->second = last;
    send_(session, text);
  }
}

void EventStreams::beat() {
  const auto all = told_;
  for (const auto& [session, _] : all) send_(session, ":\n\n");
}

}  // namespace dz::monitor
