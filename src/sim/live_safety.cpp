#include "sim/live_safety.h"

#include <fmt/format.h>

#include "wire/instructions/device.h"
#include "wire/instructions/link.h"
#include "wire/program_ids.h"

namespace dz::sim {
namespace {

// Numbers of the live program.
constexpr int kActivated = 1, kDesiredActivated = 1;
constexpr int kDeviceDrained = 5, kDeviceProvisioning = 6, kLinkProvisioning = 7;
constexpr int kHardDrained = 6, kSoftDrained = 7, kProvisioning = 8;
constexpr int kDesiredDrained = 6, kDesiredSoftDrained = 7;
constexpr int kLinkReady = 2, kDeviceReadyForLinks = 2, kDeviceReadyForUsers = 3;

bool drained(bool is_link, int status) {
  return is_link ? status == kHardDrained || status == kSoftDrained : status == kDeviceDrained;
}
bool wanted_drained(int desired) { return desired == kDesiredDrained || desired == kDesiredSoftDrained; }
bool ready(bool is_link, int health) { return health == (is_link ? kLinkReady : kDeviceReadyForUsers); }

// The number that a status or wish is written as.
template <typename Word>
int number(const CodeTable<Word>& table, const std::optional<Word>& word) {
  const auto code = word ? table.code(*word) : std::nullopt;
  return code ? *code : -1;
}

}  // namespace

void LiveSafety::violated(Timestamp now, const Pubkey& key, const std::string& what) {
  violations_.push_back(fmt::format("{} {}: {}", dz::to_text(now), to_text(key), what));
}

void LiveSafety::on_transaction(const ledger::TransactionRecord& record, Timestamp now) {
  if (record.error) return;
  const auto transaction = wire::parse_transaction(record.bytes);
  if (!transaction) return;
  const auto& live = v034_profile();
  const auto signer = record.addresses.front();
  for (const auto& instruction : transaction->message.instructions) {
    const bool ours = record.addresses[instruction.program_index] == wire::local_program_ids().serviceability;
    if (!ours || instruction.data.empty() || instruction.account_indexes.empty()) continue;
    const auto key = record.addresses[instruction.account_indexes.front()];
    auto& past = records_[key];
    switch (static_cast<wire::InstructionTag>(instruction.data[0])) {
      case wire::InstructionTag::UpdateLink:
        if (const auto args = wire::decode_args<wire::UpdateLinkArgs>(instruction.data, live)) {
          if (args->status) on_status(past, key, number(live.link_status, args->status), signer, now);
          if (args->desired_status) on_desired(past, number(live.link_desired, args->desired_status));
        }
        break;
      case wire::InstructionTag::UpdateDevice:
        past.is_link = false;
        if (const auto args = wire::decode_args<wire::UpdateDeviceArgs>(instruction.data, live)) {
          if (args->status) on_status(past, key, number(live.device_status, args->status), signer, now);
          if (args->desired_status) on_desired(past, number(live.device_desired, args->desired_status));
        }
        break;
      case wire::InstructionTag::SetLinkHealth: on_health(past, instruction.data.at(1), signer); break;
      case wire::InstructionTag::SetDeviceHealth:
        past.is_link = false;
        on_health(past, instruction.data.at(1), signer);
        break;
      case wire::InstructionTag::CreateDevice:
        past = Past{.is_link = false, .status = kDeviceProvisioning, .desired = kDesiredActivated};
        break;
      case wire::InstructionTag::CreateLink:
      case wire::InstructionTag::AcceptLink: past = Past{.status = kProvisioning, .desired = kDesiredActivated}; break;
      case wire::InstructionTag::DeleteLink:
      case wire::InstructionTag::DeleteDevice: records_.erase(key); break;
      default: break;
    }
  }
}

void LiveSafety::on_status(Past& past, const Pubkey& key, int status, const Pubkey& signer, Timestamp now) {
  const int from = std::exchange(past.status, status);
  if (from == status) return;  // written again by a second activator, which saw it before
  const bool was_drained = drained(past.is_link, from), is_drained = drained(past.is_link, status);
  if (signer == keys_.activator && status == kActivated) {
    const auto wish_and_health = fmt::format("to activated at desired {}, health {}", past.desired, past.health);
    if (past.desired != kDesiredActivated || !ready(past.is_link, past.health)) {
      violated(now, key, "the activator moved it " + wish_and_health);
    }
    if (was_drained) {
      ++returns_;
      if (past.proof != Proof::JudgedReady) {
        violated(now, key, "the activator returned it to service, and no undrain was judged anew");
      }
    } else {
      ++onboardings_;
      if (!past.health_by_monitor) violated(now, key, "the activator onboarded it on a health the monitor never wrote");
    }
  }
  if (signer == keys_.activator && status == kLinkProvisioning && !past.is_link &&
      (from != kDeviceProvisioning || past.health != kDeviceReadyForLinks || !past.health_by_monitor)) {
    violated(now, key, "the activator moved it to link-provisioning without the monitor's ready-for-links");
  }
  if (signer == keys_.activator && is_drained && !wanted_drained(past.desired)) {
    violated(now, key, "the activator drained it, and nobody wanted that");
  }
  if (is_drained != was_drained) past.proof = Proof::None;
}

void LiveSafety::on_desired(Past& past, int desired) {
  const int from = std::exchange(past.desired, desired);
  const bool undrained = drained(past.is_link, past.status) && wanted_drained(from) && desired == kDesiredActivated;
  if (undrained) past.proof = Proof::Undrained;
  if (wanted_drained(desired)) past.proof = Proof::None;
}

void LiveSafety::on_health(Past& past, int health, const Pubkey& signer) {
  past.health = health;
  past.health_by_monitor = signer == keys_.monitor;
  if (past.proof == Proof::None) return;
  const bool is_ready = ready(past.is_link, health);
  if (!is_ready && past.health_by_monitor) past.proof = Proof::JudgedNotReady;
  if (is_ready && past.proof == Proof::JudgedNotReady && past.health_by_monitor) past.proof = Proof::JudgedReady;
  if (is_ready && !past.health_by_monitor && past.proof == Proof::JudgedReady) past.proof = Proof::JudgedNotReady;
}

}  // namespace dz::sim
