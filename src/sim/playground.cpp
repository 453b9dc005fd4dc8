#include "sim/playground.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kWriter = 0;  // of the monitors; the other one stands by
constexpr std::size_t kLate = 0;    // the device whose rows are kept back
constexpr Weather kBadWeather{30, 20, 30, 60, 20, 15, 10, 15};

WorldOptions options_of(std::uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.window = Playground::kWindow;
  options.qa_every = minutes{12};
  options.pass_interval = seconds{10};
  options.ledger_poll = seconds{10};
  options.monitors = 2;
  options.store = telemetry::StoreKind::InfluxDb;
  return options;
}

constexpr std::string_view kAbout =
    "Devices, ledger, monitors and activators run as they are, on a time of their own. Whatever you turn on here, "
    "nothing unsafe may happen: each change of a record is checked, at its transaction, against what was true.";

template <typename Record>
visit::Visit::Record shown(std::string kind, const Record& record, std::string sentence) {
  return {std::move(kind),
          record.code,
          std::string(to_text(record.status)),
          std::string(to_text(record.desired_status)),
          std::string(to_text(record.health)),
          std::move(sentence)};
}

}  // namespace

Playground::Playground(std::uint64_t seed) : world_(options_of(seed)) {
  add_faults_of_sources();
  add_faults_of_processes();
  add_faults_of_devices();
  world_.backfill(kWindow + minutes{15});
  world_.start_all();
  world_.run(minutes{12});
}

void Playground::add_faults_of_sources() {
  const auto store = [this](std::string name, std::string title, std::string about, StoreFault fault) {
    add({std::move(name), "store", std::move(title), std::move(about),
         [this, fault](bool on) { world_.set_store(on ? fault : StoreFault::None); }});
  };
  store("store-lies", "The store lies", "it answers well, and leaves the newest minutes out", StoreFault::Old);
  store("store-cut", "The store is cut off", "its answers end in the middle", StoreFault::CutOff);
  store("store-gone", "The store is gone", "nothing answers there", StoreFault::Unreachable);
  add({"late-rows", "", "Rows come late", "what ams reads is kept back, and comes twice and in disorder when this ends",
       [this](bool on) {
         world_.hold_rows(kLate, on);
         if (!on) world_.deliver_held(kLate, World::Order::Random, 2);
       }});
}

void Playground::add_faults_of_processes() {
  add({"node-lags", "node", "The monitor's node lags", "it shows the ledger as it was when this began",
       [this](bool on) { world_.set_monitor_node(kWriter, on ? NodeFault::Behind : NodeFault::None); }});
  add({"nodes-take-turns", "node", "Nodes take turns", "one that lags and one that follows answer the monitor by turns",
       [this](bool on) { world_.set_monitor_node(kWriter, on ? NodeFault::TakesTurns : NodeFault::None); }});
  add({"monitor-dies", "", "The monitor dies", "killed at once; it comes back with its file when this ends",
       [this](bool on) { on ? world_.stop_monitor(kWriter) : world_.start_monitor(kWriter, false); }});
  add({"activator-dies", "", "Both activators die", "nobody carries out what the monitor says", [this](bool on) {
         for (std::size_t i = 0; i < world_.activators(); ++i)
           on ? world_.stop_activator(i) : world_.start_activator(i);
       }});
  add({"bad-lines", "", "Bad lines",
       "of the calls to the ledger many are lost, answered from the past, or not answered", [this](bool on) {
         world_.set_monitor_weather(kWriter, on ? kBadWeather : Weather{});
         for (std::size_t i = 0; i < world_.activators(); ++i)
           world_.set_activator_weather(i, on ? kBadWeather : Weather{});
       }});
  add({"clock-wrong", "", "The monitor's clock is wrong", "five seconds ahead of all others",
       [this](bool on) { world_.set_monitor_clock(kWriter, on ? Duration{seconds{5}} : Duration{}); }});
}

