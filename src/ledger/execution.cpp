#include "ledger/execution.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::ledger {

namespace {

constexpr std::uint64_t kBuiltinUnits = 150;
constexpr std::uint64_t kProgramUnits = 10'000;
constexpr std::uint64_t kUnitLimit = 200'000;  // what Solana grants an instruction by default
constexpr std::size_t kMaxGrowth = 10'240;     // bytes an instruction may add to an account

using Program = ProgramResult (*)(Invocation&);

class Run {
 public:
  Run(const Transaction& transaction, const ExecutionContext& context)
      : message_(transaction.message), context_(context) {}

  Execution take() {
    if (auto error = load()) {
      out_.error = error;
      return std::move(out_);
    }
    out_.landed = true;
    out_.error = run_all();
    if (out_.error) out_.after = charged_;
    for (auto& account : out_.after) {
      if (account.lamports == 0) account = Account{};
    }
    return std::move(out_);
  }

 private:
  // Reads the accounts and takes the fee; an error here leaves no record.
  std::optional<TransactionError> load();
  std::optional<TransactionError> run_all();
  ProgramResult run(std::size_t index);
  Program find_program(const Pubkey& id) const;
  // Writes to programs are refused whatever the transaction says: old clients mark every account writable.
  bool is_writable(std::size_t account) const {
    return message_.is_writable(account) && !out_.before[account].executable;
  }
  std::vector<AccountMeta> metas_of(const CompiledInstruction& instruction) const;
  std::optional<std::size_t> underfunded() const;
  std::string broken_invariant() const;

