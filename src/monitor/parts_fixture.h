// The parts of a monitor put together without it, on a ledger in memory with two devices and a link: for their tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "monitor/announcer.h"
#include "monitor/pushed_rows.h"
#include "testbed/faulty_client.h"
#include "testbed/small_network.h"

namespace dz::monitor {

template <typename T>
T must(Result<T> result) {
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

inline void must_be_done(const Result<void>& result) { DZ_CHECK(result.has_value()); }

// All parts of a monitor, for the tests of each of them: a part is tested beside those that it works with.
class PartsFixture {
 public:
  static constexpr Timestamp kStart{std::chrono::hours{494'000}};

  // signer: who writes health; none: the network's health authority.
  explicit PartsFixture(MonitorSettings chosen = {}, std::optional<wire::Keypair> signer = std::nullopt)
      : settings(std::move(chosen)), key(signer.value_or(network.monitor)) {
    reader.on_change([this](const client::MirrorUpdate& update) {
      ++changes;
      desk.follow(update);
      if (reader.snapshot()) pushed.follow(update, *reader.snapshot());
    });
  }

  service::LogSink sink() {
    return [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); };
  }
  int said(std::string_view event) const { return static_cast<int>(std::count(log.begin(), log.end(), event)); }

  control::MonitorInputs inputs() const {
    const auto& records = *reader.snapshot();
    return {records.links,    records.devices,     reader.records_revision(),       evidence.in_memory(),
            settings.policy,  settings.write_mode, reader.can_write(network.now()), network.now(),
            &desk.under_way()};
  }
  // Reads the ledger, judges, and writes what the plan wants.
  control::MonitorPlan pass() {
    desk.collect(network.now());
    reader.step(network.now());
    desk.note_under_way(network.now());
    auto plan = control::plan_monitor(inputs(), book);
    desk.write(plan, inputs());
    return plan;
  }
  Health link_health() { return network.link("ams-fra").health; }

  // What the line to the ledger does with a call; nothing: it is a good line.
  std::function<testbed::LineFault(std::string_view call)> line;
  std::vector<std::string> log;
  int changes = 0;  // times that records changed
  int sent = 0;     // transactions
  bool on_disk = true;

  testbed::SmallNetwork network{kStart};
  Pubkey ams = network.add_device("ams", network.alpha);
  Pubkey fra = network.add_device("fra", network.alpha);
  Pubkey link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  testbed::FaultyClient client{network.client(),
                               [this](std::string_view call) {
                                 sent += call == "send_transaction" ? 1 : 0;
                                 return line ? line(call) : testbed::LineFault::None;
                               }};
  storage::SqliteDatabase database = must(storage::SqliteDatabase::open(":memory:"));
  MonitorSettings settings;
  wire::Keypair key;
  FileWrites files{sink()};
  MonitorMemory memory = must(MonitorMemory::open(
      database, {{render_policy(settings.policy), settings.write_mode, {}}, settings.history}, files));
  telemetry::DurableEvidence evidence =
      must(telemetry::DurableEvidence::open(database, settings.evidence, network.now()));
  LedgerReader reader{{client, evidence, files, sink()}, settings, wire::local_program_ids(), key.pubkey()};
  control::RecordBook book;
  HealthDesk desk{{client, reader, book, memory, sink(), [this] { return on_disk; }}, settings, {wire::local_program_ids(), key}};
  PushedRows pushed{evidence, reader, settings.tokens};
  PulledSources pulled{settings, evidence, files, sink()};
  control::IncidentBook incidents;
  Announcer announcer{{reader, pulled, desk, memory, book, incidents}, settings.policy, sink()};
};

}  // namespace dz::monitor
