#include "control/incident.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/alarms.h"
#include "control/seen_over.h"

namespace dz::control {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using verdict::CriterionId;

constexpr Minute kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12}};

Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}
const Pubkey kAms = key_of(1), kLon = key_of(2), kLink = key_of(9);

// A link between two devices, and findings by hand: what a pass would have found in the minute before noon.
class CausesTest : public testing::Test {
 protected:
  CausesTest() {
    devices[kAms].code = "ams";
    devices[kLon].code = "lon";
    auto& link = links[kLink];
    link.code = "ams:lon";
    link.side_a = kAms;
    link.side_z = kLon;
    link.side_a_iface = link.side_z_iface = "Ethernet1";
    link.status = Status::Activated;
    for (const auto& [key, kind] : {std::pair{kLink, RecordKind::Link}, {kAms, RecordKind::Device}}) {
      verdicts.push_back({.key = key, .kind = kind, .health = Health::Impaired, .verdict = Health::Impaired});
      verdicts.back().condition.state = verdict::ConditionState::Failing;
    }
  }

  static verdict::Finding bad(CriterionId id, evidence::Signal signal, verdict::Side side = verdict::Side::None,
                              evidence::CounterBits counters = 0) {
    verdict::Finding f;
    f.id = id;
    f.gates = true;
    f.judgement = verdict::Judgement::NotMet;
    f.signal = signal;
    f.side = side;
    f.has_tally = true;
    f.tally.from = kNoon - 24h;
    f.tally.to = kNoon;
    f.tally.good = 1437;
    f.tally.bad = 3;
    f.tally.last_bad = evidence::Offence{kNoon - 1min, counters};
    f.tally.bad_since = kNoon - 3min;
    return f;
  }
  static verdict::Assessment assessment(const std::vector<verdict::Finding>& findings) {
    verdict::Assessment a;
    for (const auto& f : findings) a.storage[a.count++] = f;
    return a;
  }
  MonitorInputs inputs(Timestamp now = kNoon + 30s) {
    MonitorInputs in{links, devices, 1, evidence, policy, WriteMode::Write, true, now};
    in.facts = &facts;
    return in;
  }
  // What the link's and the device's findings come to.
  std::vector<FoundCause> find(const std::vector<verdict::Finding>& of_link,
                               const std::vector<verdict::Finding>& of_ams = {}) {
    const auto in = inputs();
    CauseFinder finder(in);
    const Symptoms all{{0, finder.symptoms_of(kLink, links.at(kLink), LinkSubjects{}, assessment(of_link))},
                       {1, finder.symptoms_of(kAms, DeviceSubjects{}, assessment(of_ams))}};
    return finder.find(all, finder.ground_of(all));
  }
  std::string told(const Cause& cause) { return render_cause(cause, {links, devices, policy, kNoon + 30s}); }

  std::map<Pubkey, Link> links;
  std::map<Pubkey, Device> devices;
  evidence::Evidence evidence;
  verdict::Policy policy;
  KnownFacts facts;
  std::vector<RecordVerdict> verdicts;
  const std::vector<verdict::Finding> silent_link{
      bad(CriterionId::LinkAData, evidence::Signal::Data, verdict::Side::A),
      bad(CriterionId::LinkAUtilization, evidence::Signal::Utilization, verdict::Side::A)};
  const std::vector<verdict::Finding> silent_ams{bad(CriterionId::DeviceReporting, evidence::Signal::Reporting)};
};

TEST_F(CausesTest, ASilentPortOfADeviceThatSendsIsTheCause) {
  const auto found = find(silent_link);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cause.kind, CauseKind::PortSilent);
  EXPECT_EQ(told(found[0].cause),
            "ams Ethernet1 has sent no counter rows since 11:57, although the device sends others");
}

TEST_F(CausesTest, ASilentDeviceExplainsItsPorts) {
  const auto found = find(silent_link, silent_ams);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cause.kind, CauseKind::DeviceSilent);
  EXPECT_EQ(found[0].records.size(), 2U);
  EXPECT_EQ(told(found[0].cause), "ams has been silent since 11:57: no counter rows");
}

