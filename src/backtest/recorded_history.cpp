#include "backtest/recorded_history.h"

#include <utility>

#include "history/history_archive.h"
#include "lake/lake_reader.h"
#include "lake/outbox.h"
#include "monitor/monitor_archive.h"

namespace dz::backtest {

Result<storage::SqliteDatabase> open_recorded(const RecordedPlaces& places, Timestamp from, Timestamp to,
                                              std::stop_token stop,
                                              const std::function<Result<void>(Timestamp)>& progress) {
  DZ_TRY_ASSIGN(auto file, storage::SqliteDatabase::open_to_read(places.store_path));
  if (!places.lake.on()) return file;
  DZ_TRY_ASSIGN(const auto here, history::history_bounds(file));
  if (here && here->first <= from) return file;
  DZ_TRY_ASSIGN(const auto store, lake::stored_id(file));
  if (!store) return file;  // nothing of it was ever sent
  lake::LakeClient client(places.lake, std::move(stop));
  DZ_TRY_ASSIGN(const auto there, lake::lake_bounds(client, places.lake, *store));
  if (!there || (here && here->first <= there->first)) return file;
  DZ_TRY_ASSIGN(auto copy, storage::SqliteDatabase::open(""));
  DZ_TRY(monitor::MonitorArchive::open(copy));
  DZ_TRY(lake::read_lake(client, places.lake, *store, from, to, copy, progress));
  return copy;
}

}  // namespace dz::backtest
