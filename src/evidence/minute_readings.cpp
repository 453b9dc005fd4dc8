#include "evidence/minute_readings.h"

#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr std::array kShown{kInErrorsRose, kOutErrorsRose, kInFcsErrorsRose, kInOctetsRose, kOutOctetsRose};

void show_octets(const PortOctets::Kept& kept, std::size_t octets, CounterReadings& shown) {
  shown.before = kept.before[octets];
  if (!kept.readings || !kept.readings->last[octets]) return;
  const auto &first = *kept.readings->first[octets], &last = *kept.readings->last[octets];
  shown.readings.push_back(first);
  if (first == last) return;
  shown.readings.push_back(last);
  shown.left_out = true;
}

ReadingsKept kept_state(const EvidenceState& state, std::uint32_t port, MinuteIndex m, bool has_readings) {
  const auto watermark = state.source(Source::Counters).watermark;
  if (m >= watermark) return ReadingsKept::NotClosed;
  if (m < watermark - kRingMinutes) return ReadingsKept::TooOld;
  if (!state.ports.minutes.test(port, kData, m)) return ReadingsKept::NoRows;
  return has_readings ? ReadingsKept::Kept : ReadingsKept::NotKept;
}

}  // namespace

std::string_view to_text(ReadingsKept kept) {
  switch (kept) {
    case ReadingsKept::Kept: return "kept";
    case ReadingsKept::NoRows: return "no rows";
    case ReadingsKept::NotKept: return "not kept";
    case ReadingsKept::NotClosed: return "not closed";
    case ReadingsKept::TooOld: return "too old";
  }
  return "not kept";
}

PortReadings readings_of(const Evidence& evidence, InterfaceRef interface, Minute minute) {
  PortReadings all;
  for (std::size_t i = 0; i < kShown.size(); ++i)
    all.counters[i].counter = static_cast<CounterBit>(bit_of_counter(kShown[i]));
  const auto& state = EvidenceContents::of(evidence);
  const auto m = index_of(minute);
  if (interface.index == kNoSubject) {
    all.octets = m < state.source(Source::Counters).watermark ? ReadingsKept::NoRows : ReadingsKept::NotClosed;
    return all;
  }
  const auto& port = state.ports.all[interface.index];
  const PortShelf shelf(*state.ports.shelf, state.devices.all[port.device].key, port.name);
  const auto octets = port.counters.octets().kept_of(m, shelf);
  all.octets = kept_state(state, interface.index, m, octets.readings.has_value());
  if (all.octets == ReadingsKept::NotClosed) return all;
  for (std::size_t i = 0; i < kShown.size(); ++i) {
    auto& shown = all.counters[i];
    if (is_octets(kShown[i])) {
      show_octets(octets, static_cast<std::size_t>(kShown[i] - kInOctetsRose), shown);
      continue;
    }
    auto errors = port.counters.errors(kShown[i]).kept_of(m);
    shown = {shown.counter, errors.before, std::move(errors.values), errors.folded};
  }
  return all;
}

}  // namespace dz::evidence
