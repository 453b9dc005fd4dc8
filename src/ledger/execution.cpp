#include "ledger/execution.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "ledger/compute_budget.h"
#include "ledger/runtime_rules.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::ledger {

namespace {

constexpr std::uint64_t kBuiltinUnits = 150;
constexpr std::uint64_t kProgramUnits = 10'000;

using Program = program::ProgramResult (*)(program::Invocation&);

class Run {
 public:
  Run(const wire::Message& message, std::vector<Pubkey> keys, const ExecutionContext& context)
      : message_(message), context_(context) {
    out_.keys = std::move(keys);
  }

  Execution take() {
    if (auto error = load()) {
      out_.error = error;
      return std::move(out_);
    }
    out_.landed = true;
    out_.error = run_all();
    if (out_.error) out_.after = charged_;
    for (auto& account : out_.after) {
      if (account.lamports == 0) account = wire::Account{};
    }
    return std::move(out_);
  }

 private:
  // Reads the accounts and takes the fee; an error here leaves no record.
  std::optional<wire::TransactionError> load();
  std::optional<wire::TransactionError> run_all();
  program::ProgramResult run(std::size_t index);
  Program find_program(const Pubkey& id) const;
  // Writes to programs are refused whatever the transaction says: old clients mark every account writable.
  bool is_writable(std::size_t account) const {
    return message_.is_writable(account) && !out_.before[account].executable;
  }
  std::vector<wire::AccountMeta> metas_of(const wire::CompiledInstruction& instruction) const;
  std::vector<TouchedAccount> touched_by(const wire::CompiledInstruction& instruction,
                                         const std::vector<wire::Account>& before) const;
  std::optional<std::size_t> underfunded() const;
  std::string broken_invariant() const;

