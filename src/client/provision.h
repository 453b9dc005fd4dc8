// Everything a person or the demo does to the ledger, one call each: build the instructions, send, follow to the end.
// A refusal by the ledger comes back as Refused: a first line that says what was refused and why in the program's own
// words, then one line a cause. Retry means that the outcome is unknown: look at the ledger before doing it again.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/program_duties.h"
#include "client/sender.h"
#include "client/snapshot.h"
#include "lifecycle/authority.h"
#include "wire/instructions/access_pass.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/index.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/sender.h"
#include "wire/instructions/site.h"
#include "wire/instructions/topology.h"
#include "wire/instructions/user.h"

namespace dz::client {

struct Written {
  wire::Signature signature;
  Slot slot;
  Pubkey record;  // what was created, changed or deleted
};

// Who writes, and where. The ledger and the signer outlive whoever is given this. anchor: the block hash that was taken
// before the records were read (ledger_view.h); what is written to links and devices goes with it. None: what is given
// was not read, or long ago.
struct Writer {
  LedgerClient& ledger;
  Clock clock;
  const wire::Keypair& signer;
  std::optional<LatestBlockhash> anchor = {};
};

// Sends for one signer. Records given to it are as the caller last read them: they say which accounts to name, the
// program judges by what it has.
//
// Many methods because a ledger knows many writes: each is one, most are one line, and they share no state but the
// writer. Whoever looks for a write finds it here, and nothing else is here.
class Provisioner {
 public:
  // sender: the signer as the ledger knows it (sender_for). profile: the ledger's, which writable_profile() gives.
  Provisioner(Writer writer, wire::Sender sender, const Profile& profile);

  // The network. The initialising key becomes foundation and, until set_authority names others, every authority.
  Result<Written> init(const wire::SetAuthorityArgs& authorities = {});
  Result<Written> set_authority(const wire::SetAuthorityArgs& args);
  Result<Written> set_global_config(const wire::SetGlobalConfigArgs& args);
  Result<Written> set_airdrop(const wire::SetAirdropArgs& args);
  Result<Written> set_feature_flags(unsigned __int128 flags);
  Result<Written> set_min_version(const Version& version);
  Result<Written> add_foundation(const Pubkey& key);
  Result<Written> remove_foundation(const Pubkey& key);
  Result<Written> add_qa(const Pubkey& key);
  Result<Written> remove_qa(const Pubkey& key);

  Result<Written> create_location(const wire::CreateLocationArgs& args);
  Result<Written> update_location(const Pubkey& location, const wire::UpdateLocationArgs& args);
  Result<Written> delete_location(const Pubkey& location);
  Result<Written> create_exchange(const wire::CreateExchangeArgs& args);
  Result<Written> update_exchange(const Pubkey& exchange, const wire::UpdateExchangeArgs& args);
  Result<Written> set_device_exchange(const Pubkey& exchange, const Pubkey& device,
                                      const wire::SetDeviceExchangeArgs& args);
  Result<Written> delete_exchange(const Pubkey& exchange);
  Result<Written> create_contributor(const Pubkey& owner, const wire::CreateContributorArgs& args);
  Result<Written> update_contributor(const Pubkey& contributor, const wire::UpdateContributorArgs& args);
  Result<Written> delete_contributor(const Pubkey& contributor);

  Result<Written> create_permission(const wire::CreatePermissionArgs& args);
  Result<Written> update_permission(const Pubkey& user_payer, const wire::UpdatePermissionArgs& args);
  Result<Written> suspend_permission(const Pubkey& user_payer);
  Result<Written> resume_permission(const Pubkey& user_payer);
  Result<Written> delete_permission(const Pubkey& user_payer);

  // Of one transaction: at most kMaxLinksToClear links, kMaxDevicesToAssign devices.
  Result<Written> create_topology(const wire::CreateTopologyArgs& args);
  Result<Written> delete_topology(const std::string& name);
  Result<Written> clear_topology(const std::string& name, std::span<const Pubkey> links);
  Result<Written> assign_node_segments(const std::string& name, std::span<const Pubkey> devices);

  Result<Written> create_index(const wire::CreateIndexArgs& args, const Pubkey& entity);
  Result<Written> delete_index(const Pubkey& index);

  Result<Written> allocate_resource(const wire::AllocateResourceArgs& args);
  Result<Written> deallocate_resource(const wire::DeallocateResourceArgs& args);
  Result<Written> create_resource(const wire::ResourceType& resource);
  Result<Written> close_resource(const Pubkey& resource, const Pubkey& owner);