  const Message& message_;
  const ExecutionContext& context_;
  Execution out_;
  std::vector<Account> charged_;  // before, less the fee
};

TransactionError failure(TransactionErrorKind kind) { return {kind, 0, {}}; }

Program Run::find_program(const Pubkey& id) const {
  if (id == kSystemProgramId) return execute_system;
  if (id == compute_budget_program_id()) return execute_compute_budget;
  if (id == context_.ids->serviceability) return execute_serviceability;
  if (id == context_.ids->telemetry) return execute_telemetry;
  return nullptr;
}

std::optional<TransactionError> Run::load() {
  const auto& keys = message_.account_keys;
  if (std::set<Pubkey>(keys.begin(), keys.end()).size() != keys.size()) {
    return failure(TransactionErrorKind::AccountLoadedTwice);
  }
  for (const auto& key : keys) {
    const Account* account = context_.find(key);
    out_.before.push_back(account != nullptr ? *account : Account{});
  }
  for (const auto& instruction : message_.instructions) {
    if (find_program(keys[instruction.program_index]) == nullptr) {
      return failure(TransactionErrorKind::ProgramAccountNotFound);
    }
  }
  const Account& payer = out_.before[0];
  out_.fee = kFeePerSignature * message_.required_signatures;
  if (payer.lamports == 0) return failure(TransactionErrorKind::AccountNotFound);
  if (payer.owner != kSystemProgramId || !payer.data.empty())
    return failure(TransactionErrorKind::InvalidAccountForFee);
  if (payer.lamports < out_.fee) return failure(TransactionErrorKind::InsufficientFundsForFee);
  out_.after = out_.before;
  out_.after[0].lamports -= out_.fee;
  charged_ = out_.after;
  return std::nullopt;
}

std::optional<TransactionError> Run::run_all() {
  const auto failed_at = [](std::size_t index, InstructionError error) {
    return TransactionError{TransactionErrorKind::InstructionError, static_cast<std::uint8_t>(index), error};
  };
  for (std::size_t i = 0; i < message_.instructions.size(); ++i) {
    if (const auto result = run(i); !result) return failed_at(i, result.error());
  }
  if (underfunded()) return failure(TransactionErrorKind::InsufficientFundsForRent);
  if (const std::string rule = broken_invariant(); !rule.empty()) {
    out_.logs.push_back("Program log: the ledger's invariants do not hold afterwards: " + rule);
    return failed_at(message_.instructions.size() - 1, {InstructionErrorKind::Custom, kInvariantBroken});
  }
  return std::nullopt;
}

std::vector<AccountMeta> Run::metas_of(const CompiledInstruction& instruction) const {
  std::vector<AccountMeta> metas;
  for (const std::size_t i : instruction.account_indexes) {
    metas.push_back({message_.account_keys[i], message_.is_signer(i), is_writable(i)});
  }
  return metas;
}

// What no program may do, however it is written. The programs here create accounts and move the payer's lamports
// themselves where Solana has them call the System program: a signing wallet may therefore be debited by any of them.
std::optional<InstructionErrorKind> forbidden_change(const Pubkey& program, const AccountMeta& meta,
                                                     const Account& before, const Account& after) {
  if (before == after) return std::nullopt;
  const bool data_or_owner = before.data != after.data || before.owner != after.owner;
  if (!meta.writable) {
    return data_or_owner ? InstructionErrorKind::ReadonlyDataModified : InstructionErrorKind::ReadonlyLamportChange;
  }
  if (before.executable != after.executable) return InstructionErrorKind::ExternalAccountDataModified;
  const bool wallet = before.owner == kSystemProgramId && before.data.empty();
  const bool own = before.owner == program || wallet;
  if (data_or_owner && !own) return InstructionErrorKind::ExternalAccountDataModified;
  if (after.lamports < before.lamports && before.owner != program && !(wallet && meta.signer)) {
    return InstructionErrorKind::ExternalAccountDataModified;
  }
  if (program != kSystemProgramId && after.data.size() > before.data.size() + kMaxGrowth) {
    return InstructionErrorKind::InvalidRealloc;
  }
  return std::nullopt;
}

std::optional<InstructionErrorKind> check_rules(const Pubkey& program, const Message& message,
                                                const std::vector<AccountMeta>& metas,
                                                const CompiledInstruction& instruction,
                                                const std::vector<Account>& before, const std::vector<Account>& after) {
  unsigned __int128 sum_before = 0, sum_after = 0;
  for (std::size_t i = 0; i < message.account_keys.size(); ++i) {
    sum_before += before[i].lamports;
    sum_after += after[i].lamports;
  }
  if (sum_before != sum_after) return InstructionErrorKind::UnbalancedInstruction;
  for (std::size_t i = 0; i < metas.size(); ++i) {
    const std::size_t account = instruction.account_indexes[i];
    if (auto kind = forbidden_change(program, metas[i], before[account], after[account])) return kind;
  }
  return std::nullopt;
}

ProgramResult Run::run(std::size_t index) {
  const auto& instruction = message_.instructions[index];
  const Pubkey& program = message_.account_keys[instruction.program_index];
  const std::vector<AccountMeta> metas = metas_of(instruction);
  const std::vector<Account> before = out_.after;
  std::vector<Account*> accounts;
  for (const std::size_t i : instruction.account_indexes) accounts.push_back(&out_.after[i]);

  std::vector<std::string> lines;
  Invocation invocation{program,        metas,        accounts,         instruction.data,
                        context_.clock, context_.ids, context_.profile, &lines};
  ProgramResult result = find_program(program)(invocation);
  if (result) {
    if (const auto kind = check_rules(program, message_, metas, instruction, before, out_.after)) {
      result = tl::unexpected<InstructionError>(InstructionError{*kind, 0});
    }
  }

  const std::string name = to_text(program);
  const bool builtin = program == kSystemProgramId || program == compute_budget_program_id();
  const std::uint64_t units = builtin ? kBuiltinUnits : kProgramUnits;
  out_.units_consumed += units;
  out_.logs.push_back(fmt::format("Program {} invoke [1]", name));
  for (const auto& line : lines) out_.logs.push_back("Program log: " + line);
  if (!builtin) out_.logs.push_back(fmt::format("Program {} consumed {} of {} compute units", name, units, kUnitLimit));
  out_.logs.push_back(result ? fmt::format("Program {} success", name)
                             : fmt::format("Program {} failed: {}", name, to_text(result.error())));
  return result;
}

// Solana's rent rule: an account holds the exempt minimum of its size or nothing; one that held less before may go on
// holding less as long as it is not credited. The index of the first account that does not.
std::optional<std::size_t> Run::underfunded() const {
  for (std::size_t i = 0; i < out_.after.size(); ++i) {
    const Account& before = out_.before[i];
    const Account& after = out_.after[i];
    if (!is_writable(i) || after.lamports == 0 || after.lamports >= rent_exempt_minimum(after.data.size())) continue;
    const bool was_below = before.lamports > 0 && before.lamports < rent_exempt_minimum(before.data.size());
    if (!was_below || after.data.size() != before.data.size() || after.lamports > before.lamports) return i;
  }
  return std::nullopt;
}

std::string Run::broken_invariant() const {
  const auto& keys = message_.account_keys;
  const bool concerned = std::any_of(message_.instructions.begin(), message_.instructions.end(), [&](const auto& i) {
    const Pubkey& program = keys[i.program_index];
    return program == context_.ids->serviceability || program == context_.ids->telemetry;
  });
  if (!concerned) return {};
  const Pubkey& program = context_.ids->serviceability;
  static const Account kAbsent;
  std::vector<Account> after = out_.after;
  std::vector<AccountChange> changes;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (after[i].lamports == 0) after[i] = kAbsent;
    changes.push_back({keys[i], &out_.before[i], &after[i]});
  }
  const std::vector<Pubkey> signers(keys.begin(), keys.begin() + message_.required_signatures);
  std::vector<unsigned __int128> permissions;
  for (const Pubkey& signer : signers) {
    const Account* account = context_.find(permission_address(program, signer).address);
    const auto permission = account != nullptr ? decode_permission(account->data) : corrupt("absent");
    const bool active = permission && permission->status == PermissionStatus::Activated && account->owner == program;
    permissions.push_back(active ? permission->permissions : 0);
  }
  const Account* state_account = context_.find(global_state_address(program).address);
  std::optional<GlobalState> state;
  if (state_account != nullptr && state_account->owner == program) {
    if (auto decoded = decode_global_state(state_account->data)) state = std::move(*decoded);
  }
  return check_invariants(changes, {signers, state ? &*state : nullptr, permissions, context_.ids, context_.profile});
}

}  // namespace

Execution execute(const Transaction& transaction, const ExecutionContext& context) {
  return Run(transaction, context).take();
}

}  // namespace dz::ledger
