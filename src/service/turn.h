// Who may touch a daemon's state: a daemon's core is one thread's code, and two threads use it, the one that makes its
// passes and the loop that answers its doors. Each takes its turn first. Turns are given in the order in which they
// were asked for, so neither side starves the other. A pass gives its turn away while it waits for somebody else's
// answer (off_turn_client.h): then the doors are open, however long that takes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "base/check.h"

namespace dz::service {

// A lock for std::lock_guard. Whoever has the turn does not take it again.
class Turn {
 public:
  void lock() {
    std::unique_lock held(mutex_);
    const auto mine = next_++;
    changed_.wait(held, [&] { return now_ == mine; });
    taken_ = true;
  }
  void unlock() {
    {
      const std::lock_guard held(mutex_);
      DZ_CHECK(taken_);
      taken_ = false;
      ++now_;
    }
    changed_.notify_all();
  }

  // Gives the turn away while `call` runs, which touches nothing that the turn guards, and takes it again after.
  template <typename Call>
  auto away(const Call& call) {
    const Away away(*this);
    return call();
  }

 private:
  struct Away {
    explicit Away(Turn& given) : turn(given) { turn.unlock(); }
    ~Away() { turn.lock(); }
    Away(const Away&) = delete;
    Away& operator=(const Away&) = delete;
    Turn& turn;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0, now_ = 0;  // tickets: the next one given out, and the one whose turn it is
  bool taken_ = false;
};

}  // namespace dz::service
