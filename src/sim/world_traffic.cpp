// Devices, their agents, and the ways of their evidence to monitors and ledger.
#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "sim/world.h"
#include "wire/addresses.h"
#include "wire/instructions/telemetry.h"

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kSampling = seconds{60};
constexpr Duration kSubmit = minutes{1};
constexpr Duration kGetconfig = seconds{5};
constexpr std::size_t kMostKept = 4096;        // samples an agent keeps for the ledger
constexpr std::size_t kMostQueued = 12 * 180;  // requests an agent keeps for a monitor
constexpr std::size_t kReadingsARequest = 30;  // of history
constexpr Duration kAhead = minutes{2};        // rows further ahead of a monitor's clock are refused
constexpr Duration kRings = minutes{25 * 60};  // older ones too
constexpr std::size_t kMostInstructions = 8;   // a transaction
constexpr MinuteNumber kTroubleLasts = 11;     // minutes after a fault that may still look bad: a replay's end

void append(Batch& to, Batch from) {
  to.text += from.text;
  to.rows.insert(to.rows.end(), from.rows.begin(), from.rows.end());
  to.getconfigs.insert(to.getconfigs.end(), from.getconfigs.begin(), from.getconfigs.end());
  to.qa.insert(to.qa.end(), from.qa.begin(), from.qa.end());
}

// What flaps or discards is so in shadow: no time depends on it.
bool is_wrong(const DeviceFaults& f) {
  const bool port_wrong = std::any_of(f.ports.begin(), f.ports.end(),
                                      [](const PortFaults& p) { return p.silent || p.idle || p.errors || p.replay; });
  return port_wrong || f.silent || f.no_config_agent || f.no_telemetry_agent || f.probes_lost || f.qa_fails ||
         f.clock_ahead != Duration{};
}

std::optional<Timestamp> oldest_of(const Batch& batch) {
  std::optional<Timestamp> oldest;
  const auto add = [&](Timestamp at) { oldest = std::min(oldest.value_or(at), at); };
  for (const auto& row : batch.rows) add(row.stamp);
  for (const auto& at : batch.getconfigs) add(at);
  for (const auto& qa : batch.qa) add(qa.at);
  return oldest;
}

std::uint64_t micros(Timestamp t) { return static_cast<std::uint64_t>(t.time_since_epoch().count()); }

}  // namespace

void World::backfill(Duration history) {
  const auto end = now();
  std::vector<Batch> open(devices_.size());
  std::size_t readings = 0;
  const auto close = [&] {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      if (open[i].text.empty()) continue;
      if (options_.store) store_.take(i, open[i], end);
      history_.emplace_back(i, std::make_shared<Batch>(std::exchange(open[i], {})));
    }
  };
  auto next_qa = end - history;
  for (auto at = end - history; at < end; at += options_.cadence) {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      append(open[i], devices_[i].read(at, static_cast<int>(options_.cadence / kGetconfig)));
    }
    if (at >= next_qa) {
      history_.emplace_back(devices_.size(), std::make_shared<Batch>(qa_batch(at)));
      if (options_.store) store_.take(devices_.size(), *history_.back().second, end);
      next_qa += options_.qa_every;
    }
    if (++readings % kReadingsARequest == 0) close();
  }
  close();
  for (auto at = end - history; at < end; at += kSampling) {
    for (auto& direction : directions_) {
      const auto* record = link(direction.link);
      if (record != nullptr && record->status != Status::Requested) direction.pending.push_back(at);
    }
  }
  write_samples();
}

void World::tick_device(std::size_t number) {
  auto& device = devices_[number];
  const auto minute = number_of(now());
  if (is_wrong(device.faults)) {
    for (auto m = minute - 1; m <= minute + kTroubleLasts; ++m) troubled_[number].add(m);
  }
  auto batch = std::make_shared<const Batch>(device.read(now(), static_cast<int>(options_.cadence / kGetconfig)));
  if (held_[number].holds) {
    held_[number].batches.push_back(batch);
  } else {
    for (auto* sink : sinks()) send(*sink, number, batch);
  }
  after(options_.cadence, [this, number] { tick_device(number); });
}

void World::deliver_held(std::size_t number, Order order, int times) {
  std::vector<std::shared_ptr<const Batch>> batches;
  for (int i = 0; i < times; ++i) {
    batches.insert(batches.end(), held_[number].batches.begin(), held_[number].batches.end());
  }
  held_[number].batches.clear();
  if (order == Order::NewestFirst) std::reverse(batches.begin(), batches.end());
  for (std::size_t i = batches.size(); order == Order::Random && i > 1; --i) {
    std::swap(batches[i - 1], batches[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i) - 1))]);
  }
  tell(fmt::format("{} requests of device {} that were kept back arrive", batches.size(), number));
  for (const auto& batch : batches) {
    for (auto* sink : sinks()) send(*sink, number, batch);
  }
}

