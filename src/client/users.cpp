#include "client/users.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "wire/account_places.h"
#include "wire/addresses.h"

namespace dz::client {

SnapshotQuestion user_named(std::string_view name) {
  if (const auto ip = parse_ipv4(name)) {
    return {
        .holding = {{wire::AccountType::User, {wire::kUserClientIpAt, Bytes(ip->octets.begin(), ip->octets.end())}}}};
  }
  return {.records = {{wire::AccountType::User, std::string(name)}}};
}

std::vector<Pubkey> pass_addresses(const wire::ProgramIds& ids, const Pubkey& user_payer, Ipv4 client_ip) {
  const auto& program = ids.serviceability;
  return {wire::access_pass_address(program, Ipv4{}, user_payer).address,
          wire::access_pass_address(program, client_ip, user_payer).address};
}

Result<Found<User>> find_user(const Snapshot& snapshot, std::string_view name) {
  const auto nobody = [&] {
    return not_found(fmt::format("no user '{}' on this ledger: see 'doublezero user list'", name));
  };
  if (const auto key = parse_pubkey(name)) {
    const auto found = snapshot.users.find(*key);
    if (found == snapshot.users.end()) return nobody();
    return Found<User>{found->first, &found->second};
  }
  DZ_TRY_ASSIGN(const auto ip, parse_ipv4(name));
  std::optional<Found<User>> one;
  std::string all;
  for (const auto& [key, user] : snapshot.users) {
    if (user.client_ip != ip) continue;
    all += fmt::format("{}{} {}", all.empty() ? "" : ", ", to_text(user.type), to_text(key));
    one = one ? Found<User>{} : Found<User>{key, &user};
  }
  if (!one) return nobody();
  if (one->record != nullptr) return *one;
  return refused(fmt::format("several users come from {}: name one by its pubkey ({})", name, all));
}

std::optional<Found<AccessPass>> find_pass(const Snapshot& snapshot, const Pubkey& user_payer, Ipv4 client_ip) {
  for (const auto& address : pass_addresses(snapshot.ids, user_payer, client_ip)) {
    const auto found = snapshot.access_passes.find(address);
    if (found != snapshot.access_passes.end()) return Found<AccessPass>{found->first, &found->second};
  }
  return std::nullopt;
}

std::vector<Found<User>> users_of_device(const Snapshot& snapshot, const Pubkey& device) {
  std::vector<Found<User>> users;
  for (const auto& [key, user] : snapshot.users) {
    if (user.device == device) users.push_back({key, &user});
  }
  std::sort(users.begin(), users.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.record->client_ip, a.record->type) < std::tuple(b.record->client_ip, b.record->type);
  });
  return users;
}

}  // namespace dz::client
