#include "verdict/policy.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "evidence/evidence.h"
#include "verdict/policy_words.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;

bool any_enforced(const Policy& policy, std::span<const CriterionId> criteria, CriterionKind kind, std::uint8_t type) {
  return std::any_of(criteria.begin(), criteria.end(), [&](CriterionId id) {
    return criterion(id).kind == kind && policy.mode(id) == Mode::Enforce && (policy.of(id).types & type) != 0;
  });
}

template <typename Type>
Result<void> check_enforced(const Policy& p, const std::vector<CriterionId>& criteria, const char* what,
                            std::initializer_list<Type> types) {
  for (const auto type : types) {
    for (const auto& [kind, text] :
         {std::pair{CriterionKind::Record, "record"}, {CriterionKind::Evidence, "evidence"}}) {
      if (any_enforced(p, criteria, kind, type_bit(type))) continue;
      return refused(
          fmt::format("criterion: expected at least one {} criterion of {}s of type {} with mode enforce, found none: "
                      "without any, none of them could ever be healthy; enforce one",
                      text, what, to_text(type)));
    }
  }
  return {};
}

// The shortest window that a criterion is judged over.
minutes shortest_window(const Policy& p, CriterionId id) {
  return std::min(p.window_of(id, p.window), p.window_of(id, p.recovery_window));
}

Result<void> check_settings(const Policy& p, CriterionId id) {
  if (criterion(id).kind == CriterionKind::Record) return {};
  const auto shortest = shortest_window(p, id);
  const int bad = p.bad_allowed_of(id);
  if (bad + p.unobserved_allowed_of(id) >= shortest.count()) {
    return refused(fmt::format(
        "{}: expected allowed_bad + allowed_unobserved below the {} minutes of its window, found {}: nothing would "
        "have to be seen; lower them",
        p.name(id), shortest.count(), bad + p.unobserved_allowed_of(id)));
  }
  for (const auto& d : {p.damping_short, p.damping_long}) {
    if (d.bad > bad && minutes{d.of} <= shortest) continue;
    return refused(fmt::format(
        "{}: expected allowed_bad below damping's bad ({}) and a window of at least damping's of ({} minutes), found "
        "{} and {}: it could be bad enough to impair and clean enough to be healthy at once",
        p.name(id), d.bad, d.of, bad, shortest.count()));
  }
  return {};
}

Result<void> check_added(const Policy& p, std::size_t i) {
  const auto& criterion = p.added[i];
  const auto complain = [&](const std::string& what) -> Result<void> { return refused(criterion.id + ": " + what); };
  if (!criterion.at_least && !criterion.at_most)
    return complain("expected at_least or at_most: without a bound no value is bad");
  if (criterion.at_least && criterion.at_most && *criterion.at_least > *criterion.at_most)
    return complain(fmt::format("expected at_least up to at_most, found {} and {}: no value could be good",
                                *criterion.at_least, *criterion.at_most));
  if (criterion.every > shortest_window(p, added_criterion(i)))
    return complain("expected every to fit in its window: one value would speak for more than is judged");
  for (std::size_t k = 0; k < i; ++k) {
    const auto& other = p.added[k];
    if (other.id == criterion.id) return complain(fmt::format("declared before, in line {}", other.line));
    auto same = other;
    same.id = criterion.id;
    same.meaning = criterion.meaning;
    same.at_least = criterion.at_least;
    same.at_most = criterion.at_most;
    if (same == criterion && p.of(added_criterion(k)).types & p.of(added_criterion(i)).types)
      return complain(fmt::format("asks what {} (line {}) asks: one of them is enough", other.id, other.line));
  }
  return {};
}

Result<void> check_criteria(const Policy& p) {
  for (const auto id : p.link_criteria()) DZ_TRY(check_criterion(p, id));
  for (const auto id : p.device_criteria()) DZ_TRY(check_criterion(p, id));
  DZ_TRY(check_enforced(p, p.link_criteria(), "link", {LinkType::Wan, LinkType::Dzx}));
  return check_enforced(p, p.device_criteria(), "device", {DeviceType::Hybrid, DeviceType::Transit, DeviceType::Edge});
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
  if (minutes{d.of} > std::min(p.window.length, p.recovery_window.length)) {
    return refused(
        fmt::format("damping.{}: expected of to fit in window and recovery_window, found {} minutes", name, d.of));
  }
  return {};
}

}  // namespace

std::string_view to_text(AddedKind subject) {
  switch (subject) {
    case AddedKind::Device: return "device";
    case AddedKind::Link: return "link";
    case AddedKind::SideA: return "side-a";
    case AddedKind::SideZ: return "side-z";
  }
  return "invalid";
}

std::array<CriterionSettings, kMostCriteria> Policy::default_criteria() {
  std::array<CriterionSettings, kMostCriteria> settings{};
  for (const auto& c : all_criteria()) settings[index_of(c.id)].mode = c.default_mode;
  // QA does not test transit devices.
  settings[index_of(CriterionId::DeviceQa)].types = type_bit(DeviceType::Hybrid) | type_bit(DeviceType::Edge);
  return settings;
}

