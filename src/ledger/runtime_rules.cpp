#include "ledger/runtime_rules.h"

namespace dz::ledger {

namespace {

std::optional<wire::InstructionErrorKind> forbidden_change(const Pubkey& program, const TouchedAccount& touched) {
  const wire::Account& before = *touched.before;
  const wire::Account& after = *touched.after;
  if (before == after) return std::nullopt;
  const bool data_or_owner = before.data != after.data || before.owner != after.owner;
  if (!touched.writable) {
    return data_or_owner ? wire::InstructionErrorKind::ReadonlyDataModified
                         : wire::InstructionErrorKind::ReadonlyLamportChange;
  }
  if (before.executable != after.executable) return wire::InstructionErrorKind::ExternalAccountDataModified;
  const bool own = before.owner == program;
  const bool wallet = before.owner == wire::kSystemProgramId && before.data.empty();
  if (data_or_owner && !own && !wallet) return wire::InstructionErrorKind::ExternalAccountDataModified;
  const bool debited = after.lamports < before.lamports;
  if (debited && !own && !(wallet && touched.signer)) return wire::InstructionErrorKind::ExternalAccountDataModified;
  if (program != wire::kSystemProgramId && after.data.size() > before.data.size() + kMaxGrowth) {
    return wire::InstructionErrorKind::InvalidRealloc;
  }
  return std::nullopt;
}

bool is_rent_exempt(const wire::Account& account) {
  return account.lamports >= program::rent_exempt_minimum(account.data.size());
}

}  // namespace

std::optional<wire::InstructionErrorKind> broken_rule(const Pubkey& program, std::span<const TouchedAccount> accounts) {
  unsigned __int128 sum_before = 0, sum_after = 0;
  for (const auto& touched : accounts) {
    sum_before += touched.before->lamports;
    sum_after += touched.after->lamports;
  }
  if (sum_before != sum_after) return wire::InstructionErrorKind::UnbalancedInstruction;
  for (const auto& touched : accounts) {
    if (const auto kind = forbidden_change(program, touched)) return kind;
  }
  return std::nullopt;
}

bool is_underfunded(const wire::Account& before, const wire::Account& after) {
  if (after.lamports == 0 || is_rent_exempt(after)) return false;
  const bool was_below = before.lamports > 0 && !is_rent_exempt(before);
  return !was_below || after.data.size() != before.data.size() || after.lamports > before.lamports;
}

}  // namespace dz::ledger
