#include "verdict/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/naive_tally.h"

namespace dz::verdict {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr Minute kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
constexpr Minute kTo = kMidnight + 14h + 40min;

// A link at 14:40:30 whose errors of side A were as `a_errors` says, everything else clean.
struct LinkPage {
  LinkPage() : a_errors{kTo - 24h, std::vector<NaiveMinute>(1440)} {
    link.code = "ams-lon";
    link.side_a_iface = "Switch1/1/1.1004";
    link.side_z_iface = "Ethernet7";
    link.status = Status::HardDrained;
    link.health = Health::Pending;
    memory.present_since = kTo - 24h;
    for (auto& s : sources) s = {{kTo, {}, 0}, 30s};
  }
  void set(Minute from, int count, NaiveMinute minute) {
    for (int i = 0; i < count; ++i)
      a_errors.minutes[static_cast<std::size_t>((from - a_errors.start).count() + i)] = minute;
  }
  void assess() {
    clean = naive_tally({kTo - 24h, std::vector<NaiveMinute>(1440)}, {kTo - 24h, kTo, 0, 15});
    errors = naive_tally(a_errors, {kTo - 24h, kTo, 0, 15});
    errors.parent_port = true;
    const LinkTallies evidence{{&clean, &errors, &clean}, {&clean, &clean, &clean}, &clean, &clean};
    assess_link({link, evidence, memory}, {policy, sources, kTo + 30s}, assessment);
  }
  std::string page(int width = 0, bool list_minutes = true) {
    assess();
    evidence::MinuteSeries series{kTo - 24h, {}, {}};
    for (const auto& m : a_errors.minutes) {
      series.states.push_back(m.state);
      series.counters.push_back(m.counters);
    }
    const std::vector<FindingMinutes> minutes{
        {2,
         {{evidence::Signal::Data,
           "A Switch1/1/1",
           {kTo - 24h, std::vector<evidence::MinuteState>(1440, evidence::MinuteState::Good),
            std::vector<evidence::CounterBits>(1440)}}},
         {}},
        {3, {{evidence::Signal::Errors, "A Switch1/1/1", series}}, {}}};
    return render_page(JudgedRecord{link}, assessment, {sources, minutes},
                       {.policy_digest = "0a1b", .notes = notes, .width = width, .list_minutes = list_minutes});
  }

