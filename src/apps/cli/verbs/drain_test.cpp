// Leaving service and coming back, by command line: what is refused, what is said before and after.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct Drain : testing::Test {
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
    shell.add_dzx_link();
  }
  std::string field(const std::string& get, const std::string& name) {
    return std::string(shell.ok(get + " --json").json().at(name).as_string());
  }
};

TEST_F(Drain, SoftIsTheDefault) {
  shell.activate("link", "ams-lon");
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon", "alpha").out, "Status: soft-drained");
  EXPECT_EQ(field("link get --code ams-lon", "desired_status"), "soft-drained");
  EXPECT_EQ(field("link get --code ams-lon", "health"), "impaired");
}

TEST_F(Drain, SaysTheRuleBeforeActingWithoutAMonitor) {
  shell.activate("link", "ams-lon");
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon --hard", "alpha").err, "24 h of clean evidence");
}

TEST_F(Drain, SaysWhatTheMonitorKnows) {
  shell.activate("link", "ams-lon");
  const auto at = shell.now + std::chrono::hours{21};
  shell.monitor = [at](const Pubkey&) -> Result<boost::json::value> {
    return boost::json::value{{"sentence", "3 minutes with in-errors"},
                              {"findings",
                               {{{"id", "link.a.errors"},
                                 {"kind", "evidence"},
                                 {"mode", "enforce"},
                                 {"judgement", "not met"},
                                 {"earliest", to_text(at)}}}}};
  };
  const auto said = shell.ok("link drain --pubkey ams-lon --soft", "alpha").err;
  EXPECT_SAYS(said, "can return in");
  EXPECT_SAYS(said, "in 20 h 59 min at the earliest");
  EXPECT_SAYS(said, "3 minutes with in-errors");
}

TEST_F(Drain, GetShowsWhatTheMonitorSays) {
  shell.monitor = [](const Pubkey&) -> Result<boost::json::value> {
    return boost::json::value{{"sentence", "held by link.a.errors"}};
  };
  EXPECT_SAYS(shell.ok("link get --code ams-lon").out, "monitor                 | held by link.a.errors");
  EXPECT_SAYS(shell.ok("device get --code ams-dz001").out, "| held by link.a.errors");
  EXPECT_EQ(shell.ok("link get --code ams-lon --json").json().as_object().if_contains("monitor"), nullptr);
}

TEST_F(Drain, SaysWhenWaitingAloneDoesNotHelp) {
  shell.activate("device", "ams-dz001");
  shell.monitor = [](const Pubkey&) -> Result<boost::json::value> {
    return boost::json::value{{"findings",
                               {{{"id", "device.qa"},
                                 {"kind", "evidence"},
                                 {"mode", "enforce"},
                                 {"judgement", "not met"},
                                 {"to_do", "a QA run has to succeed"},
                                 {"earliest", nullptr}}}}};
  };
  EXPECT_SAYS(shell.ok("device drain --pubkey ams-dz001", "alpha").err, "device.qa: a QA run has to succeed");
}

TEST_F(Drain, CleanEvidenceMeansMinutes) {
  shell.activate("link", "ams-lon");
  shell.monitor = [](const Pubkey&) -> Result<boost::json::value> {
    return boost::json::value{{"findings", boost::json::array()}};
  };
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon", "alpha").err, "within minutes");
}

TEST_F(Drain, AMonitorThatDoesNotAnswerStopsNobody) {
  shell.activate("link", "ams-lon");
  shell.monitor = [](const Pubkey&) -> Result<boost::json::value> { return fail(ErrorKind::Retry, "unreachable"); };
  EXPECT_SAYS(shell.ok("link drain --pubkey ams-lon --hard", "alpha").err, "unreachable");
  EXPECT_EQ(field("link get --code ams-lon", "status"), "hard-drained");
}

TEST_F(Drain, APlainDrainNeverMakesAHardOneSofter) {
  EXPECT_SAYS(shell.run("link drain --pubkey ams-lon", "alpha").err, "say --soft");
  const auto said = shell.ok("link drain --pubkey ams-lon --soft", "alpha");
  EXPECT_SAYS(said.err, "last resort although its health is unknown");
  EXPECT_SAYS(said.out, "Status: soft-drained");
  EXPECT_EQ(shell.run("link drain --pubkey ams-lon --soft --hard", "alpha").exit_code, 2);
}

TEST_F(Drain, UndrainWaitsForHealth) {
  shell.activate("link", "ams-lon");
  shell.ok("link drain --pubkey ams-lon --hard", "alpha");
  const auto said = shell.ok("link undrain --pubkey ams-lon", "alpha");
  EXPECT_SAYS(said.out, "Status: hard-drained");
  EXPECT_SAYS(said.err, "returns to service when its health is healthy");
  EXPECT_EQ(field("link get --code ams-lon", "desired_status"), "activated");
}

TEST_F(Drain, WaitEndsWithTheStatusAskedFor) {
  shell.activate("link", "ams-lon");
  shell.ok("link drain --pubkey ams-lon --hard", "alpha");
  int sleeps = 0;
  shell.on_sleep = [&] {
    if (++sleeps == 3) shell.activate("link", "ams-lon");
  };
  const auto said = shell.ok("link undrain --pubkey ams-lon -w", "alpha");
  EXPECT_SAYS(said.err, "waiting for activated: status hard-drained, desired_status activated, health impaired");
  EXPECT_EQ(field("link get --code ams-lon", "status"), "activated");
}

