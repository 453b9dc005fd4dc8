#include "monitor/pushed_rows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::seconds;

std::string row_of(PartsFixture& parts, const Pubkey& device) {
  return fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i {}\n", to_text(device),
                     parts.network.now().time_since_epoch().count() * 1000);
}

telemetry::WriteAnswer push(PartsFixture& parts, const std::string& rows, std::string_view token = "") {
  return parts.pushed.write({telemetry::WriteApi::V1, rows, "", token}, parts.network.now());
}

int pushed(PartsFixture& parts, const Pubkey& device, std::string_view token = "") {
  return push(parts, row_of(parts, device), token).status;
}

// What a pass does for them.
bool look(PartsFixture& parts) {
  parts.pushed.look_for_wanted(parts.network.now());
  parts.reader.step(parts.network.now());
  return parts.pushed.note_looks(parts.network.now());
}

TEST(PushedRows, D14_AWriteNeverAsksTheLedger) {
  PartsFixture parts;
  int calls = 0;
  parts.line = [&](std::string_view) {
    ++calls;
    return testbed::LineFault::None;
  };
  EXPECT_EQ(pushed(parts, parts.ams), 503);
  look(parts);
  const auto before = calls;
  EXPECT_EQ(pushed(parts, parts.network.add_device("lon", parts.network.alpha)), 503);
  EXPECT_EQ(calls, before);
}

TEST(PushedRows, ADeviceThatIsNotKnownIsLookedForAtMostEveryTenSeconds) {
  PartsFixture parts;
  int wanted = 0;
  parts.pushed.on_look_wanted([&] { ++wanted; });
  parts.reader.step(parts.network.now());
  const auto lon = parts.network.add_device("lon", parts.network.alpha);
  EXPECT_EQ(pushed(parts, lon), 503);
  EXPECT_EQ(wanted, 1);
  EXPECT_TRUE(look(parts));
  EXPECT_EQ(pushed(parts, lon), 204);
  const auto prg = parts.network.add_device("prg", parts.network.alpha);
  parts.network.advance(seconds{9});
  EXPECT_EQ(pushed(parts, prg), 503);
  EXPECT_EQ(wanted, 1);  // it is not time
  EXPECT_EQ(parts.pushed.next_look(parts.network.now()), parts.network.now() + seconds{1});
  EXPECT_FALSE(look(parts));
  EXPECT_EQ(pushed(parts, prg), 503);
  parts.network.advance(seconds{1});
  EXPECT_TRUE(look(parts));
  EXPECT_EQ(pushed(parts, prg), 204);
}

// A row is refused only by what the ledger said of its own device, and lately.
TEST(PushedRows, D14_NobodyIsRefusedWhoWasNotLookedFor) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  const auto stranger = testbed::SmallNetwork::key(99).pubkey();
  EXPECT_EQ(pushed(parts, stranger), 503);
  EXPECT_TRUE(look(parts));
  EXPECT_EQ(pushed(parts, stranger), 400);
  EXPECT_EQ(pushed(parts, testbed::SmallNetwork::key(98).pubkey()), 503);
  parts.network.advance(seconds{20});
  EXPECT_EQ(pushed(parts, stranger), 503);  // it may be there by now
}

TEST(PushedRows, D14_WhileTheLedgerIsSilentKnownRowsAreKeptAndTheOthersAreToBeSentAgain) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  parts.line = [](std::string_view) { return testbed::LineFault::RequestLost; };
  const auto lon = parts.network.add_device("lon", parts.network.alpha);
  const auto rows = row_of(parts, parts.ams) + row_of(parts, lon);
  const auto before = parts.evidence.journal_entries();
  auto answer = push(parts, rows);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.retry_after, seconds{10});
  EXPECT_NE(answer.error.find(to_text(lon)), std::string::npos) << answer.error;
  ASSERT_TRUE(answer.waiting);
  EXPECT_EQ(parts.evidence.journal_entries(), before + 1);
  for (int i = 0; i < 5; ++i) {  // a look that failed is none
    EXPECT_FALSE(look(parts));
    parts.network.advance(seconds{30});
    EXPECT_EQ(parts.pushed.finish(answer.waiting, parts.network.now()).status, 503);
  }
  EXPECT_EQ(parts.pushed.counters().rows, 1U);
  parts.line = {};
  EXPECT_TRUE(look(parts));
  answer = parts.pushed.finish(answer.waiting, parts.network.now());
  EXPECT_EQ(answer.status, 204);
  EXPECT_FALSE(answer.waiting);
  EXPECT_EQ(parts.pushed.counters().rows, 2U);
  EXPECT_EQ(parts.pushed.counters().devices.at(lon).rows, 1U);
}

