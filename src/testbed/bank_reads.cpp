#include "testbed/bank_reads.h"

#include <algorithm>

namespace dz::testbed {
namespace {

bool matches(const wire::Account& account, const client::AccountFilters& filters) {
  if (filters.data_size && account.data.size() != *filters.data_size) return false;
  return std::all_of(filters.memcmp.begin(), filters.memcmp.end(), [&](const client::MemcmpFilter& filter) {
    const ByteView data = account.data;
    if (filter.offset > data.size() || filter.bytes.size() > data.size() - filter.offset) return false;
    const auto part = data.subspan(filter.offset, filter.bytes.size());
    return std::equal(part.begin(), part.end(), filter.bytes.begin());
  });
}

wire::Account sliced(wire::Account account, const std::optional<client::DataSlice>& slice) {
  if (!slice) return account;
  const auto begin = std::min<std::uint64_t>(slice->offset, account.data.size());
  const auto end = begin + std::min<std::uint64_t>(slice->length, account.data.size() - begin);
  account.data = Bytes(account.data.begin() + static_cast<std::ptrdiff_t>(begin),
                       account.data.begin() + static_cast<std::ptrdiff_t>(end));
  return account;
}

}  // namespace

client::AccountsAnswer program_accounts(const ledger::Bank& bank, const Pubkey& program,
                                        const client::AccountFilters& filters) {
  client::AccountsAnswer answer{bank.slot(), {}};
  for (const auto& key : bank.owned_by(program)) {
    const auto* account = bank.find(key);
    if (account != nullptr && matches(*account, filters))
      answer.accounts.push_back({key, sliced(*account, filters.slice)});
  }
  return answer;
}

client::NamedAccounts named_accounts(const ledger::Bank& bank, std::span<const Pubkey> keys) {
  client::NamedAccounts answer{bank.slot(), {}};
  for (const auto& key : keys) {
    const auto* account = bank.find(key);
    answer.accounts.push_back(account != nullptr ? std::optional(*account) : std::nullopt);
  }
  return answer;
}

client::NamedAccounts cut(client::NamedAccounts answer, client::DataSlice slice) {
  for (auto& account : answer.accounts) {
    if (account) account = sliced(std::move(*account), slice);
  }
  return answer;
}

client::LatestBlockhash latest_blockhash(const ledger::Bank& bank) {
  const auto& latest = bank.latest_blockhash();
  return {latest.slot, latest.hash, latest.slot.value + ledger::kBlockhashSlots};
}

client::EpochInfo epoch_info(const ledger::Bank& bank) {
  const auto slot = bank.slot();
  return {slot.value, slot.value, ledger::epoch_of(slot), slot.value % ledger::kSlotsPerEpoch, ledger::kSlotsPerEpoch};
}

std::optional<Timestamp> block_time(const ledger::Bank& bank, Slot slot) {
  if (slot > bank.slot()) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(bank.clock().time_of(slot));
}

}  // namespace dz::testbed
