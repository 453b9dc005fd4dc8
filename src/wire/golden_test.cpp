// The bytes carried in golden_bytes.h are upstream's fixtures, unchanged. Needs those fixtures: DZ_GOLDEN_DIR, or the
// folder that the authors keep beside the project.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "wire/golden_bytes.h"

namespace dz::wire {
namespace {

std::filesystem::path golden_dir() {
  const char* named = std::getenv("DZ_GOLDEN_DIR");
  return named != nullptr ? named : DZ_SOURCE_DIR "/../shared/data/golden";
}

TEST(GoldenBytes, AreTheFixturesOfUpstream) {
  const auto dir = golden_dir();
  if (!std::filesystem::is_directory(dir)) {
    GTEST_SKIP() << "no fixtures at " << dir << ": set DZ_GOLDEN_DIR to upstream's to compare with them";
  }
  const std::pair<const char*, std::string_view> fixtures[] = {
      {"program_config", golden::kProgramConfig},
      {"global_state", golden::kGlobalState},
      {"global_config", golden::kGlobalConfig},
      {"location", golden::kLocation},
      {"exchange", golden::kExchange},
      {"contributor", golden::kContributor},
      {"device", golden::kDevice},
      {"link", golden::kLink},
      {"resource_extension_ip", golden::kResourceExtensionIp},
      {"resource_extension_id", golden::kResourceExtensionId},
      {"device_latency_samples", golden::kDeviceLatencySamples},
      {"ix_create_link", golden::kIxCreateLink},
      {"ix_delete_device", golden::kIxDeleteDevice},
      {"ix_set_global_config", golden::kIxSetGlobalConfig},
  };
  std::set<std::string> unknown;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() == ".bin") unknown.insert(entry.path().stem().string());
  }
  for (const auto& [name, hex] : fixtures) {
    EXPECT_EQ(unknown.erase(name), 1U) << "no fixture " << name << " in " << dir;
    std::ifstream file(dir / (std::string(name) + ".bin"), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes, golden::from_hex(hex)) << name;
  }
  EXPECT_TRUE(unknown.empty()) << testing::PrintToString(unknown) << ": kinds of fixture that these tests do not carry";
}

}  // namespace
}  // namespace dz::wire
