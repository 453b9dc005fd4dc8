#include "net/slices.h"

#include <utility>

namespace dz::net {

Slices::Slices(std::function<void(std::function<void()>)> post, std::function<Duration()> steady)
    : post_(std::move(post)), steady_(std::move(steady)) {}

bool Slices::work(const Step& step, Duration most) {
  const auto begin = steady_();
  bool done = false;
  auto now = begin;
  while (!done && now < begin + most) {
    done = step();
    now = steady_();
  }
  spent_ += now - begin;
  return done;
}

void Slices::run(Step step) {
  if (spent_ < kFresh) {
    begin(std::move(step));
  } else {
    fresh_.push_back(std::move(step));
  }
  if (fresh_.size() > kMostFresh) {
    waiting_.push_back(std::move(fresh_.front()));
    fresh_.pop_front();
  }
  post_next();
}

void Slices::begin(Step step) {
  if (!work(step, kFirst)) waiting_.push_back(std::move(step));
}

// The next turn of the loop, when there is anything to do or to forget.
void Slices::post_next() {
  if (posted_) return;
  posted_ = true;
  post_([this] { next(); });
}

void Slices::next() {
  posted_ = false;
  spent_ = Duration{};
  if (waiting() > 0) post_next();  // first, in case a step throws
  while (!fresh_.empty() && spent_ < kFresh) {
    auto newest = std::move(fresh_.back());
    fresh_.pop_back();
    begin(std::move(newest));
  }
  const auto fresh = spent_;
  if (!waiting_.empty()) {
    auto step = std::move(waiting_.front());
    waiting_.pop_front();
    if (!work(step, kNext)) waiting_.push_back(std::move(step));
  }
  spent_ = fresh;
  if (waiting() > 0) post_next();
}

}  // namespace dz::net
