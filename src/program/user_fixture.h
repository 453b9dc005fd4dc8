// Users in tests: who has a pass and connects. People are keys by name, as everywhere in TestLedger.
#pragma once

#include "domain/users.h"
#include "program/test_ledger.h"
#include "wire/instructions/access_pass.h"
#include "wire/instructions/user.h"

namespace dz::program {

inline Ipv4 ip_of(std::string_view text) { return *parse_ipv4(text); }
inline constexpr std::uint64_t kForEver = ~std::uint64_t{0};

class TestUsers {
 public:
  explicit TestUsers(TestLedger& ledger) : ledger_(ledger) {}

  Pubkey pass_at(const Pubkey& who, Ipv4 ip = {}) const {
    return wire::access_pass_address(ledger_.program, ip, who).address;
  }
  Pubkey user_at(Ipv4 ip, UserType type = UserType::Ibrl) const {
    return wire::user_address(ledger_.program, ip, type).address;
  }
  wire::UserDevice of(const Pubkey& device) const { return {device, ledger_.get<Device>(device).dz_prefixes.size()}; }

  // By the foundation; for any address and for ever unless said otherwise.
  ProgramResult give_pass(const Pubkey& who, wire::SetAccessPassArgs args = {.last_access_epoch = kForEver}) {
    return ledger_.run(set_access_pass(ledger_.as(ledger_.foundation), who, args));
  }
  // With the pass for any address.
  ProgramResult connect(const Pubkey& who, const Pubkey& device, Ipv4 ip, UserType type = UserType::Ibrl) {
    return ledger_.run(create(who, device, ip, type));
  }
  wire::Instruction create(const Pubkey& who, const Pubkey& device, Ipv4 ip, UserType type = UserType::Ibrl) const {
    return create_user(ledger_.as(who), of(device), pass_at(who), {.type = type, .client_ip = ip});
  }
  ProgramResult disconnect(const Pubkey& who, Ipv4 ip, UserType type = UserType::Ibrl) {
    return ledger_.run(remove(who, ip, type));
  }
  wire::Instruction remove(const Pubkey& who, Ipv4 ip, UserType type = UserType::Ibrl) const {
    const auto at = user_at(ip, type);
    const auto user = ledger_.get<User>(at);
    return delete_user(ledger_.as(who), at, user.owner, of(user.device), pass_at(user.owner));
  }
  ProgramResult ban(const Pubkey& who, Ipv4 ip, UserType type = UserType::Ibrl) {
    const auto at = user_at(ip, type);
    return ledger_.run(request_ban_user(ledger_.as(who), at, of(ledger_.get<User>(at).device)));
  }
  ProgramResult update(const Pubkey& who, Ipv4 ip, const wire::UpdateUserArgs& args) {
    const auto at = user_at(ip);
    return ledger_.run(update_user(ledger_.as(who), at, of(ledger_.get<User>(at).device), args));
  }
  User user(Ipv4 ip, UserType type = UserType::Ibrl) const { return ledger_.get<User>(user_at(ip, type)); }
  AccessPass pass(const Pubkey& who, Ipv4 ip = {}) const { return ledger_.get<AccessPass>(pass_at(who, ip)); }

 private:
  TestLedger& ledger_;
};

}  // namespace dz::program