// Its minutes are bad until one with rows is closed.
TEST_F(CausesTest, ADeviceWhoseRowsComeAgainIsSilentNoMore) {
  evidence.advance(kNoon + evidence.settings().lateness);
  ASSERT_EQ(evidence.state(evidence::Source::Counters).watermark, kNoon);
  facts.heard = [&](const Pubkey& device) {
    return device == kAms ? std::optional<Timestamp>(kNoon - 1us) : std::nullopt;
  };
  EXPECT_EQ(find(silent_link, silent_ams).size(), 1U) << "a row of a closed minute tells nothing of what is to come";
  facts.heard = [&](const Pubkey& device) { return device == kAms ? std::optional<Timestamp>(kNoon) : std::nullopt; };
  EXPECT_TRUE(find(silent_link, silent_ams).empty());
  EXPECT_EQ(find(silent_link).size(), 1U) << "the device sent all the time, the port did not";
}

// Made ten minutes ago, while the monitor knows the last hour: it did not fall silent an hour ago.
TEST_F(CausesTest, WhatWasNeverHeardHasNotBeenSilentSinceAnyTime) {
  auto unheard = silent_ams;
  unheard[0].tally.good = 0;
  unheard[0].tally.bad = 60;
  unheard[0].tally.bad_since = kNoon - 1h;
  unheard[0].to_do = verdict::ToDo::FirstHeard;
  const auto found = find({}, unheard);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(told(found[0].cause), "ams sends nothing: no counter rows");
  EXPECT_EQ(render_to_do(found[0].cause, {links, devices, policy, kNoon}), "set up what publishes the counters of ams");
}

TEST_F(CausesTest, AWrongClockExplainsASilentDeviceAndIsKnownBeforeAnyMinuteIsBad) {
  facts.clock_ahead[kAms] = 9min;
  for (const auto& found : {find(silent_link, silent_ams), find({})}) {
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].cause.kind, CauseKind::ClockAhead);
    EXPECT_EQ(told(found[0].cause), "the clock of ams is 9 min ahead: its rows are not taken");
  }
}

// Counters fall where the times of rows went back: nothing was reset.
TEST_F(CausesTest, TimesThatWentBackExplainASilentDeviceBeforeItsRowsAreKnownToBeLate) {
  facts.times_back[kAms] = {4min, kNoon - 3min - 20s};
  const auto found = find(silent_link, silent_ams);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cause.kind, CauseKind::TimesBack);
  EXPECT_EQ(told(found[0].cause),
            "rows of ams went back in time by 4 min at 11:56: its clock was set back, or it sends old rows after newer "
            "ones");
  EXPECT_TRUE(find({}).empty()) << "alone it is no fault";
  facts.rows_late[kAms] = 4min;
  EXPECT_EQ(find(silent_link, silent_ams)[0].cause.kind, CauseKind::RowsLate);
}

TEST_F(CausesTest, AWrongClockExplainsNoMissingAgent) {
  facts.clock_ahead[kAms] = 9min;
  auto of_ams = silent_ams;
  of_ams.push_back(bad(CriterionId::DeviceConfigAgent, evidence::Signal::ConfigAgent));
  const auto found = find(silent_link, of_ams);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].cause.kind, CauseKind::ConfigAgentMissing);
  EXPECT_FALSE(found[1].records[0].leads) << "the clock explains more";
}

TEST_F(CausesTest, AnAgentWhoseKeyTheLedgerDoesNotHaveIsNotToBeStarted) {
  const auto found = find({}, {bad(CriterionId::DeviceTelemetryAgent, evidence::Signal::TelemetryAgent)});
  ASSERT_EQ(found.size(), 1U);
  const auto to_do = [&] { return render_to_do(found[0].cause, {links, devices, policy, kNoon + 30s}); };
  EXPECT_EQ(to_do(),
            "name the key of the telemetry agent of ams: doublezero device update --pubkey ams --metrics-publisher "
            "<key>");
  devices[kAms].metrics_publisher = key_of(7);
  EXPECT_EQ(to_do(), "start the telemetry agent of ams");
}

TEST_F(CausesTest, ADeviceThatIsSilentAltogetherIsOneCause) {
  auto of_ams = silent_ams;
  of_ams.push_back(bad(CriterionId::DeviceConfigAgent, evidence::Signal::ConfigAgent));
  of_ams.push_back(bad(CriterionId::DeviceTelemetryAgent, evidence::Signal::TelemetryAgent));
  const auto found = find(silent_link, of_ams);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(told(found[0].cause),
            "ams has been silent since 11:57: no counter rows, no configuration fetch, no latency samples");
}

