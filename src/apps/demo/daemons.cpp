#include "daemons.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "client/key_file.h"
#include "client/snapshot.h"
#include "net/http_client.h"
#include "transparency/note.h"

namespace dz::demo {
namespace {

using namespace std::chrono_literals;

constexpr Duration kReady = 20s;
constexpr std::uint64_t kLamports = 1'000'000'000'000;
constexpr Duration kDay = 24h;
// A window of a day is complete a little after the start. The last minute of the counters begins 2 to 3 minutes after
// the start; the last minute of the samples begins 0 to 1 minute after it, because the monitor reads the ledger's
// samples 2 minutes late.
constexpr Duration kRowsShort = 3min, kSamplesShort = 1min;
// The monitor asks a store for a minute only when that minute is a minute old; one more minute is for the last answer.
constexpr Duration kStoreLater = 2min;
constexpr Duration kFirstDay = 3min;  // for the fleet to write its day of rows into a store
constexpr const char* kDatabase = "doublezero-local";

// When the rows and samples begin that devices have behind them when the demo starts: a day ago, less a little, so that
// the last minutes of the day arrive while the viewer looks on.
std::string first_evidence(Timestamp now, Duration short_of_a_day) {
  return to_text(Timestamp{minute_of(now + short_of_a_day)} - kDay);
}

// The log's name, and its witness's.
constexpr const char* kLogOrigin = "doublezero/demo";
constexpr const char* kWitness = "demo.example/witness";

// What did not reach the second judge of the past day: more minutes than the policy lets pass, of a port that one link
// alone ends at.
LostRows lost_rows_before(Timestamp now) {
  const Timestamp from = Timestamp{minute_of(now - 7h)};
  return {"fra-dz001", "Switch1/11/1", from, from + 20min};
}

// The two files that are applied: what the foundation decides, and what contributors do.
constexpr const char* kSitesFile = "sites.toml";
constexpr const char* kRecordsFile = "records.toml";

// The faults that scenes speak of as past.
constexpr const char* kFaults =
    "# ams-dz001 had errors three hours ago\n"
    "errors device=ams-dz001 interface=Switch1/1/1 counter=in-errors every=10s at=-3h for=2m\n"
    "# sin-dz001 fails QA\n"
    "qa-failure device=sin-dz001 at=-5h\n";

Result<std::map<std::string, std::uint16_t>> parse_ports(std::string_view text) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || !parsed.is_object()) return corrupt(fmt::format("expected ports as JSON, found {}", text));
  std::map<std::string, std::uint16_t> ports;
  for (const auto& [name, port] : parsed.get_object()) {
    const auto number = port.to_number<std::uint16_t>(error);
    if (error) return corrupt(fmt::format("expected port numbers, found {}", text));
    ports[std::string(name)] = number;
  }
  return ports;
}

const char* what_it_has(telemetry::StoreKind kind) {
  switch (kind) {
    case telemetry::StoreKind::InfluxDb: return "counters and QA; getconfig calls are pushed to the monitor";
    case telemetry::StoreKind::Prometheus: return "the config agents' calls; counters and QA are pushed to the monitor";
    case telemetry::StoreKind::ClickHouse: break;
  }
  return "counters, getconfig calls and QA";
}

const char* what_it_serves(telemetry::StoreKind kind) {
  switch (kind) {
    case telemetry::StoreKind::InfluxDb: return "\"counters\", \"qa\"";
    case telemetry::StoreKind::Prometheus: return "\"config-agent\"";
    case telemetry::StoreKind::ClickHouse: break;
  }
  return "\"counters\", \"config-agent\", \"qa\"";
}

