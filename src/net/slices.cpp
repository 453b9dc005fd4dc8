#include "net/slices.h"

#include <utility>

namespace dz::net {

Slices::Slices(std::function<void(std::function<void()>)> post, std::function<Duration()> steady)
    : post_(std::move(post)), steady_(std::move(steady)) {}

bool Slices::work(const Step& step, Duration most) const {
  const auto until = steady_() + most;
  do {
    if (step()) return true;
  } while (steady_() < until);
  return false;
}

void Slices::run(Step step) {
  if (work(step, kFirst)) return;
  waiting_.push_back(std::move(step));
  post_next();
}

// One slice each time, whatever waits: so the loop is held for one at a time.
void Slices::post_next() {
  if (posted_ || waiting_.empty()) return;
  posted_ = true;
  post_([this] { next(); });
}

void Slices::next() {
  posted_ = false;
  auto step = std::move(waiting_.front());
  waiting_.pop_front();
  if (!work(step, kNext)) waiting_.push_back(std::move(step));
  post_next();
}

}  // namespace dz::net