TEST_F(CausesTest, TrafficThatAFailingEndTakesAwayIsNoCauseOfItsOwn) {
  auto of_link = silent_link;
  of_link.push_back(
      bad(CriterionId::LinkZUtilization, evidence::Signal::Utilization, verdict::Side::Z, evidence::kInOctets));
  const auto found = find(of_link);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cause.device, kAms);
}

// Each fault has its own time and counters: a port that carried nothing since 11:50 has errors since 11:57 only.
TEST_F(CausesTest, OfTwoFaultsOfOnePortNoneHasTheTimeOfTheOther) {
  const auto errors = bad(CriterionId::LinkAErrors, evidence::Signal::Errors, verdict::Side::A, evidence::kInErrors);
  auto idle = bad(CriterionId::LinkAUtilization, evidence::Signal::Utilization, verdict::Side::A, evidence::kInOctets);
  idle.tally.bad_since = kNoon - 10min;
  for (const auto& of_link : {std::vector{errors, idle}, std::vector{idle, errors}}) {
    const auto found = find(of_link);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(told(found[0].cause), "ams Ethernet1 has counted in-errors since 11:57");
  }
  auto silent = silent_link;  // it carried nothing before it fell silent
  silent[1].tally.bad_since = kNoon - 10min;
  EXPECT_EQ(told(find(silent)[0].cause),
            "ams Ethernet1 has sent no counter rows since 11:57, although the device sends others");
}

// Carrier and discards of one port: which leads, what is done about each, and what ends it.
TEST_F(CausesTest, AFlappingPortLeadsItsErrorsAndDiscardsLeadNothing) {
  const CauseWords words{links, devices, policy, kNoon + 30s};
  auto flaps =
      bad(CriterionId::LinkACarrier, evidence::Signal::Carrier, verdict::Side::A, evidence::kCarrierTransitions);
  flaps.tally.bad_since = kNoon - 5min;
  const auto errors = bad(CriterionId::LinkAErrors, evidence::Signal::Errors, verdict::Side::A, evidence::kInErrors);
  const auto drops =
      bad(CriterionId::LinkADiscards, evidence::Signal::Discards, verdict::Side::A, evidence::kOutDiscards);
  const auto flapping = find({errors, flaps, drops});
  ASSERT_EQ(flapping.size(), 1U) << "one port, one incident";
  EXPECT_EQ(told(flapping[0].cause), "ams Ethernet1 has lost its carrier again and again since 11:55");
  EXPECT_EQ(render_to_do(flapping[0].cause, words), "repair ams Ethernet1: its optics, its cable, or its far end");
  EXPECT_EQ(render_end(flapping[0].cause, words), "ams Ethernet1 keeps its carrier for a minute");
  EXPECT_EQ(render_title(flapping[0].cause, words), "carrier transitions at ams Ethernet1");
  EXPECT_EQ(told(find({drops, errors})[0].cause), "ams Ethernet1 has counted in-errors since 11:57");
  const auto congested = find({drops});
  EXPECT_EQ(told(congested[0].cause), "ams Ethernet1 has discarded packets since 11:57 (out-discards)");
  EXPECT_EQ(render_to_do(congested[0].cause, words),
            "take traffic off ams Ethernet1, or give it more room: its queues overflow");
  EXPECT_EQ(render_end(congested[0].cause, words), "ams Ethernet1 passes a minute without discards");
}

TEST_F(CausesTest, WhatGatesNothingLeadsNothingThatDoes) {
  auto probes = bad(CriterionId::LinkAzProbes, evidence::Signal::Probes, verdict::Side::A, evidence::kLoss);
  probes.mode = verdict::Mode::Shadow;
  const auto found =
      find({probes, bad(CriterionId::LinkZErrors, evidence::Signal::Errors, verdict::Side::Z, evidence::kInErrors)});
  ASSERT_EQ(found.size(), 1U) << "errors explain lost probes";
  EXPECT_EQ(told(found[0].cause), "lon Ethernet1 has counted in-errors since 11:57");
  const auto alone = find({probes});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_FALSE(alone[0].gates);
}

