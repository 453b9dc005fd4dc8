// What is said over a restart of the monitor: incidents go on as the same ones, none ends whose end nobody has seen,
// and everything is told once.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/check.h"
#include "domain/interface_name.h"
#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

namespace json = boost::json;

// A start costs unobserved minutes, and who sends has yet to be heard: what stood before may be told until then.
constexpr Duration kSettling = std::chrono::seconds{150};

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// Of "device KEY counters 1785000000".
std::string subject_in(const std::string& id) { return id.substr(0, id.rfind(' ')); }

// "KEY"; of a source its number.
std::string key_in(const std::string& subject) {
  const auto begin = subject.find(' ') + 1;
  return subject.substr(begin, subject.find(' ', begin) - begin);
}

}  // namespace

// Whatever the process told before, it goes on from its file.
void SpokenFacts::hear() {
  notify::NotifierSettings settings;
  for (const auto kind : {notify::HookKind::Json, notify::HookKind::Slack}) {
    auto& hook = settings.hooks.emplace_back();
    hook.name = kind == notify::HookKind::Json ? "json" : "slack";
    hook.kind = kind;
    hook.url = "https://hooks.example/secret";
    hook.all = true;
    hook.group = std::chrono::seconds{5};
  }
  const auto send = [this](const net::ClientRequest& request, std::function<void(Result<net::ClientResponse>)> done) {
    if (world_.monitor_dies(0)) return;
    messages_.emplace_back(world_.now(), request.body);
    done(net::ClientResponse{204, "", {}});
  };
  auto notifier = notify::Notifier::open(world_.monitor_file(0), settings, {.send = send}, [](auto&&...) {});
  DZ_CHECK(notifier.has_value());
  notifier_ = std::move(*notifier);
  world_.monitor().announce_to(*notifier_);
}

Known SpokenFacts::as_last_seen(const Scope& scope, Known known) const {
  if (!is_settling(scope.at)) return known;
  while (known.to > known.from && known.unseen.contains(known.to - 1)) --known.to;
  return known;
}

bool SpokenFacts::is_settling(Timestamp at) const {
  const auto opened = world_.opened_at(0);
  return opened > heard_since_ && at < opened + kSettling;
}

// ---- incidents

// The minutes that show the cause of an incident, by its subject and kind; none: they are not followed.
std::optional<Known> SpokenFacts::minutes_behind(const Listed& incident, const KnownMinutes& known) const {
  const auto first = incident.subject.find(' '), second = incident.subject.find(' ', first + 1);
  if (second == std::string::npos) return std::nullopt;
  const auto key = key_in(incident.subject), of = incident.subject.substr(second + 1);
  std::optional<std::size_t> device;
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    if (to_text(world_.device(i).key()) == key) device = i;
  }
  if (!device) return std::nullopt;
  if (incident.kind == "device-silent") return known.reporting(*device);
  if (incident.kind == "config-agent-missing") return known.config_agent(*device);
  static const std::map<std::string, PortSignal> kOfPorts{{"port-silent", PortSignal::Data},
                                                          {"port-flaps", PortSignal::Carrier},
                                                          {"port-errors", PortSignal::Errors},
                                                          {"port-idle", PortSignal::Utilization},
                                                          {"port-discards", PortSignal::Discards}};
  const auto signal = kOfPorts.find(incident.kind);
  if (signal == kOfPorts.end()) return std::nullopt;
  const auto& ports = world_.device(*device).spec().ports;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (interface_key(ports[i].name) == of) return known.port(*device, i, signal->second);
  }
  return std::nullopt;  // of every port
}

// Whether some minute since then was seen that does not show its cause.
bool SpokenFacts::was_seen_to_end(const Listed& incident, const KnownMinutes& known) const {
  const auto minutes = minutes_behind(incident, known);
  if (!minutes) return true;
  for (auto m = std::max(incident.to - 1, minutes->from); m < minutes->to; ++m) {
    const bool was_down = minutes->unseen.contains(m) && !world_.truth().covered.has(m);
    if (!minutes->bad.contains(m) && !was_down) return true;
  }
  // Rows of a minute that is not closed say that a device is not silent.
  for (std::size_t i = 0; incident.kind == "device-silent" && i < world_.devices(); ++i) {
    const auto& heard = world_.truth().devices[i].reporting.delivered;
    if (incident.subject.find(to_text(world_.device(i).key())) == std::string::npos) continue;
    return heard.has(minutes->to) || heard.has(minutes->to + 1);
  }
  return false;
}

