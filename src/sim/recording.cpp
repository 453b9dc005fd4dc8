#include "sim/recording.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "attest/statement.h"
#include "attest/verify.h"
#include "base/zstd.h"

namespace dz::sim {
namespace {

constexpr int kEffort = 19;  // a file is written once
constexpr std::size_t kMostRecording = 256U << 20;

Result<void> add_decisions(monitor::StatementArchive& archive, std::vector<attest::Bundle>& all) {
  for (std::int64_t index = 0;; ++index) {
    DZ_TRY_ASSIGN(const auto stored, archive.find(index));
    if (!stored) return {};
    auto grounds = archive.grounds(index);
    if (!grounds && grounds.error().kind == ErrorKind::NotFound) continue;  // older than what is kept
    if (!grounds) return tl::unexpected(grounds.error());
    DZ_TRY_ASSIGN(const auto statement, attest::decode_statement(stored->bytes));
    auto& one = all.emplace_back();
    one.statements = {stored->bytes};
    one.account = std::move(grounds->account);
    one.minutes = std::move(grounds->leaves);
    one.index = static_cast<std::uint64_t>(index);
    DZ_TRY_ASSIGN(one.policy, archive.policy(statement.policy));
  }
}

}  // namespace

Result<std::vector<attest::Bundle>> recorded_decisions(World& world) {
  std::vector<attest::Bundle> all;
  for (std::size_t which = 0; which < world.monitors(); ++which) {
    if (world.monitor_runs(which)) DZ_TRY(add_decisions(world.monitor(which).statements(), all));
  }
  return all;
}

std::vector<std::string> differ_when_judged_again(std::span<const attest::Bundle> decisions) {
  std::vector<std::string> differ;
  for (const auto& one : decisions) {
    const auto found = attest::replay(one);
    if (found.holds()) continue;
    const auto& step = found.steps.back();
    const auto about = found.decision
                           ? fmt::format("{} {} at {}", dz::to_text(found.decision->kind),
                                         dz::to_text(found.decision->record), dz::to_text(found.decision->at))
                           : std::string("a statement that is none");
    differ.push_back(fmt::format("decision {} about {}: {}: {}", one.index, about, step.part, step.says));
  }
  return differ;
}

Bytes encode_recording(std::span<const attest::Bundle> decisions) {
  std::string text;
  for (const auto& one : decisions) text += encode(one);
  return compress_zstd(as_bytes(text), kEffort);
}

Result<std::vector<attest::Bundle>> decode_recording(ByteView file) {
  DZ_TRY_ASSIGN(const auto bytes, decompress_zstd(file, kMostRecording));
  auto text = as_text(bytes);
  std::vector<attest::Bundle> all;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    const auto length = std::min(line.size() + 1, text.size());
    DZ_TRY_ASSIGN(all.emplace_back(), attest::decode_bundle(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return all;
}

}  // namespace dz::sim
