#include "monitor/monitor_doors.h"

#include <utility>
#include <vector>

#include "base/guard.h"

namespace dz::monitor {
namespace {

net::HttpResponse busy(std::string_view why) {
  auto response = net::error_response(503, why);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

MonitorDoors::MonitorDoors(net::Loop& loop, service::Turn& turn, Monitor& monitor, Begin begin)
    : loop_(loop), turn_(turn), monitor_(monitor), begin_(std::move(begin)) {}

MonitorDoors::Work::Work(net::HttpRequest asked, net::Answer taker, std::shared_ptr<std::size_t> at_work,
                         std::shared_ptr<std::size_t> all_made)
    : request(std::move(asked)),
      done(std::move(taker)),
      bytes(request.body.size()),
      counted_in(std::move(at_work)),
      made(std::move(all_made)) {
  *counted_in += bytes;
}

void MonitorDoors::Work::forget_body() {
  request.body = std::string();
  if (counted_in) *std::exchange(counted_in, nullptr) -= bytes;
}

void MonitorDoors::answer(net::HttpRequest request, net::Answer done) {
  const auto bytes = request.body.size();
  if (bytes > kSmall && *bytes_ + bytes > kMostBytes) {
    return done(busy("too many rows are being written at once: send the rows again"));
  }
  go_on(std::make_shared<Work>(std::move(request), std::move(done), bytes_, made_));
}

void MonitorDoors::go_on(const std::shared_ptr<Work>& work) {
  loop_.in_slices([this, work] {
    auto* const sync = monitor_.log_sync();
    if (sync != nullptr && work->is_write() && sync->finishing()) {
      loop_.after(kPutOff, [this, work] { go_on(work); });
      return true;
    }
    auto response = next_piece(*work);
    if (is_fetched_first(*work)) {
      loop_.after(kFetch, [this, work] { go_on(work); });
      return true;
    }
    if (!response) return false;
    give(work, std::move(*response));
    return true;
  });
}

std::optional<net::HttpResponse> MonitorDoors::next_piece(Work& work) const {
  const std::lock_guard in_turn(turn_);
  const auto now = net::system_now();
  if (!work.answer) work.answer = begin_(monitor_, work.request, now);
  auto response = work.answer->go_on(now);
  work.made.set(response ? 0 : work.answer->holds());
  if (!response && work.made.all() > kMostMade)
    return busy("too many long lists are being made: ask in pages, with limit=");
  return response;
}

bool MonitorDoors::is_fetched_first(Work& work) const {
  auto* const elsewhere = monitor_.elsewhere();
  if (elsewhere == nullptr || !elsewhere->take_waits() || work.is_write() || ++work.fetches > kMostFetches)
    return false;
  work.answer.reset();
  return true;
}

void MonitorDoors::give(const std::shared_ptr<Work>& work, net::HttpResponse response) {
  if (work->answer->is_for_backtests() && take_backtest_) {
    auto request = std::exchange(work->request, {});
    work->forget_body();
    return take_backtest_(std::move(request), work->done);
  }
  work->forget_body();
  if (const auto last = work->answer->stays_open_after(); last && streams_ != nullptr && response.status == 200) {
    return streams_->open(std::move(response), *last, work->done);
  }
  const bool full = held_.size() >= kMostHeld || held_bytes_ + work->bytes > kMostHeldBytes;
  if (work->answer->waits() && !(in_vain_ && work->is_write()) && !full) return hold(work);
  tell(work, std::move(response));
}

// Whatever else the answer says: of what it speaks nothing is lost.
void MonitorDoors::tell(const std::shared_ptr<Work>& work, net::HttpResponse response) {
  auto* const sync = monitor_.log_sync();
  if (sync == nullptr || work->request.method != "POST") return work->done(std::move(response));
  auto told = [&loop = loop_, work, response = std::move(response)](Result<void> on_disk) mutable {
    loop.post([work, on_disk = std::move(on_disk), response = std::move(response)]() mutable {
      if (!on_disk) response = busy("what was sent is not known to be on disk: " + on_disk.error().message);
      work->done(std::move(response));
    });
  };
  sync->when_on_disk(std::move(told), work->answer->at_leisure() ? monitor_.settings().gather_writes : Duration{});
}

void MonitorDoors::hold(const std::shared_ptr<Work>& work) {
  const auto id = ++last_id_;
  held_bytes_ += work->bytes;
  work->timer = loop_.after(kHold, [this, id] { release(id, true); });
  held_.emplace(id, work);
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
  auto& work = *found->second;
  work.last = work.last || last;
  if (work.looking) return;
  work.looking = true;
  loop_.in_slices([this, id] {
    const IfThrown end([&] { forget(id); });  // its connection ends with it
    return look_again(id);
  });
}

bool MonitorDoors::look_again(std::uint64_t id) {
  const auto work = held_.at(id);
  auto response = next_piece(*work);
  if (!response) return false;
  work->looking = false;
  const bool waits = work->answer->waits();
  if (waits && !work->last) return true;
  if (work->is_write()) in_vain_ = waits;
  forget(id);
  tell(work, std::move(*response));
  return true;
}

void MonitorDoors::forget(std::uint64_t id) {
  const auto work = held_.at(id);
  loop_.cancel(work->timer);
  held_bytes_ -= work->bytes;
  held_.erase(id);
}

}  // namespace dz::monitor
