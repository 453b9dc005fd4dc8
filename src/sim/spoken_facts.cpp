#include "sim/spoken_facts.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/profile.h"

namespace dz::sim {
namespace {

// "; " stands between clauses.
std::vector<std::string> clauses_of(const std::string& text) {
  std::vector<std::string> clauses;
  std::size_t begin = 0;
  for (auto end = text.find("; "); end != std::string::npos; begin = end + 2, end = text.find("; ", begin)) {
    clauses.push_back(text.substr(begin, end - begin));
  }
  clauses.push_back(text.substr(begin));
  return clauses;
}

// Rows of criteria that gate, and are not met.
long open_rows(const std::string& page) {
  static const auto kOpen = shape(R"(  (not met|unknown) +<id> +.*)");
  std::istringstream lines(page);
  long count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, kOpen) && line.find(": gates nothing]") == std::string::npos) ++count;
  }
  return count;
}

std::string without_full_stop(std::string line) {
  if (line.ends_with('.')) line.pop_back();
  return line;
}

}  // namespace

Timestamp time_spoken(const std::string& text, Timestamp now) {
  const auto colon = text.find(':');
  const auto day = std::chrono::floor<std::chrono::days>(now);
  auto time = Timestamp{day} + std::chrono::hours{std::stoi(text.substr(colon - 2, 2))} +
              std::chrono::minutes{std::stoi(text.substr(colon + 1, 2))};
  if (text.starts_with("yesterday")) time -= std::chrono::days{1};
  if (text.starts_with("tomorrow")) time += std::chrono::days{1};
  return time;
}

std::string without_mark(std::string text) {
  constexpr std::string_view kMark = " (gates nothing)";
  if (const auto at = text.find(kMark); at != std::string::npos) text.erase(at, kMark.size());
  return text;
}

std::regex shape(std::string pattern) {
  static const std::vector<std::pair<std::string, std::string>> kWords{
      {"<time>", R"(((?:yesterday |tomorrow )?\d\d:\d\d))"},
      {"<when>", R"((?:at )?((?:yesterday |tomorrow )?\d\d:\d\d))"},
      {"<duration>", R"((\d+ (?:h|min|s)(?: \d+ (?:min|s))?))"},
      {"<counters>",
       R"(((?:(?:in-errors|out-errors|in-fcs-errors|in-octets|out-octets|in-discards|out-discards|carrier-transitions)(?:, )?)+))"},
      {"<id>", R"(((?:link|device)\.[a-z_.]+))"},
      {"<code>", R"(([a-z0-9-]+))"},
      {"<words>", R"((.+?))"}};
  for (const auto& [word, means] : kWords) {
    for (auto at = pattern.find(word); at != std::string::npos; at = pattern.find(word, at + means.size()))
      pattern.replace(at, word.size(), means);
  }
  return std::regex(pattern, std::regex::optimize);
}

SpokenFacts::SpokenFacts(World& world) : world_(world) {
  for (auto of : {shapes_of_findings(), shapes_of_records(), shapes_of_causes(), shapes_of_news(), shapes_of_rare()}) {
    shapes_.insert(shapes_.end(), std::make_move_iterator(of.begin()), std::make_move_iterator(of.end()));
  }
  heard_since_ = world_.opened_at(0);
  hear();
  world_.on_start([this](std::size_t which) {
    if (which != 0) return;
    clocks_before_start_ = clocks_;
    hear();
  });
  clocks_.resize(world_.devices());
  clocks_before_start_ = clocks_;
  last_check_ = world_.now();
}

SpokenFacts::~SpokenFacts() {
  world_.on_start([](std::size_t) {});
}

void SpokenFacts::untrue(const Scope& scope, const std::string& what) {
  if (!quiet_) untrue_.push_back(fmt::format("{} {}: {}: \"{}\"", dz::to_text(scope.at), scope.code, what, scope.text));
}

void SpokenFacts::check() {
  note_rare();
  const KnownMinutes known(world_, world_.now(), disordered_);
  // What is known of minutes is of pushed rows; and while the clock of the monitor is not believed, the last judgement
  // is shown, which is of some minutes ago.
  of_before_ = clock_wrong_ && world_.now() - *clock_wrong_ <= std::chrono::minutes{2};
  quiet_ = world_.options().store.has_value() || of_before_;
  for (std::size_t i = 0; i < world_.links().size(); ++i) {
    if (world_.link(i) == nullptr) continue;
    check_page(*scope_of_record(world_.link(i)->code, known), world_.explain_link(i));
  }
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    check_page(*scope_of_record(world_.device_record(i)->code, known), world_.explain_device(i));
  }
  check_alarms(known);
  check_incidents(known);
  for (const auto& [at, body] : std::exchange(messages_, {})) check_message(body, at);
  for (std::size_t i = 0; i < world_.devices(); ++i) clocks_[i] = world_.faults(i).clock_ahead;
  last_check_ = world_.now();
}

std::optional<SpokenFacts::Scope> SpokenFacts::scope_of_record(const std::string& code,
                                                               const KnownMinutes& known) const {
  Scope scope;
  scope.code = code;
  scope.at = known.at();
  scope.known = &known;
  for (const auto& link : world_.links()) {
    if (link.code != code && code != "link " + link.code) continue;
    scope.link = &link;
    return scope;
  }
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    if (world_.device(i).spec().code != code) continue;
    scope.device = i;
    return scope;
  }
  return std::nullopt;
}

// ---- reading

void SpokenFacts::read(Scope& scope, const std::string& text) {
  for (const auto& clause : clauses_of(text)) read_clause(scope, clause);
}

