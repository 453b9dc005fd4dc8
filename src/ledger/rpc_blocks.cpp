// Blocks: every slot that is over has one.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "ledger/rpc_methods.h"
#include "ledger/rpc_render.h"

namespace dz::ledger {

namespace json = boost::json;

namespace {

constexpr std::uint64_t kMostSlots = 500'000;  // in one list

struct BlockView {
  TransactionView transaction;
  bool transactions = true;  // full or accounts, as the view of one says
  bool signatures = false;   // in place of transactions
};

RpcResult<Slot> first_slot(Ledger& ledger) {
  const auto first = ledger.archive().first_whole_slot();
  if (!first) return internal_error(first.error());
  return *first;
}

tl::unexpected<RpcError> cleaned_up(Ledger& ledger, Slot slot) {
  const auto first = first_slot(ledger);
  return rpc_error(kBlockCleanedUp,
                   fmt::format("Block {} cleaned up, does not exist on node. First available block: {}", slot.value,
                               first ? first->value : slot.value + 1));
}

RpcResult<BlockView> begin_block_read(Ledger& ledger, const Params& params) {
  BlockView view;
  DZ_TRY_ASSIGN(view.transaction, begin_history_read(ledger, params, 1));
  if (params.at(1).is_string()) return view;
  DZ_TRY_ASSIGN(const json::object* object, params.config(1));
  const auto* rewards = object->if_contains("rewards");
  if (rewards != nullptr && !rewards->is_null()) {
    DZ_TRY_ASSIGN(view.transaction.rewards, read_bool(*object, "rewards"));
  }
  const auto* details = object->if_contains("transactionDetails");
  if (details == nullptr || details->is_null() || *details == "full") return view;
  if (*details == "accounts") {
    view.transaction.details = TransactionDetails::Accounts;
    return view;
  }
  view.transactions = false;
  view.signatures = *details == "signatures";
  if (view.signatures || *details == "none") return view;
  return invalid_params("expected transactionDetails full, accounts, signatures or none");
}

// The transactions of a slot that is over, read and shown some at a time.
class Block final : public LongResult {
 public:
  Block(Ledger& ledger, std::vector<std::int64_t> places, Slot slot, BlockView view)
      : ledger_(ledger), places_(std::move(places)), slot_(slot), view_(view) {}

  RpcResult<bool> go_on(std::string& text) override {
    constexpr std::size_t kPiece = 20;
    if (!std::exchange(begun_, true)) begin(text);
    if (view_.transactions || view_.signatures) {
      for (const auto end = std::min(places_.size(), next_ + kPiece); next_ < end; ++next_) {
        DZ_TRY_ASSIGN(const json::value shown, show(places_[next_]));
        if (next_ > 0) text += ',';
        text += json::serialize(shown);
      }
      if (next_ < places_.size()) return false;
      text += ']';
    }
    text += '}';
    return true;
  }

 private:
  void begin(std::string& text) const {
    const auto& bank = ledger_.bank();
    const Slot parent{slot_.value - std::min<std::uint64_t>(slot_.value, 1)};
    const auto hash_before = slot_.value == 0 ? wire::Blockhash{} : blockhash_of(bank.genesis(), parent);
    json::object head{{"previousBlockhash", to_text(hash_before)},
                      {"blockhash", to_text(blockhash_of(bank.genesis(), slot_))},
                      {"parentSlot", parent.value},
                      {"blockTime", unix_seconds(bank.clock().time_of(slot_))},
                      {"blockHeight", slot_.value}};
    if (view_.transaction.rewards) head["rewards"] = json::array{};
    text += json::serialize(head);
    text.pop_back();
    if (view_.transactions) text += R"(,"transactions":[)";
    if (view_.signatures) text += R"(,"signatures":[)";
  }

  Answer show(std::int64_t place) const {
    const auto record = ledger_.archive().record_at(place);
    if (!record) return internal_error(record.error());
    if (!*record) return cleaned_up(ledger_, slot_);  // forgotten since it was asked
    if (view_.signatures) return json::string(to_text((*record)->signature));
    return render_transaction(**record, view_.transaction);
  }

