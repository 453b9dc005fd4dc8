#include "ledger/ledger.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "wire/instructions/solana.h"

namespace dz::ledger {

namespace {

constexpr Duration kLeastHistory = std::chrono::hours{1};

Snapshot new_ledger(const LedgerOptions& options, Timestamp now) {
  Snapshot snapshot;
  snapshot.genesis = {options.secret, now - options.genesis_age, options.faucet_lamports};
  snapshot.profile = options.profile->name;
  snapshot.anchors = {{Slot{0}, snapshot.genesis.time, options.slot_length}};
  for (auto& [key, account] : genesis_accounts(snapshot.genesis, wire::local_program_ids())) {
    snapshot.accounts.emplace(key, std::move(account));
  }
  return snapshot;
}

}  // namespace

Ledger::Ledger(std::unique_ptr<LedgerArchive> archive, Snapshot snapshot, const LedgerOptions& options)
    : archive_(std::move(archive)),
      bank_(std::move(snapshot), *options.profile, options.program),
      faucet_(faucet_key(bank_.genesis())),
      history_slots_(static_cast<std::uint64_t>(std::max(options.history, kLeastHistory) / options.slot_length)) {}

Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<LedgerArchive> archive, const LedgerOptions& options,
                                             Timestamp now) {
  DZ_TRY_ASSIGN(auto stored, archive->load());
  if (!stored) {
    stored = new_ledger(options, now);
    DZ_TRY(archive->create(*stored));
  }
  if (stored->profile != options.profile->name) {
    return refused(
        fmt::format("this ledger was created with profile {}, and profile {} was asked for; name the first, "
                    "or give --data another folder for a new ledger",
                    stored->profile, options.profile->name));
  }
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(archive), std::move(*stored), options));
  ledger->bank_.advance(now);
  if (ledger->bank_.clock().slot_length() != options.slot_length) {
    ledger->bank_.change_slot_length(now, options.slot_length);
    ledger->bank_.advance(now);
  }
  return ledger;
}

void Ledger::advance(Timestamp now) {
  if (!bank_.advance(now)) return;
  for (auto* observer : observers_) observer->on_slot(bank_.slot());
}

Submission Ledger::submit(const wire::Transaction& transaction, bool preflight) {
  Execution execution = bank_.simulate(transaction);
  const bool forged = execution.error && (execution.error->kind == wire::TransactionErrorKind::SignatureFailure ||
                                          is_lookup_failure(execution.error->kind));
  if (forged || (preflight && execution.error)) return {.accepted = false, .execution = std::move(execution)};
  if (execution.landed) record(transaction, execution);
  return {.accepted = true, .execution = std::move(execution)};
}

void Ledger::record(const wire::Transaction& transaction, Execution execution) {
  const TransactionRecord& record = bank_.record(transaction, std::move(execution));
  static const wire::Account kGone;
  std::vector<std::pair<Pubkey, const wire::Account*>> changed;
  for (const auto& key : record.addresses) {
    if (!bank_.pending().accounts.contains(key)) continue;
    const wire::Account* account = bank_.find(key);
    changed.emplace_back(key, account != nullptr ? account : &kGone);
  }
  for (auto* observer : observers_) observer->on_processed(record, changed);
}

Result<wire::Signature> Ledger::airdrop(const Pubkey& to, std::uint64_t lamports) {
  for (;;) {
    // A price that nobody charges: it makes two equal airdrops of one slot different transactions.
    const wire::Instruction instructions[] = {wire::compute_unit_price(++airdrops_),
                                              wire::transfer(faucet_.pubkey(), to, lamports)};
    DZ_TRY_ASSIGN(const wire::Transaction transaction,
                  sign_transaction(instructions, faucet_, {}, bank_.latest_blockhash().hash));
    const wire::Signature signature = transaction.signatures.front();
    if (bank_.find_recent(signature) != nullptr) continue;  // given out before a restart
    const Submission submission = submit(transaction, true);
    if (submission.accepted) return signature;
    return refused(fmt::format("airdrop of {} lamports: {}", lamports, to_text(*submission.execution.error)));
  }
}

Result<void> Ledger::commit() {
  if (failure_ && failure_->kind != ErrorKind::Retry) return tl::unexpected(*failure_);
  if (unwritten_) {
    DZ_TRY(write(*unwritten_));
    unwritten_.reset();
  }
  if (!has_pending()) return {};
  Batch batch = bank_.take_batch();
  batch.forget_before = {bank_.lived().older_than(batch.slot.value, history_slots_)};
  auto written = write(batch);
  if (!written) unwritten_ = std::move(batch);
  return written;
}

Result<void> Ledger::write(const Batch& batch) {
  if (auto committed = archive_->commit(batch); !committed) {
    failure_ = committed.error();
    return committed;
  }
  failure_.reset();
  for (auto* observer : observers_) observer->on_durable(batch);
  return {};
}

Result<void> Ledger::ready_to_take() {
  if (!failure_) return {};
  return commit();
}

bool Ledger::is_pending(const wire::Signature& signature) const {
  const auto holds = [&](const Batch& batch) {
    return std::any_of(batch.transactions.begin(), batch.transactions.end(),
                       [&](const auto& record) { return record.signature == signature; });
  };
  return holds(bank_.pending()) || (unwritten_ && holds(*unwritten_));
}

Result<std::optional<Ledger::Status>> Ledger::status(const wire::Signature& signature) {
  if (const LandedSignature* recent = bank_.find_recent(signature)) {
    return Status{.slot = recent->slot, .durable = !is_pending(signature), .error = recent->error};
  }
  DZ_TRY_ASSIGN(const auto record, archive_->find(signature));
  if (!record) return std::nullopt;
  return Status{.slot = record->slot, .durable = true, .error = record->error};
}

}  // namespace dz::ledger
