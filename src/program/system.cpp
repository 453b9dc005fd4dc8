// The two programs of Solana itself that clients need: System and ComputeBudget. What System refuses, and in which
// order, is as the network does it: docs/formats/program.md 3.
#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/sha256.h"
#include "program/runtime/accounts.h"
#include "program/runtime/execution.h"
#include "wire/addresses.h"
#include "wire/borsh.h"

namespace dz::program {
namespace {

using Kind = wire::InstructionErrorKind;

constexpr std::uint64_t kMaxAccountBytes = 10 * 1024 * 1024;

// The System program's own numbers.
enum class SystemTag : std::uint32_t {
  CreateAccount = 0,
  Assign = 1,
  Transfer = 2,
  CreateAccountWithSeed = 3,
  Allocate = 8,
  AllocateWithSeed = 9,
  AssignWithSeed = 10,
  TransferWithSeed = 11
};
tl::unexpected<Rejection> reject_as(SystemError code, std::string why) {
  return tl::unexpected<Rejection>(Rejection{to_error(code), std::move(why)});
}

// ---- addresses

constexpr std::string_view kDerivedMark = "ProgramDerivedAddress";  // ends what addresses of programs are hashed of

// An address made of a base key, which signs for it, a text and an owner.
struct Seeded {
  Pubkey base;
  std::string seed;
  Pubkey owner;
};

// None: an owner that ends so could forge the address of a program.
std::optional<Pubkey> address_of(const Seeded& by) {
  if (as_text(by.owner.view()).ends_with(kDerivedMark)) return std::nullopt;
  const ByteView parts[] = {by.base.view(), as_bytes(by.seed), by.owner.view()};
  return Pubkey{sha256_of(parts)};
}

Check check_seeded(const AccountRef& at, const Seeded& by) {
  if (by.seed.size() > wire::kMaxSeed) {
    return reject(Kind::MaxSeedLengthExceeded,
                  fmt::format("a seed of {} bytes, at most {} are allowed", by.seed.size(), wire::kMaxSeed));
  }
  const auto address = address_of(by);
  if (!address) return reject(Kind::IllegalOwner, to_text(by.owner) + " may own no address of a seed");
  if (*address == at.key) return {};
  return reject_as(SystemError::AddressWithSeedMismatch,
                   fmt::format("expected {}, of base, seed and owner, found {}", to_text(*address), to_text(at.key)));
}

// Who signs for an account: its own key, or the base of its address.
struct Target {
  AccountRef at;
  Pubkey signer;
};

Check check_signed(std::span<const wire::AccountMeta> metas, const Pubkey& signer) {
  const auto signs = [&](const wire::AccountMeta& meta) { return meta.signer && meta.key == signer; };
  if (std::any_of(metas.begin(), metas.end(), signs)) return {};
  return reject(Kind::MissingRequiredSignature, to_text(signer) + " did not sign");
}

// ---- what the runtime lets this program change

Check set_lamports(const AccountRef& at, std::uint64_t lamports) {
  if (at.account->owner != wire::kSystemProgramId && lamports < at.account->lamports) {
    return reject(Kind::ExternalAccountLamportSpend, to_text(at.key) + " belongs to another program");
  }
  if (!at.writable) return reject(Kind::ReadonlyLamportChange, to_text(at.key) + " is read-only");
  at.account->lamports = lamports;
  return {};
}

// ---- instructions

Check move_lamports(const AccountRef& from, const AccountRef& to, std::uint64_t lamports) {
  if (!from.account->data.empty()) {
    return reject(Kind::InvalidArgument, to_text(from.key) + " holds data, so it is no plain wallet");
  }
  if (from.account->lamports < lamports) {
    return reject_as(
        SystemError::ResultWithNegativeLamports,
        fmt::format("{} has {} lamports, {} are needed", to_text(from.key), from.account->lamports, lamports));
  }
  DZ_TRY(set_lamports(from, from.account->lamports - lamports));
  return set_lamports(to, to.account->lamports + lamports);
}

Check allocate_space(const Invocation& invocation, const Target& target, std::uint64_t space) {
  const auto& at = target.at;
  DZ_TRY(check_signed(invocation.metas, target.signer));
  if (!at.account->data.empty() || at.account->owner != wire::kSystemProgramId) {
    return reject_as(SystemError::AccountAlreadyInUse, to_text(at.key) + " is in use already");
  }
  if (space > kMaxAccountBytes) {
    return reject_as(SystemError::InvalidAccountDataLength,
                     fmt::format("{} bytes, at most {}", space, kMaxAccountBytes));
  }
  if (!at.writable) return reject(Kind::ReadonlyDataModified, to_text(at.key) + " is read-only");
  at.account->data.assign(space, 0);
  return {};
}

Check assign_owner(const Invocation& invocation, const Target& target, const Pubkey& owner) {
  const auto& at = target.at;
  if (at.account->owner == owner) return {};
  DZ_TRY(check_signed(invocation.metas, target.signer));
  if (at.account->owner != wire::kSystemProgramId || !at.writable) {
    return reject(Kind::ModifiedProgramId, to_text(at.key) + " cannot be given another owner");
  }
  at.account->owner = owner;
  return {};
}

struct NewAccount {
  std::uint64_t lamports = 0, space = 0;
  Pubkey owner;
};

Check create_account(const Invocation& invocation, const AccountRef& from, const Target& created,
                     const NewAccount& args) {
  if (created.at.account->lamports > 0) {
    return reject_as(SystemError::AccountAlreadyInUse, to_text(created.at.key) + " has lamports already");
  }
  DZ_TRY(allocate_space(invocation, created, args.space));
  DZ_TRY(assign_owner(invocation, created, args.owner));
  DZ_TRY(check_signed(invocation.metas, from.key));
  return move_lamports(from, created.at, args.lamports);
}

template <typename... T>
Check read_args(wire::BorshCursor& cursor, T&... values) {
  if ((cursor.get(values) && ...)) return {};
  return reject(Kind::InvalidInstructionData, "the instruction's data ends too early");
}

// With a length of eight bytes, as the System program counts.
Check read_seed(wire::BorshCursor& cursor, std::string& seed) {
  std::uint64_t length = 0;
  DZ_TRY(read_args(cursor, length));
  const auto bytes = cursor.take(length);
  if (!bytes) return reject(Kind::InvalidInstructionData, "the seed is longer than the data");
  seed = std::string(as_text(*bytes));
  if (first_invalid_utf8(seed) == seed.size()) return {};
  return reject(Kind::InvalidInstructionData, "the seed is no UTF-8 text");
}

Check check_count(const Accounts& accounts, std::size_t expected) {
  if (accounts.left() >= expected) return {};
  return reject(Kind::NotEnoughAccountKeys, fmt::format("{} accounts, expected {}", accounts.left(), expected));
}

Check create(Accounts& accounts, wire::BorshCursor& data) {
  NewAccount args;
  DZ_TRY(read_args(data, args.lamports, args.space, args.owner));
  DZ_TRY(check_count(accounts, 2));
  DZ_TRY_ASSIGN(const auto from, accounts.next("funding account"));
  DZ_TRY_ASSIGN(const auto created, accounts.next("new account"));
  return create_account(accounts.invocation(), from, {created, created.key}, args);
}

Check create_with_seed(Accounts& accounts, wire::BorshCursor& data) {
  Seeded by;
  NewAccount args;
  DZ_TRY(read_args(data, by.base));
  DZ_TRY(read_seed(data, by.seed));
  DZ_TRY(read_args(data, args.lamports, args.space, args.owner));
  by.owner = args.owner;
  DZ_TRY(check_count(accounts, 2));
  DZ_TRY_ASSIGN(const auto from, accounts.next("funding account"));
  DZ_TRY_ASSIGN(const auto created, accounts.next("new account"));
  DZ_TRY(check_seeded(created, by));
  return create_account(accounts.invocation(), from, {created, by.base}, args);
}

Check assign(Accounts& accounts, wire::BorshCursor& data) {
  Pubkey owner;
  DZ_TRY(read_args(data, owner));
  DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
  return assign_owner(accounts.invocation(), {at, at.key}, owner);
}

Check assign_with_seed(Accounts& accounts, wire::BorshCursor& data) {
  Seeded by;
  DZ_TRY(read_args(data, by.base));
  DZ_TRY(read_seed(data, by.seed));
  DZ_TRY(read_args(data, by.owner));
  DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
  DZ_TRY(check_seeded(at, by));
  return assign_owner(accounts.invocation(), {at, by.base}, by.owner);
}

Check allocate(Accounts& accounts, wire::BorshCursor& data) {
  std::uint64_t space = 0;
  DZ_TRY(read_args(data, space));
  DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
  return allocate_space(accounts.invocation(), {at, at.key}, space);
}

Check allocate_with_seed(Accounts& accounts, wire::BorshCursor& data) {
  Seeded by;
  std::uint64_t space = 0;
  DZ_TRY(read_args(data, by.base));
  DZ_TRY(read_seed(data, by.seed));
  DZ_TRY(read_args(data, space, by.owner));
  DZ_TRY_ASSIGN(const auto at, accounts.next("account"));
  DZ_TRY(check_seeded(at, by));
  DZ_TRY(allocate_space(accounts.invocation(), {at, by.base}, space));
  return assign_owner(accounts.invocation(), {at, by.base}, by.owner);
}

Check transfer(Accounts& accounts, wire::BorshCursor& data) {
  std::uint64_t lamports = 0;
  DZ_TRY(read_args(data, lamports));
  DZ_TRY(check_count(accounts, 2));
  DZ_TRY_ASSIGN(const auto from, accounts.next("from"));
  DZ_TRY_ASSIGN(const auto to, accounts.next("to"));
  DZ_TRY(check_signed(accounts.invocation().metas, from.key));
  return move_lamports(from, to, lamports);
}

Check transfer_with_seed(Accounts& accounts, wire::BorshCursor& data) {
  Seeded by;
  std::uint64_t lamports = 0;
  DZ_TRY(read_args(data, lamports));
  DZ_TRY(read_seed(data, by.seed));
  DZ_TRY(read_args(data, by.owner));
  DZ_TRY(check_count(accounts, 3));
  DZ_TRY_ASSIGN(const auto from, accounts.next("from"));
  DZ_TRY_ASSIGN(const auto base, accounts.next("base"));
  DZ_TRY_ASSIGN(const auto to, accounts.next("to"));
  DZ_TRY(check_signed(accounts.invocation().metas, base.key));
  by.base = base.key;
  DZ_TRY(check_seeded(from, by));
  return move_lamports(from, to, lamports);
}

Check run_system(Invocation& invocation) {
  wire::BorshCursor data(invocation.data);
  Accounts accounts(invocation);
  std::uint32_t tag = 0;
  DZ_TRY(read_args(data, tag));
  switch (static_cast<SystemTag>(tag)) {
    case SystemTag::CreateAccount: return create(accounts, data);
    case SystemTag::Assign: return assign(accounts, data);
    case SystemTag::Transfer: return transfer(accounts, data);
    case SystemTag::CreateAccountWithSeed: return create_with_seed(accounts, data);
    case SystemTag::Allocate: return allocate(accounts, data);
    case SystemTag::AllocateWithSeed: return allocate_with_seed(accounts, data);
    case SystemTag::AssignWithSeed: return assign_with_seed(accounts, data);
    case SystemTag::TransferWithSeed: return transfer_with_seed(accounts, data);
  }
  return reject(Kind::InvalidInstructionData,
                fmt::format("System instruction {}: this ledger knows create (0, 3), assign (1, 10), transfer (2, 11) "
                            "and allocate (8, 9), and no nonces",
                            tag));
}

// Nothing here is metered by it but the units; the ledger looks at what a transaction asks for before it runs.
Check run_compute_budget(Invocation&) { return {}; }

}  // namespace

ProgramResult execute_system(Invocation& invocation) { return report(invocation, run_system(invocation)); }
ProgramResult execute_compute_budget(Invocation& invocation) {
  return report(invocation, run_compute_budget(invocation));
}

}  // namespace dz::program