void World::show(std::size_t number, const PortRow& row) {
  constexpr std::array<std::string_view, 3> kNames{"in-errors", "out-errors", "in-fcs-errors"};
  Batch batch;
  std::string fields;
  if (row.octets) fields = fmt::format("in-octets={}i,out-octets={}i", *row.octets, *row.octets / 2);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (row.errors[i]) fields += fmt::format("{}{}={}i", fields.empty() ? "" : ",", kNames[i], *row.errors[i]);
  }
  const auto nanoseconds = row.stamp.time_since_epoch().count() * 1000;
  batch.text = fmt::format("{} {} {}\n", devices_[number].tags(row.port), fields, nanoseconds);
  batch.rows.push_back(row);
  tell(fmt::format("device {} port {} is said to have shown {} at {}", number, row.port, fields,
                   dz::to_text(row.stamp)));
  for (auto* sink : sinks()) send(*sink, number, std::make_shared<const Batch>(batch));
}

Batch World::qa_batch(Timestamp at) {
  Batch batch;
  const auto stamp = at.time_since_epoch().count() * 1000;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const auto& device = devices_[i];
    if (device.spec().type == DeviceType::Transit) continue;
    const bool success = !device.faults.qa_fails;
    batch.text += fmt::format("device_qa_test_results,device_code={},device_pubkey={},env=local success={} {}\n",
                              device.spec().code, to_text(device.key()), success, stamp);
    batch.qa.push_back({i, at, success});
  }
  batch.text += fmt::format("device_qa_test_metadata,env=local devices_tested={}i {}\n", batch.qa.size(), stamp);
  return batch;
}

void World::run_qa() {
  const auto batch = std::make_shared<const Batch>(qa_batch(now()));
  for (auto* sink : sinks()) send(*sink, devices_.size(), batch);
  after(options_.qa_every, [this] { run_qa(); });
}

// ---- to a monitor, or to the store

std::vector<World::Sink*> World::sinks() {
  if (options_.store) return {&store_sink_};
  std::vector<Sink*> all;
  for (auto& host : monitors_) all.push_back(host.get());
  return all;
}

void World::send(Sink& sink, std::size_t number, std::shared_ptr<const Batch> batch) {
  const auto late = sink.weather->late;
  if (late > 0 && random_.chance(late)) {
    count_fault("rows late");
    after(random_.between(seconds{1}, seconds{100}), [this, &sink, number, batch] {
      sink.agents[number].queue.push_back(batch);
      flush(sink, number);
    });
    return;
  }
  sink.agents[number].queue.push_back(std::move(batch));
  flush(sink, number);
}

void World::flush(Sink& sink, std::size_t number) {
  auto& agent = sink.agents[number];
  const bool keeps = options_.buffering || number == devices_.size();
  while (!agent.queue.empty()) {
    const bool newest = options_.newest_first;
    const auto batch = newest ? agent.queue.back() : agent.queue.front();
    const bool up = sink.delivery && agent.up && !random_.chance(sink.weather->push_lost);
    const auto done = batch->text.empty() ? Push::Taken : up ? sink.take(number, *batch) : Push::Failed;
    if (done == Push::Failed) count_fault("rows not delivered at once");
    if (done == Push::Failed && keeps) break;
    if (done != Push::Taken && number < devices_.size()) devices_[number].sync();  // what was lost is shown again
    if (newest) {
      agent.queue.pop_back();
    } else {
      agent.queue.pop_front();
    }
  }
  if (agent.queue.size() <= kMostQueued) return;
  agent.queue.pop_front();
  if (number < devices_.size()) devices_[number].sync();
}

World::Push World::push(MonitorHost& host, std::size_t number, const Batch& batch) {
  if (!host.monitor) return Push::Failed;
  const auto answer = host.monitor->write({telemetry::WriteApi::V2, batch.text, "", ""}, now() + host.skew);
  if (answer.status == 503) {
    for (const auto& row : batch.rows) host.truth.devices[number].ports[row.port].offer(row);
    return Push::Failed;
  }
  const auto local = now() + host.skew;
  const auto kept = [&](Timestamp stamp) { return stamp <= local + kAhead && stamp >= local - kRings; };
  const bool all_kept =
      std::all_of(batch.rows.begin(), batch.rows.end(), [&](const PortRow& row) { return kept(row.stamp); }) &&
      std::all_of(batch.getconfigs.begin(), batch.getconfigs.end(), kept) &&
      std::all_of(batch.qa.begin(), batch.qa.end(), [&](const Batch::Qa& qa) { return kept(qa.at); });
  if (answer.status != 204 && all_kept) {
    tell(fmt::format("{} refuses: {}", host.name, answer.error));
    return Push::Refused;
  }
  note(host, number, batch);
  if (const auto oldest = oldest_of(batch);
      oldest && begin_of(number_of(*oldest) + 1) + SafetyRules().lateness <= local) {
    host.judged.reset();
  }
  if (random_.chance(host.Host::weather.push_answer_lost)) {
    count_fault("rows delivered and not acknowledged");
    return Push::Failed;
  }
  return Push::Taken;
}

World::Push World::store(std::size_t number, const Batch& batch) {
  store_.take(number, batch, now());
  return Push::Taken;
}

