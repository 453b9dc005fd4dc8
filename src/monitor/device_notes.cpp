#include "monitor/device_notes.h"

#include <set>

#include <fmt/format.h>

#include "control/cause.h"
#include "domain/interface_name.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kLateIsUsual = 10;  // of the last 30 minutes
// Stores are asked once a minute: what was not seen for longer has ended.
constexpr Duration kStillComing = std::chrono::seconds{90};

using Notes = std::vector<std::string>;

void note_port(const NoteInputs& in, const Pubkey& device, const std::string& name, Notes& notes) {
  const auto ref = in.evidence.find_interface(device, name);
  if (ref.index == evidence::kNoSubject || ref.parent_port) return;  // the explanation itself tells of parent ports
  const auto told = in.evidence.reported_name(ref);
  if (told != name && interface_key(told) == interface_key(name)) {
    notes.push_back(fmt::format("{} is called {} by the telemetry: taken as one interface", name, told));
  }
}

// Rows that come under a pubkey which the ledger does not have: `rows` of them, `why` it is of this device.
struct OldPubkey {
  Pubkey key;
  std::uint64_t rows = 0;
  std::string_view why;
};

std::optional<OldPubkey> old_pubkey_of(const NoteInputs& in, const Pubkey& key, const Device& record) {
  const auto was_of_record = [&](const Pubkey& old) {
    if (in.old_pubkeys != nullptr) {
      const auto known = in.old_pubkeys->find(old);
      if (known != in.old_pubkeys->end()) return known->second == key;
    }
    const auto former = in.former.find(old);
    return former != in.former.end() && client::same_code(former->second, record.code);
  };
  if (in.pulled != nullptr) {
    for (const auto& [old, stray] : in.pulled->strays) {
      if (in.now - stray.seen > kStillComing) continue;
      if (client::same_code(stray.host, record.code)) return OldPubkey{old, stray.rows, "whose switch is called"};
      if (was_of_record(old)) return OldPubkey{old, stray.rows, "was that of"};
    }
  }
  for (const auto& [old, unknown] : in.pushed.unknown_devices) {
    if (in.now - unknown.came_at <= kStillComing && was_of_record(old))
      return OldPubkey{old, unknown.rows, "was that of"};
  }
  return std::nullopt;
}

void note_recreated(const NoteInputs& in, const Pubkey& key, const Device& record, Notes& notes) {
  const auto old = old_pubkey_of(in, key, record);
  if (!old) return;
  notes.push_back(
      fmt::format("{} rows came under pubkey {}, which is not on the ledger and {} {}: was the device "
                  "created anew? set its new pubkey on the switch (tag dzd_pubkey) and on its agents",
                  old->rows, to_text(old->key), old->why, record.code));
}

// By which its rows in a store are stamped in the future.
std::optional<Duration> stamped_ahead(const NoteInputs& in, const Pubkey& device) {
  if (in.pulled == nullptr) return std::nullopt;
  const auto ahead = in.pulled->ahead.find(device);
  return ahead == in.pulled->ahead.end() ? std::nullopt : std::optional(ahead->second - in.pulled->ahead_at);
}

// Minutes of the last half hour whose rows came too late, where rows still come so.
std::size_t late_so_far(const NoteInputs& in, const Pubkey& device) {
  if (in.pulled == nullptr) return 0;
  const auto late = in.pulled->late.find(device);
  if (late == in.pulled->late.end()) return 0;
  return in.now - in.pulled->late_now.at(device).seen > kStillComing ? 0 : late->second.size();
}

// The same, where that goes on.
std::optional<std::size_t> late_minutes(const NoteInputs& in, const Pubkey& device) {
  const auto minutes = late_so_far(in, device);
  if (minutes < kLateIsUsual || !in.pulled->late_now.at(device).lag.stands()) return std::nullopt;
  return minutes;
}

const telemetry::PushCounters::Device* pushed_by(const NoteInputs& in, const Pubkey& device) {
  const auto pushed = in.pushed.devices.find(device);
  return pushed == in.pushed.devices.end() ? nullptr : &pushed->second;
}

void note_clock(const NoteInputs& in, const Pubkey& device, Notes& notes) {
  if (const auto ahead = stamped_ahead(in, device)) {
    notes.push_back(
        fmt::format("its clock is {} ahead: it stamps rows in the future; set its time", duration_text(*ahead)));
  }
  if (const auto late = late_minutes(in, device)) {
    notes.push_back(
        fmt::format("{} of the last 30 minutes came after their turn: its clock is behind, or its "
                    "collector is slow; set its time, or raise the source's lag",
                    *late));
  }
  const auto* pushed = pushed_by(in, device);
  if (pushed == nullptr) return;
  if (const auto ahead = pushed->clock_ahead(in.now)) {
    notes.push_back(fmt::format("{} pushed rows were refused because its clock was {} ahead; set its time",
                                pushed->too_far_ahead, duration_text(*ahead)));
  }
  if (const auto late = pushed->rows_late(in.evidence.settings().lateness, in.now)) {
    notes.push_back(fmt::format("its rows come {} late: its clock is behind, or what sends them is slow; set its time",
                                duration_text(*late)));
  }
}

