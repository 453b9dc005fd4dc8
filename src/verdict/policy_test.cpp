#include "verdict/policy.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evidence/evidence.h"

namespace dz::verdict {
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
    const bool event = c.reading.signal == "carrier" || c.reading.signal == "discards";
    const bool shadow = event || c.id == CriterionId::LinkAzProbes || c.id == CriterionId::LinkZaProbes ||
                        c.id == CriterionId::DeviceCyoaUp;
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
[[criterion]]
id = "link.az.probes"
mode = "enforce"
[[criterion]]
id = "link.za.probes"
mode = "off"
[[criterion]]
id = "device.qa"
mode = "shadow"
window = "20h"
types = ["hybrid"]
[[criterion]]
id = "link.a.errors"
subject = "side-a"
source = "counters"
signal = "errors"
allowed_bad = 1
allowed_unobserved = 30
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
  EXPECT_EQ(policy->of(CriterionId::DeviceQa).types, type_bit(DeviceType::Hybrid));
  EXPECT_EQ(policy->window_of(CriterionId::DeviceQa, policy->window), minutes{1200});
  EXPECT_EQ(policy->window_of(CriterionId::LinkAErrors, policy->window), minutes{720});
  EXPECT_EQ(policy->bad_allowed_of(CriterionId::LinkAErrors), 1);
  EXPECT_EQ(policy->unobserved_allowed_of(CriterionId::LinkAErrors), 30);
  EXPECT_EQ(policy->unobserved_allowed_of(CriterionId::LinkZErrors), 7);
}

TEST(Policy, KnowsItsLongestWindow) {
  auto policy = default_policy(rfc_profile());
  EXPECT_EQ(longest_window(policy), std::chrono::hours{24});
  policy.of(CriterionId::DeviceQa).window = std::chrono::hours{26};
  EXPECT_EQ(longest_window(policy), std::chrono::hours{26});
  EXPECT_EQ(longest_window(default_policy(v034_profile())), evidence::kLongestWindow);  // slots: nobody knows yet
}

TEST(Policy, RefusesUnknownKeysByNameAndLine) {
  EXPECT_THAT(refusal("window = \"24h\"\nwindw = \"1h\"\n"), HasSubstr("policy.toml:2: windw: no such key; expected"));
  EXPECT_THAT(refusal("[allowed]\nbda = 1\n"), HasSubstr("policy.toml:2: allowed.bda: no such key"));
  EXPECT_THAT(refusal("[[criterion]]\nid = \"link.a.data\"\nmod = \"off\"\n"),
              HasSubstr("policy.toml:3: criterion.mod: no such key"));
}

TEST(Policy, RefusesWrongValues) {
  EXPECT_THAT(refusal("window = 24"), HasSubstr("policy.toml:1: window: expected a duration in quotes"));
  EXPECT_THAT(refusal("window = \"90s\""), HasSubstr("expected whole minutes"));
  EXPECT_THAT(refusal("window = \"0m\""), HasSubstr("expected whole minutes"));
  EXPECT_THAT(refusal("window = \"a day\""), HasSubstr("expected a whole number and a unit"));
  EXPECT_THAT(refusal("[allowed]\nbad = -1"), HasSubstr("allowed.bad: expected a whole number from 0"));
  EXPECT_THAT(refusal("[allowed]\nbad = 1.5"), HasSubstr("allowed.bad: expected a whole number"));
  EXPECT_THAT(refusal("[[criterion]]\nid = \"link.a.data\"\nmode = \"strict\""),
              HasSubstr("policy.toml:3: criterion.mode: expected \"enforce\", \"shadow\" or \"off\""));
  EXPECT_THAT(refusal("damping = 3"), HasSubstr("damping: expected a table"));
  EXPECT_THAT(refusal("window = "), HasSubstr("policy.toml:1: expected TOML"));
}

