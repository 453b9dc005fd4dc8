// What a monitor stated and was then killed before it knew what became of it: the ledger is asked. A transaction that
// landed and carries the root over such statements made them true; of the others nobody ever says that they are done.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "attest/statement.h"
#include "client/ledger_client.h"
#include "domain/profile.h"
#include "monitor/monitor_memory.h"
#include "wire/program_ids.h"

namespace dz::monitor {

class StatementRecovery {
 public:
  // memory outlives it.
  StatementRecovery(MonitorMemory& memory, const wire::ProgramIds& ids) : memory_(memory), ids_(ids) {}

  // Once a pass: a few requests, until all records that were interrupted were looked at. Once more two minutes later,
  // for what was on its way lands until its block hash is too old.
  void step(client::LedgerClient& ledger, const Profile& profile, Timestamp now);

 private:
  struct Interrupted {
    std::int64_t index = 0;
    attest::Hash hash{};
    Health to = Health::Unknown;
  };

  void begin(Timestamp now);
  void look_at(client::LedgerClient& ledger, const Profile& profile, const wire::Signature& signature);
  void make_true(const std::vector<std::pair<Pubkey, Health>>& writes, const attest::Hash& root,
                  const wire::Signature& signature);

  MonitorMemory& memory_;
  wire::ProgramIds ids_;
  int rounds_ = 0;
  std::optional<Timestamp> next_round_;
  std::map<Pubkey, std::vector<Interrupted>> open_;  // by record, oldest first
  std::vector<Pubkey> to_list_;
  std::vector<wire::Signature> to_read_;
  std::set<wire::Signature> seen_;
};

}  // namespace dz::monitor
