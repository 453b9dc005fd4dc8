// Sends what a monitor's file has and the lake has not, on a thread of its own, with a connection of its own to the
// file: the monitor waits for nothing. Where the lake cannot be reached it tries again, and the file keeps the rows
// (HistoryHold). Rows that were sent twice are there once (schema.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lake/lake_client.h"
#include "lake/outbox.h"
#include "service/log.h"

namespace dz::lake {

class LakeWriter {
 public:
  struct Settings {
    std::string store_path;  // the monitor's file
    std::string store;       // store_id() of it
    LakeSettings lake;
    service::LogSink log;
    Duration every = std::chrono::seconds{30};  // between looks, when all was sent
    Duration retry_most = std::chrono::minutes{5};
    std::size_t most_bytes = 4U << 20;  // of a batch
  };
  struct State {
    bool known = false;                 // the lake was asked what it has
    std::optional<Timestamp> through;   // all passes up to this one are there; none: none is
    std::uint64_t rows = 0, bytes = 0;  // sent by this process
    std::uint64_t failures = 0;
    std::string problem;  // why the last try failed; empty: it did not
  };

  explicit LakeWriter(Settings settings);
  ~LakeWriter();  // ends the call under way
  LakeWriter(const LakeWriter&) = delete;
  LakeWriter& operator=(const LakeWriter&) = delete;

  // From any thread.
  State state() const;

 private:
  void work(const std::stop_token& stop);
  Result<void> send_all(const std::stop_token& stop);
  Result<void> connect(const std::stop_token& stop);
  Result<void> send(const Batch& batch);
  void note(const Result<void>& done);

  const Settings settings_;
  std::optional<storage::SqliteDatabase> file_;
  std::optional<LakeClient> client_;
  std::optional<Sent> sent_;  // none: the lake is to be asked
  mutable std::mutex mutex_;
  std::condition_variable_any ended_;
  State state_;
  std::jthread thread_;
};

// What the lake says it has of a store.
Result<Sent> read_sent(LakeClient& client, const LakeSettings& settings, std::string_view store);

}  // namespace dz::lake