TEST_F(CausesTest, AnIncidentRecoversWhenItsCauseHasGoneAndIsOverWhenItsRecordsAreClean) {
  IncidentBook book;
  book.follow(find(silent_link, silent_ams), verdicts, inputs());
  ASSERT_EQ(book.all().size(), 1U);
  const auto first = book.all()[0];
  EXPECT_EQ(first.state, IncidentState::Failing);
  EXPECT_EQ(first.since, kNoon - 3min);
  EXPECT_TRUE(first.impairs) << "the link is in service and impaired";
  EXPECT_EQ(book.leading(kLink)->id(), first.id());

  book.follow({}, verdicts, inputs(kNoon + 2min));
  ASSERT_EQ(book.all().size(), 1U);
  EXPECT_EQ(book.all()[0].state, IncidentState::Recovering);
  EXPECT_EQ(book.all()[0].id(), first.id());
  EXPECT_EQ(book.leading(kLink), nullptr) << "the cause has gone";
  EXPECT_EQ(book.of(kLink)->id(), first.id());

  auto link_again = silent_link;
  auto ams_again = silent_ams;
  for (auto* findings : {&link_again, &ams_again}) {
    for (auto& finding : *findings) finding.tally.bad_since = kNoon + 2min;
  }
  book.follow(find(link_again, ams_again), verdicts, inputs(kNoon + 3min));
  ASSERT_EQ(book.all().size(), 1U);
  EXPECT_EQ(book.all()[0].id(), first.id()) << "it fails again";
  EXPECT_EQ(book.all()[0].since, first.since) << "and is the same one";
  facts.clock_ahead[kAms] = 9min;  // of the same subject
  book.follow(find(silent_link, silent_ams), verdicts, inputs(kNoon + 3min));
  ASSERT_EQ(book.all().size(), 1U);
  EXPECT_EQ(book.all()[0].id(), first.id());

  for (auto& v : verdicts) v.verdict = Health::Healthy;
  book.follow({}, verdicts, inputs(kNoon + 4min));
  EXPECT_TRUE(book.all().empty());
}

TEST_F(CausesTest, WhoIsLedByAnotherIncidentThanBeforeIsSaid) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  IncidentBook book;
  EXPECT_THAT(book.follow(find(silent_link), verdicts, inputs()), ElementsAre(kLink));
  EXPECT_THAT(book.follow(find(silent_link), verdicts, inputs()), IsEmpty());
  EXPECT_THAT(book.follow(find(silent_link, silent_ams), verdicts, inputs()), ElementsAre(kAms, kLink))
      << "the device is behind the silent port now";
  EXPECT_THAT(book.follow(find(silent_link, silent_ams), verdicts, inputs()), IsEmpty());
  EXPECT_THAT(book.follow(find({}, silent_ams), verdicts, inputs()), ElementsAre(kLink));
  EXPECT_THAT(book.follow({}, verdicts, inputs(kNoon + 2min)), ElementsAre(kAms)) << "nothing leads it any more";
}

TEST_F(CausesTest, OfManyRecordsTheTurnIsGivenAwayAndTheCausesAreTheSame) {
  const auto plain = inputs();
  const CauseFinder noting(plain);
  Symptoms all;
  for (std::size_t i = 0; i < 5000; ++i) {
    auto key = kLink;
    key.bytes[0] = static_cast<std::uint8_t>(i / 250);
    key.bytes[1] = static_cast<std::uint8_t>(i % 250);
    links[key] = links[kLink];
    all[i] = noting.symptoms_of(key, links[key], LinkSubjects{}, assessment(silent_link));
  }
  auto paused = inputs();
  int pauses = 0;
  paused.pause = [&] { ++pauses; };
  CauseFinder with_pauses(paused), without(plain);
  const auto found = with_pauses.find(all, with_pauses.ground_of(all));
  EXPECT_GT(pauses, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].records.size(), 5000U);
  EXPECT_EQ(found, without.find(all, without.ground_of(all)));
}

TEST_F(CausesTest, ARestartGoesOnWithAnIncidentThatItHasNotSeenEndYet) {
  IncidentBook before;
  before.follow(find(silent_link, silent_ams), verdicts, inputs());
  IncidentBook after({before.all().begin(), before.all().end()}, kNoon + 1min);
  after.follow({}, verdicts, inputs(kNoon + 2min));  // its minutes are unobserved
  ASSERT_EQ(after.all().size(), 1U);
  EXPECT_EQ(after.all()[0].state, IncidentState::Failing);
  EXPECT_NE(after.leading(kLink), nullptr);
  after.follow({}, verdicts, inputs(kNoon + 5min));
  EXPECT_EQ(after.all()[0].state, IncidentState::Recovering);
}

