// The incidents that are not over, in the monitor's SQLite file: a restart goes on with them. Format:
// docs/formats/monitor-store.md.
#pragma once

#include <string>
#include <vector>

#include "control/incident.h"
#include "storage/sqlite.h"

namespace dz::monitor {

// So many records of one incident are kept. The others are found again while its cause stands.
inline constexpr std::size_t kKeptRecords = 1000;

class IncidentArchive {
 public:
  // Makes the table when missing. The database outlives the archive.
  static Result<IncidentArchive> open(storage::SqliteDatabase& database);

  // What cannot be read is left out and told in `damage`, in sentences.
  Result<std::vector<control::Incident>> load(std::vector<std::string>& damage);
  // On disk when it returns: these are new or have changed, those subjects are over.
  Result<void> save(const std::vector<const control::Incident*>& changed, const std::vector<std::string>& over);

 private:
  explicit IncidentArchive(storage::SqliteDatabase& database) : database_(&database) {}
  storage::SqliteDatabase* database_;
};

}  // namespace dz::monitor
