#include "client/snapshot_part.h"

#include <gtest/gtest.h>

namespace dz::client {
namespace {

template <typename Record, typename Encode>
void expect_code_at_its_offset(wire::AccountType type, Encode encode) {
  Record record;
  record.code = "ams-dz001";
  const Bytes bytes = encode(record);
  const auto offset = wire::code_offset(type);
  ASSERT_TRUE(offset);
  const Bytes expected{9, 0, 0, 0, 'a', 'm', 's', '-', 'd', 'z', '0', '0', '1'};
  EXPECT_EQ(Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(*offset),
                  bytes.begin() + static_cast<std::ptrdiff_t>(*offset + expected.size())),
            expected)
      << to_text(type);
}

TEST(SnapshotPart, CodesStandWhereTheOffsetsSay) {
  const auto plain = [](const auto& record) { return wire::encode(record); };
  for (const auto* profile : all_profiles()) {
    const auto profiled = [profile](const auto& record) { return wire::encode(record, *profile); };
    expect_code_at_its_offset<Device>(wire::AccountType::Device, profiled);
    expect_code_at_its_offset<Link>(wire::AccountType::Link, profiled);
  }
  expect_code_at_its_offset<Location>(wire::AccountType::Location, plain);
  expect_code_at_its_offset<Exchange>(wire::AccountType::Exchange, plain);
  expect_code_at_its_offset<Contributor>(wire::AccountType::Contributor, plain);
  EXPECT_FALSE(wire::code_offset(wire::AccountType::User));
}

}  // namespace
}  // namespace dz::client