TEST(Policy, RefusesValuesThatContradictEachOther) {
  EXPECT_THAT(refusal("[allowed]\nunobserved = 1440"), HasSubstr("nothing would have to be seen"));
  EXPECT_THAT(refusal("[allowed]\nbad = 3"), HasSubstr("damping.short: expected bad above allowed.bad"));
  EXPECT_THAT(refusal("recovery_window = \"30m\""), HasSubstr("damping.long: expected of to fit"));
  EXPECT_THAT(refusal("[damping]\nshort = { bad = 6, of = 5 }"), HasSubstr("1 <= bad <= of <= 60"));
  EXPECT_THAT(refusal("window = \"23h\""), HasSubstr("recovery_window: expected at most window (23h), found 24h"));
  EXPECT_THAT(refusal("max_hold = \"5m\""), HasSubstr("max_hold: expected at least max_staleness"));
  EXPECT_THAT(refusal("window = \"6h\"\nrecovery_window = \"6h\""), HasSubstr("qa.max_gap: expected at most window"));
}

TEST(Policy, RefusesToEnforceNothing) {
  std::string toml;
  for (const auto& c : link_criteria()) {
    if (c.kind == CriterionKind::Evidence)
      toml += fmt::format("[[criterion]]\nid = \"{}\"\nmode = \"shadow\"\n", c.name);
  }
  EXPECT_THAT(refusal(toml), HasSubstr("at least one evidence criterion of links of type WAN with mode enforce"));
}

TEST(Policy, RefusesToEnforceNothingOfOneType) {
  std::string toml;
  for (const auto& c : device_criteria()) {
    if (c.kind == CriterionKind::Evidence)
      toml += fmt::format("[[criterion]]\nid = \"{}\"\ntypes = [\"hybrid\", \"edge\"]\n", c.name);
  }
  EXPECT_THAT(refusal(toml), HasSubstr("evidence criterion of devices of type transit"));
}

constexpr std::string_view kNtp = R"toml([[criterion]]
id = "device.ntp_in_sync"
meaning = "the clock is within 100 ms of NTP"
source = "prom"
query = "max by (device_pubkey) (abs(ntp_offset_seconds))"
at_most = 0.1
mode = "enforce"
window = "2h"
)toml";

// The digest and a decision's bundle are made of this text: it has to be the policy that was judged by.
TEST(Policy, OneThatAsksMoreTypesThanTheDefaultIsReadBackSo) {
  const auto policy =
      parse_policy("[[criterion]]\nid = \"device.qa\"\ntypes = [\"hybrid\", \"transit\", \"edge\"]\n", "");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->of(CriterionId::DeviceQa).types, kAllTypes);
  EXPECT_NE(policy_digest(*policy), policy_digest(Policy{}));
  const auto again = parse_policy(render_policy(*policy), "");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->of(CriterionId::DeviceQa).types, kAllTypes);
  EXPECT_EQ(render_policy(*again), render_policy(*policy));
}

