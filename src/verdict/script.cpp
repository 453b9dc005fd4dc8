#include "verdict/script.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "verdict/script_world.h"

namespace dz::verdict {
namespace {

using std::chrono::minutes;
using Words = std::vector<std::string>;

Words split(const std::string& line) {
  Words words;
  std::istringstream in(line.substr(0, line.find('#')));
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Result<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) {
    return refused(fmt::format("expected a number, found '{}'", text));
  }
  return value;
}

Result<evidence::CounterBits> parse_counters(std::string_view text) {
  int set = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('+'), text.size());
    const auto name = text.substr(0, end);
    int bit = 1;
    constexpr int kLast = evidence::kCarrierTransitions;
    while (bit <= kLast && evidence::counters_text(static_cast<evidence::CounterBits>(bit)) != name) bit *= 2;
    if (bit > kLast) return refused(fmt::format("no counter '{}'", name));
    set |= bit;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return static_cast<evidence::CounterBits>(set);
}

// good, bad, bad(in-errors+out-errors), first (bad in the strict counts, a baseline in the damped ones), _
Result<NaiveMinute> parse_state(const std::string& word) {
  if (word == "good") return NaiveMinute{};
  if (word == "_") return NaiveMinute{evidence::MinuteState::Unobserved};
  if (word == "bad") return NaiveMinute{evidence::MinuteState::Bad};
  if (word == "first") return NaiveMinute{evidence::MinuteState::Bad, evidence::kInErrors, true};
  if (word.starts_with("bad(") && word.ends_with(")")) {
    DZ_TRY_ASSIGN(const auto counters, parse_counters(std::string_view(word).substr(4, word.size() - 5)));
    return NaiveMinute{evidence::MinuteState::Bad, counters};
  }
  return refused(fmt::format("expected good, bad, bad(<counters>), first or _, found '{}'", word));
}

// "good x1380 bad x2 good", "good until 21h bad x3 good": the last state goes on.
Result<NaiveSeries> parse_series(const Words& words) {
  NaiveSeries series{kScriptStart, {}};
  NaiveMinute state;
  for (std::size_t i = 1; i < words.size(); ++i) {
    DZ_TRY_ASSIGN(state, parse_state(words[i]));
    const auto* next = i + 1 < words.size() ? &words[i + 1] : nullptr;
    auto end = series.minutes.size() + 1;
    if (next != nullptr && next->starts_with('x')) {
      DZ_TRY_ASSIGN(const auto count, parse_number(next->substr(1)));
      end = series.minutes.size() + static_cast<std::size_t>(count);
      ++i;
    } else if (next != nullptr && *next == "until" && i + 2 < words.size()) {
      DZ_TRY_ASSIGN(const auto offset, parse_offset(words[i + 2]));
      end = static_cast<std::size_t>(offset / minutes{1});
      i += 2;
    }
    if (end < series.minutes.size() || end > kSeriesMinutes) return refused(words[0] + ": runs go back, or too far");
    series.minutes.resize(end, state);
  }
  series.minutes.resize(kSeriesMinutes, state);
  return series;
}

std::string with_spaces(std::string text) {
  std::replace(text.begin(), text.end(), '-', ' ');
  return text;
}

class Runner {
 public:
  explicit Runner(std::string file) : file_(std::move(file)) {}

  void line(int number, const std::string& text) {
    number_ = number;
    const auto words = split(text);
    if (words.empty()) return;
    if (words[0] != "case" && broken_) return;
    const bool indented = text[0] == ' ' || text[0] == '\t';
    const auto done = indented ? expectation(words, text) : statement(words, text);
    if (done) return;
    complain(done.error().message);
    broken_ = true;
  }

  std::vector<std::string> complaints;

 private:
  void complain(std::string_view what) { complaints.push_back(fmt::format("{}:{}: {}", file_, number_, what)); }

  void compare(std::string_view what, std::string_view expected, std::string_view found) {
    if (expected != found) complain(fmt::format("{}: expected {}, found {}", what, expected, found));
  }

