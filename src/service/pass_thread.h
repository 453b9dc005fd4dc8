// Makes a daemon's passes on a thread of its own, when the last one asked for it or when something happened, so that
// the loop keeps the doors while a pass waits for a ledger. A pass has the turn; what it is told (hints, answers) waits
// until the pass under way is over, so that nothing but the doors ever finds a pass half done. One for each daemon.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "net/async_client.h"
#include "service/timings.h"
#include "service/turn.h"

namespace dz::service {

struct PassCalls {
  std::function<Timestamp(Timestamp now)> step;  // returns when to be called again at the latest
  std::function<void()> on_hints_lost = {};      // in place of hints that came too fast; before the next pass
  // One of the others, or something posted, threw a library's exception (out of memory, most likely): the pass is over,
  // and the next one comes after kAfterFailure.
  std::function<void(std::string_view what)> on_failure = {};
};

// All calls may come from any thread, also before start().
class PassThread {
 public:
  static constexpr std::size_t kMostHints = 10'000;  // that wait for one pass
  static constexpr Duration kAfterFailure = std::chrono::seconds{1};

  // Whatever the calls touch outlives the object, and so does the turn.
  PassThread(Turn& turn, PassCalls calls);
  ~PassThread();  // as stop()
  PassThread(const PassThread&) = delete;
  PassThread& operator=(const PassThread&) = delete;

  void start();
  void wake();  // a pass as soon as may be; calls in between are one
  // Before the next pass, on its thread and in its turn. Whoever posts bounds what waits.
  void post(std::function<void()> work);
  // The same of a hint, which may be lost: when too many wait, on_hints_lost is called in place of all of them.
  void hint(std::function<void()> work);
  // Ends the outgoing calls that were given stopping(), waits for the pass under way, and makes no other.
  void stop();
  // Asked to stop from stop() on: for outgoing calls that are made in passes.
  std::stop_token stopping() const { return stop_.get_token(); }
  // How long the passes took.
  const Timings& timings() const { return timings_; }

 private:
  void run();
  void make_guarded_pass();
  void make_pass();

  Turn& turn_;
  PassCalls calls_;
  Timings timings_;
  std::stop_source stop_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::vector<std::function<void()>> posted_;
  std::vector<std::function<void()>> hints_;
  bool hints_lost_ = false;
  bool woken_ = false;
  bool stopped_ = false;
  Duration pause_ = Duration::max();  // after the last pass, until the next; before the first: until woken
  std::thread thread_;
};

// Requests of passes: the loop sends them, and their answers wait for the next pass. All outlive what is sent.
net::SendHttp http_of_passes(net::Loop& loop, net::AsyncClient& client, PassThread& passes);

}  // namespace dz::service
