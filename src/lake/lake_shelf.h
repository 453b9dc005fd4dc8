// What was asked of a lake a moment ago, fetched by a thread of its own: whoever may not wait asks again when it is
// there. A few of the last answers are kept.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lake/lake_client.h"
#include "storage/sqlite.h"

namespace dz::lake {

class LakeShelf {
 public:
  using Copy = std::shared_ptr<storage::SqliteDatabase>;  // of one user at a time
  using Fetch = std::function<Result<storage::SqliteDatabase>(LakeClient&)>;
  static constexpr std::size_t kMostKept = 4, kMostWaiting = 8;
  static constexpr Duration kFresh = std::chrono::seconds{60};  // so long an answer is the answer

  // store: store_id() of the monitor's file.
  LakeShelf(LakeSettings settings, std::string store);
  ~LakeShelf();  // ends the fetch under way
  LakeShelf(const LakeShelf&) = delete;
  LakeShelf& operator=(const LakeShelf&) = delete;

  // what: names the answer. None: it is being fetched, or will be. An error is told once. TooMuch: many others wait.
  std::optional<Result<Copy>> ask(const std::string& what, Fetch fetch);
  // Whether an ask() since the last call had none.
  bool take_waits();

  const LakeSettings& settings() const { return settings_; }
  const std::string& store() const { return store_; }

 private:
  struct Entry {
    std::string what;
    Fetch fetch;
    std::optional<Result<Copy>> answer;
    std::chrono::steady_clock::time_point at;  // of the answer
  };
  void work(const std::stop_token& stop);
  Entry* next();

  const LakeSettings settings_;
  const std::string store_;
  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::deque<Entry> entries_;  // the oldest first
  bool waits_ = false;
  std::jthread thread_;
};

}  // namespace dz::lake