TEST_F(Drain, WaitGivesUpAndSaysThatTheWriteSucceeded) {
  shell.activate("link", "ams-lon");
  const auto drained = shell.run("link update --pubkey ams-lon --status hard-drained -w", "alpha");
  EXPECT_EQ(drained.exit_code, 0);
  const auto said = shell.run("link undrain --pubkey ams-lon -w --timeout 5s", "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "waited 5 s for activated");
  EXPECT_SAYS(said.err, "the write itself succeeded");
}

TEST_F(Drain, TheOtherSideOfADzxLinkIsNamed) {
  shell.activate("link", "ams-fra");
  shell.ok("link drain --pubkey ams-fra --hard", "zeta");
  const auto refused = shell.run("link undrain --pubkey ams-fra", "alpha");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_SAYS(refused.err, "side Z, contributor 'zeta' keeps it drained");
  EXPECT_EQ(shell.ok("link get --code ams-fra --json").json().at("held_by").at(0), "zeta");
  shell.ok("link drain --pubkey ams-fra --hard", "alpha");
  const auto lifted = shell.ok("link undrain --pubkey ams-fra", "alpha");
  EXPECT_SAYS(lifted.err, "Your hold is lifted, but contributor 'zeta' still keeps");
  shell.ok("link undrain --pubkey ams-fra", "zeta");
  EXPECT_EQ(field("link get --code ams-fra", "desired_status"), "activated");
}

TEST_F(Drain, AContributorDoesNotActivate) {
  const auto said = shell.run("link update --pubkey ams-lon --status activated", "alpha");
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_SAYS(said.err, "link undrain --pubkey ams-lon");
}

TEST_F(Drain, AStrangerIsToldWhoseRecordItIs) {
  EXPECT_SAYS(shell.run("link drain --pubkey ams-fra --soft", "stranger").err, "'alpha' or 'zeta'");
}

TEST_F(Drain, DeleteNamesEveryUnmetCondition) {
  shell.activate("link", "ams-lon");
  const auto link = shell.run("link delete --pubkey ams-lon", "alpha");
  EXPECT_EQ(link.exit_code, 1);
  EXPECT_EQ(link.err,
            "Error: link 'ams-lon' cannot be deleted yet: status activated, desired_status activated, health healthy\n"
            "  caused by: status is activated, expected hard-drained: doublezero link drain --pubkey ams-lon --hard\n");
  const auto device = shell.run("device delete --pubkey ams-dz001", "alpha");
  EXPECT_SAYS(device.err,
              "link 'ams-lon' ends here (activated): doublezero link drain --pubkey ams-lon --hard, then "
              "doublezero link delete --pubkey ams-lon");
  EXPECT_SAYS(device.err, "link 'ams-fra' ends here (hard-drained): doublezero link delete --pubkey ams-fra");
  EXPECT_SAYS(device.err,
              "interface Ethernet1 is left: doublezero device interface delete --device ams-dz001 --name Ethernet1");
  EXPECT_SAYS(shell.run("link delete --pubkey ams-lon", "stranger").err, "neither a contributor");
}

TEST_F(Drain, APortUnderALinkStays) {
  EXPECT_SAYS(shell.run("device interface delete ams-dz001 Ethernet1", "alpha").err, "carries link 'ams-lon'");
}

// The commands of the refusals, followed to the letter.
TEST_F(Drain, OffboardingToTheLastRecord) {
  shell.activate("link", "ams-lon");
  shell.ok("link drain --pubkey ams-lon --hard", "alpha");
  shell.ok("link delete --pubkey ams-lon", "alpha");
  shell.ok("link delete --pubkey ams-fra", "alpha");
  for (const auto* name : {"Ethernet1", "Ethernet2"}) {
    shell.ok(std::string("device interface delete --device ams-dz001 --name ") + name, "alpha");
  }
  shell.ok("exchange set-device --pubkey xams --device1 ams-dz001");
  EXPECT_SAYS(shell.run("device delete --pubkey ams-dz001", "alpha").err,
              "it has seat 1 of exchange 'xams': doublezero exchange set-device --pubkey xams --device1 none");
  shell.ok("exchange set-device --pubkey xams --device1 none");
  EXPECT_SAYS(shell.ok("device delete --pubkey ams-dz001", "alpha").out, "Status: deleted");
  EXPECT_EQ(shell.ok("link list --json").json().as_array().size(), 0U);
}

TEST_F(Drain, UsersAreNotThrownOffUnsaid) {
  shell.activate("device", "ams-dz001");
  shell.ok("device update --pubkey ams-dz001 --max-users 96");
  shell.ok("access-pass set --user-payer " + shell.pubkey("carol"));
  shell.ok("user create --device ams-dz001 --client-ip 8.8.1.1", "carol");
  shell.ok("user create --device ams-dz001 --client-ip 8.8.1.2", "carol");
  EXPECT_EQ(shell.ok("device get --code ams-dz001 --json").json().at("accepts_new_users"), true);
  const auto refused = shell.run("device drain --pubkey ams-dz001 --hard", "alpha");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_SAYS(refused.err, "2 users are on device 'ams-dz001'");
  EXPECT_EQ(shell.run("device update --pubkey ams-dz001 --status hard-drained", "alpha").exit_code, 1);
  shell.ok("device drain --pubkey ams-dz001", "alpha");
  EXPECT_EQ(shell.ok("device get --code ams-dz001 --json").json().at("keeps_users"), true);
  shell.ok("device drain --pubkey ams-dz001 --hard --yes", "alpha");
  EXPECT_EQ(field("device get --code ams-dz001", "status"), "hard-drained");
  EXPECT_SAYS(shell.run("device delete --pubkey ams-dz001", "alpha").err, "user 8.8.1.2 (ibrl, activated, of ");
}

}  // namespace
}  // namespace dz::cli