// What an operator writes to have the monitor read an existing store. This collector is hardly late at all, so the lag
// is short.
std::string source_settings(telemetry::StoreKind kind, const std::string& url) {
  std::string text = fmt::format("[[source]]\nname = \"{0}\"\nkind = \"{0}\"\nurl = \"{1}\"\n", to_text(kind), url);
  if (kind != telemetry::StoreKind::Prometheus) text += fmt::format("database = \"{}\"\n", kDatabase);
  return text + fmt::format("serves = [{}]\nlag = \"1m\"\n", what_it_serves(kind));
}

// Of the monitor that writes: the other judge, and the witness of its log.
std::string judge_settings(const std::string& keypair, const std::string& peer_url, const Pubkey& peer_key) {
  return fmt::format("[quorum]\nk = 2\nkeypair = \"{}\"\npeers = [{{ name = \"{}\", url = \"{}\", key = \"{}\" }}]\n",
                     keypair, kSecondJudge, peer_url, to_text(peer_key));
}
std::string log_settings(const std::string& witness_key, const std::string& witness_url) {
  return fmt::format("[log]\norigin = \"{}\"\nwitnesses = [\"{} {}\"]\n", kLogOrigin, witness_key, witness_url);
}

// The line that says how much there was to do: what was done follows it.
std::string summary_of(const std::string& said) {
  const auto at = said.find(" to create, ");
  const auto begin = at == std::string::npos ? 0 : said.rfind('\n', at) + 1;
  return said.substr(begin, said.find('\n', begin) - begin);
}

// Flags of daemons, and how their files of ports call the port that is chosen where they say 0.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPortFlags{
    {{"--port", "http"}, {"--rpc-port", "rpc"}, {"--ws-port", "ws"}}};

std::string loopback(std::uint16_t port) { return fmt::format("http://127.0.0.1:{}", port); }

}  // namespace

Daemons::~Daemons() {
  while (!running_.empty()) {
    if (running_.back().child) running_.back().child->stop();
    running_.pop_back();
  }
}

std::string Daemons::key_path(const std::string& name) const {
  return fmt::format("{}/keys/{}.json", place_.data, name);
}

std::string Daemons::log_path(std::string_view name) const { return fmt::format("{}/{}.log", place_.data, name); }

std::vector<std::string> Daemons::cli(const std::string& key) const {
  return {program("doublezero"), "--url", ledger_url_, "--monitor-url", monitor_url_, "--keypair", key_path(key)};
}

Result<Daemons::Ports> Daemons::run(Running& one) {
  const std::string& name = one.what.name;
  const std::string ports_path = fmt::format("{}/{}.ports", place_.data, name);
  std::error_code none_there;
  std::filesystem::remove(ports_path, none_there);
  std::vector<std::string> command{program("doublezero-" + one.what.binary)};
  command.insert(command.end(), one.arguments.begin(), one.arguments.end());
  command.insert(command.end(), {"--ports-file", ports_path});
  DZ_TRY_ASSIGN(stores::Child child, stores::Child::start(name, command, log_path(name)));
  one.child = std::make_unique<stores::Child>(std::move(child));
  const auto until = std::chrono::steady_clock::now() + kReady;
  while (std::chrono::steady_clock::now() < until) {
    if (auto text = client::read_small_file(ports_path)) return parse_ports(*text);
    if (!one.child->running()) break;
    std::this_thread::sleep_for(20ms);
  }
  return refused(fmt::format("doublezero-{} {}; its last words:\n{}", name,
                             one.child->running() ? "did not say its ports in time" : one.child->exit_text(),
                             stores::last_lines(one.child->log_path(), 10)));
}

Result<Daemons::Ports> Daemons::launch(const Program& what, std::vector<std::string> arguments) {
  auto& one = running_.emplace_back(Running{what, std::move(arguments), nullptr});
  DZ_TRY_ASSIGN(auto ports, run(one));
  for (std::size_t i = 0; i + 1 < one.arguments.size(); ++i) {
    for (const auto& [flag, port] : kPortFlags) {
      if (one.arguments[i] == flag && ports.contains(std::string(port)))
        one.arguments[i + 1] = std::to_string(ports.at(std::string(port)));
    }
  }
  return ports;
}

