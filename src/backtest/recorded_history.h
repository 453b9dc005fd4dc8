// Where the recorded minutes of a time are: in the monitor's own file, or, where that begins later, in the lake.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "lake/lake_settings.h"
#include "storage/sqlite.h"

namespace dz::backtest {

struct RecordedPlaces {
  std::string store_path;   // of the monitor, which may be running
  lake::LakeSettings lake;  // not on: there is none
};

// A database to read passes and decisions of [from, to] out of, everything since the last whole pass before it
// included. Of a lake, a copy that goes with the object; progress: while that is made, the time up to which it is
// there; an error ends it. Where there is no lake, what the file has is all there is.
Result<storage::SqliteDatabase> open_recorded(const RecordedPlaces& places, Timestamp from, Timestamp to,
                                              std::stop_token stop,
                                              const std::function<Result<void>(Timestamp)>& progress);

}  // namespace dz::backtest