  Result<void> statement(const Words& w, const std::string& text) {
    const auto& verb = w[0];
    if (verb == "case") return begin_case();
    if (verb == "profile") return set_profile(w);
    if (verb == "slots") return add_slots(w);
    if (verb == "policy") return add_policy(text.substr(text.find("policy") + 6));
    if (verb == "link" || verb == "device") return begin_record(w);
    if (verb == "set") return set_all(w, 1);
    if (verb == "dia" || verb == "cyoa" || verb == "port") return add_port(w);
    if (verb == "candidate") return add_candidate(w);
    if (verb == "qa") return add_qa(w);
    if (verb == "lateness") return read_offset(w, 1, world_.lateness);
    if (verb == "source") return add_outage(w);
    if (verb == "restart") {
      world_.forget_present();
      return {};
    }
    if (verb == "run") return run_until(w);
    if (verb == "at") return at(w);
    if (verb.find('.') != std::string::npos || verb == "reporting" || verb.ends_with("-agent")) return add_series(w);
    return refused(fmt::format("no statement '{}'", verb));
  }

  Result<void> begin_case() {
    world_ = ScriptWorld{};
    profile_ = &rfc_profile();
    policy_.clear();
    slots_.clear();
    broken_ = false;
    return {};
  }

  Result<void> add_policy(const std::string& toml) {
    policy_ += toml + "\n";
    policy_pending_ = true;
    return {};
  }

  Result<void> set_profile(const Words& w) {
    DZ_TRY_ASSIGN(profile_, find_profile(w.size() == 2 ? w[1] : ""));
    policy_pending_ = true;
    return {};
  }

  // "slots 5000 take 31m", "slots 5000 young"
  Result<void> add_slots(const Words& w) {
    if (w.size() < 3) return refused("expected 'slots <count> take <duration>' or 'slots <count> <trouble>'");
    DZ_TRY_ASSIGN(const auto count, parse_number(w[1]));
    auto window = window_in_slots(static_cast<std::uint64_t>(count));
    if (w[2] == "take") {
      Duration length{};
      DZ_TRY(read_offset(w, 3, length));
      window.length = std::chrono::ceil<minutes>(length);
      window.trouble = SlotTrouble::None;
    } else if (w[2] == "young") {
      window.trouble = SlotTrouble::YoungLedger;
    } else if (w[2] != "unread") {
      return refused(fmt::format("expected take, young or unread, found '{}'", w[2]));
    }
    slots_[window.slots] = window;
    policy_pending_ = true;
    return {};
  }

  Result<void> apply_policy() {
    if (!policy_pending_) return {};
    policy_pending_ = false;
    DZ_TRY_ASSIGN(world_.policy, parse_policy(policy_, "policy lines", profile_));
    for (auto* window : {&world_.policy.window, &world_.policy.recovery_window}) {
      if (const auto told = slots_.find(window->slots); told != slots_.end()) *window = told->second;
    }
    return {};
  }

  RecordKind kind() const { return world_.is_link ? RecordKind::Link : RecordKind::Device; }
  std::string_view word(Health health) const { return spell(*profile_, kind(), health); }

  Result<void> begin_record(const Words& w) {
    if (w.size() < 2) return refused("expected a code");
    world_.is_link = w[0] == "link";
    (world_.is_link ? world_.link.code : world_.device.code) = w[1];
    world_.link.side_a_iface = world_.link.side_z_iface = "Switch1/1/1";
    world_.device.public_ip = ipv4_from(0x08080808);
    world_.device.dz_prefixes = {{ipv4_from(0x08080808), 29}};
    world_.status() = Status::HardDrained;
    world_.desired() = DesiredStatus::Activated;
    world_.health() = Health::Pending;
    DZ_TRY(set_all(w, 2));
    world_.remember_from_start();
    return {};
  }

  // Pairs of a name and a value.
  Result<void> set_all(const Words& w, std::size_t from) {
    for (std::size_t i = from; i < w.size(); i += 2) {
      if (i + 1 == w.size()) return refused(fmt::format("expected a value after '{}'", w[i]));
      DZ_TRY(set(w[i], w[i + 1]));
    }
    return {};
  }

  Result<void> set(const std::string& name, const std::string& value) {
    auto& device = world_.device;
    if (name == "status") return read_word(value, world_.status());
    if (name == "desired") return read_word(value, world_.desired());
    if (name == "health") {
      DZ_TRY_ASSIGN(world_.health(), parse_health(*profile_, kind(), value));
      return {};
    }
    if (name == "type") return read_word(value, device.type);
    if (name == "a" || name == "z") {
      (name == "a" ? world_.link.side_a_iface : world_.link.side_z_iface) = value;
      return {};
    }
    if (name == "max-users") {
      DZ_TRY_ASSIGN(const auto count, parse_number(value));
      device.max_users = static_cast<std::uint16_t>(count);
    } else if (name == "public-ip") {
      DZ_TRY_ASSIGN(device.public_ip, parse_ipv4(value));
    } else if (name == "prefix") {
      DZ_TRY_ASSIGN(const auto prefix, parse_network(value));
      device.dz_prefixes = {prefix};
    } else {
      return refused(fmt::format("no property '{}'", name));
    }
    return {};
  }

