#include "program/runtime/accounts.h"

#include <fmt/format.h>

namespace dz::program {
namespace {

std::string another_key(const AccountRef& at, const Pubkey& expected) {
  return fmt::format("account '{}': expected {}, found {}", at.what, to_text(expected), to_text(at.key));
}

}  // namespace

template <>
Result<ProgramConfig> decode_record(ByteView data, const Profile&) {
  return wire::decode_program_config(data);
}
template <>
Result<GlobalState> decode_record(ByteView data, const Profile&) {
  return wire::decode_global_state(data);
}
template <>
Result<GlobalConfig> decode_record(ByteView data, const Profile&) {
  return wire::decode_global_config(data);
}
template <>
Result<Location> decode_record(ByteView data, const Profile&) {
  return wire::decode_location(data);
}
template <>
Result<Exchange> decode_record(ByteView data, const Profile&) {
  return wire::decode_exchange(data);
}
template <>
Result<Contributor> decode_record(ByteView data, const Profile&) {
  return wire::decode_contributor(data);
}
template <>
Result<Device> decode_record(ByteView data, const Profile& profile) {
  return wire::decode_device(data, profile);
}
template <>
Result<Link> decode_record(ByteView data, const Profile& profile) {
  return wire::decode_link(data, profile);
}
template <>
Result<Permission> decode_record(ByteView data, const Profile&) {
  return wire::decode_permission(data);
}
template <>
Result<ResourceExtension> decode_record(ByteView data, const Profile&) {
  return wire::decode_resource_extension(data);
}
template <>
Result<Topology> decode_record(ByteView data, const Profile&) {
  return wire::decode_topology(data);
}
template <>
Result<Index> decode_record(ByteView data, const Profile&) {
  return wire::decode_index(data);
}
template <>
Result<User> decode_record(ByteView data, const Profile&) {
  return wire::decode_user(data);
}
template <>
Result<AccessPass> decode_record(ByteView data, const Profile&) {
  return wire::decode_access_pass(data);
}
template <>
Result<LatencySamples> decode_record(ByteView data, const Profile&) {
  return wire::decode_latency_samples(data);
}
template <>
Result<InternetLatencySamples> decode_record(ByteView data, const Profile&) {
  return wire::decode_internet_latency_samples(data);
}

Outcome<AccountRef> Accounts::next(std::string_view what) {
  if (left() == 0) {
    return reject(wire::InstructionErrorKind::NotEnoughAccountKeys,
                  fmt::format("expected the account '{}' at place {}, found none", what, next_));
  }
  const auto& meta = invocation_.metas[next_];
  const AccountRef at{invocation_.accounts[next_], meta.key, meta.signer, meta.writable, what};
  ++next_;
  return at;
}

wire::AccountType Accounts::peek_type() const {
  return left() == 0 ? wire::AccountType::None : wire::account_type(invocation_.accounts[next_]->data);
}

Check Accounts::tail() {
  DZ_TRY_ASSIGN(const auto payer, next("payer"));
  DZ_TRY(take_payer(payer));
  if (left() > 0) {
    DZ_TRY_ASSIGN(permission_, next("permission"));
  }
  return check_no_surplus();
}

Check Accounts::pay_from(const AccountRef& payer) {
  DZ_TRY(take_payer(payer));
  return check_no_surplus();
}

Check Accounts::take_payer(const AccountRef& payer) {
  if (!payer.signer) return reject_accounts(about(payer) + "did not sign");
  payer_ = payer;
  DZ_TRY_ASSIGN(const auto system, next("system program"));
  return check_key(system, wire::kSystemProgramId);
}

Check Accounts::check_no_surplus() const {
  if (left() == 0 || !rules_.refuses_surplus_accounts) return {};
  return reject(wire::InstructionErrorKind::InvalidArgument,
                fmt::format("{} accounts more than the instruction takes", left()));
}

std::size_t Accounts::tail_length() const {
  const auto& metas = invocation_.metas;
  if (metas.size() < 3 || metas.back().key == wire::kSystemProgramId) return 2;
  const auto& payer = metas[metas.size() - 3].key;
  return metas.back().key == wire::permission_address(program(), payer).address ? 3 : 2;
}

Check Accounts::check_owner(const AccountRef& at, const Pubkey& owner) {
  if (at.account->owner == owner) return {};
  return reject_accounts(fmt::format("{}expected an account of program {}, found one of {}", about(at), to_text(owner),
                                     to_text(at.account->owner)));
}

std::string Accounts::about(const AccountRef& at) {
  return fmt::format("account '{}' ({}): ", at.what, to_text(at.key));
}

Check Accounts::check_data_writable(const AccountRef& at) const {
  if (at.writable) return {};
  return reject(rules_.read_only_record, about(at) + "expected it writable");
}

Check Accounts::write(const AccountRef& at, Bytes data) const {
  DZ_TRY(check_data_writable(at));
  const auto before = at.account->data.size();
  if (data.size() > before + kMaxGrowth) {
    return reject(wire::InstructionErrorKind::InvalidRealloc,
                  fmt::format("{}would grow from {} to {} bytes, at most {} more are allowed", about(at), before,
                              data.size(), kMaxGrowth));
  }
  const auto needed = rent_exempt_minimum(data.size());
  if (data.size() > before && at.account->lamports < needed) {
    DZ_TRY(pay(at, needed - at.account->lamports));
  }
  at.account->data = std::move(data);
  return {};
}

Check close(const AccountRef& at, const AccountRef& receiver) {
  DZ_TRY(check_writable(at));
  DZ_TRY(check_writable(receiver));
  if (at.account == receiver.account) return reject_accounts("an account cannot receive its own remains");
  receiver.account->lamports += at.account->lamports;
  *at.account = wire::Account{};
  return {};
}

Check Accounts::pay(const AccountRef& to, std::uint64_t lamports) const {
  DZ_TRY(check_writable(payer_));
  DZ_TRY(check_writable(to));
  auto& from = *payer_.account;
  if (from.lamports < lamports) {
    return tl::unexpected<Rejection>(
        Rejection{rules_.out_of_lamports, fmt::format("{} has {} lamports, {} are needed for account '{}'",
                                                      to_text(payer_.key), from.lamports, lamports, to.what)});
  }
  from.lamports -= lamports;
  to.account->lamports += lamports;
  return {};
}

Check check_writable(const AccountRef& at) {
  if (at.writable) return {};
  return reject_accounts(fmt::format("account '{}' ({}): expected it writable", at.what, to_text(at.key)));
}

Check check_empty(const AccountRef& at) {
  if (at.account->data.empty()) return {};
  return reject(wire::InstructionErrorKind::AccountAlreadyInitialized,
                fmt::format("account '{}' ({}) exists already", at.what, to_text(at.key)));
}

Check check_key(const AccountRef& at, const Pubkey& expected) {
  return check_key(at, expected, wire::InstructionErrorKind::ProgramFailedToComplete);
}

Check check_key(const AccountRef& at, const Pubkey& expected, wire::ProgramError otherwise) {
  if (at.key == expected) return {};
  return reject(otherwise, another_key(at, expected));
}

Check check_key(const AccountRef& at, const Pubkey& expected, wire::InstructionErrorKind otherwise) {
  if (at.key == expected) return {};
  return reject(otherwise, another_key(at, expected));
}

}  // namespace dz::program
