#include <algorithm>

#include "apps/cli/test_shell.h"
#include "client/record_history.h"
#include "testbed/forgetful_client.h"

namespace dz::cli {
namespace {

struct History : testing::TestWithParam<const Profile*> {
  TestShell shell{*GetParam()};
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.add_wan_link();
  }
  boost::json::object read(const std::string& text) { return shell.ok(text + " --json").json().as_object(); }
};

TEST_P(History, EveryWriteIsThereNewestFirstWithSignerAndRole) {
  shell.set_health("link", "ams-lon", "impaired");
  shell.set_health("link", "ams-lon", "healthy");
  shell.ok("link update --pubkey ams-lon --desired-status hard-drained", "alpha");
  const auto answer = read("link history ams-lon");
  const auto& entries = answer.at("history").as_array();
  ASSERT_EQ(entries.size(), 4U) << boost::json::serialize(answer);
  EXPECT_EQ(entries[0].at("desired_status").at("after").as_string(), "hard-drained");
  EXPECT_EQ(entries[0].at("signer").as_string(), shell.pubkey("alpha"));
  EXPECT_EQ(entries[0].at("role").as_string(), "side A, contributor 'alpha'");
  EXPECT_EQ(entries[1].at("health").at("before").as_string(), "impaired");
  EXPECT_EQ(entries[1].at("role").as_string(), "the health authority");
  EXPECT_TRUE(entries[2].at("health").at("before").is_null());
  EXPECT_EQ(entries[3].at("event").as_string(), "created");
  EXPECT_TRUE(answer.at("from_creation").as_bool());
  EXPECT_TRUE(answer.at("ends").is_null());
  EXPECT_FALSE(entries[0].at("time").is_null());
}

TEST_P(History, ALimitIsSaid) {
  for (int i = 0; i < 3; ++i) shell.set_health("device", "ams-dz001", "impaired");
  const auto said = shell.ok("device history --code ams-dz001 --limit 2");
  EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 6) << said.out;
  EXPECT_NE(said.err.find("The history ends here: there are older ones: ask for more with --limit."), std::string::npos)
      << said.err;
  EXPECT_EQ(read("device history ams-dz001 --limit 4").at("history").as_array().size(), 4U);
  EXPECT_TRUE(read("device history ams-dz001 --limit 4").at("ends").is_null()) << "four are all there are";
  EXPECT_EQ(shell.run("device history ams-dz001 --limit 0").exit_code, 2);
  EXPECT_EQ(shell.run("device history ams-dz001 --limit 10001").exit_code, 2);
}

TEST_P(History, TheMonitorsReasonsAreJoinedByTransaction) {
  shell.set_health("link", "ams-lon", "impaired");
  const auto first = read("link history ams-lon");
  const auto signature = std::string(first.at("history").as_array()[0].at("signature").as_string());
  std::string asked;
  shell.monitor_paths = [&](const std::string& path) -> Result<boost::json::value> {
    asked = path;
    return boost::json::parse(
        R"({"decisions":[{"at":"2030-01-01T00:00:00Z","slot":9999999,"from":"impaired","to":"healthy",)"
        R"("reason":"clean","sentence":"not written","signature":""},{"at":"x","slot":1,"from":"a","to":"b",)"
        R"("reason":"errors","sentence":"side A counts errors","signature":")" +
        signature + R"("}]})");
  };
  const auto answer = read("link history ams-lon");
  const auto& entries = answer.at("history").as_array();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].at("event").as_string(), "decided");
  EXPECT_EQ(entries[1].at("reason").as_string(), "errors: side A counts errors");
  EXPECT_NE(asked.find("/api/v1/decisions?record="), std::string::npos);
  EXPECT_NE(shell.ok("link history ams-lon").out.find("    errors: side A counts errors\n"), std::string::npos);
}

TEST_P(History, AMonitorThatDoesNotAnswerTakesNothingAway) {
  shell.monitor_paths = [](const std::string&) -> Result<boost::json::value> {
    return fail(ErrorKind::Retry, "it is gone");
  };
  const auto said = shell.ok("link history ams-lon");
  EXPECT_NE(said.err.find("without the monitor's reasons: it is gone"), std::string::npos);
  EXPECT_NE(said.out.find("created"), std::string::npos);
  shell.monitor_paths = [](const std::string&) -> Result<boost::json::value> {
    return boost::json::parse(R"({"decisions":[1,{}]})");
  };
  shell.ok("link history ams-lon");
}

// A node that does not show all of it: where the history ends is said, and why.
TEST_P(History, WhereItEndsAndWhyIsSaid) {
  for (const auto* health : {"impaired", "healthy", "impaired"}) shell.set_health("link", "ams-lon", health);
  const auto snapshot = *client::fetch_snapshot(shell.node(), shell.settings.ids);
  const auto key = client::find_record(snapshot.links, "link", "ams-lon")->key;
  testbed::ForgetfulClient node(shell.node());
  const auto read = [&](const client::HistoryLimits& limits = {}) {
    return *client::read_history(node, snapshot, key, limits);
  };
  const auto all = read();
  ASSERT_EQ(all.events.size(), 4U);
  EXPECT_EQ(all.ends, "");
  EXPECT_TRUE(all.from_creation);
  EXPECT_EQ(read({.events = 4}).ends, "") << "there is no older one";
  EXPECT_NE(read({.events = 3}).ends.find("--limit"), std::string::npos);
  EXPECT_FALSE(read({.events = 3}).from_creation);
  const auto few = read({.requests = 3});
  EXPECT_EQ(few.events.size(), 2U) << "one request lists, each of the others shows one";
  EXPECT_NE(few.ends.find("were looked at"), std::string::npos) << few.ends;

  node.prune_before(all.events[1].slot);
  EXPECT_EQ(read().events.size(), 2U);
  EXPECT_NE(read().ends.find("does not keep older transactions"), std::string::npos) << read().ends;
  node.remember();
  node.hide(*wire::parse_signature(all.events[1].signature), testbed::NotShown::Refused);
  EXPECT_EQ(read().events.size(), 1U) << "what came before may have been changed by it";
  EXPECT_NE(read().ends.find("does not show transaction " + all.events[1].signature), std::string::npos) << read().ends;
}

TEST_P(History, ARecordThatIsGoneIsFoundByItsPubkey) {
  const auto snapshot = *client::fetch_snapshot(shell.node(), shell.settings.ids);
  const auto key = to_text(client::find_record(snapshot.devices, "device", "lon-dz001")->key);
  EXPECT_NE(shell.run("link history nowhere").exit_code, 0);
  EXPECT_NE(shell.ok("device history " + key).out.find("created"), std::string::npos);
  EXPECT_NE(shell.run("device history " + shell.pubkey("nobody")).exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Profiles, History, testing::Values(&rfc_profile(), &v034_profile()),
                         [](const auto& test) { return test.param == &rfc_profile() ? "rfc" : "v034"; });

}  // namespace
}  // namespace dz::cli
