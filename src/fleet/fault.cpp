#include "fleet/fault.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "domain/interface_name.h"

namespace dz::fleet {
namespace {

constexpr std::array<std::string_view, kCounterCount> kCounterNames = {
    "in-octets",         "out-octets",         "in-pkts",           "out-pkts",
    "in-unicast-pkts",   "out-unicast-pkts",   "in-multicast-pkts", "out-multicast-pkts",
    "in-broadcast-pkts", "out-broadcast-pkts", "in-errors",         "out-errors",
    "in-fcs-errors",     "in-discards",        "out-discards",      "carrier-transitions"};

// What a kind takes. Every kind takes `at` and, but for Reset, `for`.
struct KindRow {
  FaultKind kind;
  std::string_view name;
  std::string_view required, optional;  // keys, space-separated
};
constexpr KindRow kKinds[] = {
    {FaultKind::Errors, "errors", "device interface", "counter every"},
    {FaultKind::Silence, "silence", "device", "interface"},
    {FaultKind::Idle, "idle", "device", "interface"},
    {FaultKind::Reset, "reset", "device", "interface"},
    {FaultKind::Replay, "replay", "device", "interface age"},
    {FaultKind::NoConfigAgent, "no-config-agent", "device", ""},
    {FaultKind::NoTelemetryAgent, "no-telemetry-agent", "device", ""},
    {FaultKind::QaFailure, "qa-failure", "device", ""},
    {FaultKind::ProbeLoss, "probe-loss", "link", "from"},
    {FaultKind::NoProbes, "no-probes", "link", "from"},
    {FaultKind::Late, "late", "device", "interface delay"},
    {FaultKind::WrongClock, "wrong-clock", "device offset", ""},
    {FaultKind::Flapping, "flapping", "device interface", "every"},
    {FaultKind::Congested, "congested", "device interface", "every"},
};
constexpr std::string_view period_key(FaultKind kind) {
  switch (kind) {
    case FaultKind::Errors:
    case FaultKind::Flapping:
    case FaultKind::Congested: return "every";
    case FaultKind::Replay: return "age";
    case FaultKind::Late: return "delay";
    case FaultKind::WrongClock: return "offset";
    default: return "";
  }
}

constexpr std::string_view kSpace = " \t\r\n";

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(kSpace, at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}
bool has_word(std::string_view list, std::string_view word) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), word) != all.end();
}

using Keys = std::map<std::string_view, std::string_view>;

const KindRow& row_of(FaultKind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row;
  }
  return kKinds[0];
}

Result<const KindRow*> find_kind(std::string_view name) {
  std::string known;
  for (const KindRow& row : kKinds) {
    if (row.name == name) return &row;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", row.name);
  }
  return refused(fmt::format("expected a fault's kind ({}), found \"{}\"", known, name));
}

Result<Keys> read_keys(const KindRow& row, const std::vector<std::string_view>& tokens) {
  Keys keys;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::size_t equals = tokens[i].find('=');
    if (equals == std::string_view::npos || equals + 1 == tokens[i].size()) {
      return refused(fmt::format("{}: expected key=value, found \"{}\"", row.name, tokens[i]));
    }
    const std::string_view key = tokens[i].substr(0, equals);
    const bool known = key == "at" || (key == "for" && row.kind != FaultKind::Reset) || has_word(row.required, key) ||
                       has_word(row.optional, key);
    if (!known) {
      return refused(fmt::format("{}: expected {} {} at{}, found the key \"{}\"", row.name, row.required, row.optional,
                                 row.kind == FaultKind::Reset ? "" : " for", key));
    }
    if (!keys.emplace(key, tokens[i].substr(equals + 1)).second) {
      return refused(fmt::format("{}: the key \"{}\" is there twice", row.name, key));
    }
  }
  for (const std::string_view key : words(row.required)) {
    if (!keys.contains(key)) return refused(fmt::format("{}: expected {}=..., found none", row.name, key));
  }
  return keys;
}

// "-3h", "+90s", "90s".
Result<Duration> parse_signed(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  DZ_TRY_ASSIGN(const Duration length, parse_duration(text));
  return negative ? -length : length;
}

Result<Timestamp> parse_at(std::string_view text, Timestamp now) {
  if (text == "now") return now;
  if (text.starts_with('-') || text.starts_with('+')) {
    DZ_TRY_ASSIGN(const Duration offset, parse_signed(text));
    return now + offset;
  }
  return parse_timestamp(text);
}

Result<Counter> parse_counter(std::string_view text) {
  for (std::size_t i = static_cast<std::size_t>(kFirstSparse); i < kCounterCount; ++i) {
    if (kCounterNames[i] == text) return static_cast<Counter>(i);
  }
  return refused(
      fmt::format("expected a counter of errors (in-errors, out-errors, in-fcs-errors, in-discards, "
                  "out-discards, carrier-transitions), found \"{}\"",
                  text));
}

// The periods a kind has when the text names none: readings replayed on testnet were 7 minutes old.
Duration default_period(FaultKind kind) {
  if (kind == FaultKind::Errors || kind == FaultKind::Congested) return std::chrono::seconds{10};
  if (kind == FaultKind::Flapping) return std::chrono::seconds{30};
  if (kind == FaultKind::Replay) return std::chrono::minutes{7};
  return Duration{0};
}

