#include "client/record_writes.h"

#include <algorithm>

#include "attest/memo.h"
#include "wire/addresses.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz::client {
namespace {

// An instruction with its accounts by key.
struct Call {
  Pubkey program;
  std::vector<Pubkey> accounts;
  std::vector<bool> signs;
  ByteView data;

  Pubkey first_signer() const {
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      if (signs[i]) return accounts[i];
    }
    return {};
  }
  Pubkey account(std::size_t at) const { return at < accounts.size() ? accounts[at] : Pubkey{}; }
};

Call call_of(const wire::Message& message, const std::vector<Pubkey>& keys,
             const wire::CompiledInstruction& instruction) {
  Call call{keys[instruction.program_index], {}, {}, instruction.data};
  for (const auto index : instruction.account_indexes) {
    call.accounts.push_back(keys[index]);
    call.signs.push_back(message.is_signer(index));
  }
  return call;
}

// Who signed an update: before the system program at the end, or before that and the signer's own Permission account.
Pubkey update_signer(const Call& call, const Pubkey& program) {
  const auto count = call.accounts.size();
  if (count < 3) return {};
  const auto third = call.accounts[count - 3];
  return wire::permission_address(program, third).address == call.accounts.back() ? third : call.accounts[count - 2];
}

template <typename Args>
bool read_update(const Call& call, const Profile& profile, const Pubkey& program, RecordEvent& event) {
  const auto args = wire::decode_args<Args>(call.data, profile);
  if (!args) return false;
  event.status = args->status;
  event.desired_status = args->desired_status;
  event.signer = update_signer(call, program);
  return true;
}

template <typename Args>
bool read_health(const Call& call, const Profile& profile, RecordEvent& event) {
  constexpr std::size_t kSigner = 2;  // after the record and the global state
  const auto args = wire::decode_args<Args>(call.data, profile);
  if (!args) return false;
  event.health = args->health;
  event.signer = call.account(kSigner);
  return true;
}

template <typename Args>
bool read_creation(const Call& call, const Profile& profile, RecordEvent& event) {
  const auto args = wire::decode_args<Args>(call.data, profile);
  if (!args) return false;
  event.kind = RecordEventKind::Created;
  event.desired_status = args->desired_status;
  return true;
}

bool read_device_deletion(const Call& call, const Profile& profile, RecordEvent& event) {
  const auto args = wire::decode_args<wire::DeleteDeviceArgs>(call.data, profile);
  if (!args) return false;
  event.status = Status::Deleting;
  return true;
}

// False: what it did cannot be told. An event that says nothing is of no interest.
bool read_call(const Call& call, const Profile& profile, const Pubkey& program, RecordEvent& event) {
  if (call.data.empty()) return false;
  event.signer = call.first_signer();
  switch (static_cast<wire::InstructionTag>(call.data[0])) {
    case wire::InstructionTag::CreateDevice: return read_creation<wire::CreateDeviceArgs>(call, profile, event);
    case wire::InstructionTag::CreateLink: return read_creation<wire::CreateLinkArgs>(call, profile, event);
    case wire::InstructionTag::AcceptLink: event.kind = RecordEventKind::Accepted; return true;
    case wire::InstructionTag::UpdateDevice: return read_update<wire::UpdateDeviceArgs>(call, profile, program, event);
    case wire::InstructionTag::UpdateLink: return read_update<wire::UpdateLinkArgs>(call, profile, program, event);
    case wire::InstructionTag::SetDeviceHealth: return read_health<wire::SetDeviceHealthArgs>(call, profile, event);
    case wire::InstructionTag::SetLinkHealth: return read_health<wire::SetLinkHealthArgs>(call, profile, event);
    case wire::InstructionTag::DeleteDevice: return read_device_deletion(call, profile, event);
    // Older programs activated, suspended and rejected by instructions that always fail today.
    default: return !wire::is_deprecated(call.data[0]);
  }
}

bool says_something(const RecordEvent& event) {
  return event.kind != RecordEventKind::Written || event.status || event.desired_status || event.health;
}

void add_writes(const Call& call, const wire::ProgramIds& ids, const Profile& profile, const RecordEvent& base,
                std::vector<RecordWrite>& writes) {
  if (call.program != ids.serviceability) {
    // A program can only call another one that it was handed.
    if (std::count(call.accounts.begin(), call.accounts.end(), ids.serviceability) == 0) return;
    for (const auto& account : call.accounts) writes.push_back({account, false, base});
    return;
  }
  if (call.accounts.empty()) return;
  RecordWrite write{call.accounts.front(), true, base};
  write.readable = read_call(call, profile, ids.serviceability, write.event);
  if (!write.readable) write.event = base;
  if (!write.readable || says_something(write.event)) writes.push_back(std::move(write));
}

}  // namespace

Result<std::vector<RecordWrite>> record_writes(const ConfirmedTransaction& transaction, const wire::ProgramIds& ids,
                                               const Profile& profile) {
  std::vector<RecordWrite> writes;
  if (transaction.failed) return writes;
  DZ_TRY_ASSIGN(const auto parsed, wire::parse_transaction(transaction.bytes));
  DZ_TRY_ASSIGN(const auto keys, all_accounts(parsed.message, transaction.loaded));
  RecordEvent base;
  base.slot = transaction.slot;
  base.time = transaction.block_time;
  base.signature = to_text(parsed.signatures.front());
  if (const auto root = attest::root_in(parsed.message, keys)) base.root = *root;
  for (const auto& instruction : parsed.message.instructions) {
    add_writes(call_of(parsed.message, keys, instruction), ids, profile, base, writes);
  }
  return writes;
}

}  // namespace dz::client
