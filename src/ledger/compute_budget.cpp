#include "ledger/compute_budget.h"

#include <algorithm>
#include <optional>

#include "wire/borsh.h"
#include "wire/program_ids.h"

namespace dz::ledger {
namespace {

constexpr std::uint64_t kUnitsPerInstruction = 200'000;
constexpr std::uint64_t kMaxUnits = 1'400'000;
constexpr std::uint32_t kHeapStep = 1024, kSmallestHeap = 32 * 1024, kLargestHeap = 256 * 1024;

enum class Request : std::uint8_t { HeapFrame = 1, UnitLimit = 2, UnitPrice = 3, LoadedDataLimit = 4 };

wire::TransactionError bad_data(std::uint8_t index) {
  return {wire::TransactionErrorKind::InstructionError, index, {wire::InstructionErrorKind::InvalidInstructionData, 0}};
}

// Each kind of request at most once.
struct Requested {
  std::optional<std::uint64_t> by_kind[5];
  std::uint8_t last_heap = 0;  // index of the instruction that asked for a heap
};

// What follows the value is not looked at.
tl::expected<void, wire::TransactionError> read(ByteView data, std::uint8_t index, Requested& all) {
  const auto refuse = [](wire::TransactionError error) { return tl::unexpected<wire::TransactionError>(error); };
  wire::BorshCursor cursor(data);
  std::uint8_t kind = 0;
  if (!cursor.get(kind) || kind < 1 || kind > 4) return refuse(bad_data(index));
  std::uint64_t value = 0;
  std::uint32_t small = 0;
  const bool is_price = kind == static_cast<std::uint8_t>(Request::UnitPrice);
  if (is_price ? !cursor.get(value) : !cursor.get(small)) return refuse(bad_data(index));
  if (all.by_kind[kind]) return refuse({wire::TransactionErrorKind::DuplicateInstruction, index, {}});
  all.by_kind[kind] = is_price ? value : small;
  if (kind == static_cast<std::uint8_t>(Request::HeapFrame)) all.last_heap = index;
  return {};
}

}  // namespace

bool is_builtin(const Pubkey& program) {
  return program == wire::kSystemProgramId || program == wire::compute_budget_program_id() ||
         program == wire::lookup_table_program_id();
}

tl::expected<std::uint64_t, wire::TransactionError> granted_units(const wire::Message& message,
                                                                  std::span<const Pubkey> keys) {
  Requested all;
  std::uint64_t by_default = 0;
  for (std::size_t i = 0; i < message.instructions.size(); ++i) {
    const auto& instruction = message.instructions[i];
    const auto& program = keys[instruction.program_index];
    if (!is_builtin(program)) by_default += kUnitsPerInstruction;
    if (program != wire::compute_budget_program_id()) continue;
    if (const auto one = read(instruction.data, static_cast<std::uint8_t>(i), all); !one) {
      return tl::unexpected<wire::TransactionError>(one.error());
    }
  }
  const auto asked = [&](Request request) { return all.by_kind[static_cast<std::size_t>(request)]; };
  if (const auto heap = asked(Request::HeapFrame);
      heap && (*heap < kSmallestHeap || *heap > kLargestHeap || *heap % kHeapStep != 0)) {
    return tl::unexpected<wire::TransactionError>(bad_data(all.last_heap));
  }
  if (asked(Request::LoadedDataLimit) == 0U) {
    return tl::unexpected<wire::TransactionError>(
        wire::TransactionError{wire::TransactionErrorKind::InvalidLoadedAccountsDataSizeLimit, 0, {}});
  }
  if (const auto limit = asked(Request::UnitLimit)) return std::min(*limit, kMaxUnits);
  return std::clamp(by_default, kUnitsPerInstruction, kMaxUnits);
}

}  // namespace dz::ledger
