#include "evidence/minute_marks.h"

#include <gtest/gtest.h>

#include "evidence/port_history.h"
#include "evidence/testing.h"

namespace dz::evidence {
namespace {

TEST(History, SubjectsAndMarksReadBackAsTheyAreWritten) {
  const auto key = numbered_key(1), other = numbered_key(2);
  for (const auto& subject :
       {interface_subject(key, "Switch1/1/1"), interface_subject(key, ""),
        device_subject(SubjectKind::ConfigAgent, key), probes_subject(key, other), source_subject("latency-samples"),
        added_subject("link.rx_power", key, "Switch1/1/1"), added_subject("device.ntp", key, "")}) {
    const auto parsed = parse_subject(to_text(subject));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, subject);
    const int marks = subject.kind == SubjectKind::Interface ? 256 : subject.kind == SubjectKind::Source ? 8 : 4;
    for (int m = 0; m < marks; ++m) {
      EXPECT_EQ(parse_marks(subject.kind, marks_text(subject.kind, static_cast<Marks>(m))), static_cast<Marks>(m));
    }
  }
  EXPECT_EQ(to_text(interface_subject(key, "Switch1/1/1")), "interface " + to_text(key) + " switch1/1/1");
  for (const auto* text : {"", "interface", "reporting x", "source", "rumour 11111111111111111111111111111111"}) {
    EXPECT_FALSE(parse_subject(text)) << text;
  }
  EXPECT_FALSE(parse_marks(SubjectKind::Probes, "d"));
}

TEST(History, AMinuteIsWrittenAsWhatRoseInIt) {
  Watched w;
  w.octets(1, 0);
  w.octets(1, 1);
  w.close(3);
  const auto subject = interface_subject(numbered_key(1), "Ethernet1");
  const auto runs = marks_of(w.evidence, subject_ref(w.evidence, subject), day_minute(0), day_minute(3));
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(marks_text(subject.kind, runs[0].marks), "dio");
  EXPECT_EQ(marks_text(subject.kind, runs[1].marks), "-");
  EXPECT_EQ(runs[1].from, day_minute(2));
}

TEST(History, MinutesThatAreAlikeAreFoundWhereverTheyBegin) {
  Dice dice(3);
  Watched w;
  for (int m = 0; m < 200; ++m) {
    if (dice() % 16 != 0) w.octets(1, m);
  }
  w.close(200);
  const auto ref = subject_ref(w.evidence, interface_subject(numbered_key(1), "Ethernet1"));
  const auto marks_at = [&](int m) {
    return marks_of(w.evidence, ref, day_minute(m), day_minute(m + 1)).front().marks;
  };
  for (int from = 0; from < 200; ++from) {
    bool alike = true;
    std::size_t runs = 1;
    for (int to = from + 1; to <= 200; ++to) {
      if (to - 1 > from && marks_at(to - 1) != marks_at(to - 2)) {
        alike = false;
        ++runs;
      }
      const auto found = marks_throughout(w.evidence, ref, day_minute(from), day_minute(to));
      ASSERT_EQ(found, alike ? std::optional(marks_at(from)) : std::nullopt) << from << " to " << to;
      ASSERT_EQ(marks_of(w.evidence, ref, day_minute(from), day_minute(to)).size(), runs) << from << " to " << to;
    }
  }
}

TEST(History, ALateRowSaysWhichMinutesItChanged) {
  Watched w;
  w.octets(1, 0);
  w.octets(1, 2);
  w.close(3);
  const auto ref = subject_ref(w.evidence, interface_subject(numbered_key(1), "Ethernet1"));
  EXPECT_FALSE(changed_from(w.evidence, ref));
  w.octets(1, 1);
  w.close(4);
  EXPECT_EQ(changed_from(w.evidence, ref), day_minute(1));
  w.evidence.forget_changes();
  EXPECT_FALSE(changed_from(w.evidence, ref));
}

TEST(History, ASubInterfaceThatOnceHadCountersStandsForItselfAlsoWhenPutBack) {
  Watched w;
  w.octets(1, 0, "Switch1/1/1.1004");
  w.octets(1, 2, "Switch1/1/1");
  w.close(3);
  EvidenceReplay replay{Evidence{}};
  for (const auto* name : {"Switch1/1/1", "Switch1/1/1.1004"}) {
    const auto subject = interface_subject(numbered_key(1), name);
    const auto run = marks_of(w.evidence, subject_ref(w.evidence, subject), day_minute(1), day_minute(2)).front();
    replay.put(replay.subject(subject), day_minute(1), day_minute(2), run.marks);
  }
  EXPECT_FALSE(replay.evidence().find_interface(numbered_key(1), "Switch1/1/1.1004").parent_port);
}

// What came late says nothing of who had sent by then, however late the history itself is written.
TEST(History, WhoWasHeardFirstStaysWhoWasHeardInTime) {
  Watched w;
  w.close(5);
  w.octets(1, 2);  // late
  w.octets(1, 6);
  w.close(9);
  EvidenceReplay replay{Evidence{}};
  for (const auto& subject : {source_subject("counters"), device_subject(SubjectKind::Reporting, numbered_key(1))}) {
    const auto runs = marks_of(w.evidence, subject_ref(w.evidence, subject), day_minute(0), day_minute(9));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto end = i + 1 < runs.size() ? runs[i + 1].from : day_minute(9);
      replay.put(replay.subject(subject), runs[i].from, end, runs[i].marks);
    }
  }
  replay.close(Source::Counters, day_minute(9));
  const TallyQuery query{day_minute(0), day_minute(9), 0, 0};
  const auto was = w.evidence.tally(w.evidence.find_device(numbered_key(1)), Signal::Reporting, query);
  EXPECT_EQ(was.damped_bad, 0b11U);  // minutes 7 and 8; 0 to 5 were silent before anybody was heard in time
  EXPECT_EQ(was, replay.evidence().tally(replay.evidence().find_device(numbered_key(1)), Signal::Reporting, query));
  const auto qa = marks_of(w.evidence, subject_ref(w.evidence, source_subject("qa")), day_minute(0), day_minute(1));
  EXPECT_EQ(marks_text(SubjectKind::Source, qa.front().marks), "c");  // nobody sends to it minute by minute
}

