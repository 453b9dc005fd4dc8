// What a ledger's program does to a record when it is written, as far as a backtest has to do it again. The profile is
// asked here and nowhere else in this folder. Pure.
#pragma once

#include <optional>

#include "domain/profile.h"
#include "lifecycle/authority.h"

namespace dz::backtest {

class ProgramRules {
 public:
  explicit ProgramRules(const Profile& profile) : profile_(&profile), guards_(profile.guarded) {}

  const Profile& profile() const { return *profile_; }
  // Health that a monitor wrote counts as its own only once the ledger has confirmed it.
  bool only_confirmed_counts() const { return !guards_; }

  // Where the lifecycle takes a record of that kind from here; none: it stays.
  std::optional<Status> next(RecordKind kind, const lifecycle::LifecycleState& state) const;
  // Whether the lifecycle leads from one reading to the next, in some order of the changes between them.
  bool by_table(RecordKind kind, const lifecycle::LifecycleState& before, const lifecycle::LifecycleState& after) const;
  // Whether the program itself impaired the record between the two readings.
  bool impaired_by_program(const lifecycle::LifecycleState& before, const lifecycle::LifecycleState& after) const;
  // The record after that write by somebody with these roles.
  lifecycle::LifecycleState written(const lifecycle::LifecycleState& before, const lifecycle::LifecycleWrite& write,
                                    const lifecycle::Roles& roles) const;

 private:
  const Profile* profile_;
  bool guards_;
};

}  // namespace dz::backtest
