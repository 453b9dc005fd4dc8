// Who listens to the changes of a monitor (change_feed.h): so many at once, each told every piece once. All calls are
// made on the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "net/http_server.h"

namespace dz::monitor {

class EventStreams {
 public:
  static constexpr Duration kBeat = std::chrono::seconds{15};

  // send: adds to an open answer; one that is not open any more is ignored.
  EventStreams(std::size_t most, std::function<void(net::SessionId, std::string)> send)
      : most_(most), send_(std::move(send)) {}

  // Gives the answer, which stays open; or 503, when so many are. last: the number of the last event that it tells.
  void open(net::HttpResponse beginning, std::uint64_t last, const net::Answer& done);
  // Text that ends with the event of that number.
  void tell(std::uint64_t last, const std::string& text);
  // A sign of life that is no event; every kBeat.
  void beat();
  void closed(net::SessionId session) { told_.erase(session); }
  std::size_t count() const { return told_.size(); }

 private:
  std::size_t most_;
  std::function<void(net::SessionId, std::string)> send_;
  std::map<net::SessionId, std::uint64_t> told_;  // the last event of each
};

}  // namespace dz::monitor