  template <typename Word>
  static Result<void> read_word(const std::string& text, Word& word) {
    DZ_TRY_ASSIGN(word, parse_word<Word>(text));
    return {};
  }

  static Result<void> read_offset(const Words& w, std::size_t i, Duration& offset) {
    if (i >= w.size()) return refused("expected a time");
    DZ_TRY_ASSIGN(offset, parse_offset(w[i]));
    return {};
  }

  static Result<Timestamp> time(const Words& w, std::size_t i) {
    Duration offset{};
    DZ_TRY(read_offset(w, i, offset));
    return kScriptStart + offset;
  }

  // "dia Ethernet1 activated", also for an interface already there
  Result<void> add_port(const Words& w) {
    if (w.size() != 3) return refused("expected an interface and its status");
    auto* port = find_interface(world_.device, w[1]);
    if (port == nullptr) port = &world_.device.interfaces.emplace_back();
    port->name = w[1];
    if (w[0] == "dia") port->dia = Dia::Dia;
    if (w[0] == "cyoa") port->cyoa = Cyoa::GreOverDia;
    return read_word(w[2], port->status);
  }

  // "candidate fra:lon hard-drained Ethernet3": a link of the device, at that port
  Result<void> add_candidate(const Words& w) {
    if (w.size() != 4) return refused("expected a link's code, its status and this device's port");
    auto& link = world_.links[w[1]];
    link.code = w[1];
    link.side_a_iface = link.side_z_iface = w[3];
    return read_word(w[2], link.status);
  }

  // "qa pass 3h 9h", "qa fail 22h", "qa run 5h": times of results of this device, or of runs seen elsewhere
  Result<void> add_qa(const Words& w) {
    if (w.size() < 3) return refused("expected pass, fail or run, and times");
    for (std::size_t i = 2; i < w.size(); ++i) {
      DZ_TRY_ASSIGN(const auto at, time(w, i));
      if (w[1] == "run") {
        world_.qa.fleet_runs.push_back(at);
      } else {
        world_.qa.results.push_back({at, w[1] == "pass"});
      }
    }
    std::sort(world_.qa.fleet_runs.begin(), world_.qa.fleet_runs.end());
    std::sort(world_.qa.results.begin(), world_.qa.results.end(),
              [](const evidence::QaResult& a, const evidence::QaResult& b) { return a.at < b.at; });
    return {};
  }

  // "source counters away 25h to 31h"
  Result<void> add_outage(const Words& w) {
    if (w.size() != 6 || w[2] != "away" || w[4] != "to")
      return refused("expected 'source <name> away <time> to <time>'");
    DZ_TRY_ASSIGN(const auto from, time(w, 3));
    DZ_TRY_ASSIGN(const auto to, time(w, 5));
    for (std::size_t i = 0; i < evidence::kSourceCount; ++i) {
      const auto source = static_cast<evidence::Source>(i);
      if (to_text(source) != w[1]) continue;
      world_.outages[source] = {from, to};
      return {};
    }
    return refused(fmt::format("no source '{}'", w[1]));
  }

  Result<void> add_series(const Words& w) {
    DZ_TRY_ASSIGN(world_.series[w[0]], parse_series(w));
    return {};
  }

  Result<void> run_until(const Words& w) {
    DZ_TRY_ASSIGN(const auto end, time(w, 2));
    DZ_TRY(apply_policy());
    for (auto t = std::max(last_pass_, kScriptStart + Duration{}) + minutes{1}; t < end; t += minutes{1}) pass(t);
    return {};
  }

  void pass(Timestamp now) {
    last_pass_ = now;
    world_.pass(now);
  }

