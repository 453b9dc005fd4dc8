// The parts of access passes that stand in accounts and in arguments alike.
#pragma once

#include "domain/users.h"
#include "wire/borsh.h"

namespace dz::wire {

void write_borsh(BorshWriter& out, const FeedSeat& seat);
bool read_borsh(BorshCursor& in, FeedSeat& seat);
// A tag, then what the kind has. An unknown tag is no type.
void write_borsh(BorshWriter& out, const AccessPassType& type);
bool read_borsh(BorshCursor& in, AccessPassType& type);

}  // namespace dz::wire
