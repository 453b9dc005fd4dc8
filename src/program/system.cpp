// The two programs of Solana itself that clients need: System and ComputeBudget.
#include <fmt/format.h>

#include "program/runtime/accounts.h"
#include "program/runtime/execution.h"
#include "wire/borsh.h"

namespace dz::program {
namespace {

constexpr std::uint64_t kMaxAccountBytes = 10 * 1024 * 1024;

// The System program's own numbers.
enum class SystemTag : std::uint32_t { CreateAccount = 0, Assign = 1, Transfer = 2, Allocate = 8 };
enum class SystemError : std::uint32_t { AccountAlreadyInUse = 0, NegativeLamports = 1, InvalidDataLength = 3 };
tl::unexpected<Rejection> reject_as(SystemError code, std::string why) {
  return tl::unexpected<Rejection>(
      Rejection{{wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)}, std::move(why)});
}
Check check_signed(const AccountRef& at) {
  if (at.signer) return {};
  return reject(wire::InstructionErrorKind::MissingRequiredSignature, to_text(at.key) + " did not sign");
}

Check move_lamports(const AccountRef& from, const AccountRef& to, std::uint64_t lamports) {
  DZ_TRY(check_signed(from));
  if (!from.account->data.empty() || from.account->owner != wire::kSystemProgramId) {
    return reject(wire::InstructionErrorKind::InvalidArgument, to_text(from.key) + " is not a plain wallet");
  }
  if (!from.writable || !to.writable) {
    return reject(wire::InstructionErrorKind::ReadonlyLamportChange, "both accounts of a transfer must be writable");
  }
  if (from.account->lamports < lamports) {
    return reject_as(SystemError::NegativeLamports, fmt::format("{} has {} lamports, {} are needed", to_text(from.key),
                                                                from.account->lamports, lamports));
  }
  from.account->lamports -= lamports;
  to.account->lamports += lamports;
  return {};
}

Check allocate_space(const AccountRef& at, std::uint64_t space) {
  DZ_TRY(check_signed(at));
  if (!at.account->data.empty() || at.account->owner != wire::kSystemProgramId) {
    return reject_as(SystemError::AccountAlreadyInUse, to_text(at.key) + " is in use already");
  }
  if (!at.writable) return reject(wire::InstructionErrorKind::ReadonlyDataModified, to_text(at.key) + " is read-only");
  if (space > kMaxAccountBytes) {
    return reject_as(SystemError::InvalidDataLength, fmt::format("{} bytes, at most {}", space, kMaxAccountBytes));
  }
  at.account->data.assign(space, 0);
  return {};
}

Check assign_owner(const AccountRef& at, const Pubkey& owner) {
  if (at.account->owner == owner) return {};
  DZ_TRY(check_signed(at));
  if (at.account->owner != wire::kSystemProgramId || !at.writable) {
    return reject(wire::InstructionErrorKind::ReadonlyDataModified, to_text(at.key) + " cannot be given another owner");
  }
  at.account->owner = owner;
  return {};
}

Check create_account(Accounts& accounts, std::uint64_t lamports, std::uint64_t space, const Pubkey& owner) {
  DZ_TRY_ASSIGN(const auto from, accounts.next("funding account"));
  DZ_TRY_ASSIGN(const auto created, accounts.next("new account"));
  DZ_TRY(check_signed(created));
  if (created.account->lamports > 0) {
    return reject_as(SystemError::AccountAlreadyInUse, to_text(created.key) + " has lamports already");
  }
  DZ_TRY(allocate_space(created, space));
  DZ_TRY(assign_owner(created, owner));
  return move_lamports(from, created, lamports);
}

template <typename... T>
Check read_args(wire::BorshCursor& cursor, T&... values) {
  if ((cursor.get(values) && ...)) return {};
  return reject(wire::InstructionErrorKind::InvalidInstructionData, "the instruction's data ends too early");
}

Check run_system(Invocation& invocation) {
  wire::BorshCursor data(invocation.data);
  Accounts accounts(invocation);
  std::uint32_t tag = 0;
  std::uint64_t lamports = 0, space = 0;
  Pubkey owner;
  DZ_TRY(read_args(data, tag));
  switch (static_cast<SystemTag>(tag)) {
    case SystemTag::CreateAccount: {
      DZ_TRY(read_args(data, lamports, space, owner));
      return create_account(accounts, lamports, space, owner);
    }
    case SystemTag::Assign: {
      DZ_TRY(read_args(data, owner));
      DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
      return assign_owner(at, owner);
    }
    case SystemTag::Transfer: {
      DZ_TRY(read_args(data, lamports));
      DZ_TRY_ASSIGN(const auto from, accounts.next("from"));
      DZ_TRY_ASSIGN(const auto to, accounts.next("to"));
      return move_lamports(from, to, lamports);
    }
    case SystemTag::Allocate: {
      DZ_TRY(read_args(data, space));
      DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
      return allocate_space(at, space);
    }
    default:
      return reject(wire::InstructionErrorKind::InvalidInstructionData,
                    fmt::format("System instruction {}: this ledger knows create (0), assign (1), transfer (2) and "
                                "allocate (8)",
                                tag));
  }
}

Check run_compute_budget(Invocation& invocation) {
  // heap frame, unit limit, unit price, loaded data limit: nothing here is metered.
  if (!invocation.data.empty() && invocation.data[0] >= 1 && invocation.data[0] <= 4) return {};
  return reject(wire::InstructionErrorKind::InvalidInstructionData, "expected a ComputeBudget instruction of 1 to 4");
}

}  // namespace

ProgramResult execute_system(Invocation& invocation) { return report(invocation, run_system(invocation)); }
ProgramResult execute_compute_budget(Invocation& invocation) {
  return report(invocation, run_compute_budget(invocation));
}

}  // namespace dz::program
