#include "notify/message.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/safe_text.h"
#include "net/retry_after.h"
#include "notify/retry.h"

namespace dz::notify {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow = *parse_timestamp("2026-11-26T13:05:31Z");

NotifyEvent health_event(const std::string& code, const std::string& sentence) {
  NotifyEvent e{.id = "1795698310000000-1", .at = kNow - seconds{21}, .change = Change::Health};
  e.key.bytes[0] = 1;
  for (const char c : code) e.key.bytes[1] = static_cast<std::uint8_t>(e.key.bytes[1] * 31 + c);
  e.code = code;
  e.contributors = {"alpha"};
  e.from = "healthy";
  e.to = e.health = "impaired";
  e.status = e.desired_status = "activated";
  e.in_service = true;
  e.slot = {1234567};
  e.reason = "damped-failure";
  e.sentence = sentence;
  e.policy = "5f2e9a1c";
  return e;
}

NotifyEvent alarm_event(Change change) {
  NotifyEvent e{.id = "1795698310000000-2", .at = kNow, .change = change, .reason = "mass-silence"};
  e.alarm = "mass-silence";
  e.subject = "counters";
  e.sentence = "the source is suspected";
  return e;
}

NotifyEvent incident_event(Change change) {
  NotifyEvent e{.id = "1795698310000000-3", .at = kNow, .change = change, .reason = "clock-ahead", .in_service = true};
  e.sentence = "the clock of ams is 9 min ahead: its rows are not taken";
  e.incident = "device X counters 1795698000";
  e.title = "clock of ams ahead";
  e.to_do = "set the clock of ams: it is 9 min ahead";
  e.ends = "ams sends rows of the right time";
  e.contributors = {"alpha", "beta"};
  e.records = {{RecordKind::Link, "ams-fra"}, {RecordKind::Device, "ams"}};
  e.record_count = 12;
  return e;
}

const MessageContext kContext{"noc-1795698331000000-17", kNow, "mainnet-beta", "5f2e9a1c", ""};

std::vector<NotifyEvent> fleet_wide(int links) {
  std::vector<NotifyEvent> events;
  for (int i = 0; i < links; ++i) {
    events.push_back(health_event(fmt::format("link-{:04}", i), "impaired: no rows for 10 minutes"));
    events.back().key.bytes[2] = static_cast<std::uint8_t>(i);
    events.back().key.bytes[3] = static_cast<std::uint8_t>(i >> 8);
  }
  return events;
}

std::string all_text(const json::object& slack) {
  std::string text;
  for (const auto& b : slack.at("blocks").as_array()) {
    if (b.at("type") == "section") text += std::string(b.at("text").at("text").as_string()) + "\n";
  }
  return text;
}

TEST(NotifyMessage, ASummaryCountsWhatIsAlike) {
  auto events = fleet_wide(20);
  auto drained = health_event("ams-fra", "");
  drained.change = Change::Status;
  drained.from = "activated";
  drained.to = drained.status = "soft-drained";
  events.push_back(drained);
  events.push_back(alarm_event(Change::Alarm));
  EXPECT_EQ(render_summary(events),
            "mass-silence of counters; 20 links: health healthy to impaired; ams-fra: status activated to "
            "soft-drained");
}

TEST(NotifyMessage, SlackEscapesWhatIsMarkupThere) {
  EXPECT_EQ(slack_text("a & b <!here> c", 100), "a &amp; b &lt;!here&gt; c");
  const auto events = std::vector{health_event("a`<b", "bad & <worse>")};
  const auto text = all_text(json::parse(render_slack_message(events, kContext)).as_object());
  EXPECT_NE(text.find("`a&lt;b`"), std::string::npos) << text;
  EXPECT_NE(text.find("bad &amp; &lt;worse&gt;"), std::string::npos) << text;
}

TEST(NotifyMessage, X8_ForeignTextIsEscaped) {
  EXPECT_EQ(slack_text("a\x1b[2J\u202E\u2028b\nc", 100), "a\\u001b[2J\\u202e\\u2028b\nc");
}

TEST(NotifyMessage, SlackTextIsCutBetweenCharacters) {
  EXPECT_EQ(slack_text("abcdef", 6), "abcdef");
  EXPECT_EQ(slack_text("abcdefg", 6), "abc...");
  EXPECT_EQ(slack_text("ab&&&", 9), "ab...");  // not within "&amp;"
  EXPECT_EQ(slack_text("a\xC3\xA9\xC3\xA9\xC3\xA9", 6), "a\xC3\xA9...");
}

TEST(NotifyMessage, ChangesOfOneRecordAreOneEntryInSlack) {
  auto status = health_event("ams-fra", "desired status is soft-drained");
  status.change = Change::Status;
  status.from = "activated";
  status.to = "soft-drained";
  const auto events = std::vector{status, health_event("ams-fra", "it left service")};
  const auto text = all_text(json::parse(render_slack_message(events, kContext)).as_object());
  EXPECT_NE(text.find("`ams-fra` (link of alpha): *status activated to soft-drained; health healthy to impaired*\n"
                      "desired status is soft-drained\nit left service"),
            std::string::npos)
      << text;
}

TEST(NotifyMessage, AFleetWideEventKeepsSlacksLimits) {
  auto events = fleet_wide(500);
  for (auto& event : events) event.sentence = std::string(5000, '&');
  const auto slack = json::parse(render_slack_message(events, kContext)).as_object();
  const auto& blocks = slack.at("blocks").as_array();
  EXPECT_LE(blocks.size(), 50U);
  for (const auto& b : blocks) {
    if (b.at("type") == "section") EXPECT_LE(b.at("text").at("text").as_string().size(), 3000U);
    if (b.at("type") == "header") EXPECT_LE(b.at("text").at("text").as_string().size(), 150U);
  }
  const auto text = all_text(slack);
  EXPECT_NE(text.find("and 480 more"), std::string::npos);
  EXPECT_EQ(slack.at("text").as_string(), "500 links: health healthy to impaired");
  EXPECT_EQ(blocks[0].at("text").at("text").as_string(), "DoubleZero: 500 changes of 500 links");
}

TEST(NotifyMessage, TheWorstIsListedFirst) {
  auto events = fleet_wide(30);
  for (auto& event : events) event.in_service = false;
  events.push_back(health_event("in-service", "failing"));
  events.push_back(alarm_event(Change::Alarm));
  const auto text = all_text(json::parse(render_slack_message(events, kContext)).as_object());
  EXPECT_LT(text.find("mass-silence"), text.find("in-service"));
  EXPECT_LT(text.find("in-service"), text.find("link-0000"));
}

TEST(NotifyMessage, D9_MessagesAreUtf8WhateverARecordIsCalled) {
  const std::vector events{health_event("ams\xff\xfe", "impaired: \xC3")};
  for (const auto& message : {render_json_message(events, kContext), render_slack_message(events, kContext)}) {
    EXPECT_EQ(valid_utf8(message), message);
    EXPECT_NE(message.find("ams\xEF\xBF\xBD"), std::string::npos);
  }
}

TEST(NotifyMessage, JsonHasEveryFieldOfItsPage) {
  const auto events = std::vector{health_event("ams-fra", "impaired: 3 minutes with in-errors"),
                                  alarm_event(Change::AlarmOver), incident_event(Change::Incident)};
  const auto message = json::parse(render_json_message(events, kContext)).as_object();
  EXPECT_EQ(message.at("id"), "noc-1795698331000000-17");
  EXPECT_EQ(message.at("count").to_number<int>(), 3);
  std::ifstream file(DZ_SOURCE_DIR "/docs/formats/notifications.md");
  std::stringstream page;
  page << file.rdbuf();
  for (const auto& field : message)
    EXPECT_NE(page.str().find("| `" + std::string(field.key()) + "`"), std::string::npos) << field.key();
  for (const auto& event : message.at("events").as_array()) {
    for (const auto& field : event.as_object())
      EXPECT_NE(page.str().find("`" + std::string(field.key()) + "`"), std::string::npos) << field.key();
  }
}

NotifyEvent of_incident(NotifyEvent event) {
  event.incident = incident_event(Change::Incident).incident;
  return event;
}

// One clock, one entry: what it did to each record stands under it.
TEST(NotifyMessage, ChangesOfOneIncidentAreOneEntryInSlack) {
  const std::vector events{incident_event(Change::Incident), of_incident(health_event("ams-fra", "led")),
                           of_incident(health_event("ams-lon", "led")), health_event("other", "alone")};
  const auto slack = json::parse(render_slack_message(events, kContext)).as_object();
  const auto text = all_text(slack);
  EXPECT_NE(text.find(":red_circle: *the clock of ams is 9 min ahead: its rows are not taken*\n"
                      "health healthy to impaired: `ams-fra`, `ams-lon`\n"
                      "Records: `ams-fra`, `ams` and 10 more\n"
                      "To do: set the clock of ams: it is 9 min ahead"),
            std::string::npos)
      << text;
  EXPECT_EQ(slack.at("blocks").at(0).at("text").at("text"), "DoubleZero: 4 changes of 1 incident, 1 link");
}

// Bold text does not go over the end of a line in Slack.
TEST(NotifyMessage, OfSeveralSentencesTheFirstIsBoldInSlack) {
  const std::vector events{of_incident(health_event("ams-fra", "led by one")),
                           of_incident(health_event("ams-lon", "led by another"))};
  const auto text = all_text(json::parse(render_slack_message(events, kContext)).as_object());
  EXPECT_NE(text.find(" *led by one*\nled by another\nhealth healthy to impaired: `ams-fra`, `ams-lon`"),
            std::string::npos)
      << text;
}

TEST(NotifyMessage, AnIncidentThatRecoversOrIsOverSaysSo) {
  auto recovering = incident_event(Change::IncidentRecovering);
  recovering.sentence = "its cause has gone";
  recovering.to_do.clear();
  auto text = all_text(json::parse(render_slack_message(std::vector{recovering}, kContext)).as_object());
  EXPECT_NE(text.find("*recovering: clock of ams ahead*\nits cause has gone"), std::string::npos) << text;
  text = all_text(
      json::parse(render_slack_message(std::vector{incident_event(Change::IncidentOver)}, kContext)).as_object());
  EXPECT_NE(text.find(":large_green_circle: *over: clock of ams ahead*"), std::string::npos) << text;
}

TEST(NotifyMessage, LinksToPagesOfRecordsWhereThereAreAny) {
  auto context = kContext;
  context.page_url = "https://monitor.example/dz";
  EXPECT_EQ(page_of("ams:fra <1>", context), "https://monitor.example/dz/r/ams:fra%20%3C1%3E");
  EXPECT_EQ(page_of("ams", kContext), "");
  const std::vector events{health_event("ams-fra", "bad"), incident_event(Change::Incident)};
  const auto text = all_text(json::parse(render_slack_message(events, context)).as_object());
  EXPECT_NE(text.find("<https://monitor.example/dz/r/ams-fra|ams-fra> (link of alpha)"), std::string::npos) << text;
  const auto message = json::parse(render_json_message(events, context)).as_object();
  EXPECT_EQ(message.at("events").at(0).at("page"), "https://monitor.example/dz/r/ams-fra");
  EXPECT_EQ(message.at("events").at(1).at("records").at(1).at("page"), "https://monitor.example/dz/r/ams");
}

TEST(NotifyEvents, AnIncidentIsKeptWhole) {
  for (const auto change : {Change::Incident, Change::IncidentRecovering, Change::IncidentOver}) {
    const auto event = incident_event(change);
    EXPECT_EQ(*parse_notify_event(json::serialize(to_json(event))), event);
  }
  const auto health = of_incident(health_event("ams-fra", "led"));
  EXPECT_EQ(*parse_notify_event(json::serialize(to_json(health))), health);
}

TEST(NotifyEvents, AnIncidentConcernsWhomItsRecordsDo) {
  NotifyHook hook;
  EXPECT_TRUE(is_wanted(hook, incident_event(Change::Incident)));
  hook.alarms = false;  // of sources
  hook.contributors = {"beta"};
  EXPECT_TRUE(is_wanted(hook, incident_event(Change::Incident)));
  hook.contributors = {"gamma"};
  EXPECT_FALSE(is_wanted(hook, incident_event(Change::Incident)));
}

TEST(NotifyRetry, AnswersAreTakenRefusedOrTriedAgain) {
  EXPECT_EQ(judge_answer(200), HookAnswer::Delivered);
  EXPECT_EQ(judge_answer(204), HookAnswer::Delivered);
  for (const int status : {400, 413, 422}) EXPECT_EQ(judge_answer(status), HookAnswer::Refused) << status;
  for (const int status : {301, 401, 403, 404, 408, 410, 429, 500, 503}) {
    EXPECT_EQ(judge_answer(status), HookAnswer::Again) << status;
  }
}

TEST(NotifyRetry, WaitsDoubleUpToALimitAndHalfIsChance) {
  EXPECT_EQ(retry_delay(1, std::nullopt, 0.0), seconds{1});
  EXPECT_EQ(retry_delay(1, std::nullopt, 0.5), std::chrono::milliseconds{1500});
  EXPECT_EQ(retry_delay(4, std::nullopt, 0.0), seconds{8});
  EXPECT_EQ(retry_delay(1000, std::nullopt, 0.0), minutes{5});
  EXPECT_LE(retry_delay(1000, std::nullopt, 0.999), minutes{10});
}

TEST(NotifyRetry, RetryAfterIsHonouredWithinReason) {
  EXPECT_EQ(net::retry_after({{"retry-after", "120"}}, kNow), seconds{120});
  EXPECT_EQ(net::retry_after({{"retry-after", "Thu, 26 Nov 2026 13:06:31 GMT"}}, kNow), minutes{1});
  EXPECT_EQ(net::retry_after({{"retry-after", "Thu, 26 Nov 2026 13:00:00 GMT"}}, kNow), seconds{0});
  for (const auto* odd : {"", "soon", "-5", "Thu, 99 Nov 2026 13:06:31 GMT"}) {
    EXPECT_EQ(net::retry_after({{"retry-after", odd}}, kNow), std::nullopt) << odd;
  }
  EXPECT_EQ(net::retry_after({{"date", "120"}}, kNow), std::nullopt);
  EXPECT_EQ(retry_delay(1, seconds{120}, 0.0), seconds{120});
  EXPECT_EQ(retry_delay(8, seconds{1}, 0.0), seconds{128});
  EXPECT_EQ(retry_delay(1, hours{100}, 0.0), hours{1});
}

TEST(NotifyMessage, ATestSaysThatItIsOne) {
  const MessageContext context{.id = "noc-1-test", .at = Timestamp{}, .environment = "<local>", .policy = "p"};
  const auto slack = json::parse(render_test_message(HookKind::Slack, context)).as_object();
  EXPECT_EQ(slack.at("text"), "Test of this webhook by doublezero-monitor of &lt;local&gt;: nothing has happened");
  const auto message = json::parse(render_test_message(HookKind::Json, context)).as_object();
  EXPECT_TRUE(message.at("test").as_bool());
  EXPECT_TRUE(message.at("events").as_array().empty());
  EXPECT_FALSE(json::parse(render_json_message({}, context)).as_object().contains("test"));
}

}  // namespace
}  // namespace dz::notify
