#include "monitor/health_writer.h"

#include <algorithm>
#include <iterator>

#include "attest/memo.h"
#include "wire/instructions/device.h"
#include "wire/instructions/link.h"
#include "wire/instructions/solana.h"

namespace dz::monitor {
namespace {

Result<wire::Instruction> build(const HealthWrite& write, const wire::Sender& sender, const Profile& profile) {
  const lifecycle::JudgedState judged{write.judged.status, write.judged.desired_status, write.judged.health};
  return write.judged.kind == RecordKind::Link ? set_link_health(sender, write.key, write.to, profile, judged)
                                               : set_device_health(sender, write.key, write.to, profile, judged);
}

HealthWriteOutcome unsent(const HealthWrite& write, std::string reason) {
  return {write, HealthWriteOutcome::Kind::NotSent, {}, {}, std::move(reason)};
}

using Writes = std::vector<HealthWrite>;

// Takes the writes [from, from + count) out.
Writes part_of(Writes& writes, std::size_t from, std::size_t count) {
  const auto first = writes.begin() + static_cast<std::ptrdiff_t>(from);
  return {std::make_move_iterator(first), std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))};
}

// Too much computing for one transaction: nothing is wrong with the write itself.
bool was_too_much(const client::Rejected& rejected) {
  const auto& error = rejected.error;
  if (error.kind != wire::TransactionErrorKind::InstructionError) return false;
  if (error.error.kind == wire::InstructionErrorKind::ComputationalBudgetExceeded) return true;
  return std::any_of(rejected.logs.begin(), rejected.logs.end(),
                     [](const std::string& line) { return line.find("exceeded CUs meter") != std::string::npos; });
}

}  // namespace

HealthWriter::HealthWriter(client::LedgerClient& ledger, const wire::Keypair& key, wire::ProgramIds ids,
                           HealthWriterOptions options)
    : key_(key), ids_(std::move(ids)), sender_(ledger, std::move(options.clock), options.sender) {}

std::vector<HealthWriteOutcome> HealthWriter::submit(Writes writes, const Profile& profile,
                                                     const client::LatestBlockhash& anchor) {
  std::vector<HealthWriteOutcome> outcomes;
  for (std::size_t at = 0; at < writes.size();) {
    const auto count = std::min(batch_, writes.size() - at);
    send_batch(part_of(writes, at, count), {&profile, anchor}, outcomes);
    at += count;
  }
  return outcomes;
}

void HealthWriter::send_split(Writes batch, std::size_t first, const Terms& terms,
                              std::vector<HealthWriteOutcome>& outcomes) {
  send_batch(part_of(batch, 0, first), terms, outcomes);
  send_batch(part_of(batch, first, batch.size() - first), terms, outcomes);
}

void HealthWriter::send_batch(Writes batch, const Terms& terms, std::vector<HealthWriteOutcome>& outcomes) {
  std::vector<wire::Instruction> instructions;
  for (auto it = batch.begin(); it != batch.end();) {
    auto instruction = build(*it, {ids_.serviceability, key_.pubkey(), permission_}, *terms.profile);
    if (instruction) {
      instructions.push_back(std::move(*instruction));
      ++it;
    } else {
      outcomes.push_back(unsent(*it, instruction.error().message));
      it = batch.erase(it);
    }
  }
  if (batch.empty()) return;
  const auto memo = memo_of(batch);
  if (memo) instructions.insert(instructions.begin(), *memo);  // its room is taken first
  const auto places = sender_.room_for(instructions, key_.pubkey());
  if (memo) std::rotate(instructions.begin(), instructions.begin() + 1, instructions.end());
  const auto room = std::max<std::size_t>(1, places - std::min<std::size_t>(places, memo ? 1 : 0));
  if (room < batch.size()) {
    batch_ = most_ = room;
    return send_split(std::move(batch), room, terms, outcomes);
  }
  auto sent = sender_.submit(instructions, key_, {.others = {}, .anchor = terms.anchor});
  if (!sent) {
    for (const auto& write : batch) outcomes.push_back(unsent(write, sent.error().message));
  } else if (auto* pending = std::get_if<client::PendingTransaction>(&*sent)) {
    for (const auto& write : batch) open_keys_.emplace(write.key, write.to);
    open_.push_back({std::move(batch), std::move(*pending), terms});
  } else {
    settle(std::move(batch), std::get<client::SendOutcome>(*sent), terms, outcomes);
  }
}