  // "at 24h expect healthy [because became-healthy]"
  Result<void> at(const Words& w) {
    DZ_TRY_ASSIGN(const auto now, time(w, 1));
    DZ_TRY(apply_policy());
    pass(now);
    const auto& a = world_.assessment();
    for (std::size_t i = 2; i + 1 < w.size(); i += 2) {
      if (w[i] == "expect") {
        compare("health", w[i + 1], word(a.to));
      } else if (w[i] == "because") {
        compare("reason", w[i + 1], to_text(a.reason));
      } else {
        return refused(fmt::format("expected 'expect' or 'because', found '{}'", w[i]));
      }
    }
    return {};
  }

  // An indented line under an `at`.
  Result<void> expectation(const Words& w, const std::string& text) {
    const auto& a = world_.assessment();
    const auto sentence = [&] { return render_sentence(world_.judged_record(), a); };
    const auto rest = [&] { return text.substr(text.find(w[0]) + w[0].size() + 1); };
    if (w[0] == "says") {
      compare("sentence", rest(), sentence());
      return {};
    }
    if (w.size() < 2) return refused("expected a value");
    const std::map<std::string_view, std::string> of_record{
        {"evidence", std::string(to_text(a.evidence_judgement))},
        {"record", std::string(to_text(a.record_judgement))},
        {"links-evidence", std::string(to_text(a.links_evidence_judgement))},
        {"links-record", std::string(to_text(a.links_record_judgement))},
        {"healthy-at", time_text(a.healthy_at)}};
    if (const auto found = of_record.find(w[0]); found != of_record.end()) {
      compare(w[0], with_spaces(w[1]), found->second);
      return {};
    }
    const auto id = parse_criterion(w[0]);
    const auto* finding = id ? a.find(*id) : nullptr;
    if (finding == nullptr) return refused(fmt::format("no criterion '{}' here", w[0]));
    return expect_finding(*finding, w);
  }

  static std::string time_text(const std::optional<Timestamp>& t) { return t ? offset_text(*t) : "none"; }

  Result<void> expect_finding(const Finding& f, const Words& w) {
    compare(w[0], with_spaces(w[1]), to_text(f.judgement));
    const auto& t = f.tally;
    const std::map<std::string, std::string> found{
        {"good", std::to_string(t.good)},
        {"bad", std::to_string(t.bad)},
        {"unobserved", std::to_string(t.unobserved)},
        {"first", t.first_bad ? offset_text(t.first_bad->minute) : "none"},
        {"last", t.last_bad ? offset_text(t.last_bad->minute) : "none"},
        {"earliest", time_text(f.earliest)},
        {"damped", f.damped_failure ? "yes" : "no"},
        {"successes", std::to_string(f.qa.successes)},
        {"failures", std::to_string(f.qa.failures)},
        {"candidates", std::to_string(f.candidates)},
        {"up", std::to_string(f.candidates_met)},
    };
    for (std::size_t i = 2; i < w.size(); i += 2) {
      const auto at = found.find(w[i]);
      if (at == found.end() || i + 1 == w.size()) return refused(fmt::format("no value '{}' of a finding", w[i]));
      compare(w[0] + " " + w[i], w[i + 1], at->second);
    }
    return {};
  }

  std::string file_;
  int number_ = 0;
  bool broken_ = false;
  ScriptWorld world_;
  const Profile* profile_ = &rfc_profile();
  std::map<std::uint64_t, Window> slots_;  // as a script says they are
  std::string policy_;
  bool policy_pending_ = false;
  Timestamp last_pass_ = kScriptStart;
};

}  // namespace

Result<Duration> parse_offset(std::string_view text) {
  Duration total{};
  auto rest = text;
  while (!rest.empty()) {
    const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto end = std::min(rest.find_first_of("0123456789", digits), rest.size());
    const auto part = parse_duration(rest.substr(0, end));
    if (!part) return refused(fmt::format("time '{}': expected an offset such as 24h or 23h59m30s", text));
    total += *part;
    rest.remove_prefix(end);
  }
  return total;
}

std::string offset_text(Timestamp t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t - kScriptStart).count();
  auto text = fmt::format("{}h", seconds / 3600);
  if (seconds % 3600 != 0) text += fmt::format("{}m", seconds % 3600 / 60);
  if (seconds % 60 != 0) text += fmt::format("{}s", seconds % 60);
  return text;
}

std::vector<std::string> run_script(const std::string& text, const std::string& file_name) {
  Runner runner(file_name);
  std::istringstream in(text);
  int number = 0;
  for (std::string line; std::getline(in, line);) runner.line(++number, line);
  return runner.complaints;
}

}  // namespace dz::verdict