TEST(Policy, AnOperatorAddsACriterion) {
  const auto policy = parse_policy(kNtp, "policy.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  ASSERT_EQ(policy->added.size(), 1U);
  const auto id = added_criterion(0);
  EXPECT_EQ(policy->name(id), "device.ntp_in_sync");
  EXPECT_EQ(policy->source_name(id), "prom");
  EXPECT_EQ(policy->mode(id), Mode::Enforce);
  EXPECT_EQ(policy->window_of(id, policy->window), minutes{120});
  EXPECT_EQ(policy->device_criteria().back(), id);
  EXPECT_EQ(policy->link_criteria().size(), kLinkCriterionCount);
  EXPECT_TRUE(policy->added[0].holds(0.1));
  EXPECT_FALSE(policy->added[0].holds(0.11));
  EXPECT_EQ(policy->added[0].line, 1);
  EXPECT_NE(policy_digest(*policy), policy_digest(Policy{}));
}

TEST(Policy, RefusesAddedCriteriaThatCannotBeJudged) {
  const std::string ntp(kNtp);
  const auto with = [&](std::string_view from, std::string_view to) {
    auto text = ntp;
    text.replace(text.find(from), from.size(), to);
    return refusal(text);
  };
  EXPECT_THAT(with("at_most = 0.1\n", ""),
              HasSubstr("policy.toml:1: criterion device.ntp_in_sync: expected at_least or"));
  EXPECT_THAT(with("at_most = 0.1", "at_most = 0.1\nat_least = 1"), HasSubstr("no value could be good"));
  EXPECT_THAT(with("source = \"prom\"\n", ""), HasSubstr("expected source"));
  EXPECT_THAT(with("device.ntp", "ntp"), HasSubstr("id: expected link. or device."));
  EXPECT_THAT(with("source", "subject = \"side-a\"\nsource"), HasSubstr("subject: expected \"device\""));
  EXPECT_THAT(with("window = \"2h\"", "window = \"2h\"\nevery = \"3h\""), HasSubstr("expected every to fit"));
  EXPECT_THAT(with("window = \"2h\"", "window = \"30m\""), HasSubstr("a window of at least damping's of (60 minutes)"));
  EXPECT_THAT(with("window = \"2h\"", "allowed_unobserved = 1439\nallowed_bad = 2"),
              HasSubstr("nothing would have to be seen"));
  EXPECT_THAT(with("window = \"2h\"", "absent = \"good\""), HasSubstr("absent: expected \"bad\" or \"unobserved\""));
  EXPECT_THAT(with("window = \"2h\"", "types = [\"WAN\"]"), HasSubstr("types: expected some of hybrid, transit, edge"));
  EXPECT_THAT(refusal(ntp + ntp), HasSubstr("policy.toml:9: criterion device.ntp_in_sync: declared twice"));
  auto twin = ntp;
  twin.replace(twin.find("ntp_in_sync"), 11, "clock");
  EXPECT_THAT(refusal(ntp + twin), HasSubstr("asks what device.ntp_in_sync (line 1) asks"));
}

TEST(Policy, WhatTheRfcsCriteriaReadIsFixed) {
  EXPECT_THAT(refusal("[[criterion]]\nid = \"link.a.errors\"\nsignal = \"data\""),
              HasSubstr("signal: expected \"errors\", found \"data\""));
  EXPECT_THAT(refusal("[[criterion]]\nid = \"link.a.errors\"\nat_most = 3"), HasSubstr("id of your own"));
  EXPECT_THAT(refusal("[[criterion]]\nid = \"link.drained\"\nwindow = \"1h\""), HasSubstr("reads the record"));
}

RC_GTEST_PROP(Policy, ItsTextReadsBackToTheSamePolicy, ()) {
  Policy p;
  p.recovery_window = minutes{*rc::gen::inRange(60, 1441)};
  p.window = minutes{*rc::gen::inRange(400, 1441)};
  p.unobserved_allowed = *rc::gen::inRange(0, 30);
  p.bad_allowed = *rc::gen::inRange(0, 3);
  p.qa.successes = *rc::gen::inRange(1, 10);
  const auto ntp = parse_policy(kNtp, "policy.toml");
  if (*rc::gen::arbitrary<bool>()) {
    p.added = ntp->added;
    p.added[0].query = "say \"x\\y\"\n\tagain";
    p.added[0].at_least = *rc::gen::element(-3.0, 1e-300, 0.1 + 0.2);
    p.added[0].at_most = 4e20;
    p.added[0].absent_is_bad = *rc::gen::arbitrary<bool>();
  }
  for (const auto& ids : {p.link_criteria(), p.device_criteria()}) {
    for (const auto id : ids) {
      auto& settings = p.of(id);
      settings.mode = *rc::gen::weightedElement<Mode>({{6, Mode::Enforce}, {1, Mode::Shadow}, {1, Mode::Off}});
      if (criterion(id).kind == CriterionKind::Record || *rc::gen::inRange(0, 4) != 0) continue;
      settings.window = minutes{*rc::gen::inRange(60, 1441)};
      if (id != CriterionId::DeviceQa) settings.unobserved_allowed = *rc::gen::inRange(0, 30);
    }
  }
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

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(DZ_SOURCE_DIR "/") + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Policy, TheShippedFilesAreTheDefaults) {
  for (const auto* profile : all_profiles()) {
    const auto expected = default_policy(*profile);
    EXPECT_TRUE(check_policy(expected));
    const auto name = std::string(profile->name) + ".toml";
    const auto text = text_of("data/policy/" + name);
    EXPECT_THAT(text, testing::EndsWith(render_policy(expected))) << name;
    const auto policy = parse_policy(text, name, profile);
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(*policy, expected);
    EXPECT_EQ(parse_policy(text, name), policy);  // it says for whom it is
  }
  EXPECT_EQ(default_policy(rfc_profile()), Policy{});
}

TEST(Policy, APolicyForAnotherNetworkIsRefused) {
  const auto policy = parse_policy("window = \"24h\"\nprofile = \"v0.34\"", "policy.toml", &rfc_profile());
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message,
            "policy.toml:2: profile: this policy is for v0.34, and the network is rfc; expected a policy made for it");
  EXPECT_THAT(refusal("profile = \"v1\""), HasSubstr("expected rfc or v0.34"));
}