void note_device(const NoteInputs& in, const Pubkey& key, const Device& record, Notes& notes) {
  note_recreated(in, key, record, notes);
  note_clock(in, key, notes);
  if (const auto refused = in.evidence.interfaces_refused(key); refused > 0) {
    notes.push_back(
        fmt::format("it sends rows of more interfaces than there are places for: {} had none; those that "
                    "ledger records name have one always. Raise evidence.most_interfaces, or check the "
                    "device for interface names that change",
                    refused));
  }
}

void note_undecided(const NoteInputs& in, const Pubkey& device, control::KnownFacts& facts) {
  const auto* pushed = pushed_by(in, device);
  const bool late = pushed != nullptr && pushed->perhaps_late(in.evidence.settings().lateness, in.now);
  if (!facts.rows_late.contains(device) && (late || late_so_far(in, device) > 0)) facts.perhaps_late.insert(device);
}

}  // namespace

control::KnownFacts known_facts(const NoteInputs& in) {
  control::KnownFacts facts;
  // Told in steps, so that a pass finds what the one before found.
  const auto steps = [](Duration by) -> Duration {
    return std::chrono::round<std::chrono::duration<std::int64_t, std::ratio<10>>>(by);
  };
  facts.heard = [&pushed = in.pushed](const Pubkey& device) {
    const auto found = pushed.devices.find(device);
    return found == pushed.devices.end() ? std::nullopt : found->second.newest;
  };
  const bool has_strangers = !in.pushed.unknown_devices.empty() || (in.pulled != nullptr && !in.pulled->strays.empty());
  if (has_strangers) {
    for (const auto& [key, record] : in.records.devices) {
      if (const auto old = old_pubkey_of(in, key, record)) facts.old_pubkey.emplace(key, old->key);
    }
  }
  // Of all others nothing was noticed.
  std::set<Pubkey> noticed = in.pushed.out_of_time;
  if (in.pulled != nullptr) {
    for (const auto& [key, _] : in.pulled->ahead) noticed.insert(key);
    for (const auto& [key, _] : in.pulled->late) noticed.insert(key);
  }
  for (const auto& key : noticed) {
    if (!in.records.devices.contains(key)) continue;
    const auto* pushed = pushed_by(in, key);
    auto ahead = stamped_ahead(in, key);
    if (!ahead && pushed != nullptr) ahead = pushed->clock_ahead(in.now);
    if (ahead) facts.clock_ahead.emplace(key, steps(*ahead));
    if (const auto back = pushed == nullptr ? std::nullopt : pushed->step_back.at(in.now))
      facts.times_back.emplace(key, control::TimesBack{steps(back->by), back->at});
    if (const auto late = pushed == nullptr ? std::nullopt : pushed->rows_late(in.evidence.settings().lateness, in.now))
      facts.rows_late.emplace(key, steps(*late));
    if (late_minutes(in, key)) facts.rows_late.try_emplace(key, steps(in.pulled->late_now.at(key).by));
    note_undecided(in, key, facts);
  }
  return facts;
}

std::vector<std::string> notes_of(const NoteInputs& in, const Pubkey& key) {
  Notes notes;
  if (const auto device = in.records.devices.find(key); device != in.records.devices.end()) {
    note_device(in, key, device->second, notes);
    for (const auto& port : device->second.interfaces) {
      if (port.dia != Dia::None || port.cyoa != Cyoa::None) note_port(in, key, port.name, notes);
    }
    return notes;
  }
  const auto link = in.records.links.find(key);
  if (link == in.records.links.end()) return notes;
  const auto side = [&](char name, const Pubkey& device, const std::string& port) {
    Notes found;
    note_port(in, device, port, found);
    if (const auto record = in.records.devices.find(device); record != in.records.devices.end())
      note_device(in, device, record->second, found);
    for (auto& note : found) notes.push_back(fmt::format("side {}: {}", name, note));
  };
  side('A', link->second.side_a, link->second.side_a_iface);
  side('Z', link->second.side_z, link->second.side_z_iface);
  return notes;
}

std::vector<std::string> suspicion_notes(const NoteInputs& in) {
  Notes notes;
  for (const auto source : in.policy.sources()) {
    const auto state = in.evidence.state(source);
    if (!state.suspect_since) continue;
    const control::Cause cause{.kind = control::CauseKind::SourceSuspect,
                               .source = source,
                               .silent = in.evidence.suspected_silent(source),
                               .active = state.suspect_devices,
                               .since = *state.suspect_since};
    notes.push_back(render_cause(cause, {in.records.links, in.records.devices, in.policy, in.now}) +
                    "; their silent minutes count as unobserved");
  }
  return notes;
}

}  // namespace dz::monitor
