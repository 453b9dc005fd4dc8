// Pools from which links and devices allocate (addresses.h has their kinds and addresses).
#pragma once

#include <optional>
#include <variant>

#include "wire/addresses.h"
#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

// What a pool hands out: an address block or a number.
struct IdOrIp {
  std::variant<NetworkV4, std::uint16_t> value;  // in the order of their tags
  bool operator==(const IdOrIp&) const = default;
};

void write_borsh(BorshWriter& out, const ResourceType& resource);
bool read_borsh(BorshCursor& in, ResourceType& resource);
void write_borsh(BorshWriter& out, const IdOrIp& value);
bool read_borsh(BorshCursor& in, IdOrIp& value);

struct AllocateResourceArgs {
  static constexpr auto kTag = InstructionTag::AllocateResource;
  ResourceType resource;
  std::optional<IdOrIp> requested;  // without: one, whichever is free
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.resource, a.requested);
  }
  bool operator==(const AllocateResourceArgs&) const = default;
};
struct CreateResourceArgs {
  static constexpr auto kTag = InstructionTag::CreateResource;
  ResourceType resource;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.resource);
  }
  bool operator==(const CreateResourceArgs&) const = default;
};
struct DeallocateResourceArgs {
  static constexpr auto kTag = InstructionTag::DeallocateResource;
  ResourceType resource;
  IdOrIp value;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io.required(a.resource);  // the one instruction whose arguments must all be there
    io.required(a.value);
  }
  bool operator==(const DeallocateResourceArgs&) const = default;
};
// Accounts: resource W, the device it belongs to (or the zero key) W, global_state W; CreateResource also
// global_config W.
Instruction allocate_resource(const Sender& sender, const AllocateResourceArgs& args);
Instruction create_resource(const Sender& sender, const ResourceType& resource);
Instruction deallocate_resource(const Sender& sender, const DeallocateResourceArgs& args);
// Accounts: resource W, its owner W, global_state W.
Instruction close_resource(const Sender& sender, const Pubkey& resource, const Pubkey& owner);

}  // namespace dz::wire
