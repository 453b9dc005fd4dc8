#include "apps/cli/ui/stated_entry.h"

#include <fmt/format.h>

#include "attest/statement.h"
#include "base/base64.h"
#include "base/safe_text.h"

namespace dz::cli {

bool is_about(ByteView entry, const RecordCodes& records) {
  const auto statement = attest::decode_statement(entry);
  return !statement || records.contains(statement->record);
}

std::string render_entry(const LogNews::Entry& entry, const RecordCodes& records) {
  const auto statement = attest::decode_statement(entry.bytes);
  if (!statement) {
    return fmt::format("entry {}: expected a statement about a decision, found {} bytes with the hash {}: {}",
                       entry.index, entry.bytes.size(), encode_base64(transparency::leaf_hash(entry.bytes)),
                       statement.error().message);
  }
  const auto& s = *statement;
  const auto known = records.find(s.record);
  const auto name = known == records.end() || known->second.empty() ? dz::to_text(s.record) : escaped(known->second);
  const auto others = s.opinions.size();
  const auto held =
      others == 0 ? std::string() : fmt::format(", held by {} other judge{}", others, others == 1 ? "" : "s");
  return fmt::format("entry {}, {}: {} {}: {} to {} ({}), judged by {}{}", entry.index, dz::to_text(s.at),
                     dz::to_text(s.kind), name, dz::to_text(s.from), dz::to_text(s.to), to_text(s.reason),
                     dz::to_text(s.monitor), held);
}

}  // namespace dz::cli
