// The monitor's HTTP interface while its passes run on a thread of their own (service/pass_thread.h): each request
// takes its turn. A write whose rows wait for the ledger to be asked about their device is answered when it was, or
// after a moment all the same: nothing but that write waits.
#pragma once

#include <functional>
#include <map>

#include "monitor/monitor_api.h"
#include "net/loop.h"
#include "service/turn.h"

namespace dz::monitor {

class MonitorDoors {
 public:
  static constexpr Duration kHold = std::chrono::milliseconds{300};  // of one answer
  static constexpr std::size_t kMostHeld = 64;                       // answers at once
  static constexpr std::size_t kMostHeldBytes = 32U << 20;           // of the bodies of those

  // All outlive the doors.
  MonitorDoors(net::Loop& loop, service::Turn& turn, Monitor& monitor);
  MonitorDoors(const MonitorDoors&) = delete;
  MonitorDoors& operator=(const MonitorDoors&) = delete;

  // On the loop. done is called once, at once or later.
  void answer(const net::HttpRequest& request, net::Answer done);
  // From any thread: the ledger was asked for devices.
  void looked();

 private:
  struct Held {
    WaitingRows rows;
    net::Answer done;
    std::size_t bytes = 0;
    std::uint64_t timer = 0;
  };

  void hold(Held held);
  void take_up();
  // The answer as of now, if nothing waits any more or it was held long enough.
  void release(std::uint64_t id, bool last);

  net::Loop& loop_;
  service::Turn& turn_;
  Monitor& monitor_;
  std::map<std::uint64_t, Held> held_;
  std::uint64_t last_id_ = 0;
  std::size_t held_bytes_ = 0;
  bool in_vain_ = false;  // the last answer was held for nothing, and the ledger was not asked since
};

}  // namespace dz::monitor
