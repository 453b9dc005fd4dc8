#include "monitor/monitor_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace dz::monitor {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kAnswer = R"({"policy":"x","assessments":[
  {"kind":"link","code":"ams:fra","pubkey":"A","status":"provisioning","desired_status":"activated",
   "health":"ready-for-service","next_health":"pending","reason":"enters-provisioning","sentence":"it is provisioned"},
  {"kind":"device","code":"ams","pubkey":"B","status":"activated","desired_status":"activated",
   "health":"ready-for-users","next_health":"ready-for-users","reason":"stays-healthy","sentence":"all is well"}]})";

TEST(MonitorDiff, SaysWhatTheLedgerSaysWhatTheMonitorWouldAndWhy) {
  const auto rows = diff_rows(kAnswer);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(render_diff(*rows, false),
            "link   ams:fra  provisioning  ready-for-service  -> pending\n"
            "       it is provisioned\n"
            "device ams      activated     ready-for-users    == ready-for-users\n"
            "       all is well\n"
            "2 records: the monitor would say something else of 1\n");
  EXPECT_THAT(render_diff(*rows, true), Not(HasSubstr("all is well")));
}

TEST(MonitorDiff, AsJsonToo) {
  const auto json = diff_json(*diff_rows(kAnswer), true);
  EXPECT_EQ(json.at("total"), 2);
  EXPECT_EQ(json.at("differ"), 1);
  ASSERT_EQ(json.at("records").as_array().size(), 1U);
  const auto& record = json.at("records").at(0);
  EXPECT_EQ(record.at("ledger"), "ready-for-service");
  EXPECT_EQ(record.at("monitor"), "pending");
  EXPECT_EQ(record.at("differs"), true);
}

TEST(MonitorDiff, AnythingElseIsNoAnswer) {
  for (const std::string_view other : {"", "[]", "{}", R"({"assessments":[1]})"}) {
    const auto rows = diff_rows(other);
    ASSERT_FALSE(rows) << other;
    EXPECT_EQ(rows.error().kind, ErrorKind::Corrupt);
  }
}

}  // namespace
}  // namespace dz::monitor
