// Clauses about causes: what is at fault, what to do about it, and what ends it.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

const std::string kPort = R"((?:(every port of) (\S+)|(\S+) (Switch\S+?))(?:, the parent port of (\S+),)?)";

}  // namespace

std::vector<SpokenFacts::Shape> SpokenFacts::shapes_of_causes() {
  using F = SpokenFacts;
  std::vector<Shape> all;
  const auto add = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check});
  };
  add("cause: a port",
      kPort + R"( (?:(?:has sent|sends) (no counter rows)(?: since <time>)?, although the device sends others|)"
              R"((?:has counted|counts) <counters>(?: since <time>)?|)"
              R"((?:has carried|carries) (no traffic)(?: since <time>)?(?:: <counters> did not rise)?|)"
              R"((?:has lost|loses) (its carrier) again and again(?: since <time>)?|)"
              R"((?:has discarded|discards) (packets)(?: since <time>)?(?: \(<counters>\))?))",
      &F::port_at_fault);
  add("cause: a silent device",
      R"((\S+) (?:has been silent since <time>|sends nothing): no counter rows(, no configuration fetch)?(, no latency samples)?)",
      &F::device_silent);
  add("cause: config agent", R"(the config agent of (\S+) (?:has fetched|fetches) no configuration(?: since <time>)?)",
      &F::config_agent_missing);
  add("cause: telemetry agent",
      R"(the telemetry agent of (\S+) (?:has written|writes) no latency samples(?: since <time>)?)",
      &F::telemetry_agent_silent);
  add("cause: QA", R"(QA of (\S+) (?:has failed|fails)(?: since <time>)?)", &F::qa_failing);
  add("cause: clock", R"(the clock of (\S+) is <duration> ahead: its rows are not taken)", &F::clock_ahead);
  add("cause: late rows", R"(rows of (\S+) come <duration> late: its clock is behind, or what sends them is slow)",
      &F::rows_late);
  add("cause: probes",
      R"(probes of (\S+) from (\S+) to (\S+) (?:(?:have been|are) (lost)|(?:have had|have) (no samples))(?: since <time>)?)",
      &F::probes_at_fault);
  add("cause: silent together",
      R"((\d+) of (\d+) devices fell silent together at <time> \((.*)\): source (counters|config-agent) is suspected)",
      &F::silent_together);
  // What to do, and what ends it.
  const std::string port = R"((?:every port of (\S+?)|(\S+) (Switch\S+?)))";
  add("a port to repair",
      "take traffic off " + port + R"(, or give it more room: its queues overflow|)" + port +
          R"( keeps its carrier for a minute|)" + port + R"( passes a minute without discards|repair )" + port +
          R"(: its optics, its cable, or its far end|let )" + port +
          R"( send its counters, or name an interface that the device has|bring traffic back to )" + port +
          R"(: the port, its cable, or its far end|)" + port + R"( sends counter rows again|)" + port +
          R"( passes a minute without errors|)" + port + R"( carries traffic in and out for a minute)",
      &F::named);
  add("a device to repair",
      R"(bring (\S+) back, or what publishes its counters|set up what publishes the counters of (\S+)|)"
      R"(name the key of the telemetry agent of (\S+): doublezero device update --pubkey \S+ --metrics-publisher <key>|)"
      R"(start the config agent of (\S+)|start the telemetry agent of (\S+)|repair what QA finds broken at (\S+)|)"
      R"((\S+) sends counter rows again|the config agent of (\S+) fetches a configuration|)"
      R"(the telemetry agent of (\S+) writes latency samples|QA of (\S+) passes|)"
      R"((\S+) sends rows of the right time|set the clock of (\S+): it is \d+ (?:h|min|s)(?: \d+ (?:min|s))? ahead|)"
      R"(set the clock of (\S+), or speed up what carries its rows: they come \d+ (?:min|s)(?: \d+ s)? late|)"
      R"(rows of (\S+) come in time)",
      &F::named);
  add("probes to repair",
      R"((?:repair the way of the|let the telemetry agent send) probes of \S+ from (\S+) to \S+|)"
      R"(no probe of \S+ from (\S+) to \S+ is lost for a minute|probes of \S+ from (\S+) to \S+ have samples)",
      &F::named);
  add("a source to check",
      R"(check source (counters|config-agent) and what lies between it and the devices|)"
      R"(more than half of the (\d+) devices send again)",
      &F::source_to_check);
  return all;
}