void Playground::add_faults_of_devices() {
  add({"device-silent", "", "lon is silent", "it sends no counters, and its agents go on",
       [this](bool on) { world_.faults(2).silent = on; }});
  add({"all-silent", "", "Everything is silent", "all devices at once: that is the source, and no fault of theirs",
       [this](bool on) {
         for (std::size_t d = 0; d < world_.devices(); ++d) world_.faults(d).silent = on;
       }});
  add({"link-errors", "", "ams-fra has errors", "a counter of errors rises at its side in ams", [this](bool on) {
         const auto& link = world_.links().front();
         world_.faults(link.device_a).ports[link.port_a].errors = on;
       }});
  add({"qa-fails", "", "QA of fra fails", "its users' traffic does not get through",
       [this](bool on) { world_.faults(1).qa_fails = on; }});
}

void Playground::switch_to(Fault& fault, bool on) {
  if (fault.since.has_value() == on) return;
  fault.since = on ? std::optional(world_.now()) : std::nullopt;
  if (on) world_.count_fault(fault.name);
  world_.tell(fmt::format("{}: {}", fault.title, on ? "begins" : "ends"));
  fault.turn(on);
}

Result<void> Playground::turn(std::string_view name, bool on) {
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const auto& f) { return f.name == name; });
  if (found == faults_.end()) return not_found("expected a fault of the list, found '" + std::string(name) + "'");
  for (auto& other : faults_) {
    if (on && &other != &*found && !other.kind.empty() && other.kind == found->kind) switch_to(other, false);
  }
  switch_to(*found, on);
  return {};
}

void Playground::mend() {
  for (auto& fault : faults_) switch_to(fault, false);
}

std::vector<std::string> Playground::fault_names() const {
  std::vector<std::string> names;
  for (const auto& fault : faults_) names.push_back(fault.name);
  return names;
}

std::vector<visit::Visit::Process> Playground::processes() {
  std::vector<visit::Visit::Process> all;
  for (std::size_t i = 0; i < world_.monitors(); ++i) {
    const bool runs = world_.monitor_runs(i);
    const bool writes = runs && world_.monitor(i).write_mode() == control::WriteMode::Write;
    all.push_back({fmt::format("monitor {}", i + 1), runs, !runs ? "is dead" : writes ? "writes health" : "stands by"});
  }
  for (std::size_t i = 0; i < world_.activators(); ++i) {
    const bool runs = world_.activator_runs(i);
    all.push_back({fmt::format("activator {}", i + 1), runs, runs ? "carries out" : "is dead"});
  }
  return all;
}

std::vector<visit::Visit::Record> Playground::records() {
  std::vector<visit::Visit::Record> all;
  const auto sentence = [this](const Pubkey& key) {
    if (!world_.monitor_runs(kWriter)) return std::string();
    const auto report = world_.monitor(kWriter).assessment(key);
    return report ? report->sentence : std::string();
  };
  for (std::size_t i = 0; i < world_.devices(); ++i)
    all.push_back(shown("device", *world_.device_record(i), sentence(world_.device(i).key())));
  for (std::size_t i = 0; i < world_.links().size(); ++i) {
    if (const auto* link = world_.link(i)) all.push_back(shown("link", *link, sentence(world_.link_key(i))));
  }
  return all;
}

visit::Visit Playground::look() {
  visit::Visit visit{.now = world_.now(), .about = std::string(kAbout)};
  for (const auto& f : faults_) visit.faults.push_back({f.name, f.title, f.about, f.since});
  visit.processes = processes();
  visit.records = records();
  const auto& c = world_.safety().counts();
  visit.checks = {{"every change is one that its signer may make, along the lifecycle", c.changes},
                  {"nothing comes into service that is not healthy", c.activations},
                  {"nothing is called healthy on minutes that were bad, or dark without excuse", c.healthy},
                  {"nothing in service is lowered that nothing was wrong with", c.impaired_in_service},
                  {"what a person drained stays drained until it is wanted again", c.drains}};
  visit.violations = world_.violations();
  const auto& story = world_.story();
  visit.story.assign(story.end() - std::min<std::ptrdiff_t>(story.size(), visit::kLongestStory), story.end());
  return visit;
}

}  // namespace dz::sim
