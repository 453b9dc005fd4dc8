#include "service/pass_thread.h"

#include <algorithm>
#include <utility>

#include "base/guard.h"

namespace dz::service {

PassThread::PassThread(Turn& turn, PassCalls calls) : turn_(turn), calls_(std::move(calls)) {}

PassThread::~PassThread() { stop(); }

void PassThread::start() {
  thread_ = std::thread([this] { run(); });
}

void PassThread::wake() {
  {
    const std::lock_guard held(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void PassThread::post(std::function<void()> work) {
  {
    const std::lock_guard held(mutex_);
    posted_.push_back(std::move(work));
    woken_ = true;
  }
  changed_.notify_one();
}

void PassThread::hint(std::function<void()> work) {
  {
    const std::lock_guard held(mutex_);
    if (hints_.size() >= kMostHints) {
      hints_.clear();
      hints_lost_ = true;
    }
    if (!hints_lost_) hints_.push_back(std::move(work));
    woken_ = true;
  }
  changed_.notify_one();
}

void PassThread::stop() {
  stop_.request_stop();
  {
    const std::lock_guard held(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void PassThread::run() {
  constexpr Duration kLongest = std::chrono::hours{24};
  for (;;) {
    {
      std::unique_lock held(mutex_);
      changed_.wait_for(held, std::min(pause_, kLongest), [this] { return woken_ || stopped_; });
      if (stopped_) return;
    }
    make_guarded_pass();
  }
}

// Hints of a pass that failed are lost with it: everything is looked at again.
void PassThread::make_guarded_pass() {
  const auto failure = failure_of([this] { make_pass(); });
  if (!failure) return;
  pause_ = kAfterFailure;
  failure_of([this] {
    const std::lock_guard held(mutex_);
    hints_lost_ = true;
  });
  if (calls_.on_failure) failure_of([&] { calls_.on_failure(*failure); });
}

void PassThread::make_pass() {
  const std::lock_guard in_turn(turn_);
  std::vector<std::function<void()>> posted, hints;
  bool hints_lost = false;
  {
    const std::lock_guard held(mutex_);
    posted.swap(posted_);
    hints.swap(hints_);
    hints_lost = std::exchange(hints_lost_, false);
    woken_ = false;
  }
  for (const auto& work : posted) work();
  for (const auto& work : hints) work();
  if (hints_lost && calls_.on_hints_lost) calls_.on_hints_lost();
  const auto next = [this] {
    const Timings::Measured measured(timings_);
    return calls_.step(net::system_now());
  }();
  const auto now = net::system_now();
  pause_ = next == Timestamp::max() ? Duration::max() : std::max<Duration>(next - now, Duration{0});
}

net::SendHttp http_of_passes(net::Loop& loop, net::AsyncClient& client, PassThread& passes) {
  return [&](net::ClientRequest request, std::function<void(Result<net::ClientResponse>)> done) {
    loop.post([&, request = std::move(request), done = std::move(done)]() mutable {
      client.send(std::move(request), [&passes, done = std::move(done)](Result<net::ClientResponse> answer) {
        passes.post([done, answer = std::move(answer)] { done(answer); });
      });
    });
  };
}

}  // namespace dz::service