  const wire::Message& message_;
  const ExecutionContext& context_;
  Execution out_;
  std::vector<wire::Account> charged_;  // before, less the fee
  std::uint64_t unit_limit_ = 0;
};

std::string failed_line(std::string_view program, std::string_view why) {
  return fmt::format("Program {} failed: {}", program, why);
}

wire::TransactionError failure(wire::TransactionErrorKind kind, std::size_t account = 0) {
  return {kind, static_cast<std::uint8_t>(account), {}};
}

Program Run::find_program(const Pubkey& id) const {
  if (id == wire::kSystemProgramId) return program::execute_system;
  if (id == wire::compute_budget_program_id()) return program::execute_compute_budget;
  if (id == wire::lookup_table_program_id()) return program::execute_lookup_table;
  if (id == wire::memo_program_id()) return program::execute_memo;
  if (id == wire::old_memo_program_id()) return program::execute_old_memo;
  if (id == context_.ids->serviceability) return program::execute_serviceability;
  if (id == context_.ids->telemetry) return program::execute_telemetry;
  return nullptr;
}

std::optional<wire::TransactionError> Run::load() {
  const auto& keys = out_.keys;
  if (keys.size() > wire::kMaxTransactionAccounts) return failure(wire::TransactionErrorKind::TooManyAccountLocks);
  if (std::set<Pubkey>(keys.begin(), keys.end()).size() != keys.size()) {
    return failure(wire::TransactionErrorKind::AccountLoadedTwice);
  }
  const auto units = granted_units(message_, keys);
  if (!units) return units.error();
  unit_limit_ = *units;
  for (const auto& key : keys) {
    const wire::Account* account = context_.find(key);
    out_.before.push_back(account != nullptr ? *account : wire::Account{});
  }
  for (const auto& instruction : message_.instructions) {
    if (find_program(keys[instruction.program_index]) == nullptr) {
      return failure(wire::TransactionErrorKind::ProgramAccountNotFound);
    }
  }
  const wire::Account& payer = out_.before[0];
  out_.fee = kFeePerSignature * message_.required_signatures;
  if (payer.lamports == 0) return failure(wire::TransactionErrorKind::AccountNotFound);
  if (payer.owner != wire::kSystemProgramId || !payer.data.empty())
    return failure(wire::TransactionErrorKind::InvalidAccountForFee);
  if (payer.lamports < out_.fee) return failure(wire::TransactionErrorKind::InsufficientFundsForFee);
  out_.after = out_.before;
  out_.after[0].lamports -= out_.fee;
  if (is_underfunded(payer, out_.after[0])) return failure(wire::TransactionErrorKind::InsufficientFundsForRent);
  charged_ = out_.after;
  return std::nullopt;
}

std::optional<wire::TransactionError> Run::run_all() {
  const auto failed_at = [](std::size_t index, wire::InstructionError error) {
    return wire::TransactionError{wire::TransactionErrorKind::InstructionError, static_cast<std::uint8_t>(index),
                                  error};
  };
  for (std::size_t i = 0; i < message_.instructions.size(); ++i) {
    if (const auto result = run(i); !result) return failed_at(i, result.error());
  }
  if (const auto account = underfunded())
    return failure(wire::TransactionErrorKind::InsufficientFundsForRent, *account);
  if (const std::string rule = broken_invariant(); !rule.empty()) {
    out_.logs.push_back("Program log: the ledger's invariants do not hold afterwards: " + rule);
    return failed_at(message_.instructions.size() - 1, {wire::InstructionErrorKind::Custom, kInvariantBroken});
  }
  return std::nullopt;
}

std::vector<wire::AccountMeta> Run::metas_of(const wire::CompiledInstruction& instruction) const {
  std::vector<wire::AccountMeta> metas;
  for (const std::size_t i : instruction.account_indexes) {
    metas.push_back({out_.keys[i], message_.is_signer(i), is_writable(i)});
  }
  return metas;
}

// Those that the instruction names, each once.
std::vector<TouchedAccount> Run::touched_by(const wire::CompiledInstruction& instruction,
                                            const std::vector<wire::Account>& before) const {
  const std::set<std::uint8_t> indexes(instruction.account_indexes.begin(), instruction.account_indexes.end());
  std::vector<TouchedAccount> touched;
  touched.reserve(indexes.size());
  for (const std::size_t i : indexes) {
    touched.push_back(
        {.signer = message_.is_signer(i), .writable = is_writable(i), .before = &before[i], .after = &out_.after[i]});
  }
  return touched;
}

program::ProgramResult Run::run(std::size_t index) {
  const auto& instruction = message_.instructions[index];
  const Pubkey& program = out_.keys[instruction.program_index];
  const std::vector<wire::AccountMeta> metas = metas_of(instruction);
  const std::vector<wire::Account> before = out_.after;
  std::vector<wire::Account*> accounts;
  for (const std::size_t i : instruction.account_indexes) accounts.push_back(&out_.after[i]);

  std::vector<std::string> lines;
  program::Invocation invocation{.program = program,
                                 .metas = metas,
                                 .accounts = accounts,
                                 .data = instruction.data,
                                 .clock = context_.clock,
                                 .ids = context_.ids,
                                 .profile = context_.profile,
                                 .log = &lines,
                                 .options = context_.options};
  program::ProgramResult result = find_program(program)(invocation);
  if (result) {
    if (const auto kind = broken_rule(program, touched_by(instruction, before))) {
      result = tl::unexpected<wire::InstructionError>(wire::InstructionError{*kind, 0});
    }
  }

  const std::string name = to_text(program);
  const std::uint64_t left = unit_limit_ - out_.units_consumed;
  const std::uint64_t needed = is_builtin(program) ? kBuiltinUnits : kProgramUnits;
  const std::uint64_t units = std::min(needed, left);
  out_.units_consumed += units;
  out_.logs.push_back(fmt::format("Program {} invoke [1]", name));
  if (needed > left) {
    out_.logs.push_back(fmt::format("Program {} consumed {} of {} compute units", name, units, left));
    out_.logs.push_back(failed_line(name, "exceeded CUs meter at BPF instruction"));
    return tl::unexpected<wire::InstructionError>(
        wire::InstructionError{wire::InstructionErrorKind::ProgramFailedToComplete, 0});
  }
  for (const auto& line : lines) out_.logs.push_back("Program log: " + line);
  if (!is_builtin(program)) {
    out_.logs.push_back(fmt::format("Program {} consumed {} of {} compute units", name, units, left));
  }
  out_.logs.push_back(result ? fmt::format("Program {} success", name) : failed_line(name, to_text(result.error())));
  return result;
}

// The first account that the transaction leaves with too few lamports.
std::optional<std::size_t> Run::underfunded() const {
  for (std::size_t i = 0; i < out_.after.size(); ++i) {
    if (is_writable(i) && is_underfunded(out_.before[i], out_.after[i])) return i;
  }
  return std::nullopt;
}

std::string Run::broken_invariant() const {
  const auto& keys = out_.keys;
  const bool concerned = std::any_of(message_.instructions.begin(), message_.instructions.end(), [&](const auto& i) {
    const Pubkey& program = keys[i.program_index];
    return program == context_.ids->serviceability || program == context_.ids->telemetry;
  });
  if (!concerned) return {};
  const Pubkey& program = context_.ids->serviceability;
  static const wire::Account kAbsent;
  std::vector<wire::Account> after = out_.after;
  std::vector<program::AccountChange> changes;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (after[i].lamports == 0) after[i] = kAbsent;
    changes.push_back({keys[i], &out_.before[i], &after[i]});
  }
  const std::vector<Pubkey> signers(keys.begin(), keys.begin() + message_.required_signatures);
  std::vector<unsigned __int128> permissions;
  for (const Pubkey& signer : signers) {
    const wire::Account* account = context_.find(wire::permission_address(program, signer).address);
    const auto permission = account != nullptr ? wire::decode_permission(account->data) : corrupt("absent");
    const bool active = permission && permission->status == PermissionStatus::Activated && account->owner == program;
    permissions.push_back(active ? permission->permissions : 0);
  }
  const wire::Account* state_account = context_.find(wire::global_state_address(program).address);
  std::optional<GlobalState> state;
  if (state_account != nullptr && state_account->owner == program) {
    if (auto decoded = wire::decode_global_state(state_account->data)) state = std::move(*decoded);
  }
  return check_invariants(changes, {.signers = signers,
                                    .global_state = state ? &*state : nullptr,
                                    .permissions = permissions,
                                    .ids = context_.ids,
                                    .profile = context_.profile});
}

}  // namespace

Execution execute(const wire::Message& message, std::vector<Pubkey> keys, const ExecutionContext& context) {
  return Run(message, std::move(keys), context).take();
}

}  // namespace dz::ledger
