// Latency samples, of the telemetry program. The agent (Device.metrics_publisher of the origin) signs and pays.
#pragma once

#include <array>
#include <string>
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

// Latency over the internet between two exchanges. Whoever signs is the agent, whose key is part of the address.
struct InitializeInternetSamplesArgs {
  static constexpr auto kTag = TelemetryTag::InitializeInternetLatencySamples;
  std::string data_provider;
  std::uint64_t epoch = 0;
  std::uint64_t sampling_interval_us = 0;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.data_provider, a.epoch, a.sampling_interval_us);
  }
  bool operator==(const InitializeInternetSamplesArgs&) const = default;
};
struct WriteInternetSamplesArgs {
  static constexpr auto kTag = TelemetryTag::WriteInternetLatencySamples;
  std::uint64_t start_timestamp_us = 0;
  std::vector<std::uint32_t> rtt_us;
  template <typename Self, typename Io>
  static void fields(Self& a, Io& io) {
    io(a.start_timestamp_us, a.rtt_us);
  }
  bool operator==(const WriteInternetSamplesArgs&) const = default;
};
inline constexpr std::size_t kMaxInternetSamplesPerAccount = 3'000;

// Accounts: samples W, agent S W, origin exchange R, target exchange R, system R.
Instruction initialize_internet_samples(const Pubkey& telemetry_program, const Pubkey& agent,
                                        const Pubkey& origin_exchange, const Pubkey& target_exchange,
                                        const InitializeInternetSamplesArgs& args);
// Accounts: samples W, agent S W, system R.
Instruction write_internet_samples(const Pubkey& telemetry_program, const Pubkey& agent, const Pubkey& samples,
                                   const WriteInternetSamplesArgs& args);

}  // namespace dz::wire
