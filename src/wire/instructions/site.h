// Locations, exchanges and contributors. `index` is GlobalState.account_index + 1 at the time of sending; when somebody
// else took it meanwhile, the program refuses and the sender reads GlobalState again.
#pragma once

#include <optional>
#include <string>

#include "wire/instructions/codec.h"
#include "wire/instructions/sender.h"

namespace dz::wire {

struct CreateLocationArgs {
  static constexpr auto kTag = InstructionTag::CreateLocation;
  std::string code, name, country;
  double lat = 0, lng = 0;
  std::uint32_t loc_id = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code, a.name, a.country, a.lat, a.lng, a.loc_id);
  }
  bool operator==(const CreateLocationArgs&) const = default;
};
struct UpdateLocationArgs {
  static constexpr auto kTag = InstructionTag::UpdateLocation;
  std::optional<std::string> code, name, country;
  std::optional<double> lat, lng;
  std::optional<std::uint32_t> loc_id;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code, a.name, a.country, a.lat, a.lng, a.loc_id);
  }
  bool operator==(const UpdateLocationArgs&) const = default;
};
// Accounts of all: location W, global_state W.
Instruction create_location(const Sender& sender, AccountIndex index, const CreateLocationArgs& args);
Instruction update_location(const Sender& sender, const Pubkey& location, const UpdateLocationArgs& args);
Instruction suspend_location(const Sender& sender, const Pubkey& location);
Instruction resume_location(const Sender& sender, const Pubkey& location);
Instruction delete_location(const Sender& sender, const Pubkey& location);

struct CreateExchangeArgs {
  static constexpr auto kTag = InstructionTag::CreateExchange;
  std::string code, name;
  double lat = 0, lng = 0;
  std::uint16_t reserved = 0;  // ignored: the program hands out the BGP community
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code, a.name, a.lat, a.lng, a.reserved);
  }
  bool operator==(const CreateExchangeArgs&) const = default;
};
struct UpdateExchangeArgs {
  static constexpr auto kTag = InstructionTag::UpdateExchange;
  std::optional<std::string> code, name;
  std::optional<double> lat, lng;
  std::optional<std::uint16_t> bgp_community;  // any value: "hand out the next"
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code, a.name, a.lat, a.lng, a.bgp_community);
  }
  bool operator==(const UpdateExchangeArgs&) const = default;
};
// Accounts: exchange W, global_config W, global_state W.
Instruction create_exchange(const Sender& sender, AccountIndex index, const CreateExchangeArgs& args);
Instruction update_exchange(const Sender& sender, const Pubkey& exchange, const UpdateExchangeArgs& args);
// Accounts: exchange W, global_state W.
Instruction suspend_exchange(const Sender& sender, const Pubkey& exchange);
Instruction resume_exchange(const Sender& sender, const Pubkey& exchange);
Instruction delete_exchange(const Sender& sender, const Pubkey& exchange);

struct SetDeviceExchangeArgs {
  static constexpr auto kTag = InstructionTag::SetDeviceExchange;
  static constexpr std::uint8_t kSet = 1, kRemove = 2;
  std::uint8_t index = 0;         // which seat of the exchange: 1 or 2
  std::uint8_t action = kRemove;  // an older client that leaves it out removes
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.index, a.action);
  }
  bool operator==(const SetDeviceExchangeArgs&) const = default;
};
// Accounts: exchange W, device W, global_state W.
Instruction set_device_exchange(const Sender& sender, const Pubkey& exchange, const Pubkey& device,
                                const SetDeviceExchangeArgs& args);

struct CreateContributorArgs {
  static constexpr auto kTag = InstructionTag::CreateContributor;
  std::string code;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code);
  }
  bool operator==(const CreateContributorArgs&) const = default;
};
struct UpdateContributorArgs {
  static constexpr auto kTag = InstructionTag::UpdateContributor;
  std::optional<std::string> code;
  std::optional<Pubkey> owner, ops_manager;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.code, a.owner, a.ops_manager);
  }
  bool operator==(const UpdateContributorArgs&) const = default;
};
// Accounts: contributor W, owner W, global_state W.
Instruction create_contributor(const Sender& sender, AccountIndex index, const Pubkey& owner,
                               const CreateContributorArgs& args);
// Accounts: contributor W, global_state W.
Instruction update_contributor(const Sender& sender, const Pubkey& contributor, const UpdateContributorArgs& args);
Instruction suspend_contributor(const Sender& sender, const Pubkey& contributor);
Instruction resume_contributor(const Sender& sender, const Pubkey& contributor);
Instruction delete_contributor(const Sender& sender, const Pubkey& contributor);

}  // namespace dz::wire
