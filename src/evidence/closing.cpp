// How minutes close: the source first, then its ports, piece by piece (docs/adr/0023-a-close-in-pieces.md).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

// Settles the port, whose minutes [before, closed) close, from minute `from` of these on. Returns where it stopped.
MinuteIndex settle(EvidenceState& state, std::uint32_t number, const PortsClosing& closing, MinuteIndex from,
                   std::size_t& work) {
  auto& port = state.ports.all[number];
  PortRing ring(state.ports.minutes, number);
  const PortShelf shelf(*state.ports.shelf, state.devices.all[port.device].key, port.name);
  const auto reached = port.counters.settle(from, closing.closed, {ring, shelf, state.ports.rows}, work);
  state.ports.forget_counts(number, ring.changed());
  if (ring.changed() < closing.before) {
    state.ports.changes[number].note(ring.changed());
    ++state.late_revision;
  }
  return reached;
}

}  // namespace

void EvidenceState::settle_late(std::uint32_t port) {
  const auto watermark = source(Source::Counters).watermark;
  std::size_t work = SIZE_MAX;
  settle(*this, port, {.before = watermark, .closed = watermark}, watermark, work);
}

bool EvidenceState::settle_pending(std::uint32_t port, std::size_t& work) {
  auto& under_way = *closing;
  const auto from = under_way.part == port ? under_way.reached : under_way.before;
  const auto reached = settle(*this, port, under_way, from, work);
  const bool settled = reached == under_way.closed;
  if (!settled) {
    under_way.part = port;
    under_way.reached = reached;
  } else if (under_way.part == port) {
    under_way.part = kNoSubject;
  }
  ports.all[port].has_late = false;
  ports.all[port].pending = !settled;
  return settled;
}

void EvidenceState::finish_port(std::uint32_t port) {
  std::size_t work = SIZE_MAX;
  if (ports.all[port].pending) settle_pending(port, work);
}

void Evidence::close_through(Source source, MinuteIndex watermark) {
  auto& state = *state_;
  if (source == Source::Counters) begin_closing_ports(watermark);
  if (source == Source::Qa && watermark > state.source(source).watermark) forget_old_qa(watermark);
  state.close(source, watermark);
}

void Evidence::settle_ports(const Pieces& pieces) {
  DZ_CHECK(state_->snapshot == nullptr);
  while (!settle_some(pieces.work)) {
    if (pieces.between) pieces.between();
  }
}

// After a close that was left half done by an exception, that one first.
void Evidence::begin_closing_ports(MinuteIndex watermark) {
  settle_ports({});
  auto& ports = state_->ports;
  const auto before = state_->source(Source::Counters).watermark;
  const bool moves = watermark > before;
  if (!moves && ports.late.empty()) return;
  PortsClosing closing{.before = before, .closed = std::max(watermark, before)};
  if (moves) {
    closing.ports.reserve(ports.all.size());
    for (std::uint32_t port = 0; port < ports.all.size(); ++port) {
      auto& evidence = ports.all[port];
      evidence.pending = evidence.counters.needs_settling();
      if (evidence.pending) closing.ports.push_back(port);
    }
    ports.late.clear();
  } else {
    closing.ports = std::exchange(ports.late, {});
    std::sort(closing.ports.begin(), closing.ports.end());
    for (const auto port : closing.ports) ports.all[port].pending = true;
  }
  state_->closing = std::move(closing);
}

// A piece of the close under way. True: nothing of it is left.
bool Evidence::settle_some(std::size_t work) {
  auto& state = *state_;
  if (!state.closing) return true;
  for (auto& next = state.closing->next; next < state.closing->ports.size(); ++next) {
    const auto port = state.closing->ports[next];
    if (!state.ports.all[port].pending) continue;
    if (!state.settle_pending(port, work) || work == 0) return false;
  }
  const auto [before, closed] = std::pair(state.closing->before, state.closing->closed);
  if (closed > before) state.ports.shelf->forget_before(piece_of(std::max(closed - kRingMinutes, 0)));
  state.closing.reset();
  return true;
}

}  // namespace dz::evidence
