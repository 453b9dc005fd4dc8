#include "client/provision.h"

#include <utility>

#include <fmt/format.h>

#include "wire/addresses.h"
#include "wire/program_error.h"

namespace dz::client {
namespace {

constexpr int kIndexAttempts = 5;  // lost races for an account index before giving up

// The account to create exists, or its address was derived from an index that has moved on.
bool may_be_lost_race(const wire::TransactionError& error) {
  return error.kind == wire::TransactionErrorKind::InstructionError &&
         (error.error.kind == wire::InstructionErrorKind::AccountAlreadyInitialized ||
          error.error.kind == wire::InstructionErrorKind::ProgramFailedToComplete);
}

Result<Written> judge(std::string_view action, const Pubkey& record, const SendOutcome& outcome) {
  if (const auto* landed = std::get_if<Landed>(&outcome.result)) {
    return Written{outcome.signature, landed->slot, record};
  }
  if (const auto* rejected = std::get_if<Rejected>(&outcome.result)) {
    return refused(refusal_text(action, rejected->error, rejected->logs));
  }
  return fail(ErrorKind::Retry,
              fmt::format("{}: the outcome is unknown, {}; look at the record before doing it again (signature {})",
                          action, std::get<Unknown>(outcome.result).reason, to_text(outcome.signature)));
}

}  // namespace

Provisioner::Provisioner(Writer writer, wire::Sender sender, const Profile& profile)
    : writer_(std::move(writer)), sender_(sender), profile_(profile), program_(profile) {}

wire::Sender sender_for(const Snapshot& snapshot, const Pubkey& signer) {
  const auto& program = snapshot.ids.serviceability;
  const auto found = snapshot.permissions.find(wire::permission_address(program, signer).address);
  const bool in_force = found != snapshot.permissions.end() && found->second.status == PermissionStatus::Activated;
  return {program, signer, in_force};
}

// What is read after it is not older than it.
Result<Written> Provisioner::send(std::string_view action, const Pubkey& record,
                                  std::span<const wire::Instruction> instructions, const Signing& signing) {
  auto outcome = TransactionSender(writer_.ledger, writer_.clock).send(instructions, writer_.signer, signing);
  if (!outcome) return with_context(action, outcome.error());
  if (const auto* landed = std::get_if<Landed>(&outcome->result)) writer_.ledger.require_slot(landed->slot);
  return judge(action, record, *outcome);
}

Result<Written> Provisioner::write(std::string_view action, const Pubkey& record,
                                   std::span<const wire::Instruction> instructions) {
  return send(action, record, instructions, {});
}

Result<Written> Provisioner::write(std::string_view action, const Pubkey& record,
                                   const Result<wire::Instruction>& instruction) {
  if (!instruction) return with_context(action, instruction.error());
  return write(action, record, std::span(&*instruction, 1));
}

Result<Written> Provisioner::write_record(std::string_view action, const Pubkey& record,
                                          std::span<const wire::Instruction> instructions) {
  return send(action, record, instructions, {.others = {}, .anchor = writer_.anchor});
}

Result<Written> Provisioner::write_record(std::string_view action, const Pubkey& record,
                                          const Result<wire::Instruction>& instruction) {
  if (!instruction) return with_context(action, instruction.error());
  return write_record(action, record, std::span(&*instruction, 1));
}

Result<AccountIndex> Provisioner::last_index() {
  DZ_TRY_ASSIGN(const auto account, writer_.ledger.get_account(wire::global_state_address(sender_.program).address));
  if (!account) return refused("the ledger program is not initialised: run 'doublezero init' first");
  DZ_TRY_ASSIGN(const auto state, wire::decode_global_state(account->data));
  return state.account_index;
}

Result<Written> Provisioner::create(std::string_view action, AddressOf address_of, const Build& build) {
  for (int attempt = 1;; ++attempt) {
    DZ_TRY_ASSIGN(const auto last, last_index());
    const AccountIndex index = last + 1;
    const auto instructions = build(index);
    if (!instructions) return with_context(action, instructions.error());
    auto outcome = TransactionSender(writer_.ledger, writer_.clock).send(*instructions, writer_.signer);
    if (!outcome) return with_context(action, outcome.error());
    const auto* rejected = std::get_if<Rejected>(&outcome->result);
    if (rejected != nullptr && may_be_lost_race(rejected->error) && attempt < kIndexAttempts) {
      DZ_TRY_ASSIGN(const auto now, last_index());
      if (now != last) continue;
    }
    return judge(action, address_of(sender_.program, index).address, *outcome);
  }
}

namespace {

bool is_lack_of_credits(const wire::TransactionError& error) {
  using Kind = wire::TransactionErrorKind;
  return error.kind == Kind::AccountNotFound || error.kind == Kind::InsufficientFundsForFee ||
         error.kind == Kind::InsufficientFundsForRent ||
         (error.kind == Kind::InstructionError && error.error.kind == wire::InstructionErrorKind::InsufficientFunds);
}

}  // namespace

std::string refusal_text(std::string_view action, const wire::TransactionError& error,
                         std::span<const std::string> logs) {
  constexpr std::string_view kPrefix = "Program log: ";
  std::string_view said;  // the program's own sentence is its last
  for (const std::string_view line : logs) {
    if (line.starts_with(kPrefix) && !line.starts_with("Program log: Instruction: "))
      said = line.substr(kPrefix.size());
  }
  const bool custom = error.kind == wire::TransactionErrorKind::InstructionError &&
                      error.error.kind == wire::InstructionErrorKind::Custom;
  const auto code = custom ? wire::program_error(error.error.custom) : std::nullopt;
  const auto meaning =
      code ? fmt::format("{} ({} {})", text_of(*code), name_of(*code), error.error.custom) : to_text(error);
  auto text = said.empty() ? fmt::format("{} was refused by the ledger: {}", action, meaning)
                           : fmt::format("{} was refused by the ledger: {}\n{}", action, said, meaning);
  if (is_lack_of_credits(error)) {
    text +=
        "\nthe signing key has not enough credits: on a local ledger 'doublezero airdrop 10' gives it some; "
        "elsewhere somebody has to send them";
  }
  return text;
}

// --- the network ------------------------------------------------------------------------------------------------

Result<Written> Provisioner::init(const wire::SetAuthorityArgs& authorities) {
  std::vector<wire::Instruction> instructions{init_global_state(sender_)};
  if (authorities != wire::SetAuthorityArgs{}) instructions.push_back(wire::set_authority(sender_, authorities));
  return write("init", wire::global_state_address(sender_.program).address, instructions);
}

Result<Written> Provisioner::set_authority(const wire::SetAuthorityArgs& args) {
  return write("global-config authority set", wire::global_state_address(sender_.program).address,
               wire::set_authority(sender_, args));
}

Result<Written> Provisioner::set_global_config(const wire::SetGlobalConfigArgs& args) {
  return write("global-config set", wire::global_config_address(sender_.program).address,
               wire::set_global_config(sender_, args));
}

Result<Written> Provisioner::set_airdrop(const wire::SetAirdropArgs& args) {
  return write("global-config airdrop set", wire::global_state_address(sender_.program).address,
               wire::set_airdrop(sender_, args));
}

Result<Written> Provisioner::set_feature_flags(unsigned __int128 flags) {
  return write("global-config feature-flags set", wire::global_state_address(sender_.program).address,
               wire::set_feature_flags(sender_, flags));
}

Result<Written> Provisioner::set_min_version(const Version& version) {
  return write("global-config set-version", wire::program_config_address(sender_.program).address,
               wire::set_min_version(sender_, version));
}

Result<Written> Provisioner::add_foundation(const Pubkey& key) {
  return write("allowlist add", key, wire::add_foundation(sender_, key));
}
Result<Written> Provisioner::remove_foundation(const Pubkey& key) {
  return write("allowlist remove", key, wire::remove_foundation(sender_, key));
}
Result<Written> Provisioner::add_qa(const Pubkey& key) {
  return write("qa-allowlist add", key, wire::add_qa(sender_, key));
}
Result<Written> Provisioner::remove_qa(const Pubkey& key) {
  return write("qa-allowlist remove", key, wire::remove_qa(sender_, key));
}

// --- locations, exchanges, contributors -----------------------------------------------------------------------------

Result<Written> Provisioner::create_location(const wire::CreateLocationArgs& args) {
  return create("location create", wire::location_address,
                [&](AccountIndex index) { return std::vector{wire::create_location(sender_, index, args)}; });
}
Result<Written> Provisioner::update_location(const Pubkey& location, const wire::UpdateLocationArgs& args) {
  return write("location update", location, wire::update_location(sender_, location, args));
}
Result<Written> Provisioner::delete_location(const Pubkey& location) {
  return write("location delete", location, wire::delete_location(sender_, location));
}

Result<Written> Provisioner::create_exchange(const wire::CreateExchangeArgs& args) {
  return create("exchange create", wire::exchange_address,
                [&](AccountIndex index) { return std::vector{wire::create_exchange(sender_, index, args)}; });
}
Result<Written> Provisioner::update_exchange(const Pubkey& exchange, const wire::UpdateExchangeArgs& args) {
  return write("exchange update", exchange, wire::update_exchange(sender_, exchange, args));
}
Result<Written> Provisioner::set_device_exchange(const Pubkey& exchange, const Pubkey& device,
                                                 const wire::SetDeviceExchangeArgs& args) {
  return write("exchange set-device", exchange, wire::set_device_exchange(sender_, exchange, device, args));
}
Result<Written> Provisioner::delete_exchange(const Pubkey& exchange) {
  return write("exchange delete", exchange, wire::delete_exchange(sender_, exchange));
}

Result<Written> Provisioner::create_contributor(const Pubkey& owner, const wire::CreateContributorArgs& args) {
  return create("contributor create", wire::contributor_address,
                [&](AccountIndex index) { return std::vector{wire::create_contributor(sender_, index, owner, args)}; });
}
Result<Written> Provisioner::update_contributor(const Pubkey& contributor, const wire::UpdateContributorArgs& args) {
  return write("contributor update", contributor, wire::update_contributor(sender_, contributor, args));
}
Result<Written> Provisioner::delete_contributor(const Pubkey& contributor) {
  return write("contributor delete", contributor, wire::delete_contributor(sender_, contributor));
}

// --- permissions ----------------------------------------------------------------------------------------------------

Result<Written> Provisioner::create_permission(const wire::CreatePermissionArgs& args) {
  return write("permission set", args.user_payer, wire::create_permission(sender_, args));
}
Result<Written> Provisioner::update_permission(const Pubkey& user_payer, const wire::UpdatePermissionArgs& args) {
  return write("permission set", user_payer, wire::update_permission(sender_, user_payer, args));
}
Result<Written> Provisioner::suspend_permission(const Pubkey& user_payer) {
  return write("permission suspend", user_payer, wire::suspend_permission(sender_, user_payer));
}
Result<Written> Provisioner::resume_permission(const Pubkey& user_payer) {
  return write("permission resume", user_payer, wire::resume_permission(sender_, user_payer));
}
Result<Written> Provisioner::delete_permission(const Pubkey& user_payer) {
  return write("permission delete", user_payer, wire::delete_permission(sender_, user_payer));
}

// --- topologies and pools -------------------------------------------------------------------------------------------

Result<Written> Provisioner::create_topology(const wire::CreateTopologyArgs& args) {
  return write("link topology create", wire::topology_address(sender_.program, args.name).address,
               wire::create_topology(sender_, args));
}
Result<Written> Provisioner::delete_topology(const std::string& name) {
  return write("link topology delete", wire::topology_address(sender_.program, name).address,
               wire::delete_topology(sender_, name));
}
Result<Written> Provisioner::create_index(const wire::CreateIndexArgs& args, const Pubkey& entity) {
  return write("index create", wire::index_address(sender_.program, args.entity_seed, args.key).address,
               wire::create_index(sender_, args, entity));
}
Result<Written> Provisioner::delete_index(const Pubkey& index) {
  return write("index delete", index, wire::delete_index(sender_, index));
}
Result<Written> Provisioner::clear_topology(const std::string& name, std::span<const Pubkey> links) {
  return write("link topology clear", wire::topology_address(sender_.program, name).address,
               wire::clear_topology(sender_, name, links));
}
Result<Written> Provisioner::assign_node_segments(const std::string& name, std::span<const Pubkey> devices) {
  return write("link topology assign-node-segments", wire::topology_address(sender_.program, name).address,
               wire::assign_node_segments(sender_, name, devices));
}

Result<Written> Provisioner::allocate_resource(const wire::AllocateResourceArgs& args) {
  return write("resource allocate", resource_address(sender_.program, args.resource).address,
               wire::allocate_resource(sender_, args));
}
Result<Written> Provisioner::deallocate_resource(const wire::DeallocateResourceArgs& args) {
  return write("resource deallocate", resource_address(sender_.program, args.resource).address,
               wire::deallocate_resource(sender_, args));
}
Result<Written> Provisioner::create_resource(const wire::ResourceType& resource) {
  return write("resource create", resource_address(sender_.program, resource).address,
               wire::create_resource(sender_, resource));
}
Result<Written> Provisioner::close_resource(const Pubkey& resource, const Pubkey& owner) {
  return write("resource close", resource, wire::close_resource(sender_, resource, owner));
}

}  // namespace dz::client
