#include "stores/clickhouse_rows.h"

#include <gmock/gmock.h>

namespace dz::stores {
namespace {

const Timestamp kIngested{std::chrono::seconds{1'763'000'100}};

std::string rows_of(const std::vector<ClickHouseInsert>& inserts, const std::string& table) {
  for (const auto& one : inserts) {
    if (one.table == table) return one.rows;
  }
  return "";
}

const std::string kCounters = "fact_dz_device_interface_counters";
const std::string kSeries = "intfCounters,dzd_pubkey=A,host=fra,intf=Ethernet1/1,location=xfra ";

TEST(ClickHouseRows, WhatAPortSaysWithinASecondIsOneRow) {
  ClickHouseRows rows;
  const auto inserts = rows.convert(kSeries + "in-octets=10i,out-octets=20i 1763000002117000000\n" + kSeries +
                                        "in-errors=3i,carrier-transitions=5i 1763000002123000000\n",
                                    kIngested);
  ASSERT_TRUE(inserts) << inserts.error().message;
  EXPECT_EQ(rows_of(*inserts, kCounters),
            "1763000002\tA\tfra\tEthernet1/1\t\t\t1763000100\t10\t20\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t3\t\\N\t"
            "\\N\t\\N\t\\N\t5\n");
}

TEST(ClickHouseRows, ARowThatGrowsInALaterCallIsWrittenAgainWhole) {
  ClickHouseRows rows;
  ASSERT_TRUE(rows.convert(kSeries + "in-octets=10i 1763000002117000000\n", kIngested));
  const auto inserts = rows.convert(kSeries + "in-errors=3i 1763000002123000000\n", kIngested);
  ASSERT_TRUE(inserts);
  EXPECT_THAT(rows_of(*inserts, kCounters), testing::HasSubstr("\t1763000100\t10\t"));
}

TEST(ClickHouseRows, ARowASecondLaterBeginsEmpty) {
  ClickHouseRows rows;
  ASSERT_TRUE(rows.convert(kSeries + "in-errors=3i 1763000002117000000\n", kIngested));
  const auto inserts = rows.convert(kSeries + "in-octets=10i 1763000003117000000\n", kIngested);
  EXPECT_THAT(rows_of(*inserts, kCounters), testing::Not(testing::HasSubstr("\t3\t")));
}

TEST(ClickHouseRows, GetconfigCallsAreARowEachAndQaKeepsItsVerdict) {
  ClickHouseRows rows;
  const auto inserts = rows.convert(
      "controller_grpc_getconfig_success,device_pubkey=A count=2i 1763000003000000000\n"
      "device_qa_test_results,device_code=fra-dz001,device_pubkey=A,env=local success=true 1763000100000000000\n"
      "device_qa_test_results,device_code=ams-dz001,device_pubkey=B,env=local success=false 1763000100000000000\n"
      "device_qa_test_metadata,env=local devices_tested=2i,devices_success=1i,devices_failed=1i,duration_s=40.5 "
      "1763000100000000000\n",
      kIngested);
  ASSERT_TRUE(inserts);
  EXPECT_EQ(rows_of(*inserts, "controller_grpc_getconfig_success"), "1763000003\tA\n1763000003\tA\n");
  EXPECT_EQ(rows_of(*inserts, "qa_alldevices_results"),
            "1763000100\tlocal\tfra-dz001\tA\t1\n1763000100\tlocal\tams-dz001\tB\t0\n");
  EXPECT_EQ(rows_of(*inserts, "qa_alldevices_metadata"), "1763000100\tlocal\t2\t1\t1\t40.5\n");
}

TEST(ClickHouseRows, AnUnreadableLineIsRefusedByName) {
  ClickHouseRows rows;
  const auto inserts = rows.convert("cpu\n", kIngested);
  ASSERT_FALSE(inserts);
  EXPECT_THAT(inserts.error().message, testing::HasSubstr("cpu"));
}

}  // namespace
}  // namespace dz::stores
