#include "client/snapshot.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "wire/addresses.h"

namespace dz::client {
namespace {

// Before init there is nothing to contradict the default profile.
Result<const Profile*> profile_of(const std::optional<ProgramConfig>& config) {
  return config ? recognise_profile(config->version) : Result<const Profile*>(&rfc_profile());
}

template <typename Record>
bool replace(std::optional<Record>& record, Record fresh) {
  if (record == fresh) return false;
  record = std::move(fresh);
  return true;
}
template <typename Record>
bool replace(Records<Record>& records, const Pubkey& key, Record fresh) {
  const auto found = records.find(key);
  if (found == records.end()) return records.emplace(key, std::move(fresh)).second;
  if (found->second == fresh) return false;
  found->second = std::move(fresh);
  return true;
}

// Puts one account where it belongs, or on the list of those that could not be.
class Placing {
 public:
  Placing(Snapshot& snapshot, const Pubkey& key) : snapshot_(snapshot), key_(key) {}

  bool put(ByteView data) {
    type_ = wire::account_type(data);
    switch (type_) {
      case wire::AccountType::ProgramConfig:
        return keep_one(snapshot_.program_config, wire::decode_program_config(data));
      case wire::AccountType::GlobalState: return keep_one(snapshot_.global_state, wire::decode_global_state(data));
      case wire::AccountType::GlobalConfig: return keep_one(snapshot_.global_config, wire::decode_global_config(data));
      case wire::AccountType::Location: return keep(snapshot_.locations, wire::decode_location(data));
      case wire::AccountType::Exchange: return keep(snapshot_.exchanges, wire::decode_exchange(data));
      case wire::AccountType::Contributor: return keep(snapshot_.contributors, wire::decode_contributor(data));
      case wire::AccountType::Permission: return keep(snapshot_.permissions, wire::decode_permission(data));
      case wire::AccountType::ResourceExtension:
        return keep(snapshot_.resources, wire::decode_resource_extension(data));
      case wire::AccountType::User: return keep(snapshot_.users, wire::decode_user(data));
      case wire::AccountType::AccessPass: return keep(snapshot_.access_passes, wire::decode_access_pass(data));
      case wire::AccountType::Device:
      case wire::AccountType::Link: return put_profiled(data);
      default: return false;  // other tools' business
    }
  }
  bool take_out() {
    auto& s = snapshot_;
    return s.locations.erase(key_) + s.exchanges.erase(key_) + s.contributors.erase(key_) + s.devices.erase(key_) +
               s.links.erase(key_) + s.permissions.erase(key_) + s.resources.erase(key_) + s.users.erase(key_) +
               s.access_passes.erase(key_) + s.undecodable.erase(key_) >
           0;
  }

 private:
  // Devices and links: their words are a profile's numbers.
  bool put_profiled(ByteView data) {
    if (snapshot_.profile == nullptr) {
      const auto recognised = profile_of(snapshot_.program_config);
      return fail(recognised ? std::string() : recognised.error().message);
    }
    if (type_ == wire::AccountType::Device)
      return keep(snapshot_.devices, wire::decode_device(data, *snapshot_.profile));
    return keep(snapshot_.links, wire::decode_link(data, *snapshot_.profile));
  }
  template <typename Record>
  bool keep(Records<Record>& records, Result<Record> decoded) {
    if (!decoded) return fail(decoded.error().message);
    const bool changed = replace(records, key_, std::move(*decoded));
    return snapshot_.undecodable.erase(key_) > 0 || changed;
  }
  template <typename Record>
  bool keep_one(std::optional<Record>& record, Result<Record> decoded) {
    if (!decoded) {
      record.reset();
      return fail(decoded.error().message);
    }
    const bool changed = replace(record, std::move(*decoded));
    return snapshot_.undecodable.erase(key_) > 0 || changed;
  }
  // What it was before is not what it is now.
  bool fail(std::string reason) {
    Undecodable found{type_, std::move(reason)};
    const auto listed = snapshot_.undecodable.find(key_);
    if (listed != snapshot_.undecodable.end() && listed->second == found) return false;
    take_out();
    snapshot_.undecodable.emplace(key_, std::move(found));
    return true;
  }

  Snapshot& snapshot_;
  const Pubkey& key_;
  wire::AccountType type_ = wire::AccountType::None;
};

std::optional<ProgramConfig> find_program_config(const AccountsAnswer& answer) {
  for (const auto& account : answer.accounts) {
    if (wire::account_type(account.account.data) != wire::AccountType::ProgramConfig) continue;
    if (auto config = wire::decode_program_config(account.account.data)) return *config;
  }
  return std::nullopt;
}

}  // namespace

bool put_account(Snapshot& snapshot, const Pubkey& key, const wire::Account* account) {
  Placing placing(snapshot, key);
  return account != nullptr ? placing.put(account->data) : placing.take_out();
}

const Profile* profile_for(const Snapshot& snapshot, const Profile* named) {
  return named != nullptr ? named : profile_of(snapshot.program_config).value_or(nullptr);
}

Snapshot decode_snapshot(const AccountsAnswer& answer, const wire::ProgramIds& ids, const Profile* named) {
  Snapshot snapshot;
  snapshot.slot = answer.slot;
  snapshot.ids = ids;
  snapshot.program_config = find_program_config(answer);
  snapshot.profile = profile_for(snapshot, named);
  for (const auto& account : answer.accounts) put_account(snapshot, account.key, &account.account);
  return snapshot;
}

Result<Snapshot> fetch_snapshot(LedgerClient& ledger, const wire::ProgramIds& ids, const Profile* named) {
  auto accounts = ledger.get_program_accounts(ids.serviceability, {});
  if (!accounts) return with_context("reading the ledger", accounts.error());
  return decode_snapshot(*accounts, ids, named);
}

Result<const Profile*> writable_profile(const Snapshot& snapshot) {
  if (!snapshot.program_config || !snapshot.global_state) {
    return refused(
        fmt::format("the program {} is not initialised on this ledger: run 'doublezero init' first, or name "
                    "another ledger with --url, another program with --program-id",
                    to_text(snapshot.ids.serviceability)));
  }
  if (snapshot.profile != nullptr) return snapshot.profile;
  return profile_of(snapshot.program_config);
}

bool same_code(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::vector<Found<Link>> links_of_device(const Snapshot& snapshot, const Pubkey& device) {
  std::vector<Found<Link>> links;
  for (const auto& [key, link] : snapshot.links) {
    if (link.side_a == device || link.side_z == device) links.push_back({key, &link});
  }
  return links;
}

namespace detail {

tl::unexpected<Error> no_such_record(std::string_view noun, std::string_view name) {
  return not_found(fmt::format("no {} '{}' on this ledger: see 'doublezero {} list'", noun, name, noun));
}

tl::unexpected<Error> ambiguous_code(std::string_view noun, std::string_view code, const std::vector<Pubkey>& keys) {
  std::string list;
  for (const auto& key : keys) list += (list.empty() ? "" : ", ") + to_text(key);
  return refused(
      fmt::format("the code '{}' is that of {} {}s: name one by its pubkey ({})", code, keys.size(), noun, list));
}

}  // namespace detail
}  // namespace dz::client
