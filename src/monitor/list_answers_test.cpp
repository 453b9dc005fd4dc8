#include "monitor/list_answers.h"

#include "monitor/api_fixture.h"
#include "monitor/list_page.h"
#include "monitor/record_filter.h"

namespace dz::monitor {
namespace {

class Lists : public ApiFixture {};

TEST_F(Lists, AreInTheOrderOfCodes) {
  start();
  EXPECT_EQ(codes(""), "ams ams-lon fra fra-ams lon");
  EXPECT_TRUE(body("/api/v1/assessments")["next"].is_null());
}

TEST_F(Lists, AreFiltered) {
  start();
  EXPECT_EQ(codes("kind=link"), "ams-lon fra-ams");
  EXPECT_EQ(codes("kind=link&kind=device"), "ams ams-lon fra fra-ams lon");
  EXPECT_EQ(codes("status=requested"), "fra-ams");
  EXPECT_EQ(codes("status=requested&status=HARD_DRAINED&kind=link"), "ams-lon fra-ams");
  EXPECT_EQ(codes("kind=link&desired_status=activated"), "ams-lon fra-ams");
  EXPECT_EQ(codes("kind=link&desired_status=soft-drained"), "");
  EXPECT_EQ(codes("health=impaired"), "");
  EXPECT_EQ(codes("health=pending&kind=device"), "ams fra lon");
  EXPECT_EQ(codes("device=LON"), "ams-lon lon");
  EXPECT_EQ(codes("device=" + to_text(fra)), "fra fra-ams");
  EXPECT_EQ(codes("device=fra&device=lon"), "ams-lon fra fra-ams lon");
  const auto records = network.read();
  const auto beta = records.contributors.at(records.devices.at(fra).contributor).code;
  EXPECT_EQ(codes("contributor=" + beta), "fra fra-ams");
  EXPECT_EQ(codes("contributor=" + beta + "&kind=device"), "fra");
  EXPECT_EQ(codes("metro=" + to_text(records.devices.at(lon).exchange)), "ams-lon lon");
  EXPECT_EQ(codes("metro=" + to_text(records.devices.at(lon).location)), "ams-lon lon");
  EXPECT_EQ(codes("metro=" + records.exchanges.at(records.devices.at(lon).exchange).code), "ams-lon lon");
  EXPECT_EQ(codes("metro=" + records.locations.at(records.devices.at(fra).location).code), "fra fra-ams");
}

TEST_F(Lists, AreFilteredByHowTheRecordsAreNow) {
  start();
  const auto all = body("/api/v1/assessments")["assessments"].as_array();
  std::map<std::string, std::string> by_condition;
  for (const auto& entry : all) {
    auto& codes_of = by_condition[std::string(entry.at("condition").at("state").as_string())];
    codes_of += (codes_of.empty() ? "" : " ") + std::string(entry.at("code").as_string());
  }
  ASSERT_GE(by_condition.size(), 1U);
  std::string asked_all;
  for (const auto state : kConditions) {
    const std::string word(to_text(state));
    EXPECT_EQ(codes("condition=" + word), by_condition[word]);
    asked_all += "&condition=" + word;
  }
  EXPECT_EQ(codes(asked_all.substr(1)), codes(""));
  EXPECT_EQ(codes("condition=failing&kind=device&condition=RECOVERING"), "");
  const auto refusal = error("/api/v1/assessments", "condition=broken", 400);
  EXPECT_NE(refusal.find("needs-action"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("found 'broken'"), std::string::npos) << refusal;
}

TEST_F(Lists, RecordsSayWhereTheyStandByCode) {
  start();
  const auto records = network.read();
  const auto metro = [&](const Pubkey& device) {
    return records.exchanges.at(records.devices.at(device).exchange).code;
  };
  const auto link = body("/api/v1/assessments/fra-ams");
  EXPECT_EQ(link.at("contributor").as_string(), records.contributors.at(records.links.at(dzx).contributor).code);
  EXPECT_EQ(link.at("link_type").as_string(), "DZX");
  EXPECT_EQ(link.at("bandwidth_bps").to_number<std::uint64_t>(), records.links.at(dzx).bandwidth);
  const boost::json::array both{boost::json::string(metro(ams)), boost::json::string(metro(fra))};
  EXPECT_EQ(link.at("metros"), both);
  EXPECT_EQ(link.at("side_a").at("device").as_string(), "ams");
  EXPECT_EQ(link.at("side_a").at("interface").as_string(), "Switch1/2/1");
  EXPECT_EQ(link.at("side_z").at("device").as_string(), "fra");
  EXPECT_EQ(link.at("side_z").at("metro").as_string(), metro(fra));
  EXPECT_NE(link.at("side_z").at("contributor"), link.at("contributor"));
  EXPECT_TRUE(link.at("side_z").at("interface").is_null()) << "side Z names it when it accepts";
  const auto device = body("/api/v1/assessments/lon");
  EXPECT_EQ(device.at("metro").as_string(), metro(lon));
  EXPECT_FALSE(device.contains("metros"));
  const auto places = body("/api/v1/metros").at("metros").as_array();
  EXPECT_EQ(places.size(), records.exchanges.size() + records.locations.size());
  EXPECT_EQ(places.front().at("kind").as_string(), "exchange");
  EXPECT_EQ(places.back().at("kind").as_string(), "location");
}

TEST_F(Lists, PagesHoldEveryRecordOnceWhileRecordsComeAndGo) {
  start();
  const auto first = body("/api/v1/assessments", "limit=2&findings=0");
  EXPECT_EQ(first.at("assessments").as_array().size(), 2U);  // ams ams-lon
  network.add_device("aaa", network.alpha);
  network.add_device("far", network.alpha);
  pass();
  const auto cursor = std::string(first.at("next").as_string());
  EXPECT_EQ(codes("limit=2&cursor=" + cursor), "far fra");
  const auto second = std::string(body("/api/v1/assessments", "limit=2&cursor=" + cursor)["next"].as_string());
  EXPECT_EQ(codes("limit=2&cursor=" + second), "fra-ams lon");
  EXPECT_TRUE(body("/api/v1/assessments", "limit=2&cursor=" + second)["next"].is_null());
  EXPECT_EQ(codes("kind=device&cursor=" + cursor), "far fra lon");
}

TEST_F(Lists, WithoutFindingsAreShort) {
  start();
  EXPECT_FALSE(body("/api/v1/assessments", "findings=0")["assessments"].at(0).as_object().contains("findings"));
  EXPECT_TRUE(body("/api/v1/assessments", "findings=1")["assessments"].at(0).as_object().contains("findings"));
}

TEST_F(Lists, WhatIsNotKnownIsRefusedWithWhatWasExpected) {
  start();
  const std::string list = "/api/v1/assessments";
  EXPECT_EQ(error(list, "colour=red", 400),
            "expected one of the parameters kind, status, desired_status, health, condition, contributor, device, metro, "
            "limit, "
            "cursor, findings, found 'colour'");
  EXPECT_EQ(error(list, "kind=router", 400), "kind: expected one of link, device, found 'router'");
  EXPECT_NE(error(list, "status=up", 400).find("status: expected one of"), std::string::npos);
  EXPECT_NE(error(list, "health=good", 400).find("found 'good'"), std::string::npos);
  EXPECT_EQ(error(list, "device=nobody", 400),
            "device: expected the code or pubkey of a device of the ledger, found 'nobody'");
  EXPECT_NE(error(list, "metro=nowhere", 400).find("an exchange or location of the ledger"), std::string::npos);
  EXPECT_NE(error(list, "contributor=x%1by", 400).find("found 'x y'"), std::string::npos);
  for (const auto* limit : {"0", "1001", "-1", "x", "", "1x", "99999999999999999999"})
    EXPECT_EQ(error(list, std::string("limit=") + limit, 400),
              "limit: expected a whole number from 1 to 1000, found '" + std::string(limit) + "'");
  EXPECT_EQ(error(list, "limit=1&limit=2", 400), "limit: expected one value, found several");
  EXPECT_EQ(error(list, "findings=yes", 400), "findings: expected one of 0, 1, found 'yes'");
  EXPECT_EQ(error("/api/v1/assessments/ams", "format=xml", 400), "format: expected one of json, text, found 'xml'");
  EXPECT_EQ(error("/api/v1/stream", "x=1", 400), "expected no parameter, found 'x'");
  EXPECT_NE(error("/api/v1/alarms", "alarm=fire", 400).find("mass-silence"), std::string::npos);
  EXPECT_EQ(get("/api/v1/nothing").status, 404);
  EXPECT_EQ(get("/write", "x=1").status, 405);  // what InfluxDB's clients send is nobody's business
}

TEST_F(Lists, ACursorIsOfItsList) {
  start();
  const auto alien = encode_cursor("decisions", {"7"});
  for (const auto& cursor : {std::string("x"), std::string("%00"), alien, encode_cursor("assessments", {"ams"}),
                             encode_cursor("assessments", {"ams", "no key"}), std::string(5'000, 'A')}) {
    EXPECT_NE(error("/api/v1/assessments", "cursor=" + cursor, 400).find("cursor: expected `next`"), std::string::npos);
  }
  EXPECT_EQ(get("/api/v1/decisions", "cursor=" + encode_cursor("decisions", {"7x"})).status, 400);
  EXPECT_EQ(get("/api/v1/alarms", "cursor=" + alien).status, 400);
}

TEST_F(Lists, DecisionsInPages) {
  start();
  const auto all = body("/api/v1/decisions")["decisions"].as_array();
  ASSERT_GE(all.size(), 4U);
  std::vector<std::int64_t> ids;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = body("/api/v1/decisions", "limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& decision : page.at("decisions").as_array()) ids.push_back(decision.at("id").as_int64());
    if (page.at("next").is_null()) break;
    cursor = page.at("next").as_string();
  }
  ASSERT_EQ(ids.size(), all.size());
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], all[i].at("id").as_int64());
  const auto of_fra = body("/api/v1/decisions", "kind=device&device=fra");
  EXPECT_FALSE(of_fra.at("decisions").as_array().empty());
  for (const auto& decision : of_fra.at("decisions").as_array()) EXPECT_EQ(decision.at("code"), "fra");
  EXPECT_TRUE(body("/api/v1/decisions", "health=impaired")["decisions"].as_array().empty());
  EXPECT_EQ(get("/api/v1/decisions", "record=nobody").status, 404);
}

TEST_F(Lists, ARecordThatIsGoneIsSaidToBeGone) {
  start();
  const auto link = network.link("ams-lon");
  ASSERT_TRUE(network.as(network.alpha).delete_link({wan, &link}));
  pass();
  ASSERT_FALSE(network.read().links.contains(wan));
  EXPECT_NE(error("/api/v1/assessments/ams-lon", "", 410).find("the link ams-lon is gone from the ledger since "),
            std::string::npos);
  EXPECT_NE(error("/api/v1/assessments/" + to_text(wan), "", 410).find("/api/v1/decisions?record=" + to_text(wan)),
            std::string::npos);
  EXPECT_EQ(get("/api/v1/assessments/never").status, 404);
  EXPECT_EQ(get("/api/v1/decisions", "record=ams-lon").status, 200);
  start();  // another run knows it by its decisions
  EXPECT_EQ(get("/api/v1/assessments/" + to_text(wan)).status, 410);
}

TEST_F(Lists, ATagStandsForWhatAPassLeftBehind) {
  start();
  const auto first = get("/api/v1/assessments", "kind=link");
  const auto tag = header(first, "ETag");
  ASSERT_TRUE(tag.starts_with("W/\"")) << tag;
  EXPECT_EQ(header(first, "Cache-Control"), "no-cache");
  const auto again = get("/api/v1/assessments", "kind=link", {{"if-none-match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "ETag"), tag);
  EXPECT_EQ(get("/api/v1/assessments", "kind=link", {{"if-none-match", "\"x\", " + tag.substr(2)}}).status, 304);
  EXPECT_EQ(get("/api/v1/assessments", "", {{"if-none-match", tag}}).status, 200);  // another question
  EXPECT_EQ(get("/api/v1/assessments", "kind=x", {{"if-none-match", tag}}).status, 400);
  EXPECT_EQ(header(get("/api/v1/assessments/never"), "ETag"), "");
  pass();
  EXPECT_EQ(get("/api/v1/assessments", "kind=link", {{"if-none-match", tag}}).status, 200);
  EXPECT_EQ(header(get("/metrics"), "ETag"), "");
}

TEST_F(Lists, APassBetweenTwoPiecesTakesTheTagAway) {
  start();
  const net::HttpRequest request{.method = "GET", .path = "/api/v1/assessments"};
  const auto answer = begin_answer(*monitor, request, network.now());
  EXPECT_FALSE(answer->go_on(network.now()));
  pass();
  for (;;) {
    const auto whole = answer->go_on(network.now());
    if (!whole) continue;
    EXPECT_EQ(whole->status, 200);
    EXPECT_EQ(header(*whole, "ETag"), "");
    break;
  }
}

TEST(Cursor, HoldsAnyBytes) {
  const std::vector<std::string> parts{std::string("\xff\0~", 3), "", "plain"};
  const auto cursor = encode_cursor("alarms", parts);
  EXPECT_EQ(cursor.find_first_of("+/=&%#"), std::string::npos);
  EXPECT_EQ(parse_cursor("alarms", 3, cursor).value(), parts);
  EXPECT_FALSE(parse_cursor("alarms", 2, cursor));
}

}  // namespace
}  // namespace dz::monitor