Policy default_policy(const Profile& profile) {
  Policy policy;
  policy.profile = &profile;
  policy.device_stages = profile.device_stages;
  if (!policy.device_stages) return policy;
  using enum CriterionId;
  policy.window = window_in_slots(200'000);
  policy.recovery_window = window_in_slots(5'000);
  policy.unobserved_allowed = 5;
  policy.damping_long = {5, 30};  // fits in 5,000 slots
  for (const auto id : {LinkAzProbes, LinkZaProbes}) policy.of(id).mode = Mode::Enforce;
  policy.of(DeviceQa).window = std::chrono::hours{24};  // its runs are hours apart
  for (const auto& c : verdict::device_criteria()) policy.of(c.id).stage = c.stage;
  return policy;
}

Window window_for(const Policy& policy, Health health, Status status) {
  const bool on_its_way = is_provisioning(status) && health != Health::Healthy;
  const bool fresh = health == Health::Unknown || health == Health::Pending || on_its_way;
  return fresh ? policy.window : policy.recovery_window;
}

minutes longest_window(const Policy& p) {
  const auto most = [](const Window& window) { return window.slots > 0 ? evidence::kLongestWindow : window.length; };
  auto longest = std::max(most(p.window), most(p.recovery_window));
  for (const auto& settings : p.criteria) longest = std::max(longest, settings.window.value_or(longest));
  return longest;
}

minutes least_window(const Policy& p) {
  int least = std::max({p.damping_short.of, p.damping_long.of, p.bad_allowed + p.unobserved_allowed + 1});
  const auto consider = [&](CriterionId id) {
    if (p.of(id).window || criterion(id).kind == CriterionKind::Record) return;
    least = std::max(least, p.bad_allowed_of(id) + p.unobserved_allowed_of(id) + 1);
    if (is_added(id)) least = std::max(least, static_cast<int>(p.added[added_number(id)].every.count()));
  };
  for (const auto id : p.link_criteria()) consider(id);
  for (const auto id : p.device_criteria()) consider(id);
  return minutes{least};
}

std::string_view Policy::name(CriterionId id) const {
  return is_added(id) ? std::string_view(added[added_number(id)].id) : criterion(id).name;
}

std::string_view Policy::source_name(CriterionId id) const {
  return is_added(id) ? std::string_view(added[added_number(id)].source) : to_text(criterion(id).source);
}

bool Policy::links_judged_as_candidates() const {
  using enum CriterionId;
  const auto key = [this](CriterionId id) {
    const auto& s = of(id);
    return std::tie(s.window, s.bad_allowed, s.unobserved_allowed);
  };
  return std::ranges::all_of(
      std::array{LinkAData, LinkAErrors, LinkAUtilization, LinkZData, LinkZErrors, LinkZUtilization},
      [&](CriterionId id) { return key(id) == key(DeviceLinkUp); });
}

std::string_view Policy::source_name(evidence::Source source) const {
  return is_added(source) ? std::string_view(added[added_number(source)].id) : to_text(source);
}

std::vector<evidence::Source> Policy::sources() const {
  std::vector<evidence::Source> all;
  for (std::size_t i = 0; i < evidence::kNamedSources + added.size(); ++i)
    all.push_back(static_cast<evidence::Source>(i));
  return all;
}

minutes Policy::max_staleness_of(evidence::Source source) const {
  if (source == evidence::Source::Qa) return qa.max_gap;
  return is_added(source) ? max_staleness + added[added_number(source)].every : max_staleness;
}

namespace {

std::vector<CriterionId> criteria_of(const Policy& p, std::span<const Criterion> own, bool of_links) {
  std::vector<CriterionId> ids;
  for (const auto& c : own) ids.push_back(c.id);
  for (std::size_t i = 0; i < p.added.size(); ++i) {
    if (p.added[i].is_of_links() == of_links) ids.push_back(added_criterion(i));
  }
  return ids;
}

}  // namespace

std::vector<CriterionId> Policy::link_criteria() const { return criteria_of(*this, verdict::link_criteria(), true); }
std::vector<CriterionId> Policy::device_criteria() const {
  return criteria_of(*this, verdict::device_criteria(), false);
}

Result<void> check_criterion(const Policy& p, CriterionId id) {
  if (is_added(id)) DZ_TRY(check_added(p, added_number(id)));
  return check_settings(p, id);
}

Result<void> check_policy(const Policy& p) {
  const auto shortest = std::min(p.window.length, p.recovery_window.length);
  if (p.bad_allowed + p.unobserved_allowed >= shortest.count()) {
    return refused(
        fmt::format("allowed: expected bad + unobserved below the {} minutes of the shortest window, found "
                    "{}: nothing would have to be seen; lower them",
                    shortest.count(), p.bad_allowed + p.unobserved_allowed));
  }
  if (p.recovery_window.length > p.window.length) {
    return refused(
        fmt::format("recovery_window: expected at most window ({}), found {}: a record just made healthy would be "
                    "judged over minutes that nobody asked about, and impaired at once; lower it",
                    window_text(p.window), window_text(p.recovery_window)));
  }
  if (p.max_hold < p.max_staleness) {
    return refused(fmt::format("max_hold: expected at least max_staleness ({}), found {}", span_text(p.max_staleness),
                               span_text(p.max_hold)));
  }
  if (p.qa.max_gap > p.window.length) {
    return refused(fmt::format("qa.max_gap: expected at most window ({}), found {}: no gap could be that long",
                               window_text(p.window), span_text(p.qa.max_gap)));
  }
  DZ_TRY(check_damping("short", p.damping_short, p));
  DZ_TRY(check_damping("long", p.damping_long, p));
  return check_criteria(p);
}

std::string policy_digest(const Policy& policy) {
  const auto text = render_policy(policy);
  return fmt::format("{:02x}", fmt::join(sha256(as_bytes(text)), ""));
}

}  // namespace dz::verdict