  Ledger& ledger_;
  std::vector<std::int64_t> places_;
  Slot slot_;
  BlockView view_;
  bool begun_ = false;
  std::size_t next_ = 0;
};

// What is still to come may change the current slot, so it has no block yet.
RpcResult<std::unique_ptr<LongResult>> begin_block(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t number, params.number(0, "a slot"));
  DZ_TRY_ASSIGN(const BlockView view, begin_block_read(ledger, params));
  const Slot slot{number};
  if (slot >= ledger.bank().slot()) {
    return rpc_error(kBlockNotAvailable, fmt::format("Block not available for slot {}", number));
  }
  DZ_TRY_ASSIGN(const Slot first, first_slot(ledger));
  if (slot < first) return cleaned_up(ledger, slot);
  auto places = ledger.archive().places_in(slot);
  if (!places) return internal_error(places.error());
  return std::make_unique<Block>(ledger, std::move(*places), slot, view);
}

// Slots one after the other, some thousands at a time.
class SlotList final : public LongResult {
 public:
  SlotList(std::uint64_t from, std::uint64_t end) : next_(from), from_(from), end_(std::max(from, end)) {}

  RpcResult<bool> go_on(std::string& text) override {
    constexpr std::uint64_t kPiece = 5000;
    if (next_ == from_) text += '[';
    for (const auto stop = std::min(end_, next_ + kPiece); next_ < stop; ++next_) {
      if (next_ > from_) text += ',';
      text += std::to_string(next_);
    }
    if (next_ < end_) return false;
    text += ']';
    return true;
  }

 private:
  std::uint64_t next_, from_, end_;
};

// Those of [from, end) that have a block.
RpcResult<std::unique_ptr<LongResult>> list_slots(Ledger& ledger, std::uint64_t from, std::uint64_t end) {
  DZ_TRY_ASSIGN(const Slot first, first_slot(ledger));
  return std::make_unique<SlotList>(std::max(from, first.value), std::min(end, ledger.bank().slot().value));
}

// [from, to or the last, configuration]; the configuration may come second.
RpcResult<std::unique_ptr<LongResult>> begin_blocks(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t from, params.number(0, "a slot"));
  const bool has_end = !params.at(1).is_null() && !params.at(1).is_object();
  DZ_TRY(begin_confirmed_read(ledger, params, params.at(1).is_object() ? 1 : 2));
  const std::uint64_t current = ledger.bank().slot().value;
  std::uint64_t last = current;
  if (has_end) {
    DZ_TRY_ASSIGN(last, params.number(1, "a slot"));
  }
  if (last > from && last - from > kMostSlots) {
    return invalid_params(fmt::format("Slot range too large; max {}", kMostSlots));
  }
  return list_slots(ledger, from, last < current ? last + 1 : current);
}

RpcResult<std::unique_ptr<LongResult>> begin_blocks_with_limit(Ledger& ledger, const Params& params) {
  DZ_TRY_ASSIGN(const std::uint64_t from, params.number(0, "a slot"));
  DZ_TRY_ASSIGN(const std::uint64_t limit, params.number(1, "a number of blocks"));
  DZ_TRY(begin_confirmed_read(ledger, params, 2));
  if (limit > kMostSlots) return invalid_params(fmt::format("Limit too large; max {}", kMostSlots));
  DZ_TRY_ASSIGN(const Slot first, first_slot(ledger));
  const auto begin = std::max(from, first.value);
  const auto current = ledger.bank().slot().value;
  return list_slots(ledger, begin, begin < current ? begin + std::min(limit, current - begin) : begin);
}

Answer get_first_available_block(Ledger& ledger, const Params&) {
  DZ_TRY_ASSIGN(const Slot first, first_slot(ledger));
  return first.value;
}

constexpr Method kMethods[] = {
    {"getBlock", nullptr, begin_block},
    {"getBlocks", nullptr, begin_blocks},
    {"getBlocksWithLimit", nullptr, begin_blocks_with_limit},
    {"getFirstAvailableBlock", get_first_available_block},
};

}  // namespace

std::span<const Method> block_methods() { return kMethods; }

}  // namespace dz::ledger
