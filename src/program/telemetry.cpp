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

Check check_serviceability(const Accounts& accounts, const AccountRef& at) {
  const auto& expected = accounts.invocation().ids->serviceability;
  if (at.account->owner == expected) return {};
  return reject(wire::InstructionErrorKind::IncorrectProgramId,
                fmt::format("{}: expected an account of program {}, found one of {}", at.what, to_text(expected),
                            to_text(at.account->owner)));
}

struct PathAccounts {
  AccountRef origin, target, link;
};

Outcome<PathAccounts> next_path(Accounts& accounts) {
  DZ_TRY_ASSIGN(const auto origin, accounts.next("origin device"));
  DZ_TRY_ASSIGN(const auto target, accounts.next("target device"));
  DZ_TRY_ASSIGN(const auto link, accounts.next("link"));
  return PathAccounts{origin, target, link};
}

// Each is read when its turn comes; the agent's turn is between the two devices.
Outcome<Path> check_path(const Accounts& accounts, const PathAccounts& path, const AccountRef& agent) {
  for (const auto* at : {&path.origin, &path.target, &path.link}) DZ_TRY(check_serviceability(accounts, *at));
  const auto& owner = accounts.invocation().ids->serviceability;
  DZ_TRY_ASSIGN(auto origin, accounts.load<Device>(path.origin, owner));
  DZ_TRY(check_samples_allowed(origin, wire::TelemetryError::DeviceNotReady));
  DZ_TRY(check_agent(agent, origin->metrics_publisher));
  DZ_TRY_ASSIGN(auto target, accounts.load<Device>(path.target, owner));
  DZ_TRY(check_samples_allowed(target, wire::TelemetryError::DeviceNotReady));
  DZ_TRY_ASSIGN(auto link, accounts.load<Link>(path.link, owner));
  DZ_TRY(check_samples_allowed(link, wire::TelemetryError::LinkNotReady));
  DZ_TRY(check_joins(*link, origin.at.key, target.at.key));
  return Path{std::move(origin), std::move(target), std::move(link)};
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
  if (args.sampling_interval_us == 0) {
    return reject(wire::TelemetryError::InvalidSamplingInterval, "the sampling interval is 0");
  }
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY_ASSIGN(const auto given, next_path(accounts));
  DZ_TRY(accounts.pay_from(agent));
  DZ_TRY_ASSIGN(const auto path, check_path(accounts, given, agent));
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

// An agent that leaves it out, as older ones do, sends zeros.
template <std::size_t n>
void set_unless_zero(std::array<char, n>& field, const std::array<char, n>& value) {
  if (value != std::array<char, n>{}) field = value;
}

Check append(LatencySamples& samples, const wire::WriteLatencySamplesArgs& args) {
  if (samples.rtt_us.size() + args.rtt_us.size() > wire::kMaxSamplesPerAccount) {
    return reject(wire::TelemetryError::AccountFull,
                  fmt::format("{} samples are there, {} more do not fit into {}", samples.rtt_us.size(),
                              args.rtt_us.size(), wire::kMaxSamplesPerAccount));
  }
  if (args.rtt_us.size() > wire::kMaxSamplesPerWrite) {
    return reject(wire::TelemetryError::TooManySamples,
                  fmt::format("{} samples, at most {} in one write", args.rtt_us.size(), wire::kMaxSamplesPerWrite));
  }
  if (samples.start_timestamp_us == 0) samples.start_timestamp_us = args.start_timestamp_us;
  samples.rtt_us.insert(samples.rtt_us.end(), args.rtt_us.begin(), args.rtt_us.end());
  set_unless_zero(samples.agent_version, args.agent_version);
  set_unless_zero(samples.agent_commit, args.agent_commit);
  return {};
}

// An account of samples, but not of a path between devices.
Check check_kind(const AccountRef& at) {
  constexpr std::uint8_t kFirst = 1, kLast = 4, kDevice = 3;  // types of the telemetry program
  const auto type = at.account->data[0];
  if (type < kFirst || type > kLast || type == kDevice) return {};
  return reject(wire::TelemetryError::InvalidAccountType,
                fmt::format("expected samples of a path between devices (type {}), found type {}", kDevice, type));
}

Check write(Accounts& accounts, const wire::WriteLatencySamplesArgs& args) {
  if (args.rtt_us.empty()) return reject(wire::TelemetryError::NoSamples, "the write carries no samples");
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY(accounts.pay_from(agent));
  if (at.account->data.empty()) {
    return reject(wire::TelemetryError::AccountDoesNotExist, "the samples account does not exist; initialize it first");
  }
  if (at.account->owner != accounts.program()) {
    return reject(
        wire::TelemetryError::InvalidAccountOwner,
        fmt::format("expected an account of the telemetry program, found one of {}", to_text(at.account->owner)));
  }
  DZ_TRY(check_kind(at));
  DZ_TRY_ASSIGN(auto samples, accounts.load<LatencySamples>(at));
  DZ_TRY(check_agent(agent, samples->origin_agent));
  DZ_TRY(append(*samples, args));
  return accounts.save(samples);
}

template <typename Args>
Check decode_and(Accounts& accounts, Check (*handler)(Accounts&, const Args&)) {
  const auto& invocation = accounts.invocation();
  const auto args = wire::decode_args<Args>(invocation.data, *invocation.profile);
  if (!args) return reject(wire::InstructionErrorKind::BorshIoError, args.error().message);
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
