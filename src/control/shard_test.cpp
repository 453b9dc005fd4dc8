#include "control/shard.h"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/gather.h"
#include "domain/interface_name.h"

namespace dz::control {
namespace {

Pubkey filled(std::uint8_t byte) {
  Pubkey key;
  key.bytes.fill(byte);
  return key;
}

Pubkey numbered(std::uint32_t n) {
  Pubkey key = filled(0);
  for (std::size_t i = 0; i < 4; ++i) key.bytes[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return key;
}

// From five lines of Python: max(range(1, parts + 1), key=lambda i: sha256(key + i.to_bytes(4, "little"))[:8]).
TEST(Shard, OwnersAreThoseOfTheDocumentedHash) {
  Pubkey rising;
  for (std::size_t i = 0; i < 32; ++i) rising.bytes[i] = static_cast<std::uint8_t>(i);
  const std::array<std::uint32_t, 9> parts{1, 2, 3, 4, 5, 7, 10, 100, 1000};
  const std::vector<std::pair<Pubkey, std::array<std::uint32_t, 9>>> vectors{
      {filled(0), {1, 2, 2, 2, 5, 6, 10, 95, 95}},
      {filled(255), {1, 1, 1, 1, 1, 7, 7, 71, 558}},
      {rising, {1, 2, 2, 2, 2, 2, 2, 31, 596}},
      {numbered(7), {1, 2, 2, 4, 4, 4, 4, 4, 879}}};
  for (const auto& [key, owners] : vectors) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(owner_of(key, parts[i]), owners[i]) << to_text(key) << " of " << parts[i];
    }
  }
}

RC_GTEST_PROP(Shard, OneMonitorMoreTakesRecordsAndMovesNoOthers, (const std::array<std::uint8_t, 32>& bytes)) {
  Pubkey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  for (std::uint32_t parts = 1; parts < 12; ++parts) {
    const auto before = owner_of(key, parts), after = owner_of(key, parts + 1);
    RC_ASSERT(before >= 1 && before <= parts);
    RC_ASSERT(after == before || after == parts + 1);
    int owners = 0;
    for (std::uint32_t part = 1; part <= parts; ++part) owners += Ownership({part, parts}).owns(key) ? 1 : 0;
    RC_ASSERT(owners == 1);
  }
}

TEST(Shard, PartsAreOfOneSizeAndOneMoreTakesItsShare) {
  constexpr std::uint32_t kKeys = 20'000;
  std::array<int, 5> owned{};
  int moved = 0;
  for (std::uint32_t n = 0; n < kKeys; ++n) {
    ++owned[owner_of(numbered(n), 5) - 1];
    moved += owner_of(numbered(n), 5) != owner_of(numbered(n), 6) ? 1 : 0;
  }
  for (const auto count : owned) EXPECT_NEAR(count, kKeys / 5, 300);
  EXPECT_NEAR(moved, kKeys / 6, 300);
}

TEST(Shard, ReadsWhatItWritesAndRefusesTheRestInWords) {
  for (const std::uint32_t parts : {1U, 2U, 3U, 1000U}) {
    for (const std::uint32_t part : {1U, (parts + 1) / 2, parts}) {
      EXPECT_EQ(*parse_shard(to_text(Shard{part, parts})), (Shard{part, parts}));
    }
  }
  for (const auto* text : {"", "1", "/", "1/", "/1", "0/3", "4/3", "-1/3", "1/3 ", " 1/3", "1/0", "1/1001", "a/b",
                           "1/3/3", "+1/3", "4294967297/3", "1.0/3"}) {
    const auto read = parse_shard(text);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().message.find("such as 2/3"), std::string::npos);
    EXPECT_NE(read.error().message.find("found \"" + std::string(text)), std::string::npos);
  }
}

TEST(Shard, NeedsWhatItsRecordsAreJudgedByAndNothingElse) {
  // A ring of devices, each with a port to both neighbours and one outwards.
  constexpr std::uint32_t kDevices = 24;
  std::map<Pubkey, Device> devices;
  std::map<Pubkey, Link> links;
  for (std::uint32_t n = 0; n < kDevices; ++n) {
    Device device;
    for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet9"}) {
      Interface port;
      port.name = name;
      device.interfaces.push_back(port);
    }
    devices.emplace(numbered(n), device);
    Link link;
    link.side_a = numbered(n);
    link.side_a_iface = "Ethernet1";
    link.side_z = numbered((n + 1) % kDevices);
    link.side_z_iface = "Ethernet2";
    links.emplace(numbered(1000 + n), link);
  }
  const auto all = interfaces_named_by(links, devices);
  EXPECT_EQ(interfaces_needed(Ownership({1, 1}), links, devices), all);
  std::set<evidence::NamedInterface> together;
  for (std::uint32_t part = 1; part <= 3; ++part) {
    const Ownership ownership({part, 3});
    std::set<evidence::NamedInterface> expected;
    const auto add = [&](const Pubkey& device, const char* name) { expected.insert({device, interface_key(name)}); };
    for (const auto& [key, link] : links) {
      if (!ownership.owns(key) && !ownership.owns(link.side_a) && !ownership.owns(link.side_z)) continue;
      add(link.side_a, "Ethernet1");
      add(link.side_z, "Ethernet2");
    }
    for (const auto& [key, device] : devices) {
      if (!ownership.owns(key)) continue;
      for (const auto& port : device.interfaces) add(key, port.name.c_str());
    }
    const auto needed = interfaces_needed(ownership, links, devices);
    EXPECT_EQ(needed, std::vector(expected.begin(), expected.end()));
    EXPECT_LT(needed.size(), all.size());
    together.insert(needed.begin(), needed.end());
  }
  EXPECT_EQ(std::vector(together.begin(), together.end()), all);
}

}  // namespace
}  // namespace dz::control
