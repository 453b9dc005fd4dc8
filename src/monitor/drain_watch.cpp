#include "monitor/drain_watch.h"

#include <algorithm>

#include "client/record_history.h"
#include "client/standing.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kRequestsInAStep = 4;
constexpr std::size_t kMostRequests = 100;  // for one drain
constexpr Duration kAgainAfter = std::chrono::minutes{1};

// Somebody took it out of service and has not asked for its return. A drained status alone may be a record's first one.
template <typename Record>
bool is_kept_out(const Record& record) {
  return is_drained(record.desired_status) || (record.desired_status == DesiredStatus::Deleted);
}

struct Found {
  const RecordEvent* event = nullptr;
  bool done = false;  // older events do not matter
};

// The newest write that wants the record out of service: of desired_status, or of a drained status, with which a
// program that guards writes the other one too. An activator's status follows what somebody else wanted.
template <typename IsActivator>
Found find_drain(const RecordEvents& trail, const IsActivator& is_activator) {
  for (auto event = trail.events.rbegin(); event != trail.events.rend(); ++event) {
    if (event->desired_status) {
      const bool out = is_drained(*event->desired_status) || *event->desired_status == DesiredStatus::Deleted;
      return {out ? &*event : nullptr, true};
    }
    if (event->status && is_drained(*event->status) && !is_activator(event->signer)) return {&*event, true};
  }
  return {nullptr, trail.from_creation};
}

lifecycle::Roles roles_of(const client::Snapshot& records, const Pubkey& record, const Pubkey& signer) {
  const auto link = records.links.find(record);
  if (link != records.links.end()) return client::roles_for_link(records, link->second, signer);
  return client::roles_for_device(records, records.devices.at(record), signer);
}

}  // namespace

void DrainWatch::look(client::LedgerClient& ledger, const client::Snapshot& records, const Pubkey& key, Looked& looked,
                      Timestamp now) {
  std::size_t requests = kRequestsInAStep;
  auto done = looked.trail->catch_up(ledger, requests);
  const auto is_activator = [&](const Pubkey& signer) {
    const auto roles = roles_of(records, key, signer);
    return roles.activator && !roles.contributor() && !roles.foundation;
  };
  Found found;
  while (done && *done) {
    found = find_drain(looked.trail->known(), is_activator);
    if (found.done || looked.trail->exhausted()) break;
    done = looked.trail->reach_back(ledger, requests);
  }
  looked.requests += kRequestsInAStep - requests;
  const bool known = done && *done && (found.done || looked.trail->exhausted());
  if (found.event != nullptr) {
    ++revision_;
    looked.by =
        verdict::DrainedBy{client::role_of(records, key, found.event->signer), found.event->signer, found.event->time};
  }
  if (known || looked.requests >= kMostRequests) looked.trail.reset();
  if (!done) looked.not_before = now + kAgainAfter;
}

void DrainWatch::follow(const client::Snapshot& records, const Pubkey& key) {
  const auto link = records.links.find(key);
  const auto device = records.devices.find(key);
  const bool is_link = link != records.links.end();
  const bool kept_out =
      is_link ? is_kept_out(link->second) : device != records.devices.end() && is_kept_out(device->second);
  if (!kept_out) {
    revision_ += looked_.erase(key);
    return;
  }
  const auto desired = is_link ? link->second.desired_status : device->second.desired_status;
  auto [entry, fresh] = looked_.try_emplace(key);
  auto& looked = entry->second;
  if (fresh || looked.desired_status != desired) {
    revision_ += looked.by ? 1 : 0;
    looked = {};
    looked.trail = std::make_unique<client::RecordTrail>(key, records.ids, *records.profile);
  }
  looked.desired_status = desired;
}

void DrainWatch::step(client::LedgerClient& ledger, const Watched& watched, Timestamp now) {
  const auto& records = watched.records;
  const auto& changes = watched.changes;
  const auto follow_owned = [&](const Pubkey& key) {
    if (watched.ownership.owns(key)) follow(records, key);
  };
  if (records.profile == nullptr) return;
  const auto changed = records_revision_ ? changes.since(*records_revision_) : std::nullopt;
  records_revision_ = changes.revision();
  if (changed) {
    for (const auto& key : *changed) follow_owned(key);
  } else {
    std::erase_if(looked_, [&](const auto& entry) {
      return !records.links.contains(entry.first) && !records.devices.contains(entry.first);
    });
    for (const auto& [key, _] : records.links) follow_owned(key);
    for (const auto& [key, _] : records.devices) follow_owned(key);
  }
  const auto waits = [&](const auto& entry) { return entry.second.trail && now >= entry.second.not_before; };
  const auto next = std::find_if(looked_.begin(), looked_.end(), waits);
  if (next != looked_.end()) look(ledger, records, next->first, next->second, now);
}

const verdict::DrainedBy* DrainWatch::find(const Pubkey& record) const {
  const auto found = looked_.find(record);
  return found == looked_.end() || !found->second.by ? nullptr : &*found->second.by;
}

}  // namespace dz::monitor
