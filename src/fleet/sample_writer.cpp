#include "fleet/sample_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/ledger_view.h"
#include "wire/accounts.h"
#include "wire/addresses.h"

namespace dz::fleet {
namespace {

template <std::size_t size>
std::array<char, size> padded(std::string_view text) {
  std::array<char, size> out{};
  std::copy_n(text.begin(), std::min(text.size(), size), out.begin());
  return out;
}
const auto kAgentVersion = padded<16>("fleet");

std::uint64_t micros(Timestamp t) { return static_cast<std::uint64_t>(t.time_since_epoch().count()); }

std::string name(const Direction& direction) { return fmt::format("{} from {}", direction.link, direction.origin); }

}  // namespace

SampleWriter::SampleWriter(client::LedgerClient& ledger, client::Clock clock, const Pubkey& telemetry_program,
                           std::vector<SampleRoute> routes)
    : ledger_(ledger), clock_(clock), program_(telemetry_program) {
  for (SampleRoute& route : routes) states_.push_back({std::move(route), {}, std::nullopt, false, false, 0, {}});
}

Result<std::optional<LatencySamples>> SampleWriter::read(State& state, std::uint64_t epoch) {
  const wire::LatencyPath& path = state.route.path;
  state.account =
      wire::latency_samples_address(program_, path.origin_device, path.target_device, path.link, epoch).address;
  DZ_TRY_ASSIGN(const auto account, ledger_.get_account(state.account));
  if (!account) return std::nullopt;
  DZ_TRY_ASSIGN(LatencySamples samples, wire::decode_latency_samples(account->data));
  return samples;
}

Result<std::optional<Timestamp>> SampleWriter::end_on_ledger(std::size_t route) {
  DZ_TRY_ASSIGN(const client::EpochInfo info, ledger_.get_epoch_info());
  DZ_TRY_ASSIGN(const auto samples, read(states_[route], info.epoch));
  if (!samples || samples->rtt_us.empty()) return std::nullopt;
  const auto interval = static_cast<Duration::rep>(samples->sampling_interval_us);
  return Timestamp{Duration{static_cast<Duration::rep>(samples->start_timestamp_us) +
                            interval * static_cast<Duration::rep>(samples->rtt_us.size())}};
}

void SampleWriter::add(std::size_t route, const std::vector<Sample>& samples) {
  auto& pending = states_[route].pending;
  pending.insert(pending.end(), samples.begin(), samples.end());
}

std::size_t SampleWriter::pending() const {
  std::size_t sum = 0;
  for (const State& state : states_) sum += state.pending.size();
  return sum;
}

// What the ledger holds decides: samples of a write whose answer was lost are not written twice.
Result<void> SampleWriter::refresh(State& state, std::uint64_t epoch) {
  if (state.epoch == epoch && state.known) return {};
  const bool same_account = state.epoch == epoch;
  const std::uint32_t before = same_account ? state.on_ledger : 0;
  DZ_TRY_ASSIGN(const auto samples, read(state, epoch));
  state.exists = samples.has_value();
  state.on_ledger = samples ? static_cast<std::uint32_t>(samples->rtt_us.size()) : 0;
  if (same_account && state.on_ledger > before) {
    const std::size_t landed = std::min<std::size_t>(state.on_ledger - before, state.pending.size());
    state.pending.erase(state.pending.begin(), state.pending.begin() + static_cast<std::ptrdiff_t>(landed));
  }
  state.epoch = epoch;
  state.known = true;
  return {};
}

void SampleWriter::create_accounts(std::uint64_t epoch, const client::LatestBlockhash& anchor, SubmitReport& report) {
  TransactionBatch batch(ledger_, clock_, anchor);
  std::vector<State*> created;
  for (State& state : states_) {
    if (state.epoch != epoch || !state.known || state.exists || state.pending.empty()) continue;
    const wire::InitializeLatencySamplesArgs args{
        epoch, static_cast<std::uint64_t>(kProbeInterval.count()), kAgentVersion, {}};
    const wire::Instruction one =
        initialize_latency_samples(program_, state.route.agent->pubkey(), state.route.path, args);
    batch.add(std::span(&one, 1), *state.route.agent);
    created.push_back(&state);
  }
  const auto outcomes = batch.finish();
  for (std::size_t i = 0; i < created.size(); ++i) {
    created[i]->exists = created[i]->known = outcomes[i].landed;
    if (!outcomes[i].landed) report.complaints.push_back(name(created[i]->route.direction) + ": " + outcomes[i].reason);
  }
}

void SampleWriter::write_pending(const client::LatestBlockhash& anchor, SubmitReport& report) {
  TransactionBatch batch(ledger_, clock_, anchor);
  std::vector<std::pair<State*, std::size_t>> writes;
  for (State& state : states_) {
    if (!state.known || !state.exists) continue;
    for (std::size_t at = 0; at < state.pending.size(); at += kMostSamplesAWrite) {
      const std::size_t count = std::min(kMostSamplesAWrite, state.pending.size() - at);
      wire::WriteLatencySamplesArgs args;
      args.start_timestamp_us = micros(state.pending[at].at);  // the ledger keeps that of the first write
      args.agent_version = kAgentVersion;
      for (std::size_t k = 0; k < count; ++k) args.rtt_us.push_back(state.pending[at + k].rtt_us);
      const wire::Instruction one = write_latency_samples(program_, state.route.agent->pubkey(), state.account, args);
      batch.add(std::span(&one, 1), *state.route.agent);
      writes.emplace_back(&state, count);
    }
  }
  const auto outcomes = batch.finish();
  for (std::size_t i = 0; i < writes.size(); ++i) {
    auto& [state, count] = writes[i];
    if (!outcomes[i].landed) {
      report.complaints.push_back(name(state->route.direction) + ": " + outcomes[i].reason);
      state->known = false;  // look at the account before the next write
      continue;
    }
    state->pending.erase(state->pending.begin(), state->pending.begin() + static_cast<std::ptrdiff_t>(count));
    state->on_ledger += static_cast<std::uint32_t>(count);
    report.written += count;
  }
}

// The block hash first: how much the ledger holds is read after it, so that a node that is behind makes no sample land
// twice.
SubmitReport SampleWriter::submit() {
  SubmitReport report;
  const auto anchor = client::take_hash(ledger_);
  if (!anchor) {
    report.complaints.push_back(anchor.error().message);
    return report;
  }
  const auto info = ledger_.get_epoch_info();
  if (!info) {
    report.complaints.push_back(info.error().message);
    return report;
  }
  for (State& state : states_) {
    if (auto fresh = refresh(state, info->epoch); !fresh) {
      report.complaints.push_back(fmt::format("{}: {}", name(state.route.direction), fresh.error().message));
      state.known = false;
    }
  }
  create_accounts(info->epoch, *anchor, report);
  write_pending(*anchor, report);
  return report;
}

}  // namespace dz::fleet
