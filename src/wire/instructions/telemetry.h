// Latency samples, of the telemetry program. The agent (Device.metrics_publisher of the origin) signs and pays.
#pragma once

#include <array>
#include <vector>

#include "wire/instruction.h"
#include "wire/instructions/codec.h"

namespace dz::wire {

struct InitializeLatencySamplesArgs {
  static constexpr auto kTag = TelemetryTag::InitializeDeviceLatencySamples;
  std::uint64_t epoch = 0;
  std::uint64_t sampling_interval_us = 0;
  std::array<char, 16> agent_version{};
  std::array<char, 8> agent_commit{};
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.epoch, a.sampling_interval_us, a.agent_version, a.agent_commit);
  }
  bool operator==(const InitializeLatencySamplesArgs&) const = default;
};
struct WriteLatencySamplesArgs {
  static constexpr auto kTag = TelemetryTag::WriteDeviceLatencySamples;
  std::uint64_t start_timestamp_us = 0;
  std::vector<std::uint32_t> rtt_us;  // 0 is loss
  std::array<char, 16> agent_version{};
  std::array<char, 8> agent_commit{};
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.start_timestamp_us, a.rtt_us, a.agent_version, a.agent_commit);
  }
  bool operator==(const WriteLatencySamplesArgs&) const = default;
};
inline constexpr std::size_t kMaxSamplesPerAccount = 35'000;
inline constexpr std::size_t kMaxSamplesPerWrite = 2'560;
inline constexpr std::size_t kMaxSamplesPerTransaction = 239;  // what agents put into one

struct LatencyPath {
  Pubkey origin_device, target_device, link;
};
// Accounts: samples W, agent S W, origin device R, target device R, link R, system R.
Instruction initialize_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const LatencyPath& path,
                                       const InitializeLatencySamplesArgs& args);
// Accounts: samples W, agent S W, system R.
Instruction write_latency_samples(const Pubkey& telemetry_program, const Pubkey& agent, const Pubkey& samples,
                                  const WriteLatencySamplesArgs& args);

}  // namespace dz::wire
