#include "fleet/fault.h"

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = *parse_timestamp("2026-03-01T12:00:00Z");

TEST(Fault, ReadsTheFormOfTheManual) {
  const auto fault =
      parse_fault("errors device=ams-dz001 interface=Switch1/1/1 at=-3h for=2m counter=out-errors every=5s", kNow);
  ASSERT_TRUE(fault) << fault.error().message;
  EXPECT_EQ(fault->kind, FaultKind::Errors);
  EXPECT_EQ(fault->device, "ams-dz001");
  EXPECT_EQ(fault->interface, "Switch1/1/1");
  EXPECT_EQ(fault->counter, Counter::OutErrors);
  EXPECT_EQ(fault->period, Duration(5s));
  EXPECT_EQ(fault->from, kNow - 3h);
  EXPECT_EQ(fault->to, kNow - 3h + 2min);
  EXPECT_FALSE(fault->active(kNow - 3h + 2min));
  EXPECT_TRUE(fault->active(kNow - 3h));
}

TEST(Fault, WithoutTimesItBeginsNowAndStays) {
  const auto fault = parse_fault("silence device=a", kNow);
  ASSERT_TRUE(fault);
  EXPECT_FALSE(fault->active(kNow - 1us));
  EXPECT_TRUE(fault->active(kNow));
  EXPECT_TRUE(fault->active(kNow + 24h * 365));
}

TEST(Fault, AClockMayBeWrongInBothDirections) {
  EXPECT_EQ(parse_fault("wrong-clock device=a offset=9m", kNow)->period, Duration(9min));
  EXPECT_EQ(parse_fault("wrong-clock device=a offset=-9m", kNow)->period, -Duration(9min));
}

class FaultText : public testing::TestWithParam<const char*> {};
TEST_P(FaultText, SurvivesBeingPrinted) {
  const auto fault = parse_fault(GetParam(), kNow);
  ASSERT_TRUE(fault) << fault.error().message;
  const auto again = parse_fault(to_text(*fault), kNow + 1h);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*fault, *again);
}
INSTANTIATE_TEST_SUITE_P(EachKind, FaultText,
                         testing::Values("errors device=a interface=b counter=carrier-transitions",
                                         "silence device=a for=90s", "idle device=a interface=b at=+10s",
                                         "reset device=a at=-1h", "replay device=a age=3m", "no-config-agent device=a",
                                         "no-telemetry-agent device=a for=500ms", "qa-failure device=a",
                                         "probe-loss link=a:b from=a", "no-probes link=a:b", "late device=a delay=5m",
                                         "late device=a for=40m", "wrong-clock device=a offset=-9m",
                                         "flapping device=a interface=b every=20s", "congested device=a interface=b"));

struct Refusal {
  const char* text;
  const char* complaint;
};
class FaultRefusal : public testing::TestWithParam<Refusal> {};
TEST_P(FaultRefusal, SaysWhatWasExpected) {
  const auto fault = parse_fault(GetParam().text, kNow);
  ASSERT_FALSE(fault);
  EXPECT_NE(fault.error().message.find(GetParam().complaint), std::string::npos) << fault.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Each, FaultRefusal,
    testing::Values(
        Refusal{"", "empty text"}, Refusal{"sadness device=a", "expected a fault's kind (errors, silence"},
        Refusal{"silence", "expected device=..."}, Refusal{"silence device", "expected key=value"},
        Refusal{"silence device=a counter=in-errors", "found the key \"counter\""},
        Refusal{"silence device=a device=b", "there twice"}, Refusal{"reset device=a for=3m", "found the key \"for\""},
        Refusal{"errors device=a interface=b counter=in-octets", "expected a counter of errors"},
        Refusal{"errors device=a interface=b every=0s", "every must be above 0"},
        Refusal{"late device=a", "expected delay="}, Refusal{"late device=a delay=-5m", "expected a positive time"},
        Refusal{"wrong-clock device=a", "expected offset="}, Refusal{"flapping device=a", "expected interface="},
        Refusal{"congested device=a interface=b every=0s", "congested: every must be above 0"}));

TEST(FaultScript, OneALineWithComments) {
  const auto faults = parse_fault_script(
      "# the night of the 3rd\n\nsilence device=a for=1m  # maintenance\r\nqa-failure device=b", kNow);
  ASSERT_TRUE(faults) << faults.error().message;
  EXPECT_EQ(faults->size(), 2U);
  const auto wrong = parse_fault_script("silence device=a\nsilence\n", kNow);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("line 2"), std::string::npos);
}

FleetTopology small_topology() {
  FleetTopology topology;
  topology.devices.resize(2);
  topology.devices[0].code = "a";
  topology.devices[0].interfaces = {{"Ethernet1.7", LoopbackType::None, false, 0, 7}};
  topology.devices[1].code = "z";
  topology.devices[1].interfaces = {{"Ethernet1", LoopbackType::None, false, 0, 0}};
  topology.links = {{"a:z", LinkType::Wan, 0, 0, 0, "a", "Ethernet1.7", "z", "Ethernet1"}};
  return topology;
}

TEST(FaultCheck, NamesMustBeInTheTopology) {
  const FleetTopology topology = small_topology();
  const auto check = [&](const char* text) { return check_fault(*parse_fault(text, kNow), topology).has_value(); };
  EXPECT_TRUE(check("silence device=a interface=ethernet1.9"));  // another sub-interface of the same port
  EXPECT_TRUE(check("no-probes link=a:z from=z"));
  EXPECT_FALSE(check("silence device=b"));
  EXPECT_FALSE(check("silence device=a interface=Ethernet2"));
  EXPECT_FALSE(check("no-probes link=a:b"));
}

}  // namespace
}  // namespace dz::fleet
