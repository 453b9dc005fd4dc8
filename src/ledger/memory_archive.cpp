#include <algorithm>
#include <map>

#include "ledger/ledger_archive.h"

namespace dz::ledger {

namespace {

class MemoryArchive final : public LedgerArchive {
 public:
  Result<std::optional<Snapshot>> load() override {
    if (!state_) return std::nullopt;
    Snapshot snapshot = *state_;
    for (const auto& record : history_) {
      if (record.slot.value + kRecentSlots >= snapshot.slot.value) {
        DZ_TRY_ASSIGN(const auto transaction, wire::parse_transaction(record.bytes));
        snapshot.recent.emplace(record.signature,
                                LandedSignature{record.slot, message_hash(transaction.message), record.error});
      }
    }
    return snapshot;
  }

  Result<void> create(const Snapshot& snapshot) override {
    state_ = snapshot;
    return {};
  }

  Result<void> commit(const Batch& batch) override {
    state_->slot = batch.slot;
    state_->leaps = batch.leaps;
    state_->transaction_count += batch.transactions.size();
    for (const auto& anchor : batch.new_anchors) state_->anchors.push_back(anchor);
    for (const auto& [key, account] : batch.accounts) {
      if (account.exists()) {
        state_->accounts[key] = account;
      } else {
        state_->accounts.erase(key);
      }
    }
    for (const auto& record : batch.transactions) {
      numbers_.emplace(record.signature, history_.size());
      for (const auto& address : record.addresses) by_address_[address].push_back(history_.size());
      history_.push_back(record);
    }
    return {};
  }

  Result<std::optional<TransactionRecord>> find(const wire::Signature& signature) override {
    const auto found = numbers_.find(signature);
    if (found == numbers_.end()) return std::nullopt;
    return history_[found->second];
  }

  Result<std::vector<std::int64_t>> places_of(const Pubkey& address, const Range& range) override {
    std::vector<std::int64_t> out;
    const auto number_of = [&](const std::optional<wire::Signature>& signature, std::size_t otherwise) {
      const auto found = signature ? numbers_.find(*signature) : numbers_.end();
      return found == numbers_.end() ? otherwise : found->second;
    };
    if (range.before && !numbers_.contains(*range.before)) return out;
    const std::size_t end = number_of(range.before, history_.size());
    const auto begin = range.until && numbers_.contains(*range.until) ? number_of(range.until, 0) + 1 : 0;
    const auto numbers = by_address_.find(address);
    if (numbers == by_address_.end()) return out;
    for (auto it = numbers->second.rbegin(); it != numbers->second.rend() && out.size() < range.limit; ++it) {
      if (*it < begin) break;
      if (*it < end) out.push_back(static_cast<std::int64_t>(*it));
    }
    return out;
  }

  Result<std::vector<std::int64_t>> places_in(Slot slot) override {
    std::vector<std::int64_t> out;
    const auto first =
        std::lower_bound(history_.begin(), history_.end(), slot,
                         [](const TransactionRecord& record, Slot wanted) { return record.slot < wanted; });
    for (auto it = first; it != history_.end() && it->slot == slot; ++it) out.push_back(it - history_.begin());
    return out;
  }
  Result<Slot> first_whole_slot() override { return Slot{0}; }

  Result<std::optional<TransactionRecord>> record_at(std::int64_t place) override {
    return history_[static_cast<std::size_t>(place)];
  }

 private:
  std::optional<Snapshot> state_;
  std::vector<TransactionRecord> history_;
  std::map<wire::Signature, std::size_t> numbers_;
  std::map<Pubkey, std::vector<std::size_t>> by_address_;
};

}  // namespace

std::unique_ptr<LedgerArchive> make_memory_archive() { return std::make_unique<MemoryArchive>(); }

}  // namespace dz::ledger
