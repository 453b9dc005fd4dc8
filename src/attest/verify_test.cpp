#include "attest/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "attest/bundle_fixture.h"

namespace dz::attest {
namespace {

TEST(VerifyAlone, ATransactionThatFailedDecidedNothing) {
  const Landed landed{{7}, false, Timestamp{std::chrono::hours{494'000}}};
  EXPECT_TRUE(landed_step(landed).holds);
  EXPECT_EQ(landed_step(landed).says, "took the transaction in slot 7, " + to_text(*landed.at));
  const auto failed = landed_step({{7}, true, {}});
  EXPECT_FALSE(failed.holds);
  EXPECT_EQ(failed.says, "expected a transaction that succeeded, found one that failed in slot 7");
}

// What docs/formats/decision-bundle.md shows, and what the console's own verifier is tested with.
TEST(VerifyAlone, TheExampleOfThePageHoldsInEveryStep) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/formats/example.bundle", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto found = verify_text(text.str());
  ASSERT_FALSE(found.steps.empty());
  EXPECT_TRUE(found.holds()) << found.steps.back().part << ": " << found.steps.back().says
                             << "; build bundle_sample and put its device.bundle there";
  EXPECT_EQ(found.steps.back().part, "judgement");
}

using testing::HasSubstr;

// The link of two clean devices comes into service.
class Verify : public testing::Test, protected BundleFixture {
 protected:
  void decide_with(const Faults& faults) {
    feed(faults);
    decide();
  }
  static std::string text_of(const Verification& v) {
    std::string text;
    for (const auto& step : v.steps) text += fmt::format("{} {}: {}\n", step.holds ? "ok" : "NO", step.part, step.says);
    return text;
  }
  static void fails(const Bundle& bundle, std::string_view part, std::string_view says, const Expected& expected = {}) {
    const auto found = verify(bundle, expected);
    EXPECT_FALSE(found.holds());
    EXPECT_EQ(found.steps.back().part, part) << text_of(found);
    EXPECT_THAT(found.steps.back().says, HasSubstr(says));
  }
  // With everything signed anew, as a monitor that lies would.
  Bundle lie(const Statement& statement) {
    stated[0].statement = statement;
    return bundle(0);
  }
};

TEST_F(Verify, ALinkThatCameIntoServiceIsShown) {
  decide_with({});
  ASSERT_EQ(stated.size(), 1U);
  const auto found = verify(bundle(0), {monitor.pubkey(), hash_of(1), program, {witness_key()}});
  EXPECT_TRUE(found.holds()) << text_of(found);
  EXPECT_EQ(found.steps.size(), 11U);
  EXPECT_EQ(found.steps[1].says, "none: the monitor decided alone");
  EXPECT_EQ(found.decision, stated[0].statement);
  EXPECT_EQ(found.decision->to, Health::Healthy);
}

TEST_F(Verify, AFailureOfALinkAndOfADeviceInOneTransactionIsShown) {
  links.at(link).health = devices.at(ams).health = Health::Healthy;
  decide_with({.errors = true, .dark_dia = true});
  ASSERT_EQ(stated.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto found = verify(bundle(i));
    EXPECT_TRUE(found.holds()) << text_of(found);
    EXPECT_EQ(found.decision->to, Health::Impaired);
  }
}

TEST_F(Verify, AResetIsShown) {
  decide_with({});
  auto& s = stated[0].statement;
  s.reset = true;
  s.reason = verdict::HealthReason::LeftService;
  s.to = Health::Impaired;
  s.sources.clear();
  s.criteria.clear();
  stated[0].leaves.clear();
  s.minutes = transparency::empty_root();
  EXPECT_TRUE(verify(bundle(0)).holds()) << text_of(verify(bundle(0)));
  s.to = Health::Healthy;
  fails(bundle(0), "judgement", "the health of such a reset");
}

TEST_F(Verify, AFileIsReadBackAsItWasWritten) {
  decide_with({});
  const auto b = bundle(0);
  const auto read = decode_bundle(encode(b));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, b);
  EXPECT_TRUE(verify_text(encode(b)).holds());
}

TEST_F(Verify, WhatWasRecordedIsJudgedAgainWithoutLedgerAndLog) {
  decide_with({});
  auto b = bundle(0);
  b.transaction.clear();
  b.inclusion.clear();
  b.checkpoint.clear();
  EXPECT_TRUE(replay(b).holds()) << text_of(replay(b));
  b.minutes[0].back() ^= 1;
  EXPECT_EQ(replay(b).steps.back().part, "minutes");
}

TEST_F(Verify, OneFormAloneIsABundle) {
  decide_with({});
  auto text = encode(bundle(0));
  text.insert(text.find(','), " ");
  EXPECT_EQ(verify_text(text).steps.back().part, "format") << text_of(verify_text(text));
  EXPECT_THAT(verify_text(text).steps.back().says, HasSubstr("the one form that a bundle has"));
}

TEST_F(Verify, WhatTheVerifierKnowsHasToAgree) {
  decide_with({});
  const auto b = bundle(0);
  fails(b, "transaction", "expected the monitor", {.monitor = key_of(5)});
  fails(b, "statement", "genesis hash", {.genesis = hash_of(9)});
  fails(b, "statement", "program", {.program = key_of(9)});
  auto stranger = witness_key();
  stranger.key = key_of(8);
  fails(b, "checkpoint", "found none", {.witnesses = {stranger}});
}

// Everything that a monitor states is judged again: a word that does not follow from the minutes is found, although
// every signature and every hash is right.
TEST_F(Verify, ALieThatIsSignedIsFoundAndNamed) {
  decide_with({.errors = true});
  ASSERT_TRUE(stated.empty());  // it stays pending: nothing is written
  links.at(link).health = Health::Healthy;
  decide();
  ASSERT_EQ(stated.size(), 1U);
  const auto truth = stated[0].statement;
  auto s = truth;
  s.to = Health::Healthy;
  fails(lie(s), "judgement", "health: expected impaired");
  s = truth;
  s.reason = verdict::HealthReason::HoldExpired;
  fails(lie(s), "judgement", "reason: expected bad-evidence");
  const auto errors = [](Statement& of) -> CriterionStatement& {
    return *std::find_if(of.criteria.begin(), of.criteria.end(), [](auto& c) { return c.name == "link.a.errors"; });
  };
  s = truth;
  errors(s).judgement = verdict::Judgement::Met;
  fails(lie(s), "judgement", "link.a.errors: expected the judgement not met, the statement says met");
  s = truth;
  errors(s).counts->bad = 0;
  errors(s).counts->good += 1;
  fails(lie(s), "judgement", "link.a.errors: expected minutes that add up to");
  s = truth;
  errors(s).damped_failure = true;
  fails(lie(s), "judgement", "link.a.errors: expected a damped failure: no");
  s = truth;
  errors(s).mode = verdict::Mode::Shadow;
  fails(lie(s), "judgement", "the mode enforce");
  s = truth;
  s.criteria.pop_back();
  fails(lie(s), "judgement", "criteria: expected");
  s = truth;
  s.window_minutes = 30;
  fails(lie(s), "judgement", "window");
  s = truth;
  s.window_known = false;
  fails(lie(s), "judgement", "bytes: expected those that follow from the judgement");
  s = truth;
  s.sources[0].watermark = *s.sources[0].watermark + std::chrono::minutes{5};
  fails(lie(s), "judgement", "before the judgement");
  s = truth;
  s.status = Status::Activated;
  fails(lie(s), "account", "expected activated");
}

TEST_F(Verify, JudgesThatHeldItAreNamed) {
  decide_with({});
  hold({31, 32});
  const auto found = verify(bundle(0));
  EXPECT_TRUE(found.holds()) << text_of(found);
  EXPECT_EQ(found.steps[1].part, "opinions");
  EXPECT_EQ(found.steps[1].says, "2 judges held the same, each under its signature: " +
                                     to_text(keypair_of(31).pubkey()) + ", " + to_text(keypair_of(32).pubkey()));
  EXPECT_TRUE(replay(bundle(0)).holds());
}

// Whoever writes health may state what judges never held, and sign everything anew.
TEST_F(Verify, AnOpinionThatNobodyGaveIsNamed) {
  decide_with({});
  hold({31, 32});
  const auto truth = stated[0].statement;
  const auto name = to_text(keypair_of(32).pubkey());
  auto s = truth;
  s.opinions[1].signature = s.opinions[0].signature;
  fails(lie(s), "opinions", "expected the signature of judge " + name);
  s = truth;
  s.opinions[1].made_at += std::chrono::seconds{1};
  fails(lie(s), "opinions", name);
  s = truth;
  s.opinions[1].window_end += std::chrono::minutes{1};
  fails(lie(s), "opinions", name);
  s = truth;
  s.to = Health::Impaired;
  fails(lie(s), "opinions", to_text(keypair_of(31).pubkey()));
  s = truth;
  s.account[7] ^= 1;
  fails(lie(s), "opinions", "over what is stated of " + to_text(s.record));
}

TEST_F(Verify, AnyFlippedBitOfAnOpinionIsNamed) {
  decide_with({});
  const auto without = encode(stated[0].statement).size();
  hold({31, 32});
  auto b = bundle(0);
  auto& bytes = b.statements[0];
  for (auto bit = 8 * without; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ASSERT_EQ(verify(b).steps.back().part, "opinions") << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
}

TEST_F(Verify, MinutesLeftOutAreMissed) {
  decide_with({});
  stated[0].leaves.pop_back();
  stated[0].statement.minutes = minutes_root(stated[0].leaves);
  fails(bundle(0), "judgement", "expected minutes that add up to no minutes, the statement says");
}

TEST_F(Verify, MinutesOfAnotherPortAreNotTaken) {
  decide_with({});
  auto leaf = *decode_minutes(stated[0].leaves[0]);
  leaf.subject = evidence::interface_subject(lon, "Ethernet2");
  stated[0].leaves[0] = encode(leaf);
  stated[0].statement.minutes = minutes_root(stated[0].leaves);
  fails(bundle(0), "judgement", "expected those of interface");
}

// Minutes from before the window, which were better, would prove nothing.
TEST_F(Verify, MinutesOfAnotherWindowAreNotTaken) {
  decide_with({});
  for (auto& bytes : stated[0].leaves) {
    auto leaf = *decode_minutes(bytes);
    leaf.from -= std::chrono::minutes{5};
    leaf.to -= std::chrono::minutes{5};
    bytes = encode(leaf);
  }
  stated[0].statement.minutes = minutes_root(stated[0].leaves);
  fails(bundle(0), "judgement", "up to the watermark of its source, found another window");
}

// The figure is 50 ms without the network, of windows of a whole day.
TEST_F(Verify, OneDecisionIsVerifiedWithin50Ms) {
  policy.window = policy.recovery_window = std::chrono::hours{24};
  links.at(link).health = Health::Healthy;
  decide_with({.errors = true});
  ASSERT_EQ(stated.size(), 1U);
  const auto text = encode(bundle(0));
  auto best = std::chrono::nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(verify_text(text).holds()) << text_of(verify_text(text));
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begun);
  }
  RecordProperty("microseconds", static_cast<int>(best.count() / 1000));
  fmt::print("verify of one decision: {} us, bundle of {} bytes\n", best.count() / 1000, text.size());
  EXPECT_LT(best, std::chrono::milliseconds{50});
}

// Which steps may notice a change of which member.
struct Member {
  std::string_view name;
  std::set<std::string_view> noticed_by;
};
const Member kMembers[] = {{"format", {"format", "bundle"}},
                           {"transaction", {"transaction", "bundle"}},
                           {"statements", {"statement", "statements", "opinions", "transaction", "memo", "bundle"}},
                           {"decision", {"decision", "statement", "account", "bundle"}},
                           {"account", {"account", "bundle"}},
                           {"minutes", {"minutes", "bundle"}},
                           {"policy", {"policy", "bundle"}},
                           {"index", {"index", "log", "bundle"}},
                           {"inclusion", {"inclusion", "log", "bundle"}},
                           {"checkpoint", {"checkpoint", "log", "bundle"}},
                           {"witnesses", {"witnesses", "checkpoint", "bundle"}}};

TEST_F(Verify, AnyFlippedBitIsNoticedAndItsPartNamed) {
  links.at(link).health = Health::Healthy;
  decide_with({.errors = true});
  ASSERT_EQ(stated.size(), 1U);
  hold({31, 32});
  auto text = encode(bundle(0));
  ASSERT_TRUE(verify_text(text).holds()) << text_of(verify_text(text));
  std::vector<std::size_t> begins;
  for (const auto& member : kMembers) begins.push_back(text.find(fmt::format("\"{}\":", member.name)));
  std::mt19937 random(54);
  for (int i = 0; i < 10'000; ++i) {
    const auto member = random() % std::size(kMembers);  // small ones as often as large ones
    const auto end = member + 1 < begins.size() ? begins[member + 1] : text.size();
    const auto at = begins[member] + random() % (end - begins[member]);
    const auto bit = static_cast<char>(1U << random() % 8);
    text[at] = static_cast<char>(text[at] ^ bit);
    const auto found = verify_text(text);
    ASSERT_FALSE(found.holds()) << "byte " << at << " of " << kMembers[member].name;
    const auto& step = found.steps.back();
    // A name that is damaged is that of a member which is not there.
    const bool in_name = at < begins[member] + kMembers[member].name.size() + 3;
    EXPECT_TRUE(in_name || kMembers[member].noticed_by.contains(step.part))
        << "byte " << at << " of " << kMembers[member].name << ": " << step.part << ": " << step.says;
    EXPECT_FALSE(step.says.empty());
    text[at] = static_cast<char>(text[at] ^ bit);
  }
}

// The same of what the text stands for: whatever signs, hashes or counts it, something else comes out.
TEST_F(Verify, AnyFlippedBitOfAPartIsNoticed) {
  links.at(link).health = Health::Healthy;
  decide_with({.errors = true});
  hold({31, 32});
  const auto whole = bundle(0);
  std::mt19937 random(55);
  const auto flip = [&](auto& bytes) {
    bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
  };
  for (int i = 0; i < 1'200; ++i) {
    auto b = whole;
    std::set<std::string_view> parts;
    switch (i % 6) {
      case 0: flip(b.transaction), parts = {"transaction"}; break;
      case 1: flip(b.statements[0]), parts = {"statement", "opinions", "transaction", "memo"}; break;
      case 2: flip(b.account), parts = {"account"}; break;
      case 3: flip(b.minutes[random() % b.minutes.size()]), parts = {"minutes"}; break;
      case 4: flip(b.inclusion[random() % b.inclusion.size()]), parts = {"log"}; break;
      default: b.index ^= std::uint64_t{1} << random() % 63, parts = {"log"}; break;
    }
    const auto found = verify(b);
    ASSERT_FALSE(found.holds()) << i;
    EXPECT_TRUE(parts.contains(found.steps.back().part)) << i << ": " << text_of(found);
  }
}

TEST(Bundle, AnyTextIsReadOrRefused) {
  for (const std::string text :
       {"", "{}", "[]", "null", "{\"format\":1}", "{\"format\":\"doublezero-decision-bundle/1\"}"}) {
    const auto found = verify_text(text);
    EXPECT_FALSE(found.holds());
    EXPECT_FALSE(found.steps.back().says.empty());
  }
}

}  // namespace
}  // namespace dz::attest
