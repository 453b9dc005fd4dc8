// Commits that do not wait for the disk, and a thread that makes them last: one sync for all who ask meanwhile. Nothing
// that others are told may rest on a commit before it is on disk (when_on_disk, wait): a power cut before that loses
// the newest commits, whole, and nothing else. What stands in the write-ahead log is written back into the file by
// another thread. Only a log that was written back to its end begins anew, and while commits come that end moves away:
// so whoever has many to make puts them off for the last few pages (finishing). Beyond a bound the log is written back
// by the commit that makes it so long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "storage/open_file.h"

struct sqlite3;

namespace dz::storage {

class LogSync {
 public:
  using Done = std::function<void(Result<void>)>;
  // What is called after a sync, with what it was when the sync began; see keep_mark().
  using Mark = std::function<std::function<void()>()>;
  struct Settings {
    int pages_written_back = 1000;  // so many in the log: it is written back
    int most_pages = 16384;         // 64 MiB
    std::size_t most_waiting = 64;  // so many who may wait: the sync begins
    std::function<Result<void>(const OpenFile& log)> sync = [](const OpenFile& log) { return log.sync(); };
    // Writes back what nobody reads any more, and says how many pages the log has.
    std::function<int(sqlite3* connection)> write_back = passive_checkpoint;
  };

  static int passive_checkpoint(sqlite3* connection);

  // Of the database in the file `path`, open in WAL mode. What is in its log is on disk when this returns.
  static Result<std::unique_ptr<LogSync>> start(const std::string& path, Settings settings);
  // Who still waits is answered: with an error, unless it was on disk. No commit is asked for any more.
  ~LogSync();
  LogSync(const LogSync&) = delete;
  LogSync& operator=(const LogSync&) = delete;

  // From any thread. done is called once, on the thread of the syncs: what was committed before this call is on disk,
  // or why it is not. After a sync that failed all fail (Corrupt): nobody knows what the disk has. may_wait: the sync
  // begins so long after the one before, or at once where that was longer ago, and as soon as somebody asks who may not
  // wait.
  void when_on_disk(Done done, Duration may_wait = {});
  // Blocks until then.
  Result<void> wait();
  // mark is called before each sync, and what it returns after it, if it went well: both on the thread of the syncs.
  void keep_mark(Mark mark);

  // Why the disk is not believed any more; empty when it is.
  std::string problem() const;
  std::uint64_t syncs() const { return syncs_; }
  // The last pages of the log are being written back, some milliseconds, or it is much too long.
  bool finishing() const { return finishing_; }
  // After every commit, by its connection: how many pages the log has.
  void committed(sqlite3* connection, const char* schema, int pages);

 private:
  LogSync(OpenFile log, sqlite3* write_back, Settings settings);
  using Clock = std::chrono::steady_clock;
  bool is_due() const { return stopped_ || waiting_.size() >= settings_.most_waiting || Clock::now() >= begin_by_; }
  void sync_for_all();
  void sync_once(std::vector<Done> waiting, const std::vector<Mark>& marks);
  void write_back();
  void write_to_its_end();
  int many() const { return 4 * settings_.pages_written_back; }

  Settings settings_;
  OpenFile log_;
  sqlite3* connection_;  // of the thread that writes back
  mutable std::mutex mutex_;
  std::mutex one_writes_back_;
  std::condition_variable asked_, grown_;
  std::vector<Done> waiting_;
  Clock::time_point begin_by_ = Clock::time_point::max();  // for those who wait
  Clock::time_point last_began_ = Clock::time_point();     // the newest sync
  std::vector<Mark> marks_;
  Result<void> failed_ = {};
  bool stopped_ = false;
  bool too_long_ = false;  // the log is to be written back
  std::atomic<std::uint64_t> syncs_ = 0;
  std::atomic<bool> finishing_ = false;
  std::thread syncing_, writing_back_;
};

}  // namespace dz::storage
