// The batches that the ledger's file has beside its tables: in memory too, so that what they hold is found as what the
// tables hold. The transactions are numbered on from those of the tables.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "ledger/kept_batch.h"

namespace dz::ledger {

class Unfolded {
 public:
  // None are left; the next transaction has this number.
  void begin(std::int64_t number);
  void add(KeptBatch batch, std::size_t bytes);

  bool empty() const { return batches_ == 0; }
  std::size_t bytes() const { return bytes_; }

  std::optional<std::int64_t> number_of(const wire::Signature& signature) const;
  const TransactionRecord* at(std::int64_t number) const;  // null: it is not one of these
  // Of those that name the address, with numbers between the two: newest first, at most `limit`.
  std::vector<std::int64_t> places_of(const Pubkey& address, std::int64_t after, std::int64_t before,
                                      std::size_t limit) const;
  std::vector<std::int64_t> places_in(Slot slot) const;

  // What is folded: in the order in which it came, and of all batches together as the last one says it.
  const std::deque<TransactionRecord>& transactions() const { return transactions_; }
  const std::map<Pubkey, std::vector<AccountChange>>& accounts() const { return accounts_; }
  const std::vector<SlotAnchor>& new_anchors() const { return new_anchors_; }
  Slot slot() const { return slot_; }
  Slot forget_before() const { return forget_before_; }
  const std::vector<storage::TimeLeap>& leaps() const { return leaps_; }

 private:
  std::int64_t first_number_ = 1;
  std::size_t batches_ = 0, bytes_ = 0;
  std::deque<TransactionRecord> transactions_;
  std::map<wire::Signature, std::int64_t> numbers_;
  std::map<Pubkey, std::vector<std::int64_t>> by_address_;
  std::map<Pubkey, std::vector<AccountChange>> accounts_;
  std::vector<SlotAnchor> new_anchors_;
  Slot slot_, forget_before_;
  std::vector<storage::TimeLeap> leaps_;
};

}  // namespace dz::ledger
