// The monitor's HTTP interface while its passes run on a thread of their own (service/pass_thread.h): each request
// takes its turn. What was written is answered once it is on disk (storage/log_sync.h). A write whose rows wait for the
// ledger to be asked about their device is answered when it was, and so is who asks for a history, or after a moment
// all the same: nothing but that answer waits. What takes long is done in slices of the loop (net/slices.h), each in a
// turn of its own. A client that goes away changes nothing: what it sent is taken to the end.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "monitor/event_streams.h"
#include "monitor/monitor_api.h"
#include "net/loop.h"
#include "service/turn.h"

namespace dz::monitor {

class MonitorDoors {
 public:
  static constexpr Duration kHold = std::chrono::milliseconds{300};  // of one answer
  static constexpr Duration kFetch =
      std::chrono::milliseconds{20};         // of what ClickHouse has, looked for again and again
  static constexpr int kMostFetches = 1500;  // then the answer says that it waits
  static constexpr Duration kPutOff = std::chrono::milliseconds{2};  // of a write, again and again (LogSync::finishing)
  static constexpr std::size_t kMostHeld = 64;                       // answers at once
  static constexpr std::size_t kMostHeldBytes = 32U << 20;           // of the bodies of those
  static constexpr std::size_t kMostBytes = 64U << 20;  // of bodies at work; beyond, those over kSmall are answered 503
  static constexpr std::size_t kSmall = 1U << 20;
  static constexpr std::size_t kMostMade = 256U << 20;  // of answers that are being made; beyond, they end with 503

  // What makes the answers: begin_answer(), but for tests.
  using Begin = std::function<std::unique_ptr<MonitorAnswer>(Monitor&, const net::HttpRequest&, Timestamp now)>;

  // All outlive the doors.
  MonitorDoors(net::Loop& loop, service::Turn& turn, Monitor& monitor, Begin begin = begin_answer);
  MonitorDoors(const MonitorDoors&) = delete;
  MonitorDoors& operator=(const MonitorDoors&) = delete;

  // On the loop. done is called once, at once or later.
  void answer(net::HttpRequest request, net::Answer done);
  // Who takes answers that stay open; until then, and without, they end with their beginning. It outlives the doors.
  void connect_streams(EventStreams& streams) { streams_ = &streams; }
  // Who tries policies (backtest/backtest_runs.h); called on the loop, in nobody's turn.
  using TakeBacktest = std::function<void(net::HttpRequest, net::Answer)>;
  void connect_backtests(TakeBacktest take) { take_backtest_ = std::move(take); }
  // From any thread: the ledger was asked for devices.
  void looked();

 private:
  // Bytes of one, counted among those of all as long as it is there.
  class Share {
   public:
    explicit Share(std::shared_ptr<std::size_t> all) : all_(std::move(all)) {}
    ~Share() { set(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    void set(std::size_t bytes) { *all_ = *all_ - std::exchange(mine_, bytes) + bytes; }
    std::size_t all() const { return *all_; }

   private:
    std::shared_ptr<std::size_t> all_;
    std::size_t mine_ = 0;
  };

  // A request and its answer.
  struct Work {
    Work(net::HttpRequest asked, net::Answer taker, std::shared_ptr<std::size_t> at_work,
         std::shared_ptr<std::size_t> all_made);
    ~Work() { forget_body(); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    void forget_body();
    bool is_write() const { return request.method == "POST"; }

    net::HttpRequest request;
    net::Answer done;
    const std::size_t bytes;                  // of the body
    std::shared_ptr<std::size_t> counted_in;  // until it is forgotten
    std::unique_ptr<MonitorAnswer> answer = {};
    Share made;               // of the answer
    std::uint64_t timer = 0;  // of one that is held
    bool looking = false;     // of one that is held: for another answer
    bool last = false;        // and whatever that is, it is given
    int fetches = 0;          // how often it was looked for in vain
  };

  void go_on(const std::shared_ptr<Work>& work);
  std::optional<net::HttpResponse> next_piece(Work& work) const;
  // A part of the answer is being fetched from ClickHouse: it is begun anew, a moment later.
  bool is_fetched_first(Work& work) const;
  void give(const std::shared_ptr<Work>& work, net::HttpResponse response);
  void tell(const std::shared_ptr<Work>& work, net::HttpResponse response);
  void hold(const std::shared_ptr<Work>& work);
  void take_up();
  // The answer as of now, if nothing waits any more or it was held long enough.
  void release(std::uint64_t id, bool last);
  bool look_again(std::uint64_t id);
  void forget(std::uint64_t id);  // one that is held

  net::Loop& loop_;
  service::Turn& turn_;
  Monitor& monitor_;
  Begin begin_;
  std::shared_ptr<std::size_t> bytes_ = std::make_shared<std::size_t>(0);  // of the bodies at work
  std::shared_ptr<std::size_t> made_ = std::make_shared<std::size_t>(0);   // of the answers that are being made
  EventStreams* streams_ = nullptr;
  TakeBacktest take_backtest_;
  std::map<std::uint64_t, std::shared_ptr<Work>> held_;
  std::uint64_t last_id_ = 0;
  std::size_t held_bytes_ = 0;
  bool in_vain_ = false;  // the last write was held for nothing, and the ledger was not asked since
};

}  // namespace dz::monitor
