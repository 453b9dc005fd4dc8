// Bytes of the ledger: accounts, arguments of instructions, transactions. What can be read can be written, and comes
// back as it was: encode(decode(x)) is x itself where the format has one writing (transactions), and else the canonical
// writing of x, which decodes and encodes to itself.
#include "base/check.h"
#include "input.h"
#include "targets.h"
#include "wire/accounts.h"
#include "wire/instructions/access_pass.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/health.h"
#include "wire/instructions/index.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"
#include "wire/instructions/telemetry.h"
#include "wire/instructions/topology.h"
#include "wire/instructions/user.h"
#include "wire/transaction.h"

namespace dz::fuzz {
namespace {

template <typename Record, typename... More>
void check_account(ByteView bytes, Result<Record> (*decode)(ByteView, const More&...), const More&... more) {
  const auto record = decode(bytes, more...);
  if (!record) {
    DZ_CHECK(can_be_told(record.error().message));
    return;
  }
  const auto canonical = wire::encode(*record, more...);
  const auto again = decode(canonical, more...);
  DZ_CHECK(again.has_value() && wire::encode(*again, more...) == canonical);  // bytes, for NaN is not NaN
}

template <typename Args>
void check_args(ByteView bytes) {
  for (const auto* profile : all_profiles()) {
    const auto args = wire::decode_args<Args>(bytes, *profile);
    if (!args) continue;
    if constexpr (wire::ProfiledArgs<Args>) {
      const auto canonical = wire::encode(*args, *profile);
      DZ_CHECK(canonical.has_value());  // what a number said has a number
      const auto again = wire::decode_args<Args>(*canonical, *profile);
      DZ_CHECK(again.has_value() && wire::encode(*again, *profile) == canonical);
    } else {
      const auto canonical = wire::encode(*args);
      const auto again = wire::decode_args<Args>(canonical, *profile);
      DZ_CHECK(again.has_value() && wire::encode(*again) == canonical);
    }
  }
}

template <typename... Args>
void check_all_args(ByteView bytes) {
  (check_args<Args>(bytes), ...);
}

void check_landed(ByteView bytes) {
  Input input(bytes);
  std::vector<Pubkey> loaded(input.choice(4));
  for (auto& key : loaded) key.bytes.fill(input.byte());
  const auto landed = wire::parse_transaction(input.rest());
  if (!landed) return;
  const auto accounts = wire::all_accounts(landed->message, loaded);
  if (!accounts) return;
  for (const auto& instruction : landed->message.instructions) {
    DZ_CHECK(instruction.program_index < landed->message.account_keys.size());
    for (const auto index : instruction.account_indexes) DZ_CHECK(index < accounts->size());
  }
}

}  // namespace

int accounts_target(ByteView bytes) {
  check_account(bytes, wire::decode_program_config);
  check_account(bytes, wire::decode_global_state);
  check_account(bytes, wire::decode_global_config);
  check_account(bytes, wire::decode_location);
  check_account(bytes, wire::decode_exchange);
  check_account(bytes, wire::decode_contributor);
  check_account(bytes, wire::decode_permission);
  check_account(bytes, wire::decode_resource_extension);
  check_account(bytes, wire::decode_topology);
  check_account(bytes, wire::decode_index);
  check_account(bytes, wire::decode_user);
  check_account(bytes, wire::decode_access_pass);
  check_account(bytes, wire::decode_latency_samples);
  check_account(bytes, wire::decode_internet_latency_samples);
  for (const auto* profile : all_profiles()) {
    check_account(bytes, wire::decode_device, *profile);
    check_account(bytes, wire::decode_link, *profile);
  }
  return 0;
}

int instructions_target(ByteView bytes) {
  check_all_args<wire::SetAuthorityArgs, wire::SetGlobalConfigArgs, wire::SetAirdropArgs, wire::SetFeatureFlagsArgs,
                 wire::SetMinVersionArgs, wire::AddFoundationArgs>(bytes);
  check_all_args<wire::CreateLocationArgs, wire::UpdateLocationArgs, wire::CreateExchangeArgs, wire::UpdateExchangeArgs,
                 wire::SetDeviceExchangeArgs, wire::CreateContributorArgs, wire::UpdateContributorArgs>(bytes);
  check_all_args<wire::CreateDeviceArgs, wire::UpdateDeviceArgs, wire::DeleteDeviceArgs, wire::CreateInterfaceArgs,
                 wire::UpdateInterfaceArgs, wire::DeleteInterfaceArgs>(bytes);
  check_all_args<wire::CreateLinkArgs, wire::AcceptLinkArgs, wire::UpdateLinkArgs, wire::DeleteLinkArgs,
                 wire::SetLinkHealthArgs, wire::SetDeviceHealthArgs>(bytes);
  check_all_args<wire::CreatePermissionArgs, wire::UpdatePermissionArgs, wire::AllocateResourceArgs,
                 wire::DeallocateResourceArgs, wire::CreateResourceArgs, wire::CreateIndexArgs,
                 wire::CreateTopologyArgs, wire::ClearTopologyArgs>(bytes);
  check_all_args<wire::CreateUserArgs, wire::UpdateUserArgs, wire::DeleteUserArgs, wire::SetUserBgpStatusArgs,
                 wire::SetAccessPassArgs, wire::SetAccessPassFlagsArgs>(bytes);
  check_all_args<wire::InitializeLatencySamplesArgs, wire::WriteLatencySamplesArgs, wire::InitializeInternetSamplesArgs,
                 wire::WriteInternetSamplesArgs>(bytes);
  return 0;
}

int transactions_target(ByteView bytes) {
  check_landed(bytes);
  const auto transaction = wire::parse_transaction(bytes);
  if (!transaction) {
    DZ_CHECK(can_be_told(transaction.error().message));
    return 0;
  }
  const auto written = wire::encode(*transaction);
  DZ_CHECK(std::equal(written.begin(), written.end(), bytes.begin(), bytes.end()));
  DZ_CHECK(bytes.size() <= wire::kMaxTransactionBytes);
  const auto& message = transaction->message;
  DZ_CHECK(message.account_count() <= 256);  // that an index can name
  DZ_CHECK(transaction->signatures.size() == message.required_signatures);
  (void)wire::verify_signatures(*transaction);
  ByteView rest = bytes;
  const auto taken = wire::take_transaction(rest);
  DZ_CHECK(taken.has_value() && *taken == *transaction && rest.empty());
  return 0;
}

}  // namespace dz::fuzz
