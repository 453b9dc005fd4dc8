#include "verdict/policy.h"

#include <sodium.h>
#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"

namespace dz {
namespace {

using std::chrono::minutes;

bool any_enforced(const Policy& policy, std::span<const Criterion> criteria, CriterionKind kind) {
  return std::any_of(criteria.begin(), criteria.end(),
                     [&](const Criterion& c) { return c.kind == kind && policy.mode(c.id) == Mode::Enforce; });
}

Result<void> check_modes(const Policy& p) {
  for (const auto& [what, criteria] : {std::pair{"link", link_criteria()}, std::pair{"device", device_criteria()}}) {
    for (const auto& [kind, text] :
         {std::pair{CriterionKind::Record, "record"}, {CriterionKind::Evidence, "evidence"}}) {
      if (any_enforced(p, criteria, kind)) continue;
      return refused(
          fmt::format("criteria: expected at least one {} criterion of {}s with mode enforce, found none: "
                      "without any, nothing could ever be healthy; enforce one",
                      text, what));
    }
  }
  return {};
}

Result<void> check_damping(const char* name, const Damping& d, const Policy& p) {
  if (d.bad < 1 || d.of < d.bad || d.of > 60) {
    return refused(
        fmt::format("damping.{}: expected 1 <= bad <= of <= 60, found bad = {}, of = {}", name, d.bad, d.of));
  }
  if (d.bad <= p.bad_allowed) {
    return refused(
        fmt::format("damping.{}: expected bad above allowed.bad ({}), found {}: a record could be bad enough "
                    "to impair and clean enough to be healthy at once; lower allowed.bad or raise bad",
                    name, p.bad_allowed, d.bad));
  }
  if (minutes{d.of} > std::min(p.window, p.recovery_window)) {
    return refused(
        fmt::format("damping.{}: expected of to fit in window and recovery_window, found {} minutes", name, d.of));
  }
  return {};
}

// "24h", "390m".
std::string span_text(minutes m) {
  return m.count() % 60 == 0 ? fmt::format("{}h", m.count() / 60) : fmt::format("{}m", m.count());
}

}  // namespace

std::array<Mode, kCriterionCount> Policy::default_modes() {
  std::array<Mode, kCriterionCount> modes{};
  for (const auto& c : all_criteria()) modes[index_of(c.id)] = c.default_mode;
  return modes;
}

Result<void> check_policy(const Policy& p) {
  const auto shortest = std::min(p.window, p.recovery_window);
  if (p.bad_allowed + p.unobserved_allowed >= shortest.count()) {
    return refused(
        fmt::format("allowed: expected bad + unobserved below the {} minutes of the shortest window, found "
                    "{}: nothing would have to be seen; lower them",
                    shortest.count(), p.bad_allowed + p.unobserved_allowed));
  }
  if (p.max_hold < p.max_staleness) {
    return refused(fmt::format("max_hold: expected at least max_staleness ({}), found {}", span_text(p.max_staleness),
                               span_text(p.max_hold)));
  }
  if (p.qa.max_gap > p.window) {
    return refused(fmt::format("qa.max_gap: expected at most window ({}), found {}: no gap could be that long",
                               span_text(p.window), span_text(p.qa.max_gap)));
  }
  DZ_TRY(check_damping("short", p.damping_short, p));
  DZ_TRY(check_damping("long", p.damping_long, p));
  return check_modes(p);
}

std::string render_policy(const Policy& p) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "window = \"{}\"\nrecovery_window = \"{}\"\nmax_staleness = \"{}\"\nmax_hold = \"{}\"\n",
                 span_text(p.window), span_text(p.recovery_window), span_text(p.max_staleness), span_text(p.max_hold));
  fmt::format_to(out, "\n[allowed]\nbad = {}\nunobserved = {}\n", p.bad_allowed, p.unobserved_allowed);
  fmt::format_to(out, "\n[damping]\nshort = {{ bad = {}, of = {} }}\nlong = {{ bad = {}, of = {} }}\n",
                 p.damping_short.bad, p.damping_short.of, p.damping_long.bad, p.damping_long.of);
  fmt::format_to(out, "\n[qa]\nsuccesses = {}\nmax_gap = \"{}\"\n", p.qa.successes, span_text(p.qa.max_gap));
  fmt::format_to(out, "\n[criteria]\n");
  for (const auto& c : all_criteria()) fmt::format_to(out, "\"{}\" = \"{}\"\n", c.name, to_text(p.mode(c.id)));
  return text;
}

std::string policy_digest(const Policy& policy) {
  const auto text = render_policy(policy);
  const auto bytes = dz::as_bytes(std::string_view{text});
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

}  // namespace dz