Daemons::Running* Daemons::find(std::string_view name) {
  const auto found =
      std::find_if(running_.begin(), running_.end(), [&](const Running& one) { return one.what.name == name; });
  return found == running_.end() ? nullptr : &*found;
}

Result<void> Daemons::end(std::string_view name) {
  auto* one = find(name);
  if (one == nullptr) return not_found(fmt::format("expected a program of the demo, found '{}'", name));
  if (one->child) one->child->kill();
  one->child.reset();  // so it is no casualty
  return {};
}

Result<void> Daemons::start_again(std::string_view name) {
  auto* one = find(name);
  if (one == nullptr) return not_found(fmt::format("expected a program of the demo, found '{}'", name));
  if (one->child) return {};
  auto ports = run(*one);
  if (ports) return {};
  one->child.reset();
  return tl::unexpected(ports.error());
}

std::vector<std::string> Daemons::names() const {
  std::vector<std::string> all;
  for (const auto& one : running_) all.push_back(one.what.name);
  return all;
}

bool Daemons::runs(std::string_view name) const {
  return std::any_of(running_.begin(), running_.end(),
                     [&](const Running& one) { return one.what.name == name && one.child; });
}

Result<void> Daemons::start_ledger() {
  DZ_TRY_ASSIGN(const auto ports,
                launch({"ledger", "ledger"}, {"--data", place_.data + "/ledger", "--rpc-port", "0", "--ws-port", "0"}));
  ledger_url_ = loopback(ports.at("rpc"));
  ledger_ = std::make_unique<client::RpcClient>(client::http_transport(ledger_url_, {.timeout = 10s}),
                                                client::system_clock());
  return {};
}

Result<void> Daemons::make_keys() {
  keys_ = std::make_unique<fleet::OnboardingKeys>(fleet::OnboardingKeys{
      .foundation = wire::Keypair::generate(), .contributors = {}, .agents = {}, .monitor = {}, .activator = {}});
  const auto keep = [&](const std::string& name, const wire::Keypair& key) {
    return client::write_key_file(key_path(name), key, false);
  };
  DZ_TRY(keep("foundation", keys_->foundation));
  for (const std::string& code : topology_.contributors) {
    const auto [place, added] = keys_->contributors.emplace(code, wire::Keypair::generate());
    DZ_TRY(keep("contributor-" + code, place->second));
  }
  for (const fleet::TopologyDevice& device : topology_.devices) {
    if (!device.has_metrics_publisher) continue;
    const auto [place, added] = keys_->agents.emplace(device.code, wire::Keypair::generate());
    DZ_TRY(keep("metrics-" + device.code, place->second));
  }
  const wire::Keypair monitor = wire::Keypair::generate(), activator = wire::Keypair::generate();
  keys_->monitor = monitor.pubkey();
  keys_->activator = activator.pubkey();
  DZ_TRY(keep("monitor", monitor));
  const wire::Keypair first = wire::Keypair::generate(), second = wire::Keypair::generate();
  const wire::Keypair witness = wire::Keypair::generate();
  first_judge_key_ = first.pubkey();
  second_judge_key_ = second.pubkey();
  witness_key_ = to_text(transparency::NoteKey{kWitness, transparency::SignatureType::Cosignature, witness.pubkey()});
  DZ_TRY(keep(fmt::format("judge-{}", kFirstJudge), first));
  DZ_TRY(keep(fmt::format("judge-{}", kSecondJudge), second));
  DZ_TRY(keep("witness", witness));
  return keep("activator", activator);
}

std::string Daemons::judge_keys() const { return to_text(first_judge_key_) + "," + to_text(second_judge_key_); }

