#include "attest/memo.h"

#include <algorithm>
#include <optional>

#include "base/base64.h"
#include "wire/program_ids.h"

namespace dz::attest {
namespace {

constexpr std::string_view kPrefix = "dzd1:";

}  // namespace

std::string memo_text(const transparency::Hash& root) { return std::string(kPrefix) + encode_base64(root); }

Result<transparency::Hash> parse_memo(std::string_view text) {
  const auto other = [] { return refused("expected a memo 'dzd1:' and a root in base64, found another text"); };
  if (!text.starts_with(kPrefix)) return other();
  const auto bytes = decode_base64(text.substr(kPrefix.size()));
  transparency::Hash root{};
  if (!bytes || bytes->size() != root.size()) return other();
  std::copy(bytes->begin(), bytes->end(), root.begin());
  return root;
}

Result<transparency::Hash> root_in(const wire::Message& message, std::span<const Pubkey> keys) {
  std::optional<transparency::Hash> found;
  for (const auto& instruction : message.instructions) {
    if (instruction.program_index >= keys.size() || keys[instruction.program_index] != wire::memo_program_id())
      continue;
    const auto root = parse_memo(as_text(instruction.data));
    if (!root) continue;
    if (found) return corrupt("expected one memo with the root over its decisions, found several");
    found = *root;
  }
  if (!found) return not_found("the transaction has no memo with the root over its decisions");
  return *found;
}

}  // namespace dz::attest
