// Slots, epochs, block hashes, and what is always the same.
#include <fmt/format.h>

#include "ledger/rpc_methods.h"
#include "ledger/rpc_render.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

Answer get_slot(Ledger& ledger, const Params& params) {
  DZ_TRY(begin_read(ledger, params, 0));
  return ledger.bank().slot().value;
}

Answer get_transaction_count(Ledger& ledger, const Params& params) {
  DZ_TRY(begin_read(ledger, params, 0));
  return ledger.bank().transaction_count();
}

Answer get_epoch_info(Ledger& ledger, const Params& params) {
  DZ_TRY(begin_read(ledger, params, 0));
  const Slot slot = ledger.bank().slot();
  return json::object{{"absoluteSlot", slot.value},     {"blockHeight", slot.value},
                      {"epoch", epoch_of(slot)},        {"slotIndex", slot.value % kSlotsPerEpoch},
                      {"slotsInEpoch", kSlotsPerEpoch}, {"transactionCount", ledger.bank().transaction_count()}};
}

Answer get_epoch_schedule(Ledger&, const Params&) {
  return json::object{{"slotsPerEpoch", kSlotsPerEpoch},
                      {"leaderScheduleSlotOffset", kSlotsPerEpoch},
                      {"warmup", false},
                      {"firstNormalEpoch", 0},
                      {"firstNormalSlot", 0}};
}

Answer get_block_time(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t slot, params.number(0, "a slot"));
  if (slot > ledger.bank().slot().value) {
    return rpc_error(kBlockNotAvailable, fmt::format("Block not available for slot {}", slot));
  }
  return unix_seconds(ledger.bank().clock().time_of({slot}));
}

Answer get_latest_blockhash(Ledger& ledger, const Params& params) {
  DZ_TRY(begin_read(ledger, params, 0));
  const auto& latest = ledger.bank().latest_blockhash();
  return with_context_slot(
      ledger.bank().slot(),
      json::object{{"blockhash", to_text(latest.hash)}, {"lastValidBlockHeight", latest.slot.value + kBlockhashSlots}});
}

Answer is_blockhash_valid(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const Pubkey hash, params.pubkey(0));
  DZ_TRY(begin_read(ledger, params, 1));
  return with_context_slot(ledger.bank().slot(), ledger.bank().find_blockhash(hash).has_value());
}

Answer get_genesis_hash(Ledger& ledger, const Params&) {
  return json::string(to_text(genesis_hash(ledger.bank().genesis())));
}
Answer get_health(Ledger&, const Params&) { return "ok"; }

Answer get_version(Ledger&, const Params&) {
  return json::object{{"solana-core", kApiVersion}, {"feature-set", 0}, {"doublezero-ledger", DZ_VERSION}};
}

Answer get_rent_minimum(Ledger&, const Params& params) {
  constexpr std::uint64_t kMaxAccountBytes = 10 * 1024 * 1024;
  DZ_TRY_ASSIGN(const std::uint64_t size, params.number(0, "a data length"));
  if (size > kMaxAccountBytes) {
    return invalid_params(fmt::format("expected at most {} bytes, found {}", kMaxAccountBytes, size));
  }
  return program::rent_exempt_minimum(size);
}

Answer get_recent_prioritization_fees(Ledger&, const Params&) { return json::array{}; }

constexpr Method kMethods[] = {
    {"getSlot", get_slot},
    {"getBlockHeight", get_slot},
    {"getTransactionCount", get_transaction_count},
    {"getEpochInfo", get_epoch_info},
    {"getEpochSchedule", get_epoch_schedule},
    {"getBlockTime", get_block_time},
    {"getLatestBlockhash", get_latest_blockhash},
    {"isBlockhashValid", is_blockhash_valid},
    {"getGenesisHash", get_genesis_hash},
    {"getHealth", get_health},
    {"getVersion", get_version},
    {"getMinimumBalanceForRentExemption", get_rent_minimum},
    {"getRecentPrioritizationFees", get_recent_prioritization_fees},
};

}  // namespace

std::span<const Method> chain_methods() { return kMethods; }

}  // namespace dz::ledger
