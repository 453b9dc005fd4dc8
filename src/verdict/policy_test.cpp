#include "verdict/policy.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dz {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

std::string refusal(std::string_view toml) {
  const auto policy = parse_policy(toml, "policy.toml");
  return policy ? "accepted" : policy.error().message;
}

TEST(Policy, DefaultsAreStrict) {
  const auto policy = parse_policy("", "policy.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(*policy, Policy{});
  EXPECT_EQ(policy->window, minutes{1440});
  EXPECT_EQ(policy->recovery_window, minutes{1440});
  EXPECT_EQ(policy->bad_allowed, 0);
  EXPECT_EQ(policy->unobserved_allowed, 15);
  EXPECT_EQ(policy->max_staleness, minutes{10});
  EXPECT_EQ(policy->max_hold, minutes{60});
  EXPECT_EQ(policy->damping_short, (Damping{3, 5}));
  EXPECT_EQ(policy->damping_long, (Damping{10, 60}));
  EXPECT_EQ(policy->qa, (QaPolicy{4, minutes{390}}));
  for (const auto& c : all_criteria()) {
    const bool shadow =
        c.id == CriterionId::LinkAzProbes || c.id == CriterionId::LinkZaProbes || c.id == CriterionId::DeviceCyoaUp;
    EXPECT_EQ(policy->mode(c.id), shadow ? Mode::Shadow : Mode::Enforce) << c.name;
  }
}

TEST(Policy, ReadsEveryKey) {
  const auto policy = parse_policy(R"(
window = "12h"
recovery_window = "6h"
max_staleness = "5m"
max_hold = "2h"
[allowed]
bad = 1
unobserved = 7
[damping]
short = { bad = 2, of = 4 }
long = { bad = 9, of = 50 }
[qa]
successes = 3
max_gap = "5h"
[criteria]
"link.az.probes" = "enforce"
link.za.probes = "off"
device.qa = "shadow"
)",
                                   "policy.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->window, minutes{720});
  EXPECT_EQ(policy->recovery_window, minutes{360});
  EXPECT_EQ(policy->max_staleness, minutes{5});
  EXPECT_EQ(policy->max_hold, minutes{120});
  EXPECT_EQ(policy->bad_allowed, 1);
  EXPECT_EQ(policy->unobserved_allowed, 7);
  EXPECT_EQ(policy->damping_short, (Damping{2, 4}));
  EXPECT_EQ(policy->damping_long, (Damping{9, 50}));
  EXPECT_EQ(policy->qa, (QaPolicy{3, minutes{300}}));
  EXPECT_EQ(policy->mode(CriterionId::LinkAzProbes), Mode::Enforce);
  EXPECT_EQ(policy->mode(CriterionId::LinkZaProbes), Mode::Off);
  EXPECT_EQ(policy->mode(CriterionId::DeviceQa), Mode::Shadow);
}

TEST(Policy, RefusesUnknownKeysByNameAndLine) {
  EXPECT_THAT(refusal("window = \"24h\"\nwindw = \"1h\"\n"), HasSubstr("policy.toml:2: windw: no such key; expected"));
  EXPECT_THAT(refusal("[allowed]\nbda = 1\n"), HasSubstr("policy.toml:2: allowed.bda: no such key"));
  EXPECT_THAT(refusal("[criteria]\n\"link.b.data\" = \"off\"\n"), HasSubstr("no criterion 'link.b.data'"));
}

TEST(Policy, RefusesWrongValues) {
  EXPECT_THAT(refusal("window = 24"), HasSubstr("policy.toml:1: window: expected a duration in quotes"));
  EXPECT_THAT(refusal("window = \"90s\""), HasSubstr("expected whole minutes"));
  EXPECT_THAT(refusal("window = \"0m\""), HasSubstr("expected whole minutes"));
  EXPECT_THAT(refusal("window = \"a day\""), HasSubstr("expected a whole number and a unit"));
  EXPECT_THAT(refusal("[allowed]\nbad = -1"), HasSubstr("allowed.bad: expected a whole number from 0"));
  EXPECT_THAT(refusal("[allowed]\nbad = 1.5"), HasSubstr("allowed.bad: expected a whole number"));
  EXPECT_THAT(refusal("[criteria]\n\"link.a.data\" = \"strict\""), HasSubstr("\"enforce\", \"shadow\" or \"off\""));
  EXPECT_THAT(refusal("damping = 3"), HasSubstr("damping: expected a table"));
  EXPECT_THAT(refusal("window = "), HasSubstr("policy.toml:1: expected TOML"));
}

TEST(Policy, RefusesValuesThatContradictEachOther) {
  EXPECT_THAT(refusal("[allowed]\nunobserved = 1440"), HasSubstr("nothing would have to be seen"));
  EXPECT_THAT(refusal("[allowed]\nbad = 3"), HasSubstr("damping.short: expected bad above allowed.bad"));
  EXPECT_THAT(refusal("recovery_window = \"30m\""), HasSubstr("damping.long: expected of to fit"));
  EXPECT_THAT(refusal("[damping]\nshort = { bad = 6, of = 5 }"), HasSubstr("1 <= bad <= of <= 60"));
  EXPECT_THAT(refusal("max_hold = \"5m\""), HasSubstr("max_hold: expected at least max_staleness"));
  EXPECT_THAT(refusal("window = \"6h\""), HasSubstr("qa.max_gap: expected at most window"));
}

TEST(Policy, RefusesToEnforceNothing) {
  std::string toml = "[criteria]\n";
  for (const auto& c : link_criteria()) {
    if (c.kind == CriterionKind::Evidence) toml += fmt::format("\"{}\" = \"shadow\"\n", c.name);
  }
  EXPECT_THAT(refusal(toml), HasSubstr("at least one evidence criterion of links with mode enforce"));
}

RC_GTEST_PROP(Policy, ItsTextReadsBackToTheSamePolicy, ()) {
  Policy p;
  p.recovery_window = minutes{*rc::gen::inRange(60, 1441)};
  p.window = minutes{*rc::gen::inRange(400, 1441)};
  p.unobserved_allowed = *rc::gen::inRange(0, 30);
  p.bad_allowed = *rc::gen::inRange(0, 3);
  p.qa.successes = *rc::gen::inRange(1, 10);
  for (auto& mode : p.modes)
    mode = *rc::gen::weightedElement<Mode>({{6, Mode::Enforce}, {1, Mode::Shadow}, {1, Mode::Off}});
  RC_PRE(check_policy(p).has_value());
  const auto text = render_policy(p);
  const auto back = parse_policy(text, "rendered");
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == p);
  RC_ASSERT(render_policy(*back) == text);
}

TEST(Policy, DigestNamesThePolicy) {
  Policy other;
  other.unobserved_allowed = 16;
  EXPECT_EQ(policy_digest(Policy{}).size(), 64U);
  EXPECT_EQ(policy_digest(Policy{}), policy_digest(Policy{}));
  EXPECT_NE(policy_digest(Policy{}), policy_digest(other));
}

// The reference page carries the defaults as the text that render_policy gives, so it cannot go stale.
TEST(Policy, ReferencePageListsEveryDefault) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/formats/policy.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_THAT(page.str(), HasSubstr("```toml\n" + render_policy(Policy{}) + "```"));
  for (const auto& c : all_criteria()) {
    EXPECT_THAT(page.str(), HasSubstr(fmt::format("| {} | {} | {} |", c.name, to_text(c.default_mode), c.meaning)));
  }
}

}  // namespace
}  // namespace dz
