// The telemetry program: latency samples, one account for each link, direction and epoch.
#include "wire/instructions/telemetry.h"

#include <fmt/format.h>

#include "program/internet_telemetry.h"
#include "program/runtime/accounts.h"
#include "program/runtime/execution.h"
#include "program/runtime/instruction_table.h"

namespace dz::program {
namespace {

// Samples are taken from everything on its way into service, in it or drained: evidence comes before activation.
bool takes_samples(Status status) {
  return status == Status::Activated || is_drained(status) || is_provisioning(status);
}

template <typename T>
Check check_samples_allowed(const Record<T>& record, wire::TelemetryError otherwise) {
  if (takes_samples(record->status)) return {};
  return reject(otherwise, fmt::format("{} '{}' is {}, which takes no samples", record.at.what, record->code,
                                       to_text(record->status)));
}

// Telemetry names its payer an agent and has no permission account: agent, [devices, link,] system program.
Check check_agent(const AccountRef& agent, const Pubkey& expected) {
  if (agent.key == expected) return {};
  return reject(wire::TelemetryError::UnauthorizedAgent,
                fmt::format("expected the agent {}, found {}", to_text(expected), to_text(agent.key)));
}

Check check_joins(const Link& link, const Pubkey& origin, const Pubkey& target) {
  const bool forward = link.side_a == origin && link.side_z == target;
  const bool backward = link.side_a == target && link.side_z == origin;
  if (forward || backward) return {};
  return reject(wire::TelemetryError::InvalidLink, fmt::format("link '{}' does not join these two devices", link.code));
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
  DZ_TRY(check_samples_allowed(path.origin, wire::TelemetryError::DeviceNotReady));
  DZ_TRY(check_samples_allowed(path.target, wire::TelemetryError::DeviceNotReady));
  DZ_TRY(check_samples_allowed(path.link, wire::TelemetryError::LinkNotReady));
  return check_joins(*path.link, path.origin.at.key, path.target.at.key);
}

LatencySamples new_samples(const Path& path, const wire::InitializeLatencySamplesArgs& args) {
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

Check initialize(Accounts& accounts, const wire::InitializeLatencySamplesArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY_ASSIGN(const auto path, next_path(accounts));
  DZ_TRY(accounts.pay_from(agent));
  if (args.sampling_interval_us == 0) {
    return reject(wire::TelemetryError::InvalidSamplingInterval, "the sampling interval is 0");
  }
  DZ_TRY(check_agent(agent, path.origin->metrics_publisher));
  DZ_TRY(check_path(path));
  const auto address = wire::latency_samples_address(accounts.program(), path.origin.at.key, path.target.at.key,
                                                     path.link.at.key, args.epoch);
  if (at.key != address.address) {
    return reject(wire::TelemetryError::InvalidAddress,
                  fmt::format("samples account: expected {}, found {}", to_text(address.address), to_text(at.key)));
  }
  if (!at.account->data.empty()) {
    return reject(wire::TelemetryError::AccountAlreadyExists, "the samples account exists already");
  }
  return accounts.create(at, address, new_samples(path, args));
}

Check append(LatencySamples& samples, const wire::WriteLatencySamplesArgs& args) {
  if (samples.rtt_us.size() + args.rtt_us.size() > wire::kMaxSamplesPerAccount) {
    return reject(wire::TelemetryError::AccountFull,
                  fmt::format("{} samples are there, {} more do not fit into {}", samples.rtt_us.size(),
                              args.rtt_us.size(), wire::kMaxSamplesPerAccount));
  }
  if (samples.start_timestamp_us == 0) samples.start_timestamp_us = args.start_timestamp_us;
  samples.rtt_us.insert(samples.rtt_us.end(), args.rtt_us.begin(), args.rtt_us.end());
  samples.agent_version = args.agent_version;
  samples.agent_commit = args.agent_commit;
  return {};
}

Check write(Accounts& accounts, const wire::WriteLatencySamplesArgs& args) {
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY(accounts.pay_from(agent));
  if (args.rtt_us.empty()) return reject(wire::TelemetryError::NoSamples, "the write carries no samples");
  if (args.rtt_us.size() > wire::kMaxSamplesPerWrite) {
    return reject(wire::TelemetryError::TooManySamples,
                  fmt::format("{} samples, at most {} in one write", args.rtt_us.size(), wire::kMaxSamplesPerWrite));
  }
  if (at.account->data.empty()) {
    return reject(wire::TelemetryError::AccountDoesNotExist, "the samples account does not exist; initialize it first");
  }
  DZ_TRY_ASSIGN(auto samples, accounts.load<LatencySamples>(at));
  DZ_TRY(check_agent(agent, samples->origin_agent));
  DZ_TRY(append(*samples, args));
  return accounts.save(samples);
}

template <typename Args>
Check decode_and(Accounts& accounts, Check (*handler)(Accounts&, const Args&)) {
  const auto& invocation = accounts.invocation();
  const auto args = wire::decode_args<Args>(invocation.data, *invocation.profile);
  if (!args) return reject(wire::InstructionErrorKind::InvalidInstructionData, args.error().message);
  return handler(accounts, *args);
}

Check run(Invocation& invocation) {
  Accounts accounts(invocation, program_of(*invocation.profile).rules);
  const auto is = [&](wire::TelemetryTag tag) {
    return !invocation.data.empty() && invocation.data[0] == static_cast<std::uint8_t>(tag);
  };
  if (is(wire::TelemetryTag::InitializeDeviceLatencySamples)) return decode_and(accounts, initialize);
  if (is(wire::TelemetryTag::WriteDeviceLatencySamples)) return decode_and(accounts, write);
  if (is(wire::TelemetryTag::InitializeInternetLatencySamples)) return decode_and(accounts, initialize_internet);
  if (is(wire::TelemetryTag::WriteInternetLatencySamples)) return decode_and(accounts, write_internet);
  return reject(
      wire::InstructionErrorKind::InvalidInstructionData,
      "expected the samples of a device to be initialized (0) or written (1), or those of the internet (2, 3)");
}

}  // namespace

ProgramResult execute_telemetry(Invocation& invocation) { return report(invocation, run(invocation)); }

}  // namespace dz::program
