// What the program of a ledger does by itself, so that nobody has to do it in the program's place. The profile is asked
// here and nowhere else in client, service and notify.
#pragma once

#include "domain/profile.h"

namespace dz::client {

struct ProgramDuties {
  ProgramDuties(const Profile& profile);  // NOLINT(google-explicit-constructor): who has a profile has these

  // A drain sets desired_status, so that intent always says who wants what. Elsewhere the writer writes both.
  bool keeps_intent;
  // Health turns impaired when a record leaves service, and when it is wanted back in service.
  bool resets_health;
  // GlobalState names the one key that may write status. Elsewhere Permission accounts and the foundation list do.
  bool names_activator;
  // A link that side Z accepts starts drained. Elsewhere it starts activated or in provisioning.
  bool accepts_into_drained;
};

}  // namespace dz::client