std::optional<wire::Instruction> HealthWriter::memo_of(const Writes& batch) const {
  if (!memo_problem_.empty()) return std::nullopt;
  std::vector<attest::Hash> hashes;
  for (const auto& write : batch) {
    if (!write.stated) return std::nullopt;
    hashes.push_back(write.stated->hash);
  }
  return wire::memo(attest::memo_text(transparency::tree_root(hashes)));
}

// It comes last, so its number is that of the writes. One that cannot be afforded even by a single write is none to go on
// with.
bool HealthWriter::refused_memo(const Writes& batch, const client::Rejected& rejected) const {
  if (!memo_of(batch)) return false;
  const auto& error = rejected.error;
  if (error.kind == wire::TransactionErrorKind::ProgramAccountNotFound) return true;
  const bool of_memo =
      error.kind == wire::TransactionErrorKind::InstructionError && error.instruction == batch.size();
  return of_memo && !(was_too_much(rejected) && batch.size() > 1);
}

// A rejected batch names the instruction that failed: without it the others may go.
void HealthWriter::settle(Writes batch, const client::SendOutcome& outcome, const Terms& terms,
                          std::vector<HealthWriteOutcome>& outcomes) {
  using Kind = HealthWriteOutcome::Kind;
  if (const auto* landed = std::get_if<client::Landed>(&outcome.result)) {
    if (batch.size() >= batch_) batch_ = std::min(most_, batch_ + std::max<std::size_t>(1, batch_ / 4));
    for (auto& write : batch) outcomes.push_back({std::move(write), Kind::Landed, outcome.signature, landed->slot, {}});
    return;
  }
  if (const auto* unknown = std::get_if<client::Unknown>(&outcome.result)) {
    for (auto& write : batch)
      outcomes.push_back({std::move(write), Kind::Unknown, outcome.signature, {}, unknown->reason});
    return;
  }
  const auto& rejected = std::get<client::Rejected>(outcome.result);
  const auto& error = rejected.error;
  if (refused_memo(batch, rejected)) {
    memo_problem_ = to_text(error);
    return send_batch(std::move(batch), terms, outcomes);
  }
  if (was_too_much(rejected) && batch.size() > 1) {
    most_ = batch.size() - 1;
    batch_ = std::max<std::size_t>(1, batch.size() / 2);
    return send_split(std::move(batch), batch_, terms, outcomes);
  }
  if (error.kind != wire::TransactionErrorKind::InstructionError || error.instruction >= batch.size()) {
    for (auto& write : batch) outcomes.push_back(unsent(write, to_text(error)));
    return;
  }
  auto failed = std::move(batch[error.instruction]);
  batch.erase(batch.begin() + error.instruction);
  // What did not come to its end may have been the last straw only: alone it is not.
  const bool unclear = error.error.kind == wire::InstructionErrorKind::ProgramFailedToComplete && !batch.empty();
  if (unclear) {
    send_batch({failed}, terms, outcomes);
  } else {
    outcomes.push_back({std::move(failed), Kind::Refused, outcome.signature, {}, to_text(error)});
  }
  send_batch(std::move(batch), terms, outcomes);
}

std::vector<HealthWriteOutcome> HealthWriter::collect() {
  std::vector<HealthWriteOutcome> outcomes;
  auto open = std::exchange(open_, {});
  std::vector<client::PendingTransaction*> pending;
  for (auto& entry : open) pending.push_back(&entry.pending);
  const auto looks = sender_.look(pending);
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!looks[i]) {
      open_.push_back(std::move(open[i]));
      continue;
    }
    for (const auto& write : open[i].writes) open_keys_.erase(write.key);
    settle(std::move(open[i].writes), *looks[i], open[i].terms, outcomes);
  }
  return outcomes;
}

}  // namespace dz::monitor