TEST(History, AnAddedCriterionIsFoundByItsNameWhateverItsNumber) {
  Evidence evidence;
  evidence.set_added(std::vector<std::string>{"device.ntp", "link.rx_power"});
  const AddedSubject port{numbered_key(1), "switch1/1/1"};
  for (const int m : {0, 1, 3}) {
    (void)evidence.add_value(1, port, {day_time(m), 1, m != 1}, day_time(5));
  }
  evidence.answered(added_source(1), {day_minute(0), day_minute(4), day_time(5)});
  const auto subject = added_subject("link.rx_power", numbered_key(1), "Switch1/1/1");
  const auto runs = marks_of(evidence, subject_ref(evidence, subject), day_minute(0), day_minute(4));
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(marks_text(subject.kind, runs[1].marks), "pb");

  EvidenceReplay replay{Evidence{}};
  EXPECT_EQ(replay.subject(subject).index, kNoSubject);
  replay.set_added(std::vector<std::string>{"link.rx_power"});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    replay.put(replay.subject(subject), runs[i].from, runs[i].from + std::chrono::minutes{1}, runs[i].marks);
  }
  replay.put(replay.subject(source_subject("link.rx_power")), day_minute(0), day_minute(4), 1);
  replay.close(added_source(0), day_minute(4));
  const TallyQuery query{day_minute(0), day_minute(4), 0, 0};
  EXPECT_EQ(evidence.tally(evidence.find_added(1, numbered_key(1), "Switch1/1/1", true), query),
            replay.evidence().tally(replay.evidence().find_added(0, numbered_key(1), "Switch1/1/1", true), query));
}

}  // namespace
}  // namespace dz::evidence
