// Index accounts: an entity is found by a key. There is one for each key and kind of entity, at
// index_address(program, entity_seed, key).
#pragma once

#include <string>

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateIndexArgs {
  static constexpr auto kTag = InstructionTag::CreateIndex;
  std::string entity_seed;  // the seed of the entity's own address, such as "multicast"
  std::string key;          // any case
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.entity_seed, a.key);
  }
  bool operator==(const CreateIndexArgs&) const = default;
};
// Accounts: index W, entity R, global_state R.
Instruction create_index(const Sender& sender, const CreateIndexArgs& args, const Pubkey& entity);
// Accounts: index W, global_state R.
Instruction delete_index(const Sender& sender, const Pubkey& index);

}  // namespace dz::wire
