// Latency over the internet: one account for each agent, data provider, direction of two exchanges and epoch. Anybody
// may be an agent, for whom an account is; readers look for the one they trust.
#include "program/internet_telemetry.h"

#include <fmt/format.h>

namespace dz::program {
namespace {

Check check_count(const Accounts& accounts, std::size_t expected) {
  if (accounts.left() >= expected) return {};
  return reject(wire::InstructionErrorKind::NotEnoughAccountKeys,
                fmt::format("{} accounts, expected {}", accounts.left(), expected));
}

Check check_signed(const AccountRef& agent) {
  if (agent.signer) return {};
  return reject(wire::InstructionErrorKind::MissingRequiredSignature, "the agent did not sign");
}

Check check_exchange_owner(const Accounts& accounts, const AccountRef& at) {
  if (at.account->owner == accounts.invocation().ids->serviceability) return {};
  return reject(wire::InstructionErrorKind::IncorrectProgramId,
                fmt::format("{} ({}) is no account of the serviceability program", at.what, to_text(at.key)));
}

Outcome<Exchange> load_exchange(const AccountRef& at) {
  auto exchange = wire::decode_exchange(at.account->data);
  if (!exchange) return reject(wire::InstructionErrorKind::InvalidAccountData, exchange.error().message);
  if (exchange->status == SiteStatus::Activated || exchange->status == SiteStatus::Suspended) return *exchange;
  return reject(wire::TelemetryError::ExchangeNotReady,
                fmt::format("{} '{}' is {}, expected activated or suspended", at.what, exchange->code,
                            to_text(exchange->status)));
}

Check check_names(const wire::InitializeInternetSamplesArgs& args) {
  if (args.data_provider.size() > wire::kMaxDataProvider) {
    return reject(wire::TelemetryError::DataProviderNameTooLong,
                  fmt::format("the provider's name has {} bytes, at most {} are allowed", args.data_provider.size(),
                              wire::kMaxDataProvider));
  }
  if (args.sampling_interval_us > 0) return {};
  return reject(wire::TelemetryError::InvalidSamplingInterval, "the sampling interval is 0");
}

Check check_two(const AccountRef& origin, const AccountRef& target) {
  DZ_TRY_ASSIGN(const auto from, load_exchange(origin));
  DZ_TRY_ASSIGN(const auto to, load_exchange(target));
  if (!(from == to)) return {};
  return reject(wire::TelemetryError::SameExchange,
                fmt::format("origin and target are the same exchange '{}'", from.code));
}

// Types of the telemetry program: device samples and internet samples, each old and new.
constexpr bool is_known_type(std::uint8_t type) { return type >= 1 && type <= 4; }

// The header is read before its type is compared, so that samples of another kind are one or the other error.
Outcome<Record<InternetLatencySamples>> load_samples(const Accounts& accounts, const AccountRef& at) {
  if (at.account->data.empty()) {
    return reject(wire::TelemetryError::AccountDoesNotExist, "the samples account does not exist; initialize it first");
  }
  if (at.account->owner != accounts.program()) {
    return reject(wire::TelemetryError::InvalidAccountOwner, "the samples account is not the telemetry program's");
  }
  constexpr std::uint8_t kType = 4;
  Bytes data = at.account->data;
  const auto type = data[0];
  if (is_known_type(type)) data[0] = kType;
  auto samples = wire::decode_internet_latency_samples(data);
  if (!samples) return reject(wire::InstructionErrorKind::InvalidAccountData, samples.error().message);
  if (type == kType) return Record<InternetLatencySamples>{at, std::move(*samples)};
  return reject(wire::TelemetryError::InvalidAccountType,
                fmt::format("expected internet latency samples (type {}), found type {}", kType, type));
}

Check check_room(const InternetLatencySamples& samples, std::size_t more) {
  const auto there = samples.rtt_us.size();
  if (there + more > wire::kMaxInternetSamplesPerAccount) {
    return reject(wire::TelemetryError::AccountFull, fmt::format("{} samples are there, {} more do not fit into {}",
                                                                 there, more, wire::kMaxInternetSamplesPerAccount));
  }
  if (more <= wire::kMaxSamplesPerWrite) return {};
  return reject(wire::TelemetryError::TooManySamples,
                fmt::format("{} samples, at most {} in one write", more, wire::kMaxSamplesPerWrite));
}

}  // namespace

Check initialize_internet(Accounts& accounts, const wire::InitializeInternetSamplesArgs& args) {
  constexpr std::size_t kAccounts = 5;
  DZ_TRY(check_names(args));
  DZ_TRY(check_count(accounts, kAccounts));
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY_ASSIGN(const auto origin, accounts.next("origin exchange"));
  DZ_TRY_ASSIGN(const auto target, accounts.next("target exchange"));
  DZ_TRY(check_signed(agent));
  DZ_TRY(accounts.pay_from(agent));
  DZ_TRY(check_exchange_owner(accounts, origin));
  DZ_TRY(check_exchange_owner(accounts, target));
  DZ_TRY(check_two(origin, target));
  const auto address = wire::internet_latency_samples_address(accounts.program(), agent.key,
                                                              {args.data_provider, origin.key, target.key, args.epoch});
  if (at.key != address.address) {
    return reject(wire::TelemetryError::InvalidAddress,
                  fmt::format("samples account: expected {}, found {}", to_text(address.address), to_text(at.key)));
  }
  if (!at.account->data.empty()) {
    return reject(wire::TelemetryError::AccountAlreadyExists, "the samples account exists already");
  }
  InternetLatencySamples samples;
  samples.epoch = args.epoch;
  samples.data_provider = args.data_provider;
  samples.oracle_agent = agent.key;
  samples.origin_exchange = origin.key;
  samples.target_exchange = target.key;
  samples.sampling_interval_us = args.sampling_interval_us;
  return accounts.create(at, address, samples);
}

Check write_internet(Accounts& accounts, const wire::WriteInternetSamplesArgs& args) {
  constexpr std::size_t kAccountsRead = 2;
  if (args.rtt_us.empty()) return reject(wire::TelemetryError::NoSamples, "the write carries no samples");
  DZ_TRY(check_count(accounts, kAccountsRead));
  DZ_TRY_ASSIGN(const auto at, accounts.next("samples"));
  DZ_TRY_ASSIGN(const auto agent, accounts.next("agent"));
  DZ_TRY(check_signed(agent));
  DZ_TRY_ASSIGN(auto samples, load_samples(accounts, at));
  if (agent.key != samples->oracle_agent) {
    return reject(wire::TelemetryError::UnauthorizedAgent,
                  fmt::format("expected the agent {}, found {}", to_text(samples->oracle_agent), to_text(agent.key)));
  }
  DZ_TRY(check_room(*samples, args.rtt_us.size()));
  DZ_TRY(accounts.pay_from(agent));
  if (samples->start_timestamp_us == 0) samples->start_timestamp_us = args.start_timestamp_us;
  samples->rtt_us.insert(samples->rtt_us.end(), args.rtt_us.begin(), args.rtt_us.end());
  return accounts.save(samples);
}

}  // namespace dz::program
