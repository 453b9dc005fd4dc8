#include "monitor/pushed_rows.h"

#include <algorithm>
#include <utility>

namespace dz::monitor {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds{10};  // unknown devices are looked up at most this often

// A token's owner as the ledger names it; a name it does not know matches nothing.
template <typename Record>
Pubkey key_of(const client::Records<Record>& records, const std::string& name) {
  if (name.empty()) return {};
  const auto found = client::find_record(records, "record", name);
  return found ? found->key : Pubkey{};
}

}  // namespace

PushedRows::PushedRows(telemetry::DurableEvidence& evidence, LedgerReader& reader,
                       const std::vector<WriteToken>& tokens)
    : reader_(reader),
      tokens_(tokens),
      endpoint_(evidence, [this](std::span<const Pubkey> unknown) { return look_again(unknown); }) {}

telemetry::WriteAnswer PushedRows::write(const telemetry::WriteRequest& request, Timestamp now) {
  now_ = now;
  return endpoint_.write(request, now);
}

void PushedRows::follow(const client::MirrorUpdate& update, const client::Snapshot& records) {
  const auto is_link = [&](const Pubkey& key) { return records.links.contains(key); };
  if (!update.everything && std::all_of(update.records.begin(), update.records.end(), is_link)) return;
  note_tokens(records);
  note_devices(records);
}

void PushedRows::note_tokens(const client::Snapshot& records) {
  std::vector<telemetry::TokenScope> scopes;
  for (const auto& token : tokens_) {
    scopes.push_back(
        {token.secret, key_of(records.contributors, token.contributor), key_of(records.devices, token.device)});
  }
  endpoint_.set_tokens(std::move(scopes));
}

void PushedRows::note_devices(const client::Snapshot& records) {
  for (const auto& [key, code] : std::exchange(codes_, {})) {
    if (!records.devices.contains(key)) former_[key] = code;
  }
  known_.clear();
  for (const auto& [key, device] : records.devices) {
    codes_.emplace(key, device.code);
    known_.emplace(key, device.contributor);
  }
  endpoint_.set_devices(known_);
}

const telemetry::KnownDevices* PushedRows::look_again(std::span<const Pubkey> unknown) {
  if (last_look_again_ && now_ - *last_look_again_ < kLookAgain) return nullptr;
  last_look_again_ = now_;
  reader_.read_at_once({unknown.begin(), unknown.end()}, now_);
  return reader_.snapshot() ? &known_ : nullptr;
}

}  // namespace dz::monitor
