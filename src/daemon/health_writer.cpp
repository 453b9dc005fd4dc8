#include "daemon/health_writer.h"

#include <algorithm>
#include <iterator>

#include "wire/instructions/device.h"
#include "wire/instructions/link.h"

namespace dz {
namespace {

Result<Instruction> build(const HealthWrite& write, const Sender& sender, const Profile& profile) {
  const JudgedState judged{write.judged.status, write.judged.desired_status, write.judged.health};
  return write.judged.kind == RecordKind::Link ? set_link_health(sender, write.key, write.to, profile, judged)
                                               : set_device_health(sender, write.key, write.to, profile, judged);
}

HealthWriteOutcome unsent(const HealthWrite& write, std::string reason) {
  return {write, HealthWriteOutcome::Kind::NotSent, {}, {}, std::move(reason)};
}

}  // namespace

HealthWriter::HealthWriter(LedgerClient& ledger, const Keypair& key, ProgramIds ids, Clock clock)
    : key_(key), ids_(std::move(ids)), sender_(ledger, std::move(clock)) {}

std::vector<HealthWriteOutcome> HealthWriter::submit(std::vector<HealthWrite> writes, const Profile& profile) {
  std::vector<HealthWriteOutcome> outcomes;
  for (std::size_t at = 0; at < writes.size(); at += kBatch) {
    const auto first = writes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(kBatch, writes.size() - at);
    send_batch({std::make_move_iterator(first), std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))},
               profile, outcomes);
  }
  return outcomes;
}

void HealthWriter::send_batch(std::vector<HealthWrite> batch, const Profile& profile,
                              std::vector<HealthWriteOutcome>& outcomes) {
  std::vector<Instruction> instructions;
  for (auto it = batch.begin(); it != batch.end();) {
    auto instruction = build(*it, {ids_.serviceability, key_.pubkey(), false}, profile);
    if (instruction) {
      instructions.push_back(std::move(*instruction));
      ++it;
    } else {
      outcomes.push_back(unsent(*it, instruction.error().message));
      it = batch.erase(it);
    }
  }
  if (batch.empty()) return;
  auto sent = sender_.submit(instructions, key_);
  if (!sent) {
    for (const auto& write : batch) outcomes.push_back(unsent(write, sent.error().message));
  } else if (auto* pending = std::get_if<PendingTransaction>(&*sent)) {
    for (const auto& write : batch) open_keys_.emplace(write.key, write.to);
    open_.push_back({std::move(batch), std::move(*pending), &profile});
  } else {
    settle(std::move(batch), std::get<SendOutcome>(*sent), profile, outcomes);
  }
}

// A rejected batch names the instruction that failed: without it the others may go.
void HealthWriter::settle(std::vector<HealthWrite> batch, const SendOutcome& outcome, const Profile& profile,
                          std::vector<HealthWriteOutcome>& outcomes) {
  using Kind = HealthWriteOutcome::Kind;
  if (const auto* landed = std::get_if<Landed>(&outcome.result)) {
    for (auto& write : batch) outcomes.push_back({std::move(write), Kind::Landed, outcome.signature, landed->slot, {}});
    return;
  }
  if (const auto* unknown = std::get_if<Unknown>(&outcome.result)) {
    for (auto& write : batch)
      outcomes.push_back({std::move(write), Kind::Unknown, outcome.signature, {}, unknown->reason});
    return;
  }
  const auto& error = std::get<Rejected>(outcome.result).error;
  if (error.kind != TransactionErrorKind::InstructionError || error.instruction >= batch.size()) {
    for (auto& write : batch)
      outcomes.push_back({std::move(write), Kind::Refused, outcome.signature, {}, to_text(error)});
    return;
  }
  const auto refused = batch.begin() + error.instruction;
  outcomes.push_back({std::move(*refused), Kind::Refused, outcome.signature, {}, to_text(error)});
  batch.erase(refused);
  send_batch(std::move(batch), profile, outcomes);
}

std::vector<HealthWriteOutcome> HealthWriter::collect() {
  std::vector<HealthWriteOutcome> outcomes;
  auto open = std::exchange(open_, {});
  for (auto& entry : open) {
    const auto outcome = sender_.look(entry.pending);
    if (!outcome) {
      open_.push_back(std::move(entry));
      continue;
    }
    for (const auto& write : entry.writes) open_keys_.erase(write.key);
    settle(std::move(entry.writes), *outcome, *entry.profile, outcomes);
  }
  return outcomes;
}

}  // namespace dz