  Link link;
  Policy policy;
  RecordMemory memory;
  Sources sources{};
  NaiveSeries a_errors;
  evidence::SignalTally clean, errors;
  Assessment assessment;
  std::vector<std::string> notes;
};

TEST(Page, ShowsWhichMinuteOfWhichCounterOnWhichSideAndWhen) {
  LinkPage at;
  at.set(kMidnight + 11h + 40min, 3, {evidence::MinuteState::Bad, evidence::kInErrors});
  at.set(kMidnight + 2h, 1, {evidence::MinuteState::Unobserved});
  const auto page = at.page();
  EXPECT_THAT(page, HasSubstr("link ams-lon: health pending; held by link.a.errors: 3 minutes with in-errors at A "
                              "Switch1/1/1 (for Switch1/1/1.1004), last 11:42; clean since; healthy tomorrow 11:43"));
  EXPECT_THAT(page, HasSubstr("\nTo do: nothing but to keep it clean.\n"));
  EXPECT_THAT(page, HasSubstr("\npolicy 0a1b\n"));
  EXPECT_THAT(page, HasSubstr("[counters: 30 s old]"));
  EXPECT_THAT(page,
              HasSubstr("Note: A Switch1/1/1 (for Switch1/1/1.1004): the sub-interface sends no counters of its own"));
  EXPECT_THAT(page, HasSubstr("The last 24 h 0 min, 15 min a character: . good  X bad  ? unobserved\n"));
  EXPECT_THAT(page, HasSubstr("  link.a.errors " + std::string(46, '.') + "?" + std::string(37, '.') + "X" +
                              std::string(12, '.') + "\n"));
  EXPECT_THAT(page, HasSubstr("Minutes that were not good:\n"
                              "  link.a.errors at A Switch1/1/1: 02:00 unobserved\n"
                              "  link.a.errors at A Switch1/1/1: 11:40 to 11:42 (3 minutes) in-errors\n"));
  EXPECT_THAT(at.page(0, false), Not(HasSubstr("02:00 unobserved")));
}

TEST(Page, ADayIsShownInQuartersOfAnHourWheneverItBegins) {
  constexpr Minute kDay{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  for (int begin = 0; begin < 60; ++begin) {
    for (int lag = 0; lag <= 10; ++lag) {
      const auto from = kDay + std::chrono::minutes{begin};
      EXPECT_EQ(strip_axis(from, from + std::chrono::minutes{1440 + lag}, kColumnsWithoutWidth).minutes_a_cell, 15)
          << begin << " " << lag;
    }
  }
}

TEST(Page, SaysThatItStillGoesOn) {
  LinkPage at;
  at.set(kTo - 2min, 2, {evidence::MinuteState::Bad, evidence::kInErrors | evidence::kInFcsErrors});
  EXPECT_THAT(at.page(), HasSubstr("To do: find out why it goes on: in-errors, in-fcs-errors at A Switch1/1/1 (for "
                                   "Switch1/1/1.1004) in the newest minute.\n"));
}

// What has to be observed again is nobody's to do.
TEST(Page, SaysThatThereIsNothingToDoButToWait) {
  LinkPage at;
  at.set(kTo - 20min, 20, {evidence::MinuteState::Unobserved});
  EXPECT_THAT(at.page(), HasSubstr("To do: nothing but to wait; met at most ")) << at.page();
}

// The change budget, say: it stands behind the sentence, and what there is to do about it in place of "nothing".
TEST(Page, SaysWhatHoldsAChangeBack) {
  LinkPage at;
  at.assess();
  ASSERT_EQ(at.assessment.to, Health::Healthy);
  const HeldBack held{"its change of health is held back", "nothing but to wait until it may be written"};
  const auto page = render_page(JudgedRecord{at.link}, at.assessment, {at.sources}, {.held_back = &held});
  EXPECT_THAT(page, HasSubstr("every criterion is met over 24 h 0 min; its change of health is held back\n"));
  EXPECT_THAT(page, HasSubstr("To do: nothing but to wait until it may be written.\n"));
  const auto report = report_assessment(JudgedRecord{at.link}, at.assessment, at.sources, {.held_back = &held});
  EXPECT_EQ(report.healthy_at, std::nullopt) << "that is now, at every pass";
  EXPECT_EQ(report.advice, held.to_do);
}

TEST(Page, NamesTheCommandThatIsNeeded) {
  LinkPage at;
  at.link.desired_status = DesiredStatus::HardDrained;
  EXPECT_THAT(at.page(),
              HasSubstr("To do: link.desired_activated: ask for it: doublezero link undrain --pubkey ams-lon.\n"));
  at.link.desired_status = DesiredStatus::Activated;
  EXPECT_THAT(at.page(), HasSubstr("To do: nothing.\n")) << at.page();
}

TEST(Page, PrintsTheNotesItIsGiven) {
  LinkPage at;
  at.notes = {"its clock is 9 min ahead"};
  EXPECT_THAT(at.page(), HasSubstr("\nNote: its clock is 9 min ahead.\n"));
}

TEST(Page, FitsTheTerminal) {
  LinkPage at;
  at.set(kMidnight + 11h + 40min, 3, {evidence::MinuteState::Bad, evidence::kInErrors});
  for (const int width : {30, 40, 60, 80, 132, 300}) {
    const auto page = at.page(width);
    EXPECT_THAT(page, HasSubstr("X")) << "one bad minute is seen at any width";
    std::size_t longest_word = 0, begin = 0;
    for (std::size_t end; (end = page.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const auto line = page.substr(begin, end - begin);
      if (line.find(' ', line.find_first_not_of(' ')) == std::string::npos) {
        longest_word = std::max(longest_word, line.size());
        continue;
      }
      EXPECT_LE(line.size(), static_cast<std::size_t>(width)) << line;
    }
    EXPECT_LE(longest_word, std::size_t(std::max(width, 46)));
  }
}

TEST(Page, BreaksLinesAtBlanksOnly) {
  EXPECT_EQ(wrapped("one two three four five six seven eight\n", 30),
            "one two three four five six\n      seven eight\n");
  EXPECT_EQ(wrapped("short\n\nlines\n", 30), "short\n\nlines\n");
  EXPECT_EQ(wrapped(std::string(50, 'x') + "\n", 30), std::string(50, 'x') + "\n");
  EXPECT_EQ(wrapped("as it is", 0), "as it is");
}

TEST(Page, ReportCarriesStripsAndMinutesOnRequest) {
  LinkPage at;
  at.set(kMidnight + 11h + 40min, 3, {evidence::MinuteState::Bad, evidence::kInErrors});
  at.assess();
  evidence::MinuteSeries series{kTo - 24h, std::vector<evidence::MinuteState>(1440, evidence::MinuteState::Good),
                                std::vector<evidence::CounterBits>(1440)};
  series.states[5] = evidence::MinuteState::Bad;
  const std::vector<FindingMinutes> minutes{{3, {{evidence::Signal::Errors, "A Switch1/1/1", series}}, {}}};
  auto report = report_assessment(JudgedRecord{at.link}, at.assessment, at.sources);
  EXPECT_EQ(report.advice, "nothing but to keep it clean");
  add_minutes(at.assessment, minutes, {true, true, 24, at.notes}, report);
  ASSERT_TRUE(report.axis);
  EXPECT_EQ(report.axis->minutes_a_cell, 120);
  EXPECT_EQ(report.findings[3].strip, "X............");
  ASSERT_EQ(report.findings[3].ranges->size(), 1U);
  EXPECT_EQ(report.findings[3].ranges->front().fault, "errors");
  EXPECT_FALSE(report.findings[2].strip);
}

}  // namespace
}  // namespace dz::verdict