Result<void> Daemons::fund_keys() {
  std::vector<Pubkey> funded{keys_->foundation.pubkey(), keys_->monitor, keys_->activator};
  for (const auto& [code, key] : keys_->contributors) funded.push_back(key.pubkey());
  for (const auto& [code, key] : keys_->agents) funded.push_back(key.pubkey());
  for (const Pubkey& key : funded) DZ_TRY(ledger_->request_airdrop(key, kLamports));
  return {};
}

Result<std::string> Daemons::apply(const std::string& file, const std::string& key) const {
  DZ_TRY_ASSIGN(stores::CommandOutput done,
                stores::run_command({program("doublezero"), "--url", ledger_url_, "--keypair", key_path(key), "apply",
                                     "-f", network_file(file)}));
  if (done.exit_code != 0) return refused(fmt::format("doublezero apply -f {} by {}:\n{}", file, key, done.text));
  return std::move(done.text);
}

// As people do it: the foundation founds the network and applies its file, and every contributor applies one file, of
// which each writes their own. A link between two contributors takes them two turns: the first device, the other
// device, the link, and its acceptance.
Result<void> Daemons::bring_network(const Narrator& say) {
  std::error_code error;
  std::filesystem::create_directories(place_.data + "/network", error);
  const auto files = onboarding_files(network_, *keys_);
  for (const auto& [name, file] : {std::pair{kSitesFile, &files.sites}, {kRecordsFile, &files.records}}) {
    const auto text = render_network_file(*file, network::NetworkFormat::Toml);
    DZ_TRY(client::write_file_atomically(network_file(name), text, 0644));
  }
  DZ_TRY_ASSIGN(const stores::CommandOutput founded,
                stores::run_command({program("doublezero"), "--url", ledger_url_, "--keypair", key_path("foundation"),
                                     "init", "--activator-authority", to_text(keys_->activator), "--health-oracle",
                                     to_text(keys_->monitor)}));
  if (founded.exit_code != 0) return refused("doublezero init: " + founded.text);
  DZ_TRY_ASSIGN(const std::string sites, apply(kSitesFile, "foundation"));
  say(fmt::format("doublezero apply -f network/{} by the foundation: {}", kSitesFile, summary_of(sites)));
  constexpr int kTurns = 3;
  bool waiting = true;
  for (int turn = 0; turn < kTurns && waiting; ++turn) {
    for (const auto& [code, key] : keys_->contributors) {
      DZ_TRY_ASSIGN(const std::string said, apply(kRecordsFile, "contributor-" + code));
      waiting = said.find("\n? ") != std::string::npos;
      say(fmt::format("doublezero apply -f network/{} by {}: {}", kRecordsFile, code, summary_of(said)));
    }
  }
  if (waiting) return refused(fmt::format("{} is not whole on the ledger after {} turns", kRecordsFile, kTurns));
  return {};
}

Result<void> Daemons::backfill_samples(Timestamp now, const Narrator& say) {
  DZ_TRY_ASSIGN(const stores::CommandOutput done,
                stores::run_command({program("doublezero-fleet"), "backfill-samples", "--network",
                                     network_file(kRecordsFile), "--ledger-url", ledger_url_, "--keys",
                                     place_.data + "/keys", "--since", first_evidence(now, kSamplesShort)}));
  if (done.exit_code != 0) return refused("doublezero-fleet backfill-samples: " + done.text);
  say("the history of latency samples: " + done.text.substr(0, done.text.find('\n')));
  return {};
}

Duration Daemons::later() const { return place_.store ? kStoreLater : Duration{0}; }

// The store, and the collector through which the devices' rows come to it.
Result<void> Daemons::start_store(const Narrator& say) {
  const telemetry::StoreKind kind = *place_.store;
  DZ_TRY_ASSIGN(store_, stores::StoreServer::start(kind));
  DZ_TRY_ASSIGN(auto writer, stores::StoreWriter::open(kind, store_->url(), kDatabase));
  DZ_TRY_ASSIGN(collector_, stores::Collector::start(kind, std::move(writer)));
  say(fmt::format("a real {} at {}; it has {}", to_text(kind), store_->url(), what_it_has(kind)));
  return {};
}

