#include "client/snapshot.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "wire/addresses.h"

namespace dz {
namespace {

// Puts one decoded account where it belongs, or on the list of those that could not be.
class Sorter {
 public:
  Sorter(Snapshot& snapshot, std::string reason_for_no_profile)
      : snapshot_(snapshot), no_profile_(std::move(reason_for_no_profile)) {}

  void add(const KeyedAccount& account) {
    const ByteView data = account.account.data;
    type_ = account_type(data);
    key_ = account.key;
    switch (type_) {
      case AccountType::GlobalState: return keep_one(snapshot_.global_state, decode_global_state(data));
      case AccountType::GlobalConfig: return keep_one(snapshot_.global_config, decode_global_config(data));
      case AccountType::Location: return keep(snapshot_.locations, decode_location(data));
      case AccountType::Exchange: return keep(snapshot_.exchanges, decode_exchange(data));
      case AccountType::Contributor: return keep(snapshot_.contributors, decode_contributor(data));
      case AccountType::Permission: return keep(snapshot_.permissions, decode_permission(data));
      case AccountType::ResourceExtension: return keep(snapshot_.resources, decode_resource_extension(data));
      case AccountType::Device:
      case AccountType::Link: return add_profiled(data);
      default: return;  // ProgramConfig came first; the rest is other tools' business
    }
  }

 private:
  // Devices and links: their words are a profile's numbers.
  void add_profiled(ByteView data) {
    if (snapshot_.profile == nullptr) return snapshot_.undecodable.push_back({key_, type_, no_profile_});
    if (type_ == AccountType::Device) return keep(snapshot_.devices, decode_device(data, *snapshot_.profile));
    keep(snapshot_.links, decode_link(data, *snapshot_.profile));
  }
  template <typename Record>
  void keep(Records<Record>& records, Result<Record> decoded) {
    if (decoded) {
      records.emplace(key_, std::move(*decoded));
    } else {
      snapshot_.undecodable.push_back({key_, type_, decoded.error().message});
    }
  }
  template <typename Record>
  void keep_one(std::optional<Record>& record, Result<Record> decoded) {
    if (decoded) {
      record = std::move(*decoded);
    } else {
      snapshot_.undecodable.push_back({key_, type_, decoded.error().message});
    }
  }

  Snapshot& snapshot_;
  std::string no_profile_;
  AccountType type_ = AccountType::None;
  Pubkey key_;
};

std::optional<ProgramConfig> find_program_config(const AccountsAnswer& answer) {
  for (const auto& account : answer.accounts) {
    if (account_type(account.account.data) != AccountType::ProgramConfig) continue;
    if (auto config = decode_program_config(account.account.data)) return *config;
  }
  return std::nullopt;
}

// Before init there is nothing to contradict the default profile.
Result<const Profile*> profile_of(const std::optional<ProgramConfig>& config) {
  return config ? recognise_profile(config->version) : Result<const Profile*>(&rfc_profile());
}

}  // namespace

Snapshot decode_snapshot(const AccountsAnswer& answer, const ProgramIds& ids, const Profile* named) {
  Snapshot snapshot;
  snapshot.slot = answer.slot;
  snapshot.ids = ids;
  snapshot.program_config = find_program_config(answer);
  const auto recognised = profile_of(snapshot.program_config);
  snapshot.profile = named != nullptr ? named : recognised.value_or(nullptr);
  Sorter sorter(snapshot, recognised ? std::string() : recognised.error().message);
  for (const auto& account : answer.accounts) sorter.add(account);
  return snapshot;
}

Result<Snapshot> fetch_snapshot(LedgerClient& ledger, const ProgramIds& ids, const Profile* named) {
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
}  // namespace dz
