#include "sim/promises.h"

#include <fmt/format.h>

namespace dz::sim {
namespace {

std::string text_of(const std::optional<Timestamp>& time) { return time ? dz::to_text(*time) : "no time"; }

}  // namespace

void Promises::look(const monitor::Monitor& monitor, Timestamp now) {
  if (!monitor.ledger().snapshot()) return;
  const auto& snapshot = *monitor.ledger().snapshot();
  for (const auto& verdict : monitor.verdicts()) {
    const bool healthy = verdict.verdict == Health::Healthy;
    const auto with = [&](const auto& record) {
      follow(verdict, record.code, {record.status, record.desired_status, verdict.healthy_at, healthy, now});
    };
    if (verdict.kind == RecordKind::Link) {
      if (const auto link = snapshot.links.find(verdict.key); link != snapshot.links.end()) with(link->second);
    } else if (const auto device = snapshot.devices.find(verdict.key); device != snapshot.devices.end()) {
      with(device->second);
    }
  }
}

void Promises::follow(const control::RecordVerdict& verdict, const std::string& code, Promise now) {
  const auto found = open_.find(verdict.key);
  const bool same = found != open_.end() && found->second.status == now.status && found->second.desired == now.desired;
  // A new state is a new promise; so is one that could not be made before.
  if (!same || found->second.healthy || !found->second.at) {
    open_.insert_or_assign(verdict.key, now);
    return;
  }
  auto& before = found->second;
  const auto complain = [&](std::string_view what) {
    broken_.push_back(fmt::format("{} {} {}: promised {}, {}", dz::to_text(now.looked), dz::to_text(verdict.kind), code,
                                  text_of(before.at), what));
  };
  if (now.healthy) {
    // Equal to the last look: named at the first sight of a record, which is pending for a pass. Later on it would
    // have been another time by then.
    const bool kept = *before.at >= before.looked && *before.at <= now.looked;
    if (!kept) complain(fmt::format("healthy now, not yet at {}", dz::to_text(before.looked)));
    kept_ += kept ? 1 : 0;
  } else if (now.at == now.looked && before.at == before.looked) {
    // It could be healthy at once, both times: what it waits for is a write on its way.
  } else if (now.at != before.at) {
    complain(fmt::format("and now {}", text_of(now.at)));
  }
  before = now;
}

}  // namespace dz::sim
