#include "wire/instructions/index.h"

namespace dz::wire {

Instruction create_index(const Sender& sender, const CreateIndexArgs& args, const Pubkey& entity) {
  return build_instruction(sender,
                           {writable(index_address(sender.program, args.entity_seed, args.key).address),
                            read_only(entity), read_only(global_state_address(sender.program).address)},
                           encode(args));
}

Instruction delete_index(const Sender& sender, const Pubkey& index) {
  return build_instruction(sender, {writable(index), read_only(global_state_address(sender.program).address)},
                           only(InstructionTag::DeleteIndex));
}

}  // namespace dz::wire