// ---- who is meant

bool SpokenFacts::is_device(const std::string& code) const {
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    if (world_.device(i).spec().code == code) return true;
  }
  return false;
}

std::size_t SpokenFacts::device_called(const Scope& scope, const std::string& code) {
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    if (world_.device(i).spec().code == code) return i;
  }
  untrue(scope, fmt::format("no device is called '{}'", code));
  return 0;
}

std::optional<std::size_t> SpokenFacts::port_called(std::size_t device, const std::string& name) const {
  const auto& ports = world_.device(device).spec().ports;
  const auto found = std::find_if(ports.begin(), ports.end(), [&](const PortSpec& port) { return port.name == name; });
  if (found == ports.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ports.begin());
}

// ---- what is at fault

void SpokenFacts::port_at_fault(Scope& scope, const Words& words) {
  const bool every = !words[1].empty();
  const auto device = device_called(scope, every ? words[2] : words[3]);
  const bool silent = !words[6].empty(), idle = !words[10].empty();
  const auto since = words[7] + words[9] + words[11] + words[14] + words[16];
  const auto signal = silent               ? PortSignal::Data
                      : idle               ? PortSignal::Utilization
                      : !words[13].empty() ? PortSignal::Carrier
                      : !words[15].empty() ? PortSignal::Discards
                                           : PortSignal::Errors;
  const auto& ports = world_.device(device).spec().ports;
  std::optional<MinuteNumber> begin;
  bool longer = true;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!every && ports[i].name != words[4]) continue;
    const auto known = as_last_seen(scope, scope.known->port(device, i, signal));
    expect(scope, known.fails(), fmt::format("{} does not show that now", ports[i].name));
    if (!known.fails()) return;
    longer = longer && *known.run_begin() == known.from;
    begin = std::max(begin.value_or(*known.run_begin()), *known.run_begin());
  }
  if (!begin) return untrue(scope, "there is no such port");
  if (silent)
    expect(scope, !as_last_seen(scope, scope.known->reporting(device)).fails(), "the device sends nothing at all");
  if (since.empty()) return expect(scope, longer, "it is known since when");
  expect(scope, time_spoken(since, scope.at) == begin_of(*begin), "it is since " + dz::to_text(begin_of(*begin)));
}

void SpokenFacts::device_silent(Scope& scope, const Words& words) {
  const auto device = device_called(scope, words[1]);
  const auto known = as_last_seen(scope, scope.known->reporting(device));
  expect(scope, known.fails(), "it sends");
  if (known.fails()) since_is(scope, known, words[2]);
  if (!words[3].empty())
    expect(scope, as_last_seen(scope, scope.known->config_agent(device)).fails(), "its config agent fetches");
  if (!words[4].empty()) expect(scope, scope.known->telemetry_agent(device).may_fail(), "its telemetry agent writes");
}

void SpokenFacts::config_agent_missing(Scope& scope, const Words& words) {
  const auto known = as_last_seen(scope, scope.known->config_agent(device_called(scope, words[1])));
  expect(scope, known.fails(), "it fetches");
  if (known.fails()) since_is(scope, known, words[2]);
}

void SpokenFacts::telemetry_agent_silent(Scope& scope, const Words& words) {
  const auto known = scope.known->telemetry_agent(device_called(scope, words[1]));
  expect(scope, known.may_fail(), "it writes");
}

void SpokenFacts::qa_failing(Scope& scope, const Words& words) {
  const auto qa = scope.known->qa(device_called(scope, words[1]));
  if (!qa.failing_since) return untrue(scope, "it passed last");
  if (!words[2].empty())
    expect(scope, minute_of(*qa.failing_since) == time_spoken(words[2], scope.at),
           "it fails since " + dz::to_text(*qa.failing_since));
}

void SpokenFacts::clock_ahead(Scope& scope, const Words& words) {
  const auto device = device_called(scope, words[1]);
  auto ahead = world_.faults(device).clock_ahead;
  // An event of the last minute may be of a clock that has come right since.
  if (ahead == Duration{} && scope.known->at() < world_.now() - std::chrono::seconds{30}) ahead = clocks_[device];
  if (ahead == Duration{}) ahead = clock_before_start(scope, device);
  expect(scope, ahead > Duration{} && words[2] == duration_text(ahead),
         "its clock is ahead by " + duration_text(ahead));
}

