// doublezero-fleet: simulated DoubleZero devices that emit what real ones emit. main() is the wiring diagram.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/fleet/control.h"
#include "apps/fleet/flags.h"
#include "apps/fleet/runner.h"
#include "apps/fleet/setup.h"
#include "apps/version/version.h"
#include "base/shown_url.h"
#include "client/ledger_url.h"
#include "client/rpc_client.h"
#include "fleet/fleet.h"
#include "net/gzip.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "service/off_turn_client.h"
#include "service/pass_thread.h"
#include "service/ports_file.h"
#include "service/settings.h"
#include "service/stderr_log.h"

namespace dz::fleet_main {
namespace {

Result<Timestamp> parse_since(const std::string& text, Timestamp now) {
  if (text.empty()) return now;
  if (!text.starts_with('-')) return parse_timestamp(text);
  DZ_TRY_ASSIGN(const Duration back, parse_duration(text.substr(1)));
  return now - back;
}

// Everything both commands begin with.
struct World {
  Flags flags;
  Timestamp now;
  Timestamp since;
  wire::ProgramIds ids;
  fleet::FleetTopology topology;
  std::vector<fleet::Fault> faults;
  std::unique_ptr<client::RpcClient> ledger;
  LedgerNames names;
  std::map<std::string, wire::Keypair> keys;