void SpokenFacts::check_continuity(const json::array& incidents, const KnownMinutes& known) {
  std::map<std::string, Listed> now;
  for (const auto& value : incidents) {
    const auto& object = value.as_object();
    Listed one{subject_in(text_at(object, "id")), text_at(object, "cause_kind"), text_at(object, "title"), known.to()};
    one.failing = text_at(object, "state") == "failing";
    one.since = *parse_timestamp(text_at(object, "since"));
    one.state_since = *parse_timestamp(text_at(object, "state_since"));
    Scope scope{one.title, known.at(), &known};
    scope.text = text_at(object, "id");
    if (!now.emplace(one.subject, one).second) untrue(scope, "one subject has two incidents");
  }
  for (const auto& [subject, before] : listed_) {
    Scope scope{before.title, known.at(), &known};
    scope.text = subject;
    // Whatever else is wrong with that device, or has been a moment ago, may explain it now.
    const auto device = key_in(subject);
    // What is wrong at the other end of a link explains that nothing passes this one.
    const bool of_traffic = before.kind == "port-idle" || before.kind == "port-discards";
    const auto explained = [&](const std::map<std::string, Listed>& all) {
      return std::any_of(all.begin(), all.end(), [&](const auto& other) {
        const bool of_device = other.first.find(device) != std::string::npos;
        return other.first != subject && other.second.failing && (of_device || of_traffic);
      });
    };
    const auto found = now.find(subject);
    if (found != now.end()) {
      const auto& is = found->second;
      const bool back_dated = before.kind.find("probes") != std::string::npos || before.kind.starts_with("telemetry");
      if (is.since != before.since && !back_dated)
        expect(scope, is.since >= begin_of(before.to), "it was there since " + dz::to_text(before.since));
      const bool same_state = is.failing == before.failing && is.since == before.since;
      if (same_state && is.state_since != before.state_since)
        expect(scope, is.state_since >= begin_of(before.to), "it was so since " + dz::to_text(before.state_since));
      if (is.kind != before.kind) continue;
      if (is.failing && is.state_since == before.state_since && is.since == before.since) continue;
    }
    ++read_["continuity: what is not as it was"];
    if (!before.failing || explained(now) || explained(listed_)) continue;
    expect(scope, was_seen_to_end(before, known), "nobody has seen it end");
  }
  if (!listed_.empty()) ++read_["continuity: incidents followed"];
  listed_ = std::move(now);
}

// ---- messages

// Of every event that is told: by name and by what it follows.
void SpokenFacts::check_once(const json::object& event) {
  Scope scope{"message", world_.now()};
  scope.text = json::serialize(event).substr(0, 400);
  expect(scope, told_ids_.insert(text_at(event, "id")).second, "it was told before");
  const auto what = text_at(event, "event");
  const bool of_incident = what.starts_with("incident"), of_alarm = what.starts_with("alarm");
  if (!of_incident && !of_alarm) {
    auto& last = told_states_[text_at(event, "pubkey") + " " + what];
    if (!last.empty()) expect(scope, text_at(event, "from") == last, "told was that it is " + last);
    last = text_at(event, "to");
    const auto record = parse_pubkey(text_at(event, "pubkey"));
    const bool disowned = what == "health" && text_at(event, "reason") == "not-by-this-monitor";
    if (disowned && record && text_at(event, "to") == health_of_key(*record))
      expect(scope, !world_.safety().is_health_of_monitor(*record), "the monitor wrote that itself");
    return;
  }
  const auto name = of_alarm ? text_at(event, "alarm") + " " + text_at(event, "subject") : text_at(event, "incident");
  const auto last = std::exchange(told_states_[name], what);
  if (of_alarm) return expect(scope, last.empty() ? what == "alarm" : what != last, "told before was " + last);
  expect(scope, what != last, "it was told before");
  expect(scope, last != "incident_over", "it was told to be over");
  if (last.empty()) expect(scope, what == "incident", "nobody was told that it began");
}

std::string SpokenFacts::health_of_key(const Pubkey& record) const {
  const auto& profile = world_.options().live ? v034_profile() : rfc_profile();
  if (const auto* link = world_.safety().link(record))
    return std::string(spell(profile, RecordKind::Link, link->health));
  const auto* device = world_.safety().device(record);
  return device == nullptr ? std::string() : std::string(spell(profile, RecordKind::Device, device->health));
}

void SpokenFacts::check_all_told() {
  for (const auto& [name, last] : told_states_) {
    const auto space = name.find(' ');
    const auto key = name.substr(0, space), what = name.substr(space + 1);
    Scope scope{"messages", world_.now()};
    scope.text = name;
    const auto record = parse_pubkey(key);
    if (!record) continue;  // of an incident, or of an alarm
    std::string is;
    const auto look = [&](const auto* state) {
      if (state == nullptr) return;
      is = what == "health" ? health_of_key(*record)
                            : std::string(what == "status" ? to_text(state->status) : to_text(state->desired_status));
    };
    look(world_.safety().link(*record));
    look(world_.safety().device(*record));
    if (!is.empty()) expect(scope, is == last, "told last was " + last + ", it is " + is);
    if (!is.empty()) ++read_["told to the end"];
  }
}

}  // namespace dz::sim