Result<void> read_times(const Keys& keys, Timestamp now, Fault& fault) {
  fault.from = now;
  if (const auto at = keys.find("at"); at != keys.end()) {
    DZ_TRY_ASSIGN(fault.from, parse_at(at->second, now));
  }
  if (const auto length = keys.find("for"); length != keys.end()) {
    DZ_TRY_ASSIGN(const Duration duration, parse_duration(length->second));
    fault.to = fault.from + duration;
  }
  fault.period = default_period(fault.kind);
  if (const auto period = keys.find(period_key(fault.kind)); period != keys.end()) {
    DZ_TRY_ASSIGN(fault.period, parse_signed(period->second));
  }
  const bool may_be_negative = fault.kind == FaultKind::WrongClock;
  if (fault.period < Duration{0} && !may_be_negative) {
    return refused(fmt::format("{}: expected a positive time for {}", to_text(fault.kind), period_key(fault.kind)));
  }
  if (period_key(fault.kind) == "every" && fault.period == Duration{0})
    return refused(fmt::format("{}: every must be above 0", to_text(fault.kind)));
  if (fault.kind == FaultKind::Late && fault.period == Duration{0} && !fault.to) {
    return refused("late: expected delay=... (rows arrive that much later) or for=... (rows arrive when it is over)");
  }
  return {};
}

}  // namespace

std::string_view to_text(Counter counter) { return kCounterNames[static_cast<std::size_t>(counter)]; }
std::string_view to_text(FaultKind kind) { return row_of(kind).name; }

Result<Fault> parse_fault(std::string_view text, Timestamp now) {
  const auto tokens = words(text);
  if (tokens.empty()) return refused("expected a fault (\"silence device=...\"), found an empty text");
  DZ_TRY_ASSIGN(const KindRow* row, find_kind(tokens[0]));
  DZ_TRY_ASSIGN(const Keys keys, read_keys(*row, tokens));
  Fault fault;
  fault.kind = row->kind;
  const auto value = [&](std::string_view key) {
    const auto found = keys.find(key);
    return found == keys.end() ? std::string() : std::string(found->second);
  };
  fault.device = value(has_word(row->optional, "from") ? "from" : "device");
  fault.interface = value("interface");
  fault.link = value("link");
  if (const auto counter = keys.find("counter"); counter != keys.end()) {
    DZ_TRY_ASSIGN(fault.counter, parse_counter(counter->second));
  }
  DZ_TRY(read_times(keys, now, fault));
  return fault;
}

Result<std::vector<Fault>> parse_fault_script(std::string_view text, Timestamp now) {
  std::vector<Fault> faults;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    if (words(line).empty()) continue;
    auto fault = parse_fault(line, now);
    if (!fault) return with_context(fmt::format("line {}", number), fault.error());
    faults.push_back(std::move(*fault));
  }
  return faults;
}

Result<void> check_fault(const Fault& fault, const FleetTopology& topology) {
  const TopologyDevice* device = find_device(topology, fault.device);
  if (!fault.device.empty() && device == nullptr) {
    return refused(
        fmt::format("{}: expected a device of the topology, found \"{}\"", to_text(fault.kind), fault.device));
  }
  if (!fault.interface.empty()) {
    const std::string wanted = interface_key(parent_port(fault.interface));
    const auto ports = counted_ports(*device);
    const bool there =
        std::any_of(ports.begin(), ports.end(), [&](const std::string& port) { return interface_key(port) == wanted; });
    if (!there) {
      return refused(fmt::format("{}: expected a port of {} ({}), found \"{}\"", to_text(fault.kind), fault.device,
                                 fmt::join(ports, ", "), fault.interface));
    }
  }
  if (fault.link.empty()) return {};
  const TopologyLink* link = find_link(topology, fault.link);
  if (link == nullptr) {
    return refused(fmt::format("{}: expected a link of the topology, found \"{}\"", to_text(fault.kind), fault.link));
  }
  if (!fault.device.empty() && fault.device != link->side_a && fault.device != link->side_z) {
    return refused(fmt::format("{}: expected {} or {} as the origin, found \"{}\"", to_text(fault.kind), link->side_a,
                               link->side_z, fault.device));
  }
  return {};
}

std::string to_text(const Fault& fault) {
  const KindRow& row = row_of(fault.kind);
  std::string out(row.name);
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) out += fmt::format(" {}={}", key, value);
  };
  const auto micros = [](Duration d) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
    return milliseconds % 1000 == 0 ? fmt::format("{}s", milliseconds / 1000) : fmt::format("{}ms", milliseconds);
  };
  add("link", fault.link);
  add(has_word(row.optional, "from") ? "from" : "device", fault.device);
  add("interface", fault.interface);
  if (fault.kind == FaultKind::Errors) add("counter", to_text(fault.counter));
  if (fault.period != Duration{0}) add(period_key(fault.kind), micros(fault.period));
  add("at", dz::to_text(fault.from));
  if (fault.to) add("for", micros(*fault.to - fault.from));
  return out;
}

}  // namespace dz::fleet
