#include "telemetry/reading_archive.h"

#include <algorithm>

#include "storage/row_checks.h"

namespace dz::telemetry {
namespace {

constexpr storage::CheckedTable kReadings{"octet_readings", "piece, device, interface, readings"};
constexpr std::size_t kMostAtOnce = 512;  // pieces, some 4 ms
constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS octet_readings(
    piece INTEGER NOT NULL, device BLOB NOT NULL, interface TEXT NOT NULL, readings BLOB NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY(piece, device, interface)) WITHOUT ROWID;
)sql";

}  // namespace

Result<ReadingArchive> ReadingArchive::open(storage::SqliteDatabase& database) {
  DZ_TRY(database.execute(kSchema));
  DZ_TRY_ASSIGN(auto get, database.prepare("SELECT readings, " + intact_sql(kReadings) +
                                           " FROM octet_readings WHERE piece = ? AND device = ? AND interface = ?"));
  DZ_TRY_ASSIGN(auto put, database.prepare(insert_sql(kReadings, "INSERT OR REPLACE")));
  return ReadingArchive(database, std::move(get), std::move(put));
}

Bytes ReadingArchive::get(const Place& place) {
  if (const auto it = waiting_.find({place.piece, place.device, place.interface}); it != waiting_.end()) {
    return it->second;
  }
  get_.bind(1, std::int64_t{place.piece}).bind(2, place.device.view()).bind(3, place.interface);
  Bytes readings;
  if (const auto found = get_.step(); found && *found && get_.integer(1) != 0) {
    const auto blob = get_.blob(0);
    readings.assign(blob.begin(), blob.end());
  }
  get_.reset();
  return readings;
}

void ReadingArchive::put(const Place& place, Bytes readings) {
  waiting_.insert_or_assign(Key{place.piece, place.device, place.interface}, std::move(readings));
}

Result<void> ReadingArchive::flush(const std::function<void()>& between) {
  // Not those that are put meanwhile.
  for (auto pieces = waiting_.size() / kMostAtOnce; pieces > 0 && waiting_.size() > kMostAtOnce; --pieces) {
    DZ_TRY(flush_some());
    if (between) between();
  }
  while (!waiting_.empty() || forget_before_ > forgotten_before_) DZ_TRY(flush_some());
  return {};
}

Result<void> ReadingArchive::flush_some() {
  auto end = waiting_.begin();
  std::size_t count = 0;
  for (; end != waiting_.end() && count < kMostAtOnce; ++count) ++end;
  const bool last = end == waiting_.end();
  auto done = in_transaction(*database_, [&]() -> Result<void> {
    for (auto it = waiting_.begin(); it != end; ++it) {
      const auto& [piece, device, interface] = it->first;
      DZ_TRY(put_.bind(1, std::int64_t{piece}).bind(2, device.view()).bind(3, interface).bind(4, it->second).run());
    }
    if (!last || forget_before_ <= forgotten_before_) return {};
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM octet_readings WHERE piece < ?"));
    return forget.bind(1, std::int64_t{forget_before_}).run();
  });
  if (!done) return with_context("octet readings", done.error());
  waiting_.erase(waiting_.begin(), end);
  if (last) forgotten_before_ = std::max(forgotten_before_, forget_before_);
  return {};
}

}  // namespace dz::telemetry
