// When the next request may go to a ledger that others use too. After a refusal for being too many, after errors of the
// server and after silence, everything that this process asks waits: as long as the server said, else twice as long
// each time, with jitter so that many processes do not come back together. Pure: time is an argument.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "net/retry_after.h"

namespace dz::client {

struct GateOptions {
  Duration first_pause = std::chrono::milliseconds{500};
  Duration longest_silence = std::chrono::seconds{5};  // between attempts at a server that does not answer
  Duration longest_limit = std::chrono::seconds{60};   // between attempts at one that says "too many" and no more
  Duration longest_asked = std::chrono::minutes{10};   // what a server may ask for
};

class RequestGate {
 public:
  // jitter: draws from [0, 1).
  explicit RequestGate(std::function<double()> jitter, GateOptions options = {});

  // Requests may go at this time and after.
  Timestamp opens() const { return opens_; }
  // Why it is closed, for people; empty: it is not.
  std::string_view reason() const { return reason_; }

  void succeeded();
  void silent(Timestamp now);                                  // no whole answer, or an error of the server
  void limited(Timestamp now, std::optional<Duration> asked);  // too many requests; what Retry-After says

 private:
  Duration next_pause(Duration longest) { return net::backoff(++failures_, options_.first_pause, longest, jitter_()); }

  std::function<double()> jitter_;
  GateOptions options_;
  Timestamp opens_;
  std::string_view reason_;
  int failures_ = 0;  // since the last success
};

}  // namespace dz::client
