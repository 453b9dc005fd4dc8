#include "monitor/quorum_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/monitor_settings.h"

namespace dz::monitor {
namespace {

using testing::HasSubstr;

const std::string kKey = "11111111111111111111111111111112", kOther = "11111111111111111111111111111113";

std::string peer(const std::string& name, const std::string& url, const std::string& key) {
  return "{ name = \"" + name + "\", url = \"" + url + "\", key = \"" + key + "\" }";
}

Result<MonitorSettings> read(const std::string& quorum) {
  return parse_monitor_settings("[quorum]\n" + quorum, "monitor.toml",
                                [](const std::string&) { return std::string(); });
}
std::string complaint(const std::string& quorum) {
  const auto settings = read(quorum);
  if (!settings) return settings.error().message;
  const auto checked = check_monitor_settings(*settings);
  return checked ? "" : checked.error().message;
}

TEST(QuorumSettings, NamesJudgesAndHowManyMustHoldTheSame) {
  const auto settings =
      read("k = 2\nkeypair = \"judge.json\"\npeers = [" + peer("fra", "https://fra.example:8090/", kKey) + ", " +
           peer("lon", "http://10.0.0.7:8090/monitor", kOther) + "]");
  ASSERT_TRUE(settings) << settings.error().message;
  const auto& quorum = settings->quorum;
  EXPECT_TRUE(quorum.on());
  EXPECT_EQ(quorum.k, 2U);
  EXPECT_EQ(quorum.keypair, "judge.json");
  ASSERT_EQ(quorum.peers.size(), 2U);
  EXPECT_EQ(quorum.peers[0], (QuorumPeer{"fra", "https://fra.example:8090", *parse_pubkey(kKey)}));
  EXPECT_EQ(quorum.peers[1].url, "http://10.0.0.7:8090/monitor");
  EXPECT_THAT(render_quorum(quorum), HasSubstr("# quorum: 2 of 3 judges\n# judge fra at https://fra.example:8090"));
  EXPECT_EQ(complaint("k = 2\npeers = [" + peer("fra", "https://fra.example", kKey) + "]"), "");
  EXPECT_FALSE(MonitorSettings{}.quorum.on());
}

TEST(QuorumSettings, AJudgeThatAsksNobodyGivesItsOpinionsAllTheSame) {
  const auto settings = read("keypair = \"judge.json\"");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->quorum.on());
  EXPECT_THAT(render_quorum(settings->quorum), HasSubstr("gives others its opinions"));
  EXPECT_EQ(rules_of(settings->quorum, *parse_pubkey(kOther))->judges.size(), 1U);
}

TEST(QuorumSettings, WhatMakesNoSenseIsRefusedWithItsLine) {
  const auto one = peer("fra", "https://fra.example", kKey);
  EXPECT_THAT(complaint("k = 0"), HasSubstr("from 1 to 32"));
  EXPECT_THAT(complaint("k = 2"), HasSubstr("quorum.k: expected 1 to 1, the number of judges with this one, found 2"));
  EXPECT_THAT(complaint("k = 3\npeers = [" + one + "]"), HasSubstr("expected 1 to 2"));
  EXPECT_THAT(complaint("peers = 7"), HasSubstr("monitor.toml:2: quorum.peers: expected a list of tables"));
  EXPECT_THAT(complaint("peers = [" + peer("fra", "fra.example", kKey) + "]"), HasSubstr("url: expected http:// or"));
  EXPECT_THAT(complaint("peers = [" + peer("fra", "https://u:p@fra.example", kKey) + "]"),
              HasSubstr("host, port and path only"));
  EXPECT_THAT(complaint("peers = [" + peer("fra", "https://fra.example", "x") + "]"), HasSubstr("quorum.peers: key:"));
  EXPECT_THAT(complaint("peers = [{ url = \"https://a\", kee = 1 }]"), HasSubstr("no such key"));
  EXPECT_THAT(complaint("peers = [" + one + ", " + peer("lon", "https://lon.example", kKey) + "]"),
              HasSubstr("expected each peer once, found fra a second time"));
  EXPECT_THAT(complaint("peers = [" + one + ", " + peer("lon", "https://fra.example/", kOther) + "]"),
              HasSubstr("a second time"));
}

TEST(QuorumSettings, AJudgeNeedsAKeyOfItsOwn) {
  const auto settings = read("k = 2\npeers = [" + peer("fra", "https://fra.example", kKey) + "]");
  ASSERT_TRUE(settings);
  EXPECT_THAT(rules_of(settings->quorum, std::nullopt).error().message, HasSubstr("expected quorum.keypair"));
  EXPECT_THAT(rules_of(settings->quorum, *parse_pubkey(kKey)).error().message, HasSubstr("one judge"));
  const auto rules = rules_of(settings->quorum, *parse_pubkey(kOther));
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->judges.size(), 2U);
  EXPECT_TRUE(rules_of({}, std::nullopt));
}

}  // namespace
}  // namespace dz::monitor
