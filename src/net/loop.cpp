#include "net/loop.h"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/loop_impl.h"

namespace dz::net {

namespace asio = boost::asio;
using boost::system::error_code;

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

Loop& Loop::of_process() {
  static auto* const loop = new Loop;
  return *loop;
}

void Loop::run() {
  while (!impl_->guarded([this] { impl_->io.run(); })) {
  }
  impl_->io.restart();
}

void Loop::run_for(Duration wait) {
  impl_->guarded([&] {
    if (impl_->io.run_one_for(wait) > 0) impl_->io.poll();
  });
  impl_->io.restart();
}

void Loop::stop() { impl_->io.stop(); }

void Loop::post(std::function<void()> work) { asio::post(impl_->io, std::move(work)); }

std::uint64_t Loop::after(Duration delay, std::function<void()> work) {
  return impl_->start_timer(delay, Duration::zero(), std::move(work));
}

std::uint64_t Loop::every(Duration period, std::function<void()> work) {
  return impl_->start_timer(period, period, std::move(work));
}

void Loop::in_slices(Slices::Step step) { impl_->slices.run(std::move(step)); }

void Loop::cancel(std::uint64_t timer) { impl_->timers.erase(timer); }

std::uint64_t Loop::Impl::start_timer(Duration delay, Duration period, std::function<void()> call) {
  const std::uint64_t id = ++last_timer;
  auto timer = std::make_shared<asio::steady_timer>(io);
  timer->expires_after(delay);
  timers.emplace(id, std::move(timer));
  arm(id, period, std::move(call));
  return id;
}

// A timer that was cancelled, even by its own callback, is no longer in the table and does not fire again.
void Loop::Impl::arm(std::uint64_t id, Duration period, std::function<void()> call) {
  timers.at(id)->async_wait([this, id, period, call = std::move(call)](error_code error) mutable {
    const auto found = timers.find(id);
    if (error || found == timers.end()) return;
    if (period == Duration::zero()) {
      timers.erase(found);
      return call();
    }
    guarded(call);
    const auto again = timers.find(id);
    if (again == timers.end()) return;
    // Periods do not drift, but a loop that was busy for several of them calls once.
    const auto now = asio::steady_timer::clock_type::now();
    auto next = again->second->expiry() + period;
    if (next < now) next = now + period;
    again->second->expires_at(next);
    arm(id, period, std::move(call));
  });
}

void Loop::on_exception(std::function<void(std::string_view what)> tell) { impl_->on_exception = std::move(tell); }

void Loop::on_terminate(std::function<void()> work) {
  impl_->signals = std::make_unique<asio::signal_set>(impl_->io, SIGINT, SIGTERM);
  impl_->signals->async_wait([this, work = std::move(work)](error_code error, int) {
    if (error) return;
    impl_->signals->async_wait([](error_code second, int signal) {
      if (!second) std::_Exit(128 + signal);
    });
    work();
  });
}

Duration steady_now() { return std::chrono::floor<Duration>(std::chrono::steady_clock::now().time_since_epoch()); }

Timestamp system_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

}  // namespace dz::net