void SpokenFacts::read_clause(Scope& scope, const std::string& clause) {
  std::smatch match;
  for (const auto& shape : shapes_) {
    if (!std::regex_match(clause, match, shape.pattern)) continue;
    ++read_[shape.name];
    Words words(match.begin(), match.end());
    const bool before = std::exchange(quiet_, of_before_ || (world_.options().store && !shape.of_source));
    (this->*shape.check)(scope, words);
    quiet_ = before;
    return;
  }
  const bool before = std::exchange(quiet_, false);
  untrue(scope, fmt::format("the checker does not know how to check '{}'", clause));
  quiet_ = before;
}

void SpokenFacts::check_page(Scope scope, const std::string& page) {
  static const auto kRow = shape(R"(  (met|not met|unknown|not applicable) +<id> +.*)");
  std::istringstream lines(page);
  std::string line;
  std::getline(lines, line);
  scope.text = line;
  scope.open_rows = open_rows(page);
  read_heading(scope, line);
  while (std::getline(lines, line) && !line.starts_with("The last ")) {
    auto of_line = scope;
    of_line.text = line;
    if (std::regex_match(line, kRow)) {
      read_row(of_line, line);
    } else if (line.starts_with("State: ") || line.starts_with("To do: ") || line.starts_with("Note: ")) {
      read(of_line, without_full_stop(line));
    } else if (!line.starts_with("policy ")) {
      read(of_line, line);
    }
  }
}

void SpokenFacts::read_heading(Scope& scope, const std::string& line) {
  static const auto kHeading = shape(R"((link|device) <code>: health ([a-z-]+)(?: becomes ([a-z-]+))?; (.*))");
  std::smatch match;
  if (!std::regex_match(line, match, kHeading)) return untrue(scope, "the heading has another shape");
  expect(scope, match[1] == (scope.link != nullptr ? "link" : "device") && match[2] == scope.code, "another record");
  expect(scope, match[3] == health_of(scope), "its health is " + health_of(scope));
  read(scope, without_mark(match[5]));
}

// "  not met  link.a.errors  3 minutes with ... [counters: 45 s old]; met at 13:40 if it stays clean".
void SpokenFacts::read_row(Scope scope, const std::string& line) {
  static const auto kRow = shape(R"(  (met|not met|unknown|not applicable) +<id> +(.*))");
  static const auto kAge =
      shape(R"( \[(?:counters|config-agent|latency-samples|qa): (\d+ s|\d+ min(?: \d+ s)?) old(?:, stale)?\])");
  static const auto kMark = shape(R"( \[(?:shadow: gates nothing|not read in this state)\])");
  std::smatch match;
  DZ_CHECK(std::regex_match(line, match, kRow));
  scope.judgement = match[1];
  scope.id = match[2];
  std::string text = match[3];
  text = std::regex_replace(std::regex_replace(text, kAge, ""), kMark, "");
  const auto of_minutes = minutes_of(scope, scope.id);
  if (of_minutes && of_minutes->slack == 0 && scope.judgement != "not applicable") {
    const auto* expected = of_minutes->is_met() ? "met" : !of_minutes->bad.empty() ? "not met" : "unknown";
    expect(scope, scope.judgement == expected, fmt::format("it is {}", expected));
  }
  scope.minutes = of_minutes;
  read(scope, text);
}

// ---- what is known of a record

const Link* SpokenFacts::link_of(const Scope& scope) const {
  return scope.link == nullptr ? nullptr : world_.link(static_cast<std::size_t>(scope.link - world_.links().data()));
}

const Device* SpokenFacts::record_of(const Scope& scope) const {
  return scope.device ? world_.device_record(*scope.device) : nullptr;
}

std::string SpokenFacts::health_of(const Scope& scope) const {
  const auto& profile = world_.options().live ? v034_profile() : rfc_profile();
  if (const auto* link = link_of(scope)) return std::string(spell(profile, RecordKind::Link, link->health));
  return std::string(spell(profile, RecordKind::Device, record_of(scope)->health));
}

bool SpokenFacts::gates(const std::string& id) const {
  if (id.ends_with(".probes")) return world_.options().live;
  return id != "device.cyoa_up" && !id.ends_with(".carrier") && !id.ends_with(".discards");
}

// Of criteria over the minutes of one subject.
std::optional<Known> SpokenFacts::minutes_of(const Scope& scope, const std::string& id) const {
  const auto& known = *scope.known;
  if (id == "device.reporting") return known.reporting(*scope.device);
  if (id == "device.config_agent") return known.config_agent(*scope.device);
  if (id == "device.telemetry_agent") return known.telemetry_agent(*scope.device);
  if (scope.link == nullptr) return std::nullopt;
  const auto& link = *scope.link;
  if (id == "link.az.probes") return known.probes(link.device_a);
  if (id == "link.za.probes") return known.probes(link.device_z);
  for (const auto signal : kPortSignals) {
    if (id == fmt::format("link.a.{}", to_text(signal))) return known.port(link.device_a, link.port_a, signal);
    if (id == fmt::format("link.z.{}", to_text(signal))) return known.port(link.device_z, link.port_z, signal);
  }
  return std::nullopt;
}

std::vector<std::string> SpokenFacts::criteria_of(const Scope& scope) const {
  if (scope.device) return {"device.reporting", "device.config_agent"};
  return {"link.a.data", "link.a.errors", "link.a.utilization", "link.z.data", "link.z.errors", "link.z.utilization"};
}

// By a criterion over the minutes of one subject, which was good before.
bool SpokenFacts::fails_now(const Scope& scope) const {
  const auto criteria = criteria_of(scope);
  return std::any_of(criteria.begin(), criteria.end(), [&](const std::string& id) {
    const auto minutes = *minutes_of(scope, id);
    return minutes.fails() && static_cast<long>(minutes.bad.size()) < minutes.length();
  });
}

}  // namespace dz::sim
