#include "client/snapshot_part.h"

#include <algorithm>
#include <set>

#include "wire/addresses.h"

namespace dz::client {
namespace {

constexpr std::size_t kMostNamed = 100;  // accounts of one getMultipleAccounts
constexpr std::size_t kLengthBytes = 4;  // before the bytes of a code
constexpr std::string_view kReading = "reading the ledger";

// Collects accounts; each is asked for once.
class PartReader {
 public:
  explicit PartReader(const SnapshotScope& scope) : scope_(scope) {}

  Result<void> read_configuration(std::span<const Pubkey> also = {}) {
    const auto& program = scope_.ids.serviceability;
    std::vector<Pubkey> keys{wire::program_config_address(program).address, wire::global_state_address(program).address,
                             wire::global_config_address(program).address};
    keys.insert(keys.end(), also.begin(), also.end());
    return read_accounts(keys);
  }

  Result<void> read_accounts(std::span<const Pubkey> keys) {
    std::vector<Pubkey> unknown;
    for (const auto& key : keys) {
      if (!key.is_zero() && asked_.insert(key).second) unknown.push_back(key);
    }
    for (std::size_t at = 0; at < unknown.size(); at += kMostNamed) {
      const auto part = std::span(unknown).subspan(at, std::min(kMostNamed, unknown.size() - at));
      auto answer = scope_.ledger.get_multiple_accounts(part);
      if (!answer) return with_context(kReading, answer.error());
      note_slot(answer->slot);
      for (std::size_t i = 0; i < part.size(); ++i) {
        auto& account = answer->accounts[i];
        if (account && account->owner == scope_.ids.serviceability)
          read_.accounts.push_back({part[i], std::move(*account)});
      }
    }
    return {};
  }

  Result<void> read_type(wire::AccountType type) {
    DZ_TRY_ASSIGN(auto answer, ask(type, std::nullopt));
    for (auto& account : answer.accounts) {
      if (asked_.insert(account.key).second) read_.accounts.push_back(std::move(account));
    }
    return {};
  }

  // Of every record of the type no more than its code is read.
  Result<std::vector<Pubkey>> keys_of_code(wire::AccountType type, std::string_view code) {
    const auto offset = wire::code_offset(type);
    std::vector<Pubkey> keys;
    if (!offset) return keys;
    DZ_TRY_ASSIGN(const auto answer, ask(type, DataSlice{*offset, kLengthBytes + code.size()}));
    for (const auto& [key, account] : answer.accounts) {
      const ByteView data = account.data;
      if (data.size() != kLengthBytes + code.size()) continue;
      const auto length = data[0] | std::size_t{data[1]} << 8 | std::size_t{data[2]} << 16 | std::size_t{data[3]} << 24;
      const std::string found(data.begin() + kLengthBytes, data.end());
      if (length == code.size() && same_code(found, code)) keys.push_back(key);
    }
    return keys;
  }

  Snapshot decoded() const {
    auto answer = read_;
    std::sort(answer.accounts.begin(), answer.accounts.end(),
              [](const KeyedAccount& a, const KeyedAccount& b) { return a.key < b.key; });
    return decode_snapshot(answer, scope_.ids, scope_.named);
  }

 private:
  Result<AccountsAnswer> ask(wire::AccountType type, const std::optional<DataSlice>& slice) {
    const AccountFilters only{{{0, {static_cast<std::uint8_t>(type)}}}, std::nullopt, slice};
    auto answer = scope_.ledger.get_program_accounts(scope_.ids.serviceability, only);
    if (!answer) return with_context(kReading, answer.error());
    note_slot(answer->slot);
    return answer;
  }

  // What is read later may not be older than what was read first.
  void note_slot(Slot slot) {
    if (read_.slot.value == 0) {
      read_.slot = slot;
      scope_.ledger.require_slot(slot);
    }
  }

  SnapshotScope scope_;
  AccountsAnswer read_;
  std::set<Pubkey> asked_;
};

// What the record that was asked for names; of a link also the contributors of its devices, which a second round finds.
std::vector<Pubkey> named_by(const Snapshot& part, wire::AccountType type) {
  std::vector<Pubkey> keys;
  for (const auto& [key, link] : part.links) keys.insert(keys.end(), {link.contributor, link.side_a, link.side_z});
  for (const auto& [key, device] : part.devices) {
    keys.push_back(device.contributor);
    if (type == wire::AccountType::Device) keys.insert(keys.end(), {device.location, device.exchange});
  }
  if (type == wire::AccountType::Exchange) {
    for (const auto& [key, exchange] : part.exchanges) keys.insert(keys.end(), {exchange.device1, exchange.device2});
  }
  for (const auto& [key, user] : part.users) keys.push_back(user.device);
  return keys;
}

}  // namespace

Result<Snapshot> fetch_types(const SnapshotScope& scope, std::span<const wire::AccountType> types) {
  PartReader reader(scope);
  DZ_TRY(reader.read_configuration());
  for (const auto type : types) DZ_TRY(reader.read_type(type));
  return reader.decoded();
}

Result<Snapshot> fetch_record(const SnapshotScope& scope, wire::AccountType type, std::string_view name,
                              std::span<const Pubkey> also) {
  PartReader reader(scope);
  std::vector<Pubkey> keys;
  if (const auto key = parse_pubkey(name)) {
    keys = {*key};
  } else {
    DZ_TRY_ASSIGN(keys, reader.keys_of_code(type, name));
  }
  keys.insert(keys.end(), also.begin(), also.end());
  DZ_TRY(reader.read_configuration(keys));
  for (int round = 0; round < 2; ++round) DZ_TRY(reader.read_accounts(named_by(reader.decoded(), type)));
  return reader.decoded();
}

Result<Snapshot> fetch_accounts(const SnapshotScope& scope, std::span<const Pubkey> keys) {
  PartReader reader(scope);
  DZ_TRY(reader.read_configuration(keys));
  return reader.decoded();
}

}  // namespace dz::client