TEST(Policy, WindowsMayBeSlots) {
  const auto policy = parse_policy("window = \"100000 slots\"\nrecovery_window = \"2h\"", "policy.toml");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->window.slots, 100'000U);
  EXPECT_EQ(policy->window.trouble, SlotTrouble::NotRead);
  EXPECT_EQ(policy->recovery_window, Window(std::chrono::hours{2}));
  EXPECT_THAT(render_policy(*policy), testing::StartsWith("window = \"100000 slots\"\nrecovery_window = \"2h\"\n"));
  EXPECT_THAT(refusal("window = \"0 slots\""), HasSubstr("window: expected from 1 to 10000000 slots"));
  EXPECT_THAT(refusal("window = \"many slots\""), HasSubstr("expected from 1 to"));
}

TEST(Policy, StagesAreOfDevicesOfANetworkThatHasThem) {
  const auto of = [](std::string_view id, std::string_view stage, const Profile& profile) {
    const auto policy =
        parse_policy(fmt::format("[[criterion]]\nid = \"{}\"\nstage = \"{}\"", id, stage), "p", &profile);
    return policy ? std::string(to_text(policy->stage_of(*parse_criterion(id)))) : policy.error().message;
  };
  EXPECT_EQ(of("device.qa", "ready-for-links", v034_profile()), "ready-for-links");
  EXPECT_THAT(of("device.qa", "ready", v034_profile()), HasSubstr("expected \"ready-for-links\" or"));
  EXPECT_THAT(of("link.a.data", "ready-for-links", v034_profile()), HasSubstr("only devices have stages"));
  EXPECT_THAT(of("device.qa", "ready-for-links", rfc_profile()), HasSubstr("no stages in profile rfc"));
}

TEST(Policy, WhatIsOnItsWayIntoServiceIsJudgedOverTheLongWindowUntilItIsHealthy) {
  const auto policy = default_policy(v034_profile());
  const auto slots = [&](Health health, Status status) { return window_for(policy, health, status).slots; };
  for (const auto status : {Status::Activated, Status::Drained, Status::LinkProvisioning, Status::Provisioning}) {
    EXPECT_EQ(slots(Health::Pending, status), 200'000U);
    EXPECT_EQ(slots(Health::Healthy, status), 5'000U);
    for (const auto health : {Health::Impaired, Health::ReadyForLinks})
      EXPECT_EQ(slots(health, status), is_provisioning(status) ? 200'000U : 5'000U) << to_text(status);
  }
}

TEST(Policy, TheShippedExamplesCanBeJudged) {
  for (const std::string name : {"optics", "rollup"}) {
    const auto policy = parse_policy(text_of("data/policy/" + name + ".toml"), name);
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_FALSE(policy->added.empty());
  }
}

}  // namespace
}  // namespace dz::verdict