  Result<Written> create_device(const wire::DeviceSite& site, const wire::CreateDeviceArgs& args);
  Result<Written> update_device(const Found<Device>& device, const wire::UpdateDeviceArgs& args,
                                const std::optional<Pubkey>& new_location = std::nullopt);
  Result<Written> delete_device(const Found<Device>& device, std::span<const Pubkey> resource_owners = {});
  Result<Written> set_device_health(const Pubkey& device, Health health);
  // topologies: in which a vpnv4 loopback gets a node segment.
  Result<Written> create_interface(const Found<Device>& device, const wire::CreateInterfaceArgs& args,
                                   std::span<const Pubkey> topologies = {});
  // topologies: in which it has a node segment from now on; none: its segments stay.
  Result<Written> update_interface(const Found<Device>& device, const wire::UpdateInterfaceArgs& args,
                                   const std::optional<std::vector<Pubkey>>& topologies = std::nullopt);
  Result<Written> delete_interface(const Found<Device>& device, const std::string& name);

  Result<Written> set_access_pass(const Pubkey& user_payer, const wire::SetAccessPassArgs& args);
  Result<Written> close_access_pass(const Pubkey& access_pass);
  Result<Written> set_access_pass_flags(const Pubkey& access_pass, const wire::SetAccessPassFlagsArgs& args);
  // access_pass: the one that lets the user in (users.h).
  Result<Written> create_user(const Found<Device>& device, const Pubkey& access_pass, const wire::CreateUserArgs& args);
  Result<Written> update_user(const Found<User>& user, const Found<Device>& device, const wire::UpdateUserArgs& args);
  Result<Written> delete_user(const Found<User>& user, const Found<Device>& device, const Pubkey& access_pass);
  Result<Written> request_ban_user(const Found<User>& user, const Found<Device>& device);

  Result<Written> create_link(const wire::LinkEnds& ends, const wire::CreateLinkArgs& args);
  // side_z: see acting_side_z (standing.h).
  Result<Written> accept_link(const Found<Link>& link, const Pubkey& side_z, const std::string& interface);
  Result<Written> update_link(const Found<Link>& link, const wire::UpdateLinkArgs& args,
                              const std::optional<Pubkey>& side_z = std::nullopt);
  Result<Written> delete_link(const Found<Link>& link, const std::optional<Pubkey>& side_z = std::nullopt);
  Result<Written> set_link_health(const Pubkey& link, Health health);

  // drain: status drained, at once. undrain: desired_status activated; the activator acts when health allows. See
  // drain_write and undrain_writes for what each is made of.
  Result<Written> drain_link(const Found<Link>& link, Status status, const std::optional<Pubkey>& side_z);
  Result<Written> undrain_link(const Found<Link>& link, const std::optional<Pubkey>& side_z);
  Result<Written> drain_device(const Found<Device>& device, Status status);
  Result<Written> undrain_device(const Found<Device>& device);

 private:
  using Build = std::function<Result<std::vector<wire::Instruction>>(AccountIndex index)>;
  using AddressOf = wire::ProgramAddress (*)(const Pubkey& program, AccountIndex index);

  Result<Written> write(std::string_view action, const Pubkey& record, std::span<const wire::Instruction> instructions);
  Result<Written> write(std::string_view action, const Pubkey& record, const Result<wire::Instruction>& instruction);
  // The same to a link or device as it was read: with the block hash from before the reading.
  Result<Written> write_record(std::string_view action, const Pubkey& record,
                               std::span<const wire::Instruction> instructions);
  Result<Written> write_record(std::string_view action, const Pubkey& record,
                               const Result<wire::Instruction>& instruction);
  Result<Written> send(std::string_view action, const Pubkey& record, std::span<const wire::Instruction> instructions,
                       const Signing& signing);
  // One instruction a write, all in one transaction.
  Result<Written> write_link(std::string_view action, const Found<Link>& link,
                             std::span<const lifecycle::LifecycleWrite> writes, const std::optional<Pubkey>& side_z);
  Result<Written> write_device(std::string_view action, const Found<Device>& device,
                               std::span<const lifecycle::LifecycleWrite> writes);
  // Builds for the next free index, and again for the one after when somebody else took it.
  Result<Written> create(std::string_view action, AddressOf address_of, const Build& build);
  Result<AccountIndex> last_index();

  Writer writer_;
  wire::Sender sender_;
  const Profile& profile_;  // the numbers of the words
  ProgramDuties program_;
};

// What drain writes. Where the program keeps intent it sets desired_status itself; elsewhere both are written in one
// instruction, but not a status that is there already: the live program refuses that to a device's contributor.
lifecycle::LifecycleWrite drain_write(const ProgramDuties& program, Status present, Status to);
// What undrain writes, in this order. Where a drain by hand left desired_status activated, asking to return is no
// change that anybody could see in the history: there the drained word is written first.
std::vector<lifecycle::LifecycleWrite> undrain_writes(const ProgramDuties& program, Status present,
                                                      DesiredStatus desired);

// The signer as the ledger knows it: with its Permission account when it has one that is in force.
wire::Sender sender_for(const Snapshot& snapshot, const Pubkey& signer);

// "link update", an instruction error and the ledger's log as the message described above.
std::string refusal_text(std::string_view action, const wire::TransactionError& error,
                         std::span<const std::string> logs);

}  // namespace dz::client
