#include "ledger/bank.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace dz::ledger {

namespace {
constexpr Duration kClockTolerance = std::chrono::seconds{5};
constexpr Duration kMostLivedAtOnce = std::chrono::minutes{1};  // between two looks at the clock; more is a leap
}  // namespace

Bank::Bank(Snapshot snapshot, const Profile& profile, const program::ProgramOptions& options)
    : genesis_(snapshot.genesis),
      profile_(&profile),
      options_(options),
      clock_(std::move(snapshot.anchors)),
      lived_(std::move(snapshot.leaps)),
      slot_(snapshot.slot),
      transaction_count_(snapshot.transaction_count) {
  for (const auto& [key, account] : snapshot.accounts) put(key, account);
  for (const auto& [signature, landed] : snapshot.recent) {
    recent_.emplace(signature, landed);
    recent_order_.emplace_back(landed.slot, signature);
    recent_messages_.insert(landed.message);
  }
  std::sort(recent_order_.begin(), recent_order_.end());
  blockhashes_.resize(std::min(slot_.value, kBlockhashSlots) + 1);
}

bool Bank::advance(Timestamp now) {
  const bool set_back = now + kClockTolerance < clock_.time_of(slot_);
  if (set_back) change_slot_length(now, clock_.slot_length());
  const Slot next = clock_.slot_at(now);
  if (next <= slot_) return false;
  const auto most = 1 + kMostLivedAtOnce / clock_.slot_length();
  lived_.pass(slot_.value, next.value, static_cast<std::uint64_t>(most));
  const auto passed = next.value - slot_.value;
  slot_ = next;
  forget_blockhashes(passed);
  while (!recent_order_.empty() && recent_order_.front().first.value + kRecentSlots < slot_.value) {
    const auto oldest = recent_.find(recent_order_.front().second);
    recent_messages_.erase(oldest->second.message);
    recent_.erase(oldest);
    recent_order_.pop_front();
  }
  return true;
}

void Bank::change_slot_length(Timestamp now, Duration length) {
  clock_.restart_after(slot_, now, length);
  pending_.new_anchors.push_back(clock_.anchors().back());
}

void Bank::forget_blockhashes(std::uint64_t passed) {
  const std::size_t kept = std::min(slot_.value, kBlockhashSlots) + 1;
  if (passed >= kept) blockhashes_.clear();
  blockhashes_.resize(blockhashes_.empty() ? kept : blockhashes_.size() + passed);
  while (blockhashes_.size() > kept) blockhashes_.pop_front();
}

const wire::Blockhash& Bank::hash_of(std::optional<wire::Blockhash>& kept, Slot slot) const {
  if (!kept) kept = blockhash_of(genesis_, slot);
  return *kept;
}

const wire::Account* Bank::find(const Pubkey& key) const {
  const auto found = accounts_.find(key);
  return found == accounts_.end() ? nullptr : &found->second;
}

const std::set<Pubkey>& Bank::owned_by(const Pubkey& program) const {
  static const std::set<Pubkey> kNone;
  const auto found = by_owner_.find(program);
  return found == by_owner_.end() ? kNone : found->second;
}

std::optional<Slot> Bank::find_blockhash(const wire::Blockhash& hash) const {
  // The newest first: they are what is asked for.
  Slot slot = slot_;
  for (auto known = blockhashes_.rbegin(); known != blockhashes_.rend(); ++known, --slot.value) {
    if (hash_of(*known, slot) == hash) return slot;
  }
  return std::nullopt;
}

const LandedSignature* Bank::find_recent(const wire::Signature& signature) const {
  const auto found = recent_.find(signature);
  return found == recent_.end() ? nullptr : &found->second;
}

Execution Bank::simulate(const wire::Transaction& transaction, Checks checks) const {
  const auto refuse = [](wire::TransactionErrorKind kind) {
    Execution refused;
    refused.error = wire::TransactionError{kind, 0, {}};
    return refused;
  };
  const FindAccount find_account = [this](const Pubkey& key) { return find(key); };
  auto keys = look_up_accounts(transaction.message, slot_, find_account);
  if (!keys) return refuse(keys.error());
  if (checks.signatures && !verify_signatures(transaction)) return refuse(wire::TransactionErrorKind::SignatureFailure);
  if (checks.blockhash && !find_blockhash(transaction.message.recent_blockhash)) {
    return refuse(wire::TransactionErrorKind::BlockhashNotFound);
  }
  if (recent_messages_.contains(message_hash(transaction.message))) {
    return refuse(wire::TransactionErrorKind::AlreadyProcessed);
  }
  const program::LedgerClock clock{slot_, epoch_of(slot_), clock_.time_of(slot_)};
  return execute(
      transaction.message, std::move(*keys),
      {.find = find_account, .clock = clock, .ids = &program_ids(), .profile = profile_, .options = options_});
}

const TransactionRecord& Bank::record(const wire::Transaction& transaction, Execution execution) {
  DZ_CHECK(execution.landed && !recent_.contains(transaction.signatures.front()));
  const auto& keys = execution.keys;
  TransactionRecord record;
  record.signature = transaction.signatures.front();
  record.slot = slot_;
  record.bytes = encode(transaction);
  record.error = execution.error;
  record.logs = std::move(execution.logs);
  record.fee = execution.fee;
  record.units_consumed = execution.units_consumed;
  record.addresses = keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    record.pre_balances.push_back(execution.before[i].lamports);
    record.post_balances.push_back(execution.after[i].lamports);
    if (execution.before[i] == execution.after[i]) continue;
    put(keys[i], execution.after[i]);
    pending_.before.try_emplace(keys[i], std::move(execution.before[i]));
    pending_.accounts[keys[i]] = std::move(execution.after[i]);
  }
  const auto message = message_hash(transaction.message);
  recent_.emplace(record.signature, LandedSignature{slot_, message, record.error});
  recent_messages_.insert(message);
  recent_order_.emplace_back(slot_, record.signature);
  ++transaction_count_;
  pending_.transactions.push_back(std::move(record));
  return pending_.transactions.back();
}

Batch Bank::take_batch() {
  pending_.slot = slot_;
  pending_.leaps = lived_.leaps();
  return std::exchange(pending_, {});
}

void Bank::put(const Pubkey& key, const wire::Account& account) {
  const auto old = accounts_.find(key);
  if (old != accounts_.end() && (!account.exists() || old->second.owner != account.owner)) {
    const auto owned = by_owner_.find(old->second.owner);
    owned->second.erase(key);
    if (owned->second.empty()) by_owner_.erase(owned);
  }
  if (!account.exists()) {
    if (old != accounts_.end()) accounts_.erase(old);
    return;
  }
  accounts_[key] = account;
  by_owner_[account.owner].insert(key);
}

}  // namespace dz::ledger