// All of it is in the fleet's buffer at once, and then sent.
Result<void> Daemons::wait_for_first_day(const Narrator& say) {
  net::HttpClient http;
  std::string found;
  for (const auto until = std::chrono::steady_clock::now() + kFirstDay; std::chrono::steady_clock::now() < until;) {
    DZ_TRY_ASSIGN(const auto answer, http.get(fleet_url_ + "/healthz", {}));
    found = answer.body;
    boost::system::error_code error;
    const auto health = boost::json::parse(found, error);
    const auto lines = [&](std::string_view name) {
      const auto* object = error ? nullptr : health.if_object();
      const auto* value = object == nullptr ? nullptr : object->if_contains(name);
      return value != nullptr && value->is_int64() ? value->get_int64() : -1;
    };
    if (lines("lines_sent") > 0 && lines("lines_buffered") == 0) {
      say("the history is in the store: " + found);
      return {};
    }
    std::this_thread::sleep_for(200ms);
  }
  return refused("expected the whole history in the store, found of the fleet: " + found);
}

// It judges on evidence of its own, and has a judge's key and no other: it cannot write.
Result<void> Daemons::start_second_judge() {
  const std::string name = fmt::format("monitor-{}", kSecondJudge);
  DZ_TRY_ASSIGN(const auto ports,
                launch({"monitor", name}, {"--ledger-url", ledger_url_, "--observe", "--quorum-keypair",
                                           key_path(fmt::format("judge-{}", kSecondJudge)), "--store",
                                           fmt::format("{}/{}.db", place_.data, name), "--port", "0"}));
  second_judge_url_ = loopback(ports.at("http"));
  return {};
}

Result<void> Daemons::start_witness() {
  const auto log = to_text(transparency::NoteKey{kLogOrigin, transparency::SignatureType::Ed25519, keys_->monitor});
  DZ_TRY_ASSIGN(const auto ports,
                launch({"witness", "witness"}, {"--name", kWitness, "--keypair", key_path("witness"), "--log", log,
                                                "--store", place_.data + "/witness.db", "--port", "0"}));
  witness_url_ = loopback(ports.at("http"));
  return {};
}

Result<void> Daemons::start_monitor() {
  const std::string path = place_.data + "/monitor.toml";
  std::string settings =
      judge_settings(key_path(fmt::format("judge-{}", kFirstJudge)), second_judge_url_, second_judge_key_) +
      log_settings(witness_key_, witness_url_);
  if (store_) settings += source_settings(store_->kind(), store_->url());
  DZ_TRY(client::write_file_atomically(path, settings, 0600));
  DZ_TRY_ASSIGN(const auto ports, launch({"monitor", "monitor"},
                                         {"--config", path, "--ledger-url", ledger_url_, "--keypair",
                                          key_path("monitor"), "--store", place_.data + "/monitor.db", "--port", "0"}));
  monitor_url_ = loopback(ports.at("http"));
  if (collector_) collector_->push_rest_to(monitor_url_ + "/write?db=doublezero-local&precision=ns");
  return {};
}

// It acts on no health that the two judges did not sign, whoever wrote it.
Result<void> Daemons::start_activator() {
  DZ_TRY_ASSIGN(const auto ports,
                launch({"activator", "activator"},
                       {"--ledger-url", ledger_url_, "--keypair", key_path("activator"), "--state",
                        place_.data + "/activator.state", "--port", "0", "--require-quorum", "2", "--monitor-key",
                        judge_keys(), "--monitor-url", monitor_url_ + "," + second_judge_url_}));
  activator_url_ = loopback(ports.at("http"));
  return {};
}

