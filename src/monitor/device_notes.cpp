#include "monitor/device_notes.h"

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::monitor {
namespace {

constexpr std::size_t kLateIsUsual = 10;  // of the last 30 minutes

using Notes = std::vector<std::string>;

void note_port(const NoteInputs& in, const Pubkey& device, const std::string& name, Notes& notes) {
  const auto ref = in.evidence.find_interface(device, name);
  if (ref.index == evidence::kNoSubject || ref.parent_port) return;  // the explanation itself tells of parent ports
  const auto told = in.evidence.reported_name(ref);
  if (told != name && interface_key(told) == interface_key(name)) {
    notes.push_back(fmt::format("{} is called {} by the telemetry: taken as one interface", name, told));
  }
}

// Rows that come under a pubkey the ledger does not have.
void note_recreated(const NoteInputs& in, const Device& record, Notes& notes) {
  const auto say = [&](const Pubkey& old, std::uint64_t rows, std::string_view why) {
    notes.push_back(
        fmt::format("{} rows came under pubkey {}, which is not on the ledger and {} {}: was the device "
                    "created anew? set its new pubkey on the switch (tag dzd_pubkey) and on its agents",
                    rows, to_text(old), why, record.code));
  };
  if (in.pulled != nullptr) {
    for (const auto& [old, stray] : in.pulled->strays) {
      const auto former = in.former.find(old);
      if (client::same_code(stray.host, record.code)) {
        say(old, stray.rows, "whose switch is called");
      } else if (former != in.former.end() && client::same_code(former->second, record.code)) {
        say(old, stray.rows, "was that of");
      }
    }
  }
  for (const auto& [old, rows] : in.pushed.unknown_devices) {
    const auto former = in.former.find(old);
    if (former != in.former.end() && client::same_code(former->second, record.code)) say(old, rows, "was that of");
  }
}

void note_clock(const NoteInputs& in, const Pubkey& device, Notes& notes) {
  if (in.pulled != nullptr) {
    if (const auto ahead = in.pulled->ahead.find(device); ahead != in.pulled->ahead.end()) {
      notes.push_back(fmt::format("its clock is {} ahead: it stamps rows in the future; set its time",
                                  duration_text(ahead->second - in.pulled->ahead_at)));
    }
    if (const auto late = in.pulled->late.find(device);
        late != in.pulled->late.end() && late->second.size() >= kLateIsUsual) {
      notes.push_back(
          fmt::format("{} of the last 30 minutes came after their turn: its clock is behind, or its "
                      "collector is slow; set its time, or raise the source's lag",
                      late->second.size()));
    }
  }
  const auto pushed = in.pushed.devices.find(device);
  if (pushed == in.pushed.devices.end() || pushed->second.too_far_ahead == 0) return;
  notes.push_back(fmt::format("{} pushed rows were refused because its clock was {} ahead; set its time",
                              pushed->second.too_far_ahead, duration_text(pushed->second.farthest_ahead)));
}

void note_device(const NoteInputs& in, const Pubkey& key, const Device& record, Notes& notes) {
  note_recreated(in, record, notes);
  note_clock(in, key, notes);
  if (const auto refused = in.evidence.interfaces_refused(key); refused > 0) {
    notes.push_back(
        fmt::format("it sends rows of more interfaces than there are places for: {} had none; those that "
                    "ledger records name have one always. Raise evidence.most_interfaces, or check the "
                    "device for interface names that change",
                    refused));
  }
}

}  // namespace

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

}  // namespace dz::monitor
