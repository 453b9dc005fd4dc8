// The mark of the newest commit (tip_file.h), written once that commit is on disk: at once where every commit waits for
// the disk, else after the sync (log_sync.h). It can only be behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "storage/sqlite.h"
#include "storage/tip_file.h"

namespace dz::storage {

class SyncedTip {
 public:
  // Of a database, which outlives it. One in memory has no mark.
  explicit SyncedTip(SqliteDatabase& database);
  // Before the first commit: what the start found, which is on disk.
  void begin(std::uint64_t commit);
  // Grows by one with every commit. Where the mark cannot be written it stays that of an earlier one, which is allowed.
  void committed(std::uint64_t commit);

 private:
  struct Mark {
    void write(std::uint64_t commit);
    std::string path;
    std::atomic<std::uint64_t> newest = 0;
    std::optional<TipFile> file = {};  // from the first time on that it can be written
  };
  std::shared_ptr<Mark> mark_;
  bool waits_ = false;  // for syncs
};

}  // namespace dz::storage