TEST(PushedRows, D14_ALookIsWantedAgainAfterTheClockWasSetBack) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  EXPECT_EQ(pushed(parts, testbed::SmallNetwork::key(99).pubkey()), 503);
  parts.pushed.look_for_wanted(parts.network.now() + std::chrono::hours{24 * 365});
  EXPECT_EQ(pushed(parts, testbed::SmallNetwork::key(98).pubkey()), 503);
  EXPECT_EQ(parts.pushed.next_look(parts.network.now()), parts.network.now());
}

TEST(PushedRows, TokensNameTheirOwnerByCode) {
  MonitorSettings settings;
  settings.tokens = {{"0123456789abcdef", "alpha", ""}, {"fedcba9876543210", "", "fra"}, {"ffffffffffffffff", "", "x"}};
  PartsFixture parts(settings);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(pushed(parts, parts.ams), 401);
  EXPECT_EQ(pushed(parts, parts.ams, "0123456789abcdef"), 204);
  EXPECT_EQ(pushed(parts, parts.ams, "fedcba9876543210"), 400);
  EXPECT_EQ(pushed(parts, parts.fra, "fedcba9876543210"), 204);
  EXPECT_EQ(pushed(parts, parts.fra, "ffffffffffffffff"), 400);  // the ledger has no such device
}

constexpr const char* kRun = "device_qa_test_metadata devices_tested=1i\n";

TEST(PushedRows, X6_NothingIsTakenBeforeTheLedgerWasReadAndAWrongTokenIsRefusedAtOnce) {
  MonitorSettings settings;
  settings.tokens = {{"0123456789abcdef", "alpha", "", true}};
  PartsFixture parts(settings);
  for (const auto* token : {"", "0123456789abcdeX", "0123456789abcde", "0123456789abcdef0"}) {
    EXPECT_EQ(push(parts, kRun, token).status, 401) << token;
    EXPECT_EQ(pushed(parts, parts.ams, token), 401) << token;
    EXPECT_EQ(parts.pushed.query({"SHOW DATABASES", token, true}).status, 401) << token;
  }
  const auto answer = push(parts, kRun, "0123456789abcdef");
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.retry_after.has_value());
  EXPECT_EQ(pushed(parts, parts.ams, "0123456789abcdef"), 503);
  EXPECT_EQ(parts.evidence.journal_entries(), 0U);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(parts.pushed.finish(answer.waiting, parts.network.now()).status, 204);
  EXPECT_EQ(push(parts, kRun, "wrong").status, 401);
}

TEST(PushedRows, X6_WithoutTokensNothingIsTakenEitherBeforeTheLedgerWasRead) {
  PartsFixture parts;
  EXPECT_EQ(push(parts, kRun).status, 503);
  EXPECT_EQ(parts.evidence.journal_entries(), 0U);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(push(parts, kRun).status, 204);
}

TEST(PushedRows, X6_AQaRunNeedsATokenForTheWholeFleet) {
  MonitorSettings settings;
  settings.tokens = {
      {"0123456789abcdef", "alpha", ""}, {"fedcba9876543210", "", "fra"}, {"ffffffffffffffff", "", "", true}};
  PartsFixture parts(settings);
  parts.reader.step(parts.network.now());
  for (const auto* token : {"0123456789abcdef", "fedcba9876543210"}) {
    const auto answer = push(parts, kRun, token);
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.error.find("expected one of a [[token]] with fleet_wide = true"), std::string::npos);
  }
  EXPECT_EQ(push(parts, kRun, "ffffffffffffffff").status, 204);
  EXPECT_EQ(pushed(parts, parts.ams, "ffffffffffffffff"), 400) << "counters are of their device";
}

TEST(PushedRows, RemembersTheCodesOfDevicesThatLeft) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  auto left = *parts.reader.snapshot();
  left.devices.erase(parts.fra);
  client::MirrorUpdate update;
  update.records = {parts.fra};
  parts.pushed.follow(update, left);
  EXPECT_EQ(parts.pushed.former(), (std::map<Pubkey, std::string>{{parts.fra, "fra"}}));
}

}  // namespace
}  // namespace dz::monitor
