// The telemetry program: latency samples, one account a direction, link and epoch.
#include "wire/instructions/telemetry.h"

#include <fmt/format.h>

#include "program/runtime/accounts.h"
#include "program/runtime/execution.h"

namespace dz {
namespace {

// Samples are taken from everything on its way into service, in it or drained: evidence comes before activation.
bool takes_samples(Status status) {
  return status == Status::Activated || is_drained(status) || is_provisioning(status);
}

template <typename T>
Check check_samples_allowed(const Record<T>& record, TelemetryError otherwise) {
  if (takes_samples(record->status)) return {};
  return reject(otherwise, fmt::format("{} '{}' is {}, which takes no samples", record.at.what, record->code,
                                       to_text(record->status)));
}

// Telemetry names its payer an agent and has no permission account: agent, [devices, link,] system program.
Check check_agent(const AccountRef& agent, const Pubkey& expected) {
  if (agent.key == expected) return {};
  return reject(TelemetryError::UnauthorizedAgent,
                fmt::format("expected the agent {}, found {}", to_text(expected), to_text(agent.key)));
}

Check check_joins(const Link& link, const Pubkey& origin, const Pubkey& target) {
  const bool forward = link.side_a == origin && link.side_z == target;
  const bool backward = link.side_a == target && link.side_z == origin;
  if (forward || backward) return {};
  return reject(TelemetryError::InvalidLink, fmt::format("link '{}' does not join these two devices", link.code));
}

struct Path {
  Record<Device> origin, target;
  Record<Link> link;
};

Outcome<Path> next_path(Accounts& accounts) {
  const auto& owner = accounts.invocation().ids->serviceability;
  DZ_TRY_ASSIGN(auto origin, accounts.record<Device>("origin device", owner));
  DZ_TRY_ASSIGN(auto target, accounts.record<Device>("target device", owner));
  DZ_TRY_ASSIGN(auto link, accounts.record<Link>("link", owner));
  return Path{std::move(origin), std::move(target), std::move(link)};
}

Check check_path(const Path& path) {
  DZ_TRY(check_samples_allowed(path.origin, TelemetryError::DeviceNotReady));
  DZ_TRY(check_samples_allowed(path.target, TelemetryError::DeviceNotReady));
  DZ_TRY(check_samples_allowed(path.link, TelemetryError::LinkNotReady));
  return check_joins(*path.link, path.origin.at.key, path.target.at.key);
}

LatencySamples new_samples(const Path& path, const InitializeLatencySamplesArgs& args) {
  LatencySamples samples;
  samples.epoch = args.epoch;
  samples.origin_agent = path.origin->metrics_publisher;
  samples.origin_device = path.origin.at.key;
  samples.target_device = path.target.at.key;
  samples.origin_location = path.origin->location;
  samples.target_location = path.target->location;
  samples.link = path.link.at.key;
  samples.sampling_interval_us = args.sampling_interval_us;
  samples.agent_version = args.agent_version;
  samples.agent_commit = args.agent_commit;
  return samples;
}

Check initialize(Accounts& accounts, const InitializeLatencySamplesArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY_ASSIGN(const auto path, next_path(accounts));
  DZ_TRY(accounts.pay_from(agent));
  if (args.sampling_interval_us == 0) {
    return reject(TelemetryError::InvalidSamplingInterval, "the sampling interval is 0");
  }
  DZ_TRY(check_agent(agent, path.origin->metrics_publisher));
  DZ_TRY(check_path(path));
  const auto address =
      latency_samples_address(accounts.program(), path.origin.at.key, path.target.at.key, path.link.at.key, args.epoch);
  if (at.key != address.address) {
    return reject(TelemetryError::InvalidAddress,
                  fmt::format("samples account: expected {}, found {}", to_text(address.address), to_text(at.key)));
  }
  if (!at.account->data.empty()) {
    return reject(TelemetryError::AccountAlreadyExists, "the samples account exists already");
  }
  return accounts.create(at, address, new_samples(path, args));
}

Check append(LatencySamples& samples, const WriteLatencySamplesArgs& args) {
  if (samples.rtt_us.size() + args.rtt_us.size() > kMaxSamplesPerAccount) {
    return reject(TelemetryError::AccountFull,
                  fmt::format("{} samples are there, {} more do not fit into {}", samples.rtt_us.size(),
                              args.rtt_us.size(), kMaxSamplesPerAccount));
  }
  if (samples.start_timestamp_us == 0) samples.start_timestamp_us = args.start_timestamp_us;
  samples.rtt_us.insert(samples.rtt_us.end(), args.rtt_us.begin(), args.rtt_us.end());
  samples.agent_version = args.agent_version;
  samples.agent_commit = args.agent_commit;
  return {};
}

Check write(Accounts& accounts, const WriteLatencySamplesArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY(accounts.pay_from(agent));
  if (args.rtt_us.empty()) return reject(TelemetryError::NoSamples, "the write carries no samples");
  if (args.rtt_us.size() > kMaxSamplesPerWrite) {
    return reject(TelemetryError::TooManySamples,
                  fmt::format("{} samples, at most {} in one write", args.rtt_us.size(), kMaxSamplesPerWrite));
  }
  if (at.account->data.empty()) {
    return reject(TelemetryError::AccountDoesNotExist, "the samples account does not exist; initialize it first");
  }
  DZ_TRY_ASSIGN(auto samples, accounts.load<LatencySamples>(at));
  DZ_TRY(check_agent(agent, samples->origin_agent));
  DZ_TRY(append(*samples, args));
  return accounts.save(samples);
}

template <typename Args>
Check decode_and(Accounts& accounts, Check (*handler)(Accounts&, const Args&)) {
  const auto& invocation = accounts.invocation();
  const auto args = decode_args<Args>(invocation.data, *invocation.profile);
  if (!args) return reject(InstructionErrorKind::InvalidInstructionData, args.error().message);
  return handler(accounts, *args);
}

Check run(Invocation& invocation) {
  Accounts accounts(invocation);
  const auto is = [&](TelemetryTag tag) {
    return !invocation.data.empty() && invocation.data[0] == static_cast<std::uint8_t>(tag);
  };
  if (is(TelemetryTag::InitializeDeviceLatencySamples)) return decode_and(accounts, initialize);
  if (is(TelemetryTag::WriteDeviceLatencySamples)) return decode_and(accounts, write);
  return reject(InstructionErrorKind::InvalidInstructionData,
                "expected InitializeDeviceLatencySamples (0) or WriteDeviceLatencySamples (1)");
}

}  // namespace

ProgramResult execute_telemetry(Invocation& invocation) { return report(invocation, run(invocation)); }

}  // namespace dz
