#include "client/program_duties.h"

namespace dz::client {

ProgramDuties::ProgramDuties(const Profile& profile)
    : keeps_intent(profile.guarded),
      resets_health(profile.guarded),
      names_activator(profile.guarded),
      accepts_into_drained(profile.guarded) {}

}  // namespace dz::client