Result<void> Daemons::start_fleet(Timestamp now, const Narrator& say) {
  DZ_TRY_ASSIGN(relay_, RowRelay::start({.first = collector_ ? collector_->url() : monitor_url_,
                                         .second = second_judge_url_,
                                         .lost_to_second = lost_rows_}));
  const std::string script = place_.data + "/faults.txt";
  DZ_TRY(client::write_file_atomically(script, kFaults, 0644));
  DZ_TRY_ASSIGN(const auto ports,
                launch({"fleet", "fleet"}, {"run", "--network", network_file(kRecordsFile), "--ledger-url", ledger_url_,
                                            "--keys", place_.data + "/keys", "--monitor-url", relay_->url(),
                                            "--fault-script", script, "--since", first_evidence(now, kRowsShort)}));
  fleet_url_ = loopback(ports.at("control"));
  say("fleet, its rows beginning at " + first_evidence(now, kRowsShort) + "; faults at " + fleet_url_ + "/faults");
  return {};
}

Result<std::unique_ptr<Daemons>> Daemons::start(const DemoPlace& place, Timestamp now, const Narrator& say) {
  DZ_TRY_ASSIGN(const std::string text, client::read_small_file(place.network_path, 16U << 20));
  auto read = network::read_network_file(place.network_path, text, wire::Keypair::generate().pubkey());
  if (!read.complaints.empty()) return refused(read.complaints.front());
  DZ_TRY_ASSIGN(auto topology, fleet::topology_of(read.file));
  std::unique_ptr<Daemons> daemons(
      new Daemons(place, std::move(read.file), std::move(topology), lost_rows_before(now)));
  // Of all addresses the console's is told first: who reads no terminal needs no other.
  std::vector<std::string> addresses;
  const Narrator later = [&](const std::string& line) { addresses.push_back(line); };
  DZ_TRY(daemons->start_ledger());
  later("ledger at " + daemons->ledger_url_);
  DZ_TRY(daemons->make_keys());
  DZ_TRY(daemons->fund_keys());
  DZ_TRY(daemons->bring_network(say));
  say(fmt::format("the network of {}: {} devices and {} links, all hard-drained",
                  std::filesystem::path(place.network_path).stem().string(), daemons->topology_.devices.size(),
                  daemons->topology_.links.size()));
  DZ_TRY(daemons->backfill_samples(now, say));
  DZ_TRY(daemons->start_second_judge());
  later(fmt::format("the second judge, {}, at {}: it holds no key that writes", kSecondJudge,
                    daemons->second_judge_url_));
  DZ_TRY(daemons->start_witness());
  later("witness of the log of decisions at " + daemons->witness_url_);
  if (place.store) {
    DZ_TRY(daemons->start_store(later));
    DZ_TRY(daemons->start_fleet(now, later));
    DZ_TRY(daemons->wait_for_first_day(say));
  }
  DZ_TRY(daemons->start_monitor());
  say(fmt::format("all of it, in a browser: {}/", daemons->monitor_url_));
  later(fmt::format("monitor {} at {}, which raises health when both judges hold it", kFirstJudge,
                    daemons->monitor_url_));
  for (const auto& line : addresses) say(line);
  DZ_TRY(daemons->start_activator());
  say("activator at " + daemons->activator_url_ + ", which acts on no health that the two judges did not sign");
  if (!place.store) DZ_TRY(daemons->start_fleet(now, say));
  return daemons;
}

std::string Daemons::casualty() {
  if (store_ && !store_->running()) return fmt::format("the {} has ended:\n{}", to_text(store_->kind()), store_->log());
  for (const auto& [what, _, child] : running_) {
    if (child && !child->running()) return fmt::format("doublezero-{} {}", what.name, child->exit_text());
  }
  return "";
}

std::string Daemons::logs() {
  std::string out;
  for (const auto& name : names()) {
    const auto path = log_path(name);
    out += fmt::format("--- the last lines of {}\n{}", path, stores::last_lines(path, 12));
  }
  return out;
}

}  // namespace dz::demo
