#include "monitor/pushed_rows.h"

#include <algorithm>
#include <utility>

namespace dz::monitor {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds{10};  // unknown devices are looked for at most this often
constexpr Duration kNotThere = std::chrono::seconds{20};   // a device that was not found is refused for this long
constexpr std::size_t kMostFormer = 10'000;                // devices that left the ledger
constexpr std::size_t kMostWanted = 1'000;                 // devices that are looked for at once

// A clock that was set back makes nothing wait for the time that it showed before.
bool within(Timestamp since, Duration span, Timestamp now) { return now >= since && now - since < span; }

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
      endpoint_(evidence, [this](const Pubkey& device) { return asked_in_vain(device); }) {
  note_tokens({});  // whose they are is not known yet, but that they are
}

telemetry::WriteAnswer PushedRows::write(const telemetry::WriteRequest& request, Timestamp now) {
  now_ = now;
  return endpoint_.write(request, now);
}

std::optional<telemetry::WriteAnswer> PushedRows::go_on(const std::shared_ptr<telemetry::PushedWrite>& write,
                                                        Timestamp now) {
  now_ = now;
  return endpoint_.go_on(write, now);
}

telemetry::WriteAnswer PushedRows::finish(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now) {
  now_ = now;
  return endpoint_.finish(write, now);
}

void PushedRows::follow(const client::MirrorUpdate& update, const client::Snapshot& records) {
  const auto is_told = [&](const Pubkey& key) {
    const auto device = records.devices.find(key);
    if (device == records.devices.end()) return records.links.contains(key);
    const auto code = codes_.find(key);
    const auto known = known_.find(key);
    return code != codes_.end() && code->second == device->second.code && known != known_.end() &&
           known->second == device->second.contributor;
  };
  if (!update.everything && std::all_of(update.records.begin(), update.records.end(), is_told)) return;
  note_tokens(records);
  note_devices(records);
}

void PushedRows::note_tokens(const client::Snapshot& records) {
  std::vector<telemetry::TokenScope> scopes;
  for (const auto& token : tokens_) {
    scopes.push_back({token.secret, key_of(records.contributors, token.contributor),
                      key_of(records.devices, token.device), token.fleet_wide});
  }
  endpoint_.set_tokens(std::move(scopes));
}

void PushedRows::note_devices(const client::Snapshot& records) {
  for (const auto& [key, code] : std::exchange(codes_, {})) {
    if (!records.devices.contains(key)) former_[key] = code;
  }
  while (former_.size() > kMostFormer) former_.erase(former_.begin());
  known_.clear();
  for (const auto& [key, device] : records.devices) {
    codes_.emplace(key, device.code);
    known_.emplace(key, device.contributor);
  }
  endpoint_.set_devices(known_);
}

// ---- devices that are not known

bool PushedRows::asked_in_vain(const Pubkey& device) {
  const auto looked = not_there_.find(device);
  if (looked != not_there_.end() && within(looked->second, kNotThere, now_)) return true;
  if (asked_.contains(device) || wanted_.size() >= kMostWanted) return false;
  const bool fresh = wanted_.insert(device).second;
  if (fresh && on_look_wanted_ && next_look(now_) <= now_) on_look_wanted_();
  return false;
}

Timestamp PushedRows::next_look(Timestamp now) const {
  if (wanted_.empty()) return Timestamp::max();
  return last_look_ && within(*last_look_, kLookAgain, now) ? *last_look_ + kLookAgain : now;
}

void PushedRows::look_for_wanted(Timestamp now) {
  if (next_look(now) > now) return;
  last_look_ = now;
  for (const auto& device : wanted_) reader_.mirror().look_at(device);
  asked_.merge(wanted_);
  wanted_.clear();
}

bool PushedRows::note_looks(Timestamp now) {
  std::erase_if(not_there_, [&](const auto& entry) { return !within(entry.second, kNotThere, now); });
  if (!reader_.snapshot()) return false;
  const auto was_read = [&](const Pubkey& device) {
    if (reader_.mirror().awaits(device)) return false;
    if (!known_.contains(device)) not_there_.insert_or_assign(device, now);
    return true;
  };
  return std::erase_if(asked_, was_read) > 0;
}

}  // namespace dz::monitor