// What a monitor took is part of its truth.
void World::note(MonitorHost& host, std::size_t number, const Batch& batch) {
  const SafetyRules rules;
  const auto arrived = now() + host.skew;
  const auto kept = [&](Timestamp stamp) { return stamp <= arrived + kAhead && stamp >= arrived - kRings; };
  if (number < devices_.size()) {
    auto& device = host.truth.devices[number];
    for (const auto& row : batch.rows) {
      if (!kept(row.stamp)) continue;
      device.ports[row.port].deliver(row, arrived, arrived, rules.lateness);
      if (row.octets) device.reporting.add(row.stamp, arrived, rules.lateness);
    }
    for (const auto& at : batch.getconfigs) device.config.add(at, arrived, rules.lateness);
  }
  for (const auto& qa : batch.qa) host.truth.devices[qa.device].qa.push_back({qa.at, arrived, qa.success});
}

void World::set_delivery(std::size_t monitor, bool up) {
  tell(fmt::format("delivery to {} {}", options_.store ? "the store" : monitors_[monitor]->name,
                   up ? "is back" : "fails"));
  (options_.store ? store_sink_ : *monitors_[monitor]).delivery = up;
}

void World::set_delivery(std::size_t monitor, std::size_t device, bool up) {
  tell(fmt::format("delivery of device {} to {} {}", device, options_.store ? "the store" : monitors_[monitor]->name,
                   up ? "is back" : "fails"));
  (options_.store ? store_sink_ : *monitors_[monitor]).agents[device].up = up;
}

// ---- to the ledger

void World::take_samples() {
  for (auto& direction : directions_) {
    const auto* record = link(direction.link);
    const bool measured = record != nullptr && record->status != Status::Requested;
    if (!measured || devices_[direction.origin].faults.no_telemetry_agent) continue;
    direction.pending.push_back(now());
    if (direction.pending.size() > kMostKept) direction.pending.erase(direction.pending.begin());
  }
  after(kSampling, [this] { take_samples(); });
}

void World::submit_samples() {
  write_samples();
  after(kSubmit, [this] { submit_samples(); });
}

void World::write_samples() {
  std::vector<wire::Instruction> instructions;
  client::TransactionSender sender(network_.client(), {network_.clock(), [](Duration) {}});
  const auto go = [&] {
    if (instructions.empty()) return;
    const auto sent = sender.send(std::exchange(instructions, {}), network_.publisher);
    DZ_CHECK(sent && std::holds_alternative<client::Landed>(sent->result));
  };
  for (auto& direction : directions_) {
    if (link(direction.link) == nullptr) direction.pending.clear();  // it was deleted, and needs no account
    if (direction.pending.empty()) continue;
    if (!agents_reach_ledger_) {
      const auto m = number_of(now());
      for (auto k = m - 3; k <= m + 3; ++k) troubled_[direction.origin].add(k);
      continue;
    }
    while (!direction.pending.empty()) {
      const bool backlog = direction.pending.size() > kMostInstructions;
      if (backlog) go();  // such a write fills a transaction
      write_samples(direction, instructions);
      if (backlog || instructions.size() >= kMostInstructions) go();
    }
  }
  go();
}

// The account when it is missing, and as many samples as fit into one transaction.
void World::write_samples(Direction& direction, std::vector<wire::Instruction>& out) {
  const auto program = wire::local_program_ids().telemetry;
  const auto agent = network_.publisher.pubkey();
  const auto epoch = network_.client().get_epoch_info()->epoch;
  if (direction.epoch != epoch) {
    direction.epoch = epoch;
    const auto& path = direction.path;
    direction.account =
        wire::latency_samples_address(program, path.origin_device, path.target_device, path.link, epoch).address;
    const wire::InitializeLatencySamplesArgs args{epoch, static_cast<std::uint64_t>(kSampling.count()), {}, {}};
    client::TransactionSender sender(network_.client(), {network_.clock(), [](Duration) {}});
    const auto one = initialize_latency_samples(program, agent, path, args);
    const auto sent = sender.send(std::span(&one, 1), network_.publisher);
    DZ_CHECK(sent && std::holds_alternative<client::Landed>(sent->result));
  }
  const std::size_t most =
      direction.pending.size() > kMostInstructions ? wire::kMaxSamplesPerTransaction : kMostInstructions;
  const auto count = std::min(most, direction.pending.size());
  wire::WriteLatencySamplesArgs args;
  args.start_timestamp_us = micros(direction.pending.front());
  constexpr std::uint32_t kRtt = 9'000;
  args.rtt_us.assign(count, devices_[direction.origin].faults.probes_lost ? 0 : kRtt);
  for (std::size_t i = 0; i < count; ++i) {
    sampled_[direction.origin].add(number_of(direction.pending[i]));
    if (args.rtt_us[i] == 0) lost_[direction.origin].add(number_of(direction.pending[i]));
  }
  direction.pending.erase(direction.pending.begin(), direction.pending.begin() + static_cast<std::ptrdiff_t>(count));
  out.push_back(write_latency_samples(program, agent, direction.account, args));
}

}  // namespace dz::sim
