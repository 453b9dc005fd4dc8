// Gives the turn to others now and then within work that takes long: whoever serves requests meanwhile, serves them.
#pragma once

#include <cstddef>
#include <functional>

namespace dz::control {

class Pauses {
 public:
  // pause may be empty; it outlives this.
  explicit Pauses(const std::function<void()>& pause) : pause_(pause) {}

  // work: what is done next, of some 0.1 us each.
  void before(std::size_t work) {
    work_ += work;
    if (work_ < kPieceWork || !pause_) return;
    work_ = 0;
    pause_();
  }

 private:
  static constexpr std::size_t kPieceWork = 30'000;

  const std::function<void()>& pause_;
  std::size_t work_ = 0;  // since the last pause
};

}  // namespace dz::control
