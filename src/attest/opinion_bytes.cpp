#include "attest/opinion_bytes.h"

#include <algorithm>
#include <array>

#include "wire/borsh.h"

namespace dz::attest {
namespace {

constexpr std::array kHealths{Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired,
                              Health::ReadyForLinks};

}  // namespace

std::uint8_t opinion_number(Health health) {
  return static_cast<std::uint8_t>(std::find(kHealths.begin(), kHealths.end(), health) - kHealths.begin());
}

std::optional<Health> opinion_health(std::uint8_t number) {
  return number < kHealths.size() ? std::optional(kHealths[number]) : std::nullopt;
}

Bytes opinion_bytes(const OpinionFields& f) {
  wire::BorshWriter out;
  out.raw(as_bytes(kOpinionBegin));
  out(f.genesis, f.program, f.judge, static_cast<std::uint8_t>(f.kind == RecordKind::Link ? 0 : 1), f.record, f.account,
      opinion_number(f.health), static_cast<std::int64_t>(f.window_end.time_since_epoch().count()), f.policy,
      static_cast<std::int64_t>(f.made_at.time_since_epoch().count()));
  return std::move(out).take();
}

Bytes opinion_bytes(const Statement& s, const OpinionStatement& o) {
  return opinion_bytes(
      {s.genesis, s.program, o.key, s.kind, s.record, s.account, s.to, o.window_end, s.policy, o.made_at});
}

}  // namespace dz::attest
