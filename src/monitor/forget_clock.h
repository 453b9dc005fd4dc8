// From when on what the monitor keeps is old enough to be forgotten. A clock that is wrong, for a pass or for good,
// makes nothing older: ages are counted in time that was lived (storage/lived_time.h), over restarts too.
#pragma once

#include <optional>

#include "base/time.h"
#include "storage/lived_time.h"
#include "storage/row_checks.h"

namespace dz::monitor {

class ForgetClock {
 public:
  // Makes its table when missing. newest: of what the file keeps, where nothing else is known of the time before.
  static Result<ForgetClock> open(storage::SqliteDatabase& database, std::optional<Timestamp> newest);

  // In every pass. On disk now and then, and before anything is older because of it.
  Result<void> pass(Timestamp now);
  // What was kept before it is older than `keep` at the time of the last pass.
  Timestamp older_than(Duration keep) const;

 private:
  explicit ForgetClock(storage::SqliteDatabase& database) : database_(&database) {}
  Result<void> save();

  storage::SqliteDatabase* database_;
  storage::LivedTime lived_;
  std::optional<Timestamp> last_;  // pass; none: nothing was ever kept
  std::optional<Timestamp> saved_;
};

}  // namespace dz::monitor