// The minute after the start is heard, and shows nothing of it: that its end was not seen yet is no reason to go on.
TEST_F(CausesTest, ARestartLetsGoOfAnIncidentAsSoonAsItSeesTheEndOfIt) {
  IncidentBook before;
  before.follow(find(silent_link, silent_ams), verdicts, inputs());
  ASSERT_EQ(before.all().size(), 1U);
  const auto state_after = [&](bool device_sends) {
    evidence = evidence::Evidence();
    evidence.accepting(kNoon, kNoon + 2min);
    const auto& sender = device_sends ? kAms : kLon;
    EXPECT_TRUE(evidence.add_counters(sender, "Ethernet1", {.at = kNoon + 70s, .in_octets = 5}, kNoon + 71s));
    evidence.advance(kNoon + 2min + 30s);
    IncidentBook after({before.all().begin(), before.all().end()}, kNoon + 1min);
    after.follow({}, verdicts, inputs(kNoon + 2min + 30s));
    return after.all().empty() ? std::nullopt : std::optional(after.all()[0].state);
  };
  EXPECT_EQ(state_after(false), IncidentState::Failing) << "before settling, somebody else's minute tells nothing";
  EXPECT_EQ(state_after(true), IncidentState::Recovering);
}

// It was down in the minutes after the last that it heard: that one decides.
TEST_F(CausesTest, WhatWasSeenLastDecidesOverUnobservedMinutes) {
  const auto incident = find(silent_link, silent_ams)[0].cause;
  const auto is_over = [&](Timestamp last_row) {
    evidence = evidence::Evidence();
    evidence.accepting(kNoon - 1h, kNoon);
    EXPECT_TRUE(evidence.add_counters(kAms, "Ethernet1", {.at = last_row, .in_octets = 5}, last_row + 1s));
    evidence.advance(kNoon + 10min);
    return is_seen_over(incident, inputs(kNoon + 10min));
  };
  EXPECT_FALSE(is_over(kNoon - 70s)) << "silent in the minute after that";
  EXPECT_TRUE(is_over(kNoon - 10s));
  EXPECT_TRUE(is_over(kNoon + 20s)) << "in the minute in which it died";
}

TEST_F(CausesTest, WhatNobodyHasSeenSinceTheStartIsOutOfSight) {
  IncidentBook before;
  before.follow(find(silent_link, silent_ams), verdicts, inputs());
  IncidentBook after({before.all().begin(), before.all().end()}, kNoon + 1min);
  after.follow({}, verdicts, inputs(kNoon + 2min));
  ASSERT_EQ(after.all().size(), 1U);
  EXPECT_TRUE(after.is_out_of_sight(after.all()[0]));
  after.follow(find(silent_link, silent_ams), verdicts, inputs(kNoon + 2min));
  EXPECT_FALSE(after.is_out_of_sight(after.all()[0])) << "it is seen again";
}

TEST_F(CausesTest, AClockThatIsNotBelievedIsBehindEveryRecordUntilItIsRightAndTheRestStaysAsItWas) {
  IncidentBook book;
  const auto noon = Timestamp{kNoon};
  book.clock_is_wrong("it jumped", verdicts, noon);
  book.clock_is_wrong("it jumped by more", verdicts, noon + 1s);
  ASSERT_EQ(book.all().size(), 1U);
  EXPECT_EQ(book.leading(kLink), &book.all().front());
  EXPECT_EQ(book.all().front().since, noon);
  EXPECT_EQ(book.all().front().cause.detail, "it jumped by more");
  EXPECT_EQ(book.all().front().records.size(), verdicts.size());
  IncidentBook restored({book.all().begin(), book.all().end()}, noon + 1min);
  restored.clock_is_wrong("it jumped", verdicts, noon + 1min);
  EXPECT_EQ(restored.all().front().id(), book.all().front().id()) << "the same over a restart";
  book.clock_is_right();
  EXPECT_TRUE(book.all().empty());
  EXPECT_EQ(book.leading(kLink), nullptr);
}

