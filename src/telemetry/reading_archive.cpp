#include "telemetry/reading_archive.h"

#include "storage/row_checks.h"

namespace dz::telemetry {
namespace {

constexpr storage::CheckedTable kReadings{"octet_readings", "piece, device, interface, readings"};
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

Result<void> ReadingArchive::flush() {
  if (waiting_.empty() && forget_before_ <= forgotten_before_) return {};
  auto done = in_transaction(*database_, [&]() -> Result<void> {
    for (const auto& [key, readings] : waiting_) {
      const auto& [piece, device, interface] = key;
      DZ_TRY(put_.bind(1, std::int64_t{piece}).bind(2, device.view()).bind(3, interface).bind(4, readings).run());
    }
    if (forget_before_ <= forgotten_before_) return {};
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM octet_readings WHERE piece < ?"));
    return forget.bind(1, std::int64_t{forget_before_}).run();
  });
  if (!done) return with_context("octet readings", done.error());
  waiting_.clear();
  forgotten_before_ = forget_before_;
  return {};
}

}  // namespace dz::telemetry
