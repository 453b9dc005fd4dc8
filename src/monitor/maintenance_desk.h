// Maintenances that this monitor was told of (control/maintenance.h): who may say so, where they are kept, and which
// records they cover. Kept in the monitor's file before they are answered for; docs/formats/monitor-store.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/snapshot.h"
#include "control/maintenance.h"
#include "storage/row_checks.h"
#include "wire/keypair.h"
#include "wire/transaction.h"

namespace dz::monitor {

inline constexpr storage::CheckedTable kMaintenanceTable{
    "maintenance", "id, record, from_at, to_at, why, signer, signature, ended_at, end_signature"};

// The ledger as it is known now.
struct MaintenanceLedger {
  const client::Snapshot& records;
  const wire::Blockhash& genesis;  // which network
};

class MaintenanceDesk {
 public:
  static constexpr std::size_t kOverKept = 1'000;  // of those that are over, for people

  // Makes the table when missing. The database outlives the desk. What is damaged is left out and told.
  static Result<MaintenanceDesk> open(storage::SqliteDatabase& database, std::vector<std::string>& damage);

  struct Signed {
    Pubkey by;
    wire::Signature signature;
  };
  // window: one that check_window() takes. Refused: the signature is not of this statement, or the signer may not
  // answer for that record. NotFound: there is no such record. TooMuch: there are too many. Retry: it cannot be written
  // down.
  Result<control::Maintenance> add(const control::MaintenanceWindow& window, const Signed& by,
                                   const MaintenanceLedger& ledger, Timestamp now);
  // By whoever may have told it. NotFound: there is no such one.
  Result<control::Maintenance> end(const std::string& id, const Signed& by, const MaintenanceLedger& ledger,
                                   Timestamp now);

  // The one that holds for the record now: its own, or for a link that of a device at its ends. Null: none does.
  const control::Maintenance* covering(const Pubkey& record, const client::Snapshot& records, Timestamp now) const;
  std::vector<control::Maintenance> all() const { return book_.all(); }
  std::vector<std::string> holding(Timestamp now) const { return book_.holding(now); }
  Timestamp next_change(Timestamp now) const { return book_.next_change(now); }

 private:
  explicit MaintenanceDesk(storage::SqliteDatabase& database) : database_(&database) {}
  Result<void> forget_over(Timestamp now);
  Result<void> save(const control::Maintenance& maintenance, std::string_view end_signature);

  storage::SqliteDatabase* database_;
  control::MaintenanceBook book_;
};

}  // namespace dz::monitor
