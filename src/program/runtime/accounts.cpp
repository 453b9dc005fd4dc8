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
  DZ_TRY(take_tail());
  DZ_TRY(check_system());
  return check_no_surplus();
}

Check Accounts::take_tail() {
  DZ_TRY_ASSIGN(payer_, next("payer"));
  DZ_TRY_ASSIGN(system_, next("system program"));
  if (!payer_.signer) return reject_accounts(about(payer_) + "did not sign");
  if (left() > 0) {
    DZ_TRY_ASSIGN(permission_, next("permission"));
  }
  return {};
}

Check Accounts::check_tail_follows() const {
  if (left() >= 2) return {};
  return reject(wire::ProgramError::InvalidArgument, "expected the payer and the system program at the end");
}

Outcome<AccountRef> Accounts::next_before_tail(std::string_view what) {
  if (left_before_tail() > 0) return next(what);
  return reject(wire::InstructionErrorKind::NotEnoughAccountKeys,
                fmt::format("expected the account '{}' before the payer, found none", what));
}

// What stands between is not looked at.
Check Accounts::take_last_tail() {
  next_ += left_before_tail();
  return take_tail();
}

Check Accounts::check_system() const { return check_key(system_, wire::kSystemProgramId); }

Check Accounts::pay_from(const AccountRef& payer) {
  payer_ = payer;
  DZ_TRY_ASSIGN(system_, next("system program"));
  if (!payer.signer) {
    return reject(wire::InstructionErrorKind::MissingRequiredSignature, about(payer) + "did not sign");
  }
  return check_no_surplus();
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
  if (rules_.unchanged_may_be_read_only && data == at.account->data) return {};
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
  if (!receiver.writable) {
    return reject(wire::InstructionErrorKind::ReadonlyLamportChange,
                  fmt::format("account '{}' ({}) would receive lamports: expected it writable", receiver.what,
                              to_text(receiver.key)));
  }
  if (at.account == receiver.account) {
    return reject(wire::InstructionErrorKind::UnbalancedInstruction, "an account cannot receive its own remains");
  }
  receiver.account->lamports += at.account->lamports;
  *at.account = wire::Account{};
  return {};
}

Check Accounts::check_payment(const AccountRef& to) const {
  for (const auto* at : {&payer_, &to}) {
    if (!at->writable) return reject(rules_.read_only_payment, about(*at) + "expected it writable");
  }
  const auto& metas = invocation_.metas;
  const bool callable =
      std::any_of(metas.begin(), metas.end(), [](const auto& meta) { return meta.key == wire::kSystemProgramId; });
  if (callable) return {};
  return reject(wire::InstructionErrorKind::MissingAccount, "expected the System program in the list, to pay with");
}

Check Accounts::pay(const AccountRef& to, std::uint64_t lamports) const {
  DZ_TRY(check_payment(to));
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
