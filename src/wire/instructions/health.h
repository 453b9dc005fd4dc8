// What SetLinkHealth and SetDeviceHealth have in common: one byte of health, as upstream has it. Where the profile has
// extended instructions, that byte may not be left out, and the state that the health was judged in follows when it is
// set: status, desired_status and health, one byte each.
#pragma once

#include <optional>

#include "lifecycle/authority.h"
#include "wire/instructions/codec.h"

namespace dz::wire {

template <typename Self, typename Io>
void health_fields(Self& a, Io& io, RecordKind kind, const Profile& profile) {
  if (!profile.extended_instructions) return io.word(a.health, profile.health(kind));
  io.required_word(a.health, profile.health(kind));
  io.tail(a.judged, [&](auto& judged) {
    io.required_word(judged.status, profile.status(kind));
    io.required_word(judged.desired_status, profile.desired(kind));
    io.required_word(judged.health, profile.health(kind));
  });
}

}  // namespace dz::wire
