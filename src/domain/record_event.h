// One write in the history of a link or device, as the ledger's transactions tell it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/time.h"
#include "domain/words.h"

namespace dz {

enum class RecordEventKind : std::uint8_t {
  Written,   // somebody wrote what is set below
  Accepted,  // the other side took the link: the program put it on its way into service
  Created    // the program gave status and health by itself: neither is anybody's judgement, neither is drained
};

// What the instruction says. What a program changed besides, by rules of its own, is not in it.
struct RecordEvent {
  RecordEventKind kind = RecordEventKind::Written;
  Slot slot;
  std::optional<Timestamp> time;  // none: the ledger did not say
  Pubkey signer;
  std::string signature;  // of the transaction, as text
  // What the transaction carries over the statements that it makes true (attest/memo.h); none: nothing, or two of them.
  std::optional<std::array<std::uint8_t, 32>> root = {};
  std::optional<Status> status;
  std::optional<DesiredStatus> desired_status;
  std::optional<Health> health;
  bool operator==(const RecordEvent&) const = default;
};

// The newest part of a record's history, or all of it.
struct RecordEvents {
  std::vector<RecordEvent> events;  // in the order in which they took effect
  bool from_creation = false;       // nothing came before the first of them
};

}  // namespace dz
