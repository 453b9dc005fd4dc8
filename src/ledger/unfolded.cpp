#include "ledger/unfolded.h"

#include <algorithm>
#include <utility>

namespace dz::ledger {

void Unfolded::begin(std::int64_t number) {
  *this = {};
  first_number_ = number;
}

void Unfolded::add(KeptBatch batch, std::size_t bytes) {
  ++batches_;
  bytes_ += bytes;
  slot_ = batch.slot;
  forget_before_ = batch.forget_before;
  leaps_ = std::move(batch.leaps);
  new_anchors_.insert(new_anchors_.end(), batch.new_anchors.begin(), batch.new_anchors.end());
  for (auto& change : batch.accounts) {
    auto& changes = accounts_[change.key];
    if (!change.size_before) changes.clear();  // nothing stays of what was before
    changes.push_back(std::move(change));
  }
  for (auto& record : batch.transactions) {
    const auto number = first_number_ + static_cast<std::int64_t>(transactions_.size());
    numbers_.emplace(record.signature, number);
    for (const auto& address : record.addresses) by_address_[address].push_back(number);
    transactions_.push_back(std::move(record));
  }
}

std::optional<std::int64_t> Unfolded::number_of(const wire::Signature& signature) const {
  const auto found = numbers_.find(signature);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

const TransactionRecord* Unfolded::at(std::int64_t number) const {
  const auto at = number - first_number_;
  if (at < 0 || at >= static_cast<std::int64_t>(transactions_.size())) return nullptr;
  return &transactions_[static_cast<std::size_t>(at)];
}

std::vector<std::int64_t> Unfolded::places_of(const Pubkey& address, std::int64_t after, std::int64_t before,
                                              std::size_t limit) const {
  std::vector<std::int64_t> places;
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return places;
  for (auto it = found->second.rbegin(); it != found->second.rend() && places.size() < limit && *it > after; ++it) {
    if (*it < before) places.push_back(*it);
  }
  return places;
}

std::vector<std::int64_t> Unfolded::places_in(Slot slot) const {
  std::vector<std::int64_t> places;
  auto it = std::lower_bound(transactions_.begin(), transactions_.end(), slot,
                             [](const TransactionRecord& record, Slot wanted) { return record.slot < wanted; });
  for (; it != transactions_.end() && it->slot == slot; ++it) {
    places.push_back(first_number_ + (it - transactions_.begin()));
  }
  return places;
}

}  // namespace dz::ledger