  Result<client::Snapshot> read_ledger() const { return fetch_snapshot(*ledger, ids); }
  Result<fleet::Fleet> make_fleet() const {
    fleet::Fleet fleet(topology, names.devices, {flags.seed, since, flags.environment});
    for (const fleet::Fault& fault : faults) DZ_TRY(fleet.add_fault(fault));
    return fleet;
  }
};

Result<World> make_world(const Flags& flags, std::stop_token stop = {}) {
  World world;
  world.flags = flags;
  world.now = net::system_now();
  DZ_TRY_ASSIGN(world.since, parse_since(flags.since, world.now));
  DZ_TRY_ASSIGN(world.topology, read_network(flags.network));
  DZ_TRY_ASSIGN(world.faults, read_faults(flags.faults, flags.fault_script, world.now));
  DZ_TRY_ASSIGN(const auto* environment, wire::find_environment(flags.environment));
  world.ids = environment->ids;
  DZ_TRY_ASSIGN(const std::string url, client::expand_rpc_url(flags.ledger_url));
  world.ledger = std::make_unique<client::RpcClient>(client::http_transport(url, {.stop = std::move(stop)}),
                                                     client::system_clock(), client::without_waiting());
  DZ_TRY_ASSIGN(const client::Snapshot snapshot, world.read_ledger());
  DZ_TRY_ASSIGN(world.names, find_names(snapshot, world.topology));
  if (!flags.keys.empty()) {
    DZ_TRY_ASSIGN(world.keys, read_agent_keys(flags.keys, world.topology, snapshot, world.names,
                                              client::secret_rules_of_process(flags.allow_readable_secrets)));
  }
  return world;
}

fleet::PushRows http_push(const Flags& flags, std::stop_token stop) {
  auto client = std::make_shared<net::HttpClient>(net::ClientOptions{
      .connect_timeout = std::chrono::seconds{2}, .timeout = std::chrono::seconds{20}, .stop = std::move(stop)});
  const std::string url = flags.monitor_url + "/write?db=doublezero-" + flags.environment + "&precision=ns";
  std::vector<std::pair<std::string, std::string>> headers{{"content-type", "text/plain; charset=utf-8"}};
  if (flags.gzip) headers.emplace_back("content-encoding", "gzip");
  if (!flags.token.empty()) headers.emplace_back("authorization", "Token " + flags.token);
  return [client, url, headers, gzip = flags.gzip](std::string_view body) -> Result<fleet::PushAnswer> {
    DZ_TRY_ASSIGN(auto answer, client->post(url, gzip ? net::gzip(body) : std::string(body), headers));
    return fleet::PushAnswer{answer.status, std::move(answer.body)};
  };
}

Result<int> check(const Flags& flags) {
  DZ_TRY_ASSIGN(const fleet::FleetTopology topology, read_network(flags.network));
  DZ_TRY_ASSIGN(const auto faults, read_faults(flags.faults, flags.fault_script, net::system_now()));
  for (const fleet::Fault& fault : faults) DZ_TRY(check_fault(fault, topology));
  fmt::print("{}: {} devices, {} links, {} faults\n", flags.network, topology.devices.size(), topology.links.size(),
             faults.size());
  return 0;
}

Result<int> backfill_samples(const Flags& flags) {
  if (flags.keys.empty()) return refused("expected --keys DIR: samples are signed by the metrics publishers");
  if (flags.since.empty()) return refused("expected --since: where the history begins, for example -24h");
  DZ_TRY_ASSIGN(const World world, make_world(flags));
  DZ_TRY_ASSIGN(const fleet::Fleet fleet, world.make_fleet());
  fleet::SampleWriter writer(*world.ledger, client::system_clock(), world.ids.telemetry,
                             sample_routes(world.topology, world.names, world.keys));
  for (std::size_t i = 0; i < writer.routes(); ++i) {
    DZ_TRY_ASSIGN(const auto end, writer.end_on_ledger(i));
    if (end) {
      return refused(
          fmt::format("expected a ledger without samples of {} in this epoch, found some until {}; history "
                      "can only be written before the live fleet has run",
                      writer.direction(i).link, to_text(*end)));
    }
    writer.add(i, fleet.samples(writer.direction(i), world.since, world.now));
  }
  const fleet::SubmitReport report = writer.submit();
  if (!report.complaints.empty()) return refused(report.complaints.front());
  fmt::print("{} samples of {} directions since {}\n", report.written, writer.routes(), to_text(world.since));
  return 0;
}

// Whoever waits sleeps off turn; once the program is to stop, the time of everything that waits is up.
client::Clock clock_of_passes(service::Turn& turn, std::stop_token stop) {
  const auto system = client::system_clock();
  return {[=] { return system.now() + (stop.stop_requested() ? std::chrono::hours{24} : std::chrono::hours{0}); },
          [=, &turn](Duration duration) { turn.away([&] { system.sleep(duration); }); }};
}

Result<int> run(const Flags& flags) {
  const service::LogSink log = service::stderr_log(flags.verbose);
  service::Turn turn;
  std::unique_ptr<Runner> runner;
  service::PassThread passes(turn, {.step = [&](Timestamp now) { return runner->step(now); }});
  DZ_TRY_ASSIGN(const World world, make_world(flags, passes.stopping()));
  service::OffTurnClient ledger(*world.ledger, turn);
  DZ_TRY_ASSIGN(fleet::Fleet fleet, world.make_fleet());
  const auto post = http_push(flags, passes.stopping());
  fleet::RowPush rows([&](std::string_view body) { return turn.away([&] { return post(body); }); });
  std::unique_ptr<fleet::SampleWriter> samples;
  if (!world.keys.empty()) {
    samples =
        std::make_unique<fleet::SampleWriter>(ledger, clock_of_passes(turn, passes.stopping()), world.ids.telemetry,
                                              sample_routes(world.topology, world.names, world.keys));
  }
  net::Loop loop;
  runner = std::make_unique<Runner>(
      RunnerParts{fleet, rows, samples.get(), [&] { return fetch_snapshot(ledger, world.ids); }},
      RunnerOptions{flags.cadence, flags.history_cadence}, log);
  DZ_TRY_ASSIGN(const auto server,
                net::HttpServer::listen(loop, {.port = flags.control_port, .browsers = flags.browsers},
                                        {.on_request = [&](const net::HttpRequest& request) {
                                          const std::lock_guard in_turn(turn);
                                          return answer_control(request, fleet, runner->status(), net::system_now());
                                        }}));
  if (!flags.ports_file.empty()) DZ_TRY(service::write_ports_file(flags.ports_file, {{"control", server->port()}}));
  log(service::LogLevel::Info, "started",
      {{"version", version::text()},
       {"network", world.flags.network},
       {"devices", std::to_string(world.topology.devices.size())},
       {"since", to_text(world.since)},
       {"monitor", shown_url(flags.monitor_url)},
       {"control_port", std::to_string(server->port())}});
  loop.on_terminate([&] {
    log(service::LogLevel::Info, "stopping", {});
    loop.stop();
  });
  passes.start();
  passes.wake();
  loop.run();
  passes.stop();
  return 0;
}

int start(int argc, char** argv) {
  Flags flags;
  CLI::App app("Simulated DoubleZero devices: port counters, getconfig calls, QA and latency samples.",
               "doublezero-fleet");
  app.set_version_flag("--version,-V", "doublezero-fleet " + version::text());
  app.require_subcommand(1);
  auto* run_command = app.add_subcommand("run", "Emit rows to a monitor and samples to the ledger until stopped");
  auto* backfill_command = app.add_subcommand("backfill-samples", "Write the history of latency samples, then exit");
  auto* check_command = app.add_subcommand("check", "Read the network and the faults, say what is wrong with them");
  service::Settings settings({run_command, backfill_command, check_command});
  declare(settings, {.run = run_command, .backfill = backfill_command, .check = check_command}, flags);
  if (const auto end = settings.parse(app, argc, argv)) return *end;
  if (flags.network.empty()) {
    std::fprintf(stderr, "expected --network FILE, or network in the settings file\n");
    return 2;
  }
  const auto code = run_command->parsed()        ? run(flags)
                    : backfill_command->parsed() ? backfill_samples(flags)
                                                 : check(flags);
  if (code) return *code;
  service::say_error(code.error());
  return 1;
}

}  // namespace
}  // namespace dz::fleet_main

int main(int argc, char** argv) { return dz::fleet_main::start(argc, argv); }