// Until rows are heard after a start nobody knows of another.
Duration SpokenFacts::clock_before_start(const Scope& scope, std::size_t device) const {
  return is_settling(scope.at) ? clocks_before_start_[device] : Duration{};
}

// A wrong clock of a minute ago is remembered.
void SpokenFacts::rows_late(Scope& scope, const Words& words) {
  const auto device = device_called(scope, words[1]);
  const auto is = world_.faults(device).clock_ahead, was = clocks_[device];
  const auto by = is < Duration{} ? -is : -was;
  expect(scope, by > Duration{}, "its rows come in time");
  if (by > Duration{}) expect(scope, words[2] == duration_text(by), "it is " + duration_text(by));
}

// Somebody is sent to a source that is suspected, of so many devices.
void SpokenFacts::source_to_check(Scope& scope, const Words& words) {
  const auto& known = *scope.known;
  const bool counters = known.suspicion_of_counters().has_value();
  const bool config = known.suspicion_of_config_agents().has_value();
  if (!words[1].empty()) return expect(scope, words[1] == "counters" ? counters : config, "it is not suspected");
  expect(scope, counters || config, "no source is suspected");
  expect(scope, std::stoul(words[2]) == world_.devices(), "of how many?");
}

void SpokenFacts::probes_at_fault(Scope& scope, const Words& words) {
  const auto link = scope_of_record(words[1], *scope.known);
  if (!link || link->link == nullptr) return untrue(scope, "no such link");
  const auto origin = device_called(scope, words[2]), target = device_called(scope, words[3]);
  const bool forth = link->link->device_a == origin && link->link->device_z == target;
  const bool back = link->link->device_z == origin && link->link->device_a == target;
  expect(scope, forth || back, "the link joins other devices");
  expect(scope, scope.known->probes(origin).may_fail(), "its probes arrive");
}

void SpokenFacts::silent_together(Scope& scope, const Words& words) {
  const auto& suspicion =
      words[5] == "counters" ? scope.known->suspicion_of_counters() : scope.known->suspicion_of_config_agents();
  if (!suspicion) return untrue(scope, "they send");
  expect(scope, time_spoken(words[3], scope.at) == begin_of(suspicion->since),
         "they fell silent at " + dz::to_text(begin_of(suspicion->since)));
  expect(scope, std::stoul(words[1]) == suspicion->silent.size(),
         fmt::format("{} are silent", suspicion->silent.size()));
  expect(scope, std::stoul(words[2]) == world_.devices(), "another number of devices sent before");
  std::set<std::size_t> named;
  std::istringstream names(words[4]);
  for (std::string name; names >> name;) {
    if (name.ends_with(',')) name.pop_back();
    named.insert(device_called(scope, name));
  }
  expect(scope, named == suspicion->silent, "others are silent");
}

// ---- what to do, and what ends it

// Somebody is sent there: so something has to be wrong there now.
void SpokenFacts::named(Scope& scope, const Words& words) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].empty()) names.push_back(words[i]);
  }
  if (names.empty()) return untrue(scope, "nobody is named");
  const auto device = device_called(scope, names[0]);
  const auto& known = *scope.known;
  const auto& ports = world_.device(device).spec().ports;
  const auto is_wrong = [&](std::size_t port) {
    return std::any_of(kPortSignals.begin(), kPortSignals.end(), [&](PortSignal signal) {
      return as_last_seen(scope, known.port(device, port, signal)).fails();
    });
  };
  if (names.size() > 1) {
    const auto port = port_called(device, names[1]);
    return expect(scope, port && is_wrong(*port), "nothing is wrong with that port");
  }
  bool any = as_last_seen(scope, known.reporting(device)).fails() ||
             as_last_seen(scope, known.config_agent(device)).fails() || known.telemetry_agent(device).may_fail() ||
             known.probes(device).may_fail() || known.qa(device).failing_since ||
             world_.faults(device).clock_ahead != Duration{} || clocks_[device] != Duration{} ||
             clock_before_start(scope, device) != Duration{};
  for (std::size_t i = 0; i < ports.size(); ++i) any = any || is_wrong(i);
  expect(scope, any, "nothing is wrong with that device");
}

}  // namespace dz::sim
