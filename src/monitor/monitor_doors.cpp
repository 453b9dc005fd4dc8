#include "monitor/monitor_doors.h"

#include <utility>
#include <vector>

namespace dz::monitor {

MonitorDoors::MonitorDoors(net::Loop& loop, service::Turn& turn, Monitor& monitor)
    : loop_(loop), turn_(turn), monitor_(monitor) {}

void MonitorDoors::answer(const net::HttpRequest& request, net::Answer done) {
  WaitingRows waiting;
  auto response = [&] {
    const std::lock_guard in_turn(turn_);
    return answer_monitor_request(monitor_, request, net::system_now(), &waiting);
  }();
  const auto bytes = request.body.size();
  if (!waiting || in_vain_ || held_.size() >= kMostHeld || held_bytes_ + bytes > kMostHeldBytes) {
    return done(std::move(response));
  }
  hold({std::move(waiting), std::move(done), bytes});
}

void MonitorDoors::hold(Held held) {
  const auto id = ++last_id_;
  held_bytes_ += held.bytes;
  held.timer = loop_.after(kHold, [this, id] { release(id, true); });
  held_.emplace(id, std::move(held));
}

void MonitorDoors::looked() {
  loop_.post([this] { take_up(); });
}

void MonitorDoors::take_up() {
  in_vain_ = false;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, held] : held_) ids.push_back(id);
  for (const auto id : ids) release(id, false);
}

void MonitorDoors::release(std::uint64_t id, bool last) {
  const auto found = held_.find(id);
  if (found == held_.end()) return;
  auto response = [&] {
    const std::lock_guard in_turn(turn_);
    return finish_write(monitor_, found->second.rows, net::system_now());
  }();
  const bool waits = found->second.rows != nullptr;
  if (waits && !last) return;
  in_vain_ = waits;
  loop_.cancel(found->second.timer);
  held_bytes_ -= found->second.bytes;
  const auto done = std::move(found->second.done);
  held_.erase(found);
  done(std::move(response));
}

}  // namespace dz::monitor
