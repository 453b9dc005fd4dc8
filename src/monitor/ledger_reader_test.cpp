#include "monitor/ledger_reader.h"

#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testbed::LineFault;

MonitorSettings with_windows_in_slots() {
  MonitorSettings settings;
  settings.policy.window = settings.policy.recovery_window = verdict::window_in_slots(1'000);
  return settings;
}

TEST(LedgerReader, BeforeTheFirstReadNothingIsWritten) {
  PartsFixture parts;
  EXPECT_EQ(parts.reader.problem(), "the ledger has not been read yet");
  EXPECT_FALSE(parts.reader.can_write(parts.network.now()));
  EXPECT_EQ(parts.reader.code_of(parts.link), to_text(parts.link));
  parts.reader.step(parts.network.now());
  EXPECT_EQ(parts.reader.problem(), "");
  EXPECT_TRUE(parts.reader.can_write(parts.network.now()));
  EXPECT_EQ(parts.reader.code_of(parts.link), "ams-fra");
  EXPECT_EQ(parts.changes, 1);
  EXPECT_EQ(parts.reader.records_revision(), 1U);
}

TEST(LedgerReader, RecordsThatWereReadTooLongAgoAreNotWrittenBy) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  parts.line = [](std::string_view) { return LineFault::RequestLost; };
  parts.network.advance(3 * parts.settings.ledger_poll);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(parts.said("ledger_read_failed"), 1);
  EXPECT_TRUE(parts.reader.can_write(parts.network.now()));
  EXPECT_FALSE(parts.reader.can_write(parts.network.now() + Duration{1}));
  EXPECT_EQ(parts.changes, 1);
}

// Since when it has been read, after a step that much later.
std::optional<Timestamp> read_after(PartsFixture& parts, Duration time) {
  parts.network.advance(time);
  parts.reader.step(parts.network.now());
  return parts.reader.read_since();
}

// Three polls may be apart: one that fails is no break, and neither are two.
TEST(LedgerReader, ABreakInReadingIsOneThatIsLongerThanAMonitorMayWriteAfter) {
  PartsFixture parts;
  EXPECT_EQ(parts.reader.read_since(), std::nullopt);
  const auto first = read_after(parts, {});
  EXPECT_EQ(first, parts.network.now());
  EXPECT_EQ(read_after(parts, parts.settings.ledger_poll), first);
  EXPECT_EQ(read_after(parts, 3 * parts.settings.ledger_poll), first);
  parts.line = [](std::string_view) { return LineFault::RequestLost; };
  EXPECT_EQ(read_after(parts, 3 * parts.settings.ledger_poll), first) << "nothing was read";
  parts.line = {};
  const auto again = read_after(parts, parts.settings.ledger_poll);
  EXPECT_EQ(again, parts.network.now());
}

TEST(LedgerReader, ABreakInReadingIsOneAlsoWhileTheNodeTellsThatItIsCurrent) {
  PartsFixture parts;
  const auto first = read_after(parts, {});
  parts.line = [](std::string_view call) {
    return call == "get_program_accounts" ? LineFault::RequestLost : LineFault::None;
  };
  for (int polls = 0; polls < 4; ++polls) EXPECT_EQ(read_after(parts, parts.settings.ledger_poll), first);
  EXPECT_EQ(parts.reader.mirror().view().followed_since(), first) << "it was looked at all the time";
  parts.line = {};
  const auto again = read_after(parts, parts.settings.ledger_poll);
  EXPECT_EQ(again, parts.network.now());
}

// A node that is behind answers each read, with the state of one slot.
TEST(LedgerReader, WhileNothingTellsThatTheNodeIsCurrentReadsTellNothing) {
  PartsFixture parts;
  const auto first = read_after(parts, {});
  parts.line = [](std::string_view call) {
    return call == "get_latest_blockhash" ? LineFault::RequestLost : LineFault::None;
  };
  for (int polls = 0; polls < 4; ++polls) EXPECT_EQ(read_after(parts, parts.settings.ledger_poll), first);
  EXPECT_EQ(parts.reader.mirror().last_poll(), parts.network.now()) << "it was read all the time";
  parts.line = {};
  const auto again = read_after(parts, parts.settings.ledger_poll);
  EXPECT_EQ(again, parts.network.now());
}

TEST(LedgerReader, AKeyThatShouldNotWriteIsAProblemThatIsSaidOnce) {
  PartsFixture parts({}, testbed::SmallNetwork::key(1));  // the foundation's
  parts.reader.step(parts.network.now());
  EXPECT_NE(parts.reader.problem().find("foundation"), std::string::npos) << parts.reader.problem();
  EXPECT_FALSE(parts.reader.can_write(parts.network.now()));
  ASSERT_TRUE(parts.network.as(parts.network.monitor).set_link_health(parts.link, Health::Pending));
  parts.network.advance(parts.settings.ledger_poll);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(parts.changes, 2);
  EXPECT_EQ(parts.said("cannot_write"), 1);
}

TEST(LedgerReader, WindowsInSlotsAreKnownOnceTheLedgerTellsItsTimes) {
  PartsFixture parts(with_windows_in_slots());
  parts.line = [](std::string_view call) { return call == "get_slot" ? LineFault::RequestLost : LineFault::None; };
  parts.reader.step(parts.network.now());
  EXPECT_FALSE(parts.reader.policy_in_force(parts.network.now()).window.known());
  parts.line = {};
  parts.network.advance(seconds{1});
  parts.reader.step(parts.network.now());  // not so soon
  EXPECT_FALSE(parts.reader.policy_in_force(parts.network.now()).window.known());
  parts.network.advance(seconds{1});
  parts.reader.step(parts.network.now());
  EXPECT_TRUE(parts.reader.policy_in_force(parts.network.now()).window.known());
}

TEST(LedgerReader, SamplesAreReadAsSoonAsAnotherMinuteIsComplete) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  parts.reader.step_samples(parts.network.now());
  EXPECT_EQ(parts.reader.sample_counters().reads, 1U);
  const auto next = parts.reader.next(parts.network.now());
  EXPECT_LE(next, parts.network.now() + parts.settings.samples_poll);
  parts.network.advance(next - parts.network.now() - Duration{1});
  parts.reader.step(parts.network.now());
  parts.reader.step_samples(parts.network.now());
  EXPECT_EQ(parts.reader.sample_counters().reads, 1U);
  parts.network.advance(Duration{1});
  parts.reader.step(parts.network.now());
  parts.reader.step_samples(parts.network.now());
  EXPECT_EQ(parts.reader.sample_counters().reads, 2U);
  EXPECT_EQ(parts.reader.sample_counters().failures, 0U);
}

}  // namespace
}  // namespace dz::monitor