// The clock was wrong when the process ended, and is right when the next one begins.
TEST_F(CausesTest, AClockThatIsRightAgainAfterARestartLeavesTheRestWhereItWas) {
  facts.clock_ahead[kAms] = 9min;
  const auto found = find(silent_link, silent_ams);
  IncidentBook before;
  before.follow(found, verdicts, inputs(kNoon));
  ASSERT_FALSE(before.all().empty());
  const auto led = before.leading(kLink)->id();
  before.clock_is_wrong("it jumped", verdicts, kNoon + 10s);
  EXPECT_EQ(before.leading(kLink), &before.all().front());
  before.follow(found, verdicts, inputs(kNoon + 20s));
  EXPECT_EQ(before.leading(kLink), &before.all().front()) << "until it is right";

  std::vector<Incident> kept(before.all().begin(), before.all().end());
  std::reverse(kept.begin(), kept.end());  // a store has an order of its own
  IncidentBook after(kept, kNoon + 1min);
  EXPECT_EQ(after.leading(kLink)->cause.kind, CauseKind::ClockNotBelieved);
  after.follow(found, verdicts, inputs(kNoon + 1min));
  after.clock_is_right();
  ASSERT_NE(after.leading(kLink), nullptr);
  EXPECT_EQ(after.leading(kLink)->id(), led);
  EXPECT_EQ(after.all().size(), found.size());
  EXPECT_TRUE(after.follow(found, verdicts, inputs(kNoon + 2min)).empty());
}

TEST_F(CausesTest, ASentenceAndAPageBeginWithTheCause) {
  IncidentBook book;
  facts.clock_ahead[kAms] = 9min;
  book.follow(find(silent_link, silent_ams), verdicts, inputs());
  auto in = inputs();
  in.incidents = &book;
  const RecordBook records;
  const auto report = *cause_report(in, kLink);
  EXPECT_EQ(report.kind, "clock-ahead");
  EXPECT_EQ(report.to_do, "set the clock of ams: it is 9 min ahead");
  EXPECT_EQ(render_led(report, "held"), "the clock of ams is 9 min ahead: its rows are not taken; held");
  EXPECT_FALSE(cause_report(inputs(), kLink)) << "nobody knows of incidents";
}

TEST_F(CausesTest, NamesAreBounded) {
  std::vector<Pubkey> many;
  for (std::uint8_t i = 20; i < 32; ++i) {
    many.push_back(key_of(i));
    devices[many.back()].code = "d" + std::to_string(i);
  }
  const CauseWords words{links, devices, policy, kNoon};
  EXPECT_EQ(names_text(many, words), "d20, d21, d22, d23, d24 and 7 more");
  many.resize(6);
  EXPECT_EQ(names_text(many, words), "d20, d21, d22, d23, d24, d25") << "one more takes no more room than its count";
}

TEST(Alarms, OfARecordSayWhetherItFailsOrRecovers) {
  MonitorAlarm alarm;
  alarm.kind = AlarmKind::ImpairedInService;
  alarm.criterion = "link.a.errors";
  alarm.where = "ams Ethernet1";
  alarm.since = kNoon - 3min;
  const auto text = [&] { return render_alarm(alarm, "ams:lon", kNoon); };
  EXPECT_EQ(
      text(),
      "link ams:lon is in service and impaired by link.a.errors at ams Ethernet1 since 11:57: repair it, or drain it");
  alarm.cause = "ams Ethernet1 has counted in-errors since 11:57";
  alarm.to_do = "repair ams Ethernet1";
  EXPECT_EQ(text(),
            "link ams:lon is in service and impaired: ams Ethernet1 has counted in-errors since 11:57; repair ams "
            "Ethernet1, or drain it");
  alarm.cause.clear();
  alarm.since.reset();
  alarm.out_of_sight = true;
  EXPECT_EQ(text(),
            "link ams:lon is in service and impaired by link.a.errors at ams Ethernet1: wait until it is observed "
            "again, or drain it");
  alarm.since = kNoon - 3min;
  alarm.state = AlarmState::Recovering;
  alarm.returns_at = kNoon + 2h;
  EXPECT_EQ(text(),
            "link ams:lon is in service and recovering at ams Ethernet1: clean since 11:57, healthy again from 14:00 "
            "on if it stays clean");
  EXPECT_EQ(render_alarm_end(alarm, "ams:lon", kNoon), "it stays clean until 14:00");
}

TEST(Alarms, AMassSilenceCountsAndNamesTheSilent) {
  MonitorAlarm alarm;
  alarm.since = kNoon;
  alarm.devices = 9;
  alarm.silent = {kAms, kLon};
  alarm.detail = "ams, lon";
  EXPECT_THAT(render_alarm(alarm, "counters", kNoon),
              HasSubstr("2 of 9 devices of source counters fell silent together at 12:00 (ams, lon): "));
  EXPECT_EQ(render_alarm_end(alarm, "counters", kNoon), "more than half of the 9 devices send again");
}

}  // namespace
}  // namespace dz::control
