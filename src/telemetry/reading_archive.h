// The readings of closed minutes (evidence/readings.h) in the monitor's file, each piece with a checksum. What is put
// stays in memory until flush(): a restart before it puts the same again, out of the journal. A damaged piece is as if
// it were not there. Format: docs/formats/monitor-store.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "evidence/readings.h"
#include "storage/sqlite.h"

namespace dz::telemetry {

class ReadingArchive final : public evidence::ReadingShelf {
 public:
  // Makes the table when missing. The database outlives the archive.
  static Result<ReadingArchive> open(storage::SqliteDatabase& database);

  Bytes get(const Place& place) override;
  void put(const Place& place, Bytes readings) override;
  void forget_before(std::int32_t piece) override { forget_before_ = piece; }

  // What waits is on disk when it returns; what is not is tried again at the next call. In pieces, between which
  // something may be called that puts more.
  Result<void> flush(const std::function<void()>& between = {});

 private:
  using Key = std::tuple<std::int32_t, Pubkey, std::string>;
  ReadingArchive(storage::SqliteDatabase& database, storage::SqliteStatement get, storage::SqliteStatement put)
      : database_(&database), get_(std::move(get)), put_(std::move(put)) {}

  Result<void> flush_some();

  storage::SqliteDatabase* database_;
  storage::SqliteStatement get_, put_;
  std::map<Key, Bytes> waiting_;
  std::int32_t forget_before_ = 0, forgotten_before_ = 0;
};

}  // namespace dz::telemetry
