#include "monitor/pushed_rows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

using std::chrono::seconds;

int pushed(PartsFixture& parts, const Pubkey& device, std::string_view token = "") {
  const auto row = fmt::format("intfCounters,dzd_pubkey={},intf=Switch1/1/1 in-octets=1i {}\n", to_text(device),
                               parts.network.now().time_since_epoch().count() * 1000);
  return parts.pushed.write({telemetry::WriteApi::V1, row, "", token}, parts.network.now()).status;
}

TEST(PushedRows, TheFirstWriteReadsTheLedger) {
  PartsFixture parts;
  EXPECT_EQ(pushed(parts, parts.ams), 204);
  EXPECT_TRUE(parts.reader.snapshot());
}

TEST(PushedRows, ADeviceThatIsNotKnownIsLookedUpAtMostEveryTenSeconds) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  const auto lon = parts.network.add_device("lon", parts.network.alpha);
  EXPECT_EQ(pushed(parts, lon), 204);
  const auto prg = parts.network.add_device("prg", parts.network.alpha);
  parts.network.advance(seconds{9});
  EXPECT_EQ(pushed(parts, prg), 400);
  parts.network.advance(seconds{1});
  EXPECT_EQ(pushed(parts, prg), 204);
}

TEST(PushedRows, TokensNameTheirOwnerByCode) {
  MonitorSettings settings;
  settings.tokens = {{"0123456789abcdef", "alpha", ""}, {"fedcba9876543210", "", "fra"}, {"ffffffffffffffff", "", "x"}};
  PartsFixture parts(settings);
  parts.reader.step(parts.network.now());
  EXPECT_EQ(pushed(parts, parts.ams), 401);
  EXPECT_EQ(pushed(parts, parts.ams, "0123456789abcdef"), 204);
  EXPECT_EQ(pushed(parts, parts.ams, "fedcba9876543210"), 400);
  EXPECT_EQ(pushed(parts, parts.fra, "fedcba9876543210"), 204);
  EXPECT_EQ(pushed(parts, parts.fra, "ffffffffffffffff"), 400);  // the ledger has no such device
}

TEST(PushedRows, RemembersTheCodesOfDevicesThatLeft) {
  PartsFixture parts;
  parts.reader.step(parts.network.now());
  auto left = *parts.reader.snapshot();
  left.devices.erase(parts.fra);
  client::MirrorUpdate update;
  update.records = {parts.fra};
  parts.pushed.follow(update, left);
  EXPECT_EQ(parts.pushed.former(), (std::map<Pubkey, std::string>{{parts.fra, "fra"}}));
}

}  // namespace
}  // namespace dz::monitor
