#include "client/snapshot_part.h"

#include <algorithm>
#include <set>

#include "client/users.h"
#include "wire/account_places.h"
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

  // Every account of the type, or those that hold a value.
  Result<std::vector<Pubkey>> read_type(wire::AccountType type, const std::optional<MemcmpFilter>& value = {}) {
    DZ_TRY_ASSIGN(auto answer, ask(type, value, std::nullopt));
    std::vector<Pubkey> keys;
    for (auto& account : answer.accounts) {
      keys.push_back(account.key);
      if (asked_.insert(account.key).second) read_.accounts.push_back(std::move(account));
    }
    return keys;
  }

  // Of every record of the type no more than its code is read.
  Result<std::vector<Pubkey>> keys_of_code(wire::AccountType type, std::string_view code) {
    const auto offset = wire::code_offset(type);
    std::vector<Pubkey> keys;
    if (!offset) return keys;
    DZ_TRY_ASSIGN(const auto answer, ask(type, std::nullopt, DataSlice{*offset, kLengthBytes + code.size()}));
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
  Result<AccountsAnswer> ask(wire::AccountType type, const std::optional<MemcmpFilter>& value,
                             const std::optional<DataSlice>& slice) {
    AccountFilters only{{{0, {static_cast<std::uint8_t>(type)}}}, std::nullopt, slice};
    if (value) only.memcmp.push_back(*value);
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

// What the records that were asked for name, and what somebody wants to know of that: of a link the contributors of its
// devices, of a user where its device is. These are found in a second round.
std::vector<Pubkey> named_by(const Snapshot& part, const std::set<Pubkey>& asked_for) {
  std::vector<Pubkey> keys;
  const auto asked = [&](const Pubkey& key) { return asked_for.contains(key); };
  const auto of_device = [&](const Pubkey& device, Pubkey Device::*field) {
    const auto found = part.devices.find(device);
    if (found != part.devices.end()) keys.push_back(found->second.*field);
  };
  for (const auto& [key, link] : part.links) {
    if (!asked(key)) continue;
    keys.insert(keys.end(), {link.contributor, link.side_a, link.side_z});
    for (const auto& side : {link.side_a, link.side_z}) of_device(side, &Device::contributor);
  }
  for (const auto& [key, device] : part.devices) {
    if (asked(key)) keys.insert(keys.end(), {device.contributor, device.location, device.exchange});
  }
  for (const auto& [key, exchange] : part.exchanges) {
    if (asked(key)) keys.insert(keys.end(), {exchange.device1, exchange.device2});
  }
  for (const auto& [key, user] : part.users) {
    if (!asked(key)) continue;
    keys.push_back(user.device);
    of_device(user.device, &Device::location);
    const auto passes = pass_addresses(part.ids, user.owner, user.client_ip);
    keys.insert(keys.end(), passes.begin(), passes.end());
  }
  return keys;
}

// Where records of one type name one of another; no place: behind a text, so that no filter finds it.
struct Mention {
  wire::AccountType of, in;
  std::optional<std::size_t> at;
};
using Type = wire::AccountType;
constexpr Mention kMentions[] = {{Type::Location, Type::Device, wire::kDeviceLocationAt},
                                 {Type::Exchange, Type::Device, wire::kDeviceExchangeAt},
                                 {Type::Contributor, Type::Device, std::nullopt},
                                 {Type::Contributor, Type::Link, std::nullopt},
                                 {Type::Device, Type::Link, wire::kLinkSideAAt},
                                 {Type::Device, Type::Link, wire::kLinkSideZAt},
                                 {Type::Device, Type::User, wire::kUserDeviceAt},
                                 {Type::Device, Type::ResourceExtension, wire::kResourceDeviceAt},
                                 {Type::Device, Type::Exchange, std::nullopt}};

Result<void> read_who_names(PartReader& reader, const NamedRecord& record, const Pubkey& key) {
  for (const auto& mention : kMentions) {
    const auto& types = record.named_in;
    if (mention.of != record.type || std::find(types.begin(), types.end(), mention.in) == types.end()) continue;
    std::optional<MemcmpFilter> value;
    if (mention.at) value = MemcmpFilter{*mention.at, Bytes(key.bytes.begin(), key.bytes.end())};
    DZ_TRY(reader.read_type(mention.in, value));
  }
  return {};
}

}  // namespace

Result<Snapshot> fetch_part(const SnapshotScope& scope, const SnapshotQuestion& question) {
  PartReader reader(scope);
  std::set<Pubkey> asked_for;
  for (const auto& record : question.records) {
    std::vector<Pubkey> keys;
    if (const auto key = parse_pubkey(record.name)) {
      keys = {*key};
    } else {
      DZ_TRY_ASSIGN(keys, reader.keys_of_code(record.type, record.name));
    }
    asked_for.insert(keys.begin(), keys.end());
    for (const auto& key : keys) DZ_TRY(read_who_names(reader, record, key));
  }
  for (const auto& held : question.holding) {
    DZ_TRY_ASSIGN(const auto keys, reader.read_type(held.type, held.value));
    asked_for.insert(keys.begin(), keys.end());
  }
  for (const auto type : question.types) DZ_TRY(reader.read_type(type));
  auto keys = question.accounts;
  keys.insert(keys.end(), asked_for.begin(), asked_for.end());
  DZ_TRY(reader.read_configuration(keys));
  if (asked_for.empty()) return reader.decoded();
  for (int round = 0; round < 2; ++round) DZ_TRY(reader.read_accounts(named_by(reader.decoded(), asked_for)));
  return reader.decoded();
}

Result<Snapshot> fetch_types(const SnapshotScope& scope, std::span<const wire::AccountType> types) {
  return fetch_part(scope, {.types = {types.begin(), types.end()}});
}

Result<Snapshot> fetch_record(const SnapshotScope& scope, wire::AccountType type, std::string_view name) {
  return fetch_part(scope, {.records = {{type, std::string(name)}}});
}

Result<Snapshot> fetch_accounts(const SnapshotScope& scope, std::span<const Pubkey> keys) {
  return fetch_part(scope, {.accounts = {keys.begin(), keys.end()}});
}

}  // namespace dz::client
