#include "storage/log_sync.h"

#include <fcntl.h>

#include <algorithm>
#include <future>
#include <utility>

#include <sqlite3.h>

namespace dz::storage {
namespace {

Error disk_not_believed(const Error& why) {
  return {ErrorKind::Corrupt, why.message +
                                  "; the disk may have lost what it took: see the system's log for its "
                                  "errors, and start again"};
}

// The database file's own: another descriptor of it, once closed, would end the locks that SQLite holds.
void sync_file(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection, nullptr, SQLITE_FCNTL_FILE_POINTER, &file);
  if (file != nullptr && file->pMethods != nullptr) file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

}  // namespace

Result<std::unique_ptr<LogSync>> LogSync::start(const std::string& path, Settings settings) {
  DZ_TRY_ASSIGN(auto log, OpenFile::open(path + "-wal", O_RDWR));
  DZ_TRY(settings.sync(log));
  sqlite3* connection = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  // A connection knows nothing of a log, and writes none back, before it has read something.
  if (code == SQLITE_OK) code = sqlite3_exec(connection, "PRAGMA schema_version", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    const std::string why = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    sqlite3_close_v2(connection);
    return fail(ErrorKind::Retry, "opening " + path + " once more, to write its log back: " + why);
  }
  return std::unique_ptr<LogSync>(new LogSync(std::move(log), connection, std::move(settings)));
}

int LogSync::passive_checkpoint(sqlite3* connection) {
  int in_log = 0;
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, nullptr);
  return in_log;
}

LogSync::LogSync(OpenFile log, sqlite3* write_back, Settings settings)
    : settings_(std::move(settings)), log_(std::move(log)), connection_(write_back) {
  syncing_ = std::thread([this] { sync_for_all(); });
  writing_back_ = std::thread([this] { this->write_back(); });
}

LogSync::~LogSync() {
  {
    const std::lock_guard held(mutex_);
    stopped_ = true;
  }
  asked_.notify_all();
  grown_.notify_all();
  syncing_.join();
  writing_back_.join();
  sqlite3_close_v2(connection_);
}

void LogSync::when_on_disk(Done done, Duration may_wait) {
  {
    const std::lock_guard held(mutex_);
    waiting_.push_back(std::move(done));
    begin_by_ = std::min(begin_by_, may_wait > Duration{} ? last_began_ + may_wait : Clock::now());
  }
  asked_.notify_one();
}

Result<void> LogSync::wait() {
  std::promise<Result<void>> answer;
  auto answered = answer.get_future();
  when_on_disk([&answer](Result<void> done) { answer.set_value(std::move(done)); });
  return answered.get();
}

void LogSync::keep_mark(Mark mark) {
  const std::lock_guard held(mutex_);
  marks_.push_back(std::move(mark));
}

std::string LogSync::problem() const {
  const std::lock_guard held(mutex_);
  return failed_ ? std::string() : failed_.error().message;
}

void LogSync::committed(sqlite3* connection, const char* schema, int pages) {
  if (pages < settings_.pages_written_back) return;
  {
    const std::lock_guard held(mutex_);
    too_long_ = true;
    if (pages >= many()) finishing_ = true;
  }
  grown_.notify_one();
  if (pages < settings_.most_pages) return;
  const std::lock_guard alone(one_writes_back_);  // SQLite refuses two
  sqlite3_wal_checkpoint_v2(connection, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

// Those who ask while a sync is under way share the next one: it begins after what they committed.
void LogSync::sync_for_all() {
  for (;;) {
    std::vector<Done> waiting;
    std::vector<Mark> marks;
    {
      std::unique_lock held(mutex_);
      asked_.wait(held, [this] { return !waiting_.empty() || stopped_; });
      if (waiting_.empty()) return;
      while (!is_due()) asked_.wait_until(held, begin_by_);
      begin_by_ = Clock::time_point::max();
      last_began_ = Clock::now();
      waiting.swap(waiting_);
      marks = marks_;
    }
    sync_once(std::move(waiting), marks);
  }
}

void LogSync::sync_once(std::vector<Done> waiting, const std::vector<Mark>& marks) {
  std::vector<std::function<void()>> after;
  for (const auto& mark : marks) after.push_back(mark());
  auto done = [this] {
    const std::lock_guard held(mutex_);
    return failed_;
  }();
  if (done) {
    done = settings_.sync(log_);
    ++syncs_;
  }
  if (done) {
    for (const auto& call : after) call();
  } else if (problem().empty()) {
    const std::lock_guard held(mutex_);
    failed_ = tl::unexpected(disk_not_believed(done.error()));
  }
  for (const auto& tell : waiting) {
    const auto answer = [this] {
      const std::lock_guard held(mutex_);
      return failed_;
    }();
    tell(answer);
  }
}

void LogSync::write_back() {
  for (;;) {
    {
      std::unique_lock held(mutex_);
      grown_.wait(held, [this] { return too_long_ || stopped_; });
      if (stopped_) return;
      too_long_ = false;
    }
    write_to_its_end();
    const std::lock_guard held(mutex_);
    if (!too_long_) finishing_ = false;
  }
}

// Each round writes back what came during the one before, which is less and less, unless commits come faster than the
// disk takes them: then they wait for it. The file is on disk before the last rounds, so that these wait for little;
// the first of them may still miss the commit that was under way when it began.
void LogSync::write_to_its_end() {
  constexpr int kFewPages = 256, kLastRounds = 4;
  int in_log = 0;
  for (int last_rounds = 0; last_rounds < kLastRounds;) {
    const int before = in_log;
    {
      const std::lock_guard alone(one_writes_back_);
      in_log = settings_.write_back(connection_);
    }
    if (finishing_) {
      if (in_log == before) return;
      ++last_rounds;
    } else {
      sync_file(connection_);  // SQLite does it again at the end, and lets no log begin anew where that fails
      finishing_ = in_log - before <= kFewPages || in_log > many();
    }
  }
}

}  // namespace dz::storage
