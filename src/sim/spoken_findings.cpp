// Clauses about what minutes and QA results show.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

constexpr Duration kLateness = std::chrono::seconds{30};

// Within what back-dated samples allow.
bool is_about(const Known& known, long said, std::size_t is) {
  return std::labs(said - static_cast<long>(is)) <= known.slack * (known.runs() + 1);
}
bool is_about(const Known& known, MinuteNumber said, MinuteNumber is) { return std::labs(said - is) <= known.slack; }

std::optional<PortSignal> signal_in(const std::string& words) {
  if (words.starts_with("without counter rows")) return PortSignal::Data;
  if (words.starts_with("without traffic") || words.starts_with("without rising")) return PortSignal::Utilization;
  if (words.find("carrier-transitions") != std::string::npos) return PortSignal::Carrier;
  if (words.find("discards") != std::string::npos) return PortSignal::Discards;
  return words.starts_with("with ") ? std::optional(PortSignal::Errors) : std::nullopt;
}

// Of criteria that look at one signal of a port only.
std::optional<PortSignal> signal_of_criterion(const std::string& id) {
  if (id.ends_with(".carrier")) return PortSignal::Carrier;
  return id.ends_with(".discards") ? std::optional(PortSignal::Discards) : std::nullopt;
}

}  // namespace

std::vector<SpokenFacts::Shape> SpokenFacts::shapes_of_findings() {
  using F = SpokenFacts;
  const std::string times = R"((?: \(times derived\))?)";
  std::vector<Shape> all;
  const auto add = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check});
  };
  add("good minutes", R"((\d+) good minutes?(?:, (\d+) unobserved)?(?: (?:at )?([^(\s].*?))?)" + times,
      &F::good_minutes);
  add("bad minutes",
      R"((\d+) minutes? (without counter rows of the device|without a configuration fetch|)"
      R"(without latency samples of the device|without counter rows|with <counters>|without traffic|)"
      R"(without rising <counters>|with lost samples|without samples)(?: (?:at )?(\S.*?))?, (?:last )?<time>)" +
          times,
      &F::bad_minutes);
  add("events",
      R"((?:carrier changed (\d+) times?|(\d+) packets? discarded) in (\d+) minutes?(?: \(<counters>\))?)"
      R"( at (\S.*?), (?:last )?<time>)" +
          times,
      &F::events);
  add("nothing in the whole window",
      R"(no (counter row of the device|counter row|configuration fetch|latency sample of the device|latency sample))"
      R"( in <duration>(?: (?:of|from) (\S.*?))?)" +
          times,
      &F::no_rows_at_all);
  add("unobserved minutes", R"((\d+) minutes? unobserved(?: at (\S.*?))?, last <time>)" + times,
      &F::unobserved_minutes);
  add("begins unobserved", R"(the window begins with an unobserved minute)" + times, &F::begins_unobserved);
  add("failing since", R"(failing(?: since <time>)?)" + times, &F::failing);
  add("clean since", "clean since" + times, &F::clean_since);
  add("not bad since", "not bad since, as far as it was observed" + times, &F::not_bad_since);
  add("met at", R"(([a-z-]+) <when> if it stays clean)", &F::met_at);
  add("met after repair", R"(met <duration> after it is repaired)", &F::met_after_repair);
  add("met once observed", R"(met at most <duration> after it is observed again)", &F::met_once_observed);
  add("never heard",
      R"(check that the interface exists on the device under this name, and that the switch sends its rows|)"
      R"(the switch has to send its counter rows, tagged with this device's pubkey \(dzd_pubkey\)|)"
      R"(its config agent has to fetch its configuration|its telemetry agent has to write latency samples|)"
      R"(the telemetry agent of side [AZ] has to measure this link)",
      &F::has_never_been_heard);
  add("candidates",
      R"((\d+) of (\d+) (link|DIA interface|CYOA interface)s? (?:up|with a steady carrier|without discards)(?:: (.*))?)",
      &F::candidates);
  add("the nearest", R"((the nearest|the worst): (.*))", &F::candidates);
  add("QA results", R"((\d+) success(?:es)?, (\d+) failures?(?:, last <time>)?)", &F::qa_results);
  add("no QA result", R"(no QA result)", &F::no_qa_result);
  add("longest gap of QA", R"(longest gap <duration>(, although QA ran)?)", &F::longest_gap);
  add("QA to do", R"(QA has to (pass until no failure is left in the window|go on and pass|run and pass))",
      &F::qa_to_do);
  add("find out why",
      R"(find out why it goes on: (no counter rows|<counters>|no traffic|<counters> did not rise|)"
      R"(no configuration fetch|no latency samples|samples lost|no samples)(?: at (\S.*?))? in the newest minute)",
      &F::find_out_why);
  add("bad in the last hour", R"((\d+) bad minutes? in the last hour)", &F::bad_in_the_last_hour);
  return all;
}

void SpokenFacts::at_port(Scope& scope, std::size_t device, std::size_t port, std::optional<PortSignal> signal) {
  const auto of = [&](PortSignal s) { return scope.known->port(device, port, s); };
  if (!signal) signal = signal_of_criterion(scope.id);
  if (signal) {
    scope.minutes = of(*signal);
  } else if (!scope.minutes) {
    scope.minutes = of(PortSignal::Utilization);  // it is bad where data is
    const auto errors = of(PortSignal::Errors);
    scope.minutes->bad.insert(errors.bad.begin(), errors.bad.end());
  }
}

void SpokenFacts::read_where(Scope& scope, const std::string& where, std::optional<PortSignal> signal) {
  static const auto kDirection = shape(R"((?:(\S+) )?([AZ]) \((\S+)\) to ([AZ]) \((\S+)\))");
  static const auto kSide = shape(R"((?:(\S+) )?([AZ]) \((\S+)\) (\S+?)(?: \(for (\S+)\))?)");
  static const auto kPort = shape(R"((\S+?)(?: \(for (\S+)\))?)");
  std::smatch match;
  const auto link_named = [&](const std::string& code) -> const LinkSpec* {
    if (code.empty()) return scope.link;
    const auto found = std::find_if(world_.links().begin(), world_.links().end(),
                                    [&](const LinkSpec& link) { return link.code == code; });
    return found == world_.links().end() ? nullptr : &*found;
  };
  const auto device_at = [&](const LinkSpec& link, const std::string& side) {
    return side == "A" ? link.device_a : link.device_z;
  };
  const auto code_at = [&](const LinkSpec& link, const std::string& side) {
    return world_.device(device_at(link, side)).spec().code;
  };
  if (std::regex_match(where, match, kDirection)) {
    ++read_["sides"];
    const auto* link = link_named(match[1]);
    if (link == nullptr) return untrue(scope, "no such link");
    expect(scope, match[2] != match[4], "one side twice");
    for (const auto side : {2, 4}) {
      expect(scope, match[side + 1] == code_at(*link, match[side]),
             fmt::format("side {} is {}", match[side].str(), code_at(*link, match[side])));
    }
    scope.minutes = scope.known->probes(device_at(*link, match[2]));
  } else if (std::regex_match(where, match, kSide)) {
    ++read_["sides"];
    const auto* link = link_named(match[1]);
    if (link == nullptr) return untrue(scope, "no such link");
    const std::string side = match[2];
    const auto device = device_at(*link, side), port = side == "A" ? link->port_a : link->port_z;
    const auto named = match[5].matched ? match[5] : match[4];
    expect(scope, match[3] == code_at(*link, side), fmt::format("side {} is {}", side, code_at(*link, side)));
    const auto& name = world_.device(device).spec().ports[port].name;
    expect(scope, named == name, "the port is " + name);
    at_port(scope, device, port, signal);
  } else if (std::regex_match(where, match, kPort) && scope.device) {
    ++read_["ports"];
    const auto port = port_called(*scope.device, match[2].matched ? match[2] : match[1]);
    if (!port) return untrue(scope, "no such port");
    const auto& spec = world_.device(*scope.device).spec().ports[*port];
    expect(scope, scope.id.find("cyoa") == std::string::npos ? spec.dia : spec.cyoa, "an interface of another kind");
    at_port(scope, *scope.device, *port, signal);
  } else {
    untrue(scope, fmt::format("the checker does not know the place '{}'", where));
  }
}

void SpokenFacts::good_minutes(Scope& scope, const Words& words) {
  if (!words[3].empty()) read_where(scope, words[3], std::nullopt);
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, is_about(known, 0, known.bad.size()), fmt::format("{} were bad", known.bad.size()));
  const auto unseen = known.unseen.size();
  const auto good = known.length() - static_cast<long>(unseen);
  expect(scope, is_about(known, std::stol(words[1]), static_cast<std::size_t>(good)),
         fmt::format("{} were good", good));
  const long said = words[2].empty() ? 0 : std::stol(words[2]);
  expect(scope, is_about(known, said, unseen), fmt::format("{} were not seen", unseen));
}

void SpokenFacts::bad_minutes(Scope& scope, const Words& words) {
  const auto& where = words[5];
  if (!where.empty()) read_where(scope, where, signal_in(words[2]));
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, is_about(known, std::stol(words[1]), known.bad.size()), fmt::format("{} were bad", known.bad.size()));
  const auto last = known.bad.empty() ? known.from : *known.bad.rbegin();
  expect(scope, known.may_be_last(number_of(time_spoken(words[6], scope.at))),
         "another was the last: " + dz::to_text(begin_of(last)));
}

// "carrier changed 18 times in 3 minutes at ...", "120 packets discarded in 3 minutes (out-discards) at ...".
void SpokenFacts::events(Scope& scope, const Words& words) {
  const auto signal = words[2].empty() ? PortSignal::Carrier : PortSignal::Discards;
  read_where(scope, words[5], signal);
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, words[1] + words[2] == std::to_string(known.rise), fmt::format("it was {}", known.rise));
  expect(scope, std::stoul(words[3]) == known.bad.size(), fmt::format("{} were bad", known.bad.size()));
  if (known.bad.empty()) return;
  const auto last = *known.bad.rbegin();
  expect(scope, number_of(time_spoken(words[6], scope.at)) == last,
         "another was the last: " + dz::to_text(begin_of(last)));
  const auto counters = words[2].empty() ? "" : known.counters.at(last);
  expect(scope, words[4] == counters, fmt::format("the last were '{}'", counters));
}

void SpokenFacts::no_rows_at_all(Scope& scope, const Words& words) {
  if (!words[3].empty()) read_where(scope, words[3], PortSignal::Utilization);
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, is_about(known, known.length(), known.bad.size() + known.unseen.size()),
         fmt::format("{} were bad or not seen", known.bad.size() + known.unseen.size()));
  expect(scope, words[2] == duration_text(world_.options().window), "the window has another length");
}

void SpokenFacts::unobserved_minutes(Scope& scope, const Words& words) {
  if (!words[2].empty()) read_where(scope, words[2], std::nullopt);
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, is_about(known, std::stol(words[1]), known.unseen.size()),
         fmt::format("{} were not seen", known.unseen.size()));
  const auto last = known.unseen.empty() ? known.from : *known.unseen.rbegin();
  expect(scope, is_about(known, number_of(time_spoken(words[3], scope.at)), last), "another was the last");
}

void SpokenFacts::begins_unobserved(Scope& scope, const Words&) {
  if (scope.minutes) expect(scope, scope.minutes->unseen.contains(scope.minutes->from), "it was observed");
}

void SpokenFacts::failing(Scope& scope, const Words& words) {
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, known.may_fail(), "it does not fail now");
  since_is(scope, known, words[1]);
}

void SpokenFacts::since_is(const Scope& scope, const Known& known, const std::string& since) {
  const auto begin = known.run_begin();
  if (!begin) return expect(scope, known.slack > 0, "it does not fail now");
  if (since.empty()) return expect(scope, *begin <= known.from + known.slack, "it is known since when");
  expect(scope, is_about(known, number_of(time_spoken(since, scope.at)), *begin),
         "it fails since " + dz::to_text(begin_of(*begin)));
}

void SpokenFacts::clean_since(Scope& scope, const Words&) {
  if (!scope.minutes) return untrue(scope, "of what?");
  expect(scope, scope.minutes->may_be_clean(), "it fails now");
  const auto& known = *scope.minutes;
  const bool all_seen = known.bad.empty() || known.unseen.lower_bound(*known.bad.rbegin()) == known.unseen.end();
  expect(scope, all_seen || known.slack > 0, "not all was observed since");
}

void SpokenFacts::not_bad_since(Scope& scope, const Words&) {
  if (!scope.minutes) return untrue(scope, "of what?");
  const auto& known = *scope.minutes;
  expect(scope, !known.bad.empty() && known.unseen.lower_bound(*known.bad.rbegin()) != known.unseen.end(),
         "everything was observed since");
}

// Of one criterion, or of the whole record: then it is the last of all, and a stay may be longer.
void SpokenFacts::met_at(Scope& scope, const Words& words) {
  const bool of_record = words[1] != "met";
  const auto said = time_spoken(words[2], scope.at);
  const auto expected = [&](const Known& known) {
    return Timestamp{minute_of(begin_of(known.clean_from() + known.length()) + kLateness)};
  };
  if (of_record) {
    expect(scope, !fails_now(scope), "it fails now");
    for (const auto& id : criteria_of(scope)) {
      const auto known = *minutes_of(scope, id);
      if (!known.is_met()) expect(scope, said >= expected(known), fmt::format("{} is not met then", id));
    }
    return;
  }
  // Of one candidate of several, or of QA: whether the time comes true is checked where times are followed.
  if (!minutes_of(scope, scope.id) || !scope.minutes) return expect(scope, said >= minute_of(scope.at), "it is past");
  expect(scope, scope.minutes->may_be_clean(), "it fails now");
  const auto& known = *scope.minutes;
  const auto last_bad = number_of(said - std::chrono::minutes{known.length() + 2});
  // Of what is out of service nothing is taken for granted that was before a start, and a whole minute has to pass.
  const Timestamp stayed{minute_of(world_.opened_at(0) + std::chrono::minutes{2})};
  const bool stays = is_settling(scope.at) && said == std::max(expected(known), stayed);
  const bool then = known.slack == 0 ? said == expected(known) || stays : known.may_be_last(last_bad);
  expect(scope, then, "not then, but " + dz::to_text(expected(known)));
}

void SpokenFacts::met_after_repair(Scope& scope, const Words& words) {
  expect(scope, words[1] == duration_text(world_.options().window), "the window has another length");
  if (scope.minutes) expect(scope, scope.minutes->may_fail(), "it is repaired");
}

void SpokenFacts::met_once_observed(Scope& scope, const Words& words) {
  expect(scope, words[1] == duration_text(world_.options().window), "the window has another length");
  // Right after a start another part of a candidate, or of a record, may be the one that is not.
  if (scope.minutes && scope.minutes->slack == 0 && !is_settling(scope.at))
    expect(scope, scope.minutes->unseen.contains(scope.minutes->to - 1), "it is observed");
}

void SpokenFacts::has_never_been_heard(Scope& scope, const Words&) {
  if (!scope.minutes) return;
  const auto& known = *scope.minutes;
  expect(scope, is_about(known, known.length(), known.bad.size() + known.unseen.size()), "it was heard");
}

// "2 of 3 links up: 120 good minutes at ...", "0 of 1 DIA interface up; the nearest: ...".
void SpokenFacts::candidates(Scope& scope, const Words& words) {
  if (words[1].starts_with("the ")) return read_clause(scope, words[2]);
  if (!scope.device) return untrue(scope, "no device");
  int count = 0, up = 0;
  const auto add = [&](bool is_up) {
    ++count;
    up += is_up ? 1 : 0;
  };
  if (words[3] == "link") {
    for (std::size_t i = 0; i < world_.links().size(); ++i) {
      const auto& link = world_.links()[i];
      const auto* record = world_.link(i);
      if (record == nullptr || (link.device_a != *scope.device && link.device_z != *scope.device)) continue;
      const bool counts =
          record->status == Status::Activated || is_drained(record->status) || record->status == Status::Provisioning;
      if (counts) add(scope.known->is_up(link));
    }
  } else {
    const auto& ports = world_.device(*scope.device).spec().ports;
    for (std::size_t i = 0; i < ports.size(); ++i) {
      const bool of_users = words[3] == "CYOA interface";
      if (!(of_users ? ports[i].cyoa : ports[i].dia)) continue;
      const auto signal = signal_of_criterion(scope.id);
      const auto is_met = [&](PortSignal s) { return scope.known->port(*scope.device, i, s).is_met(); };
      // Nobody may connect yet: no traffic is expected.
      const bool closed = of_users && record_of(scope)->max_users == 0;
      add(signal   ? is_met(*signal)
          : closed ? is_met(PortSignal::Data) && is_met(PortSignal::Errors)
                   : scope.known->is_up(*scope.device, i));
    }
  }
  const bool certain = disordered_.empty() || std::stoi(words[2]) != count;
  if (certain)
    expect(scope, std::stoi(words[1]) == up && std::stoi(words[2]) == count, fmt::format("{} of {} are up", up, count));
  if (!words[4].empty()) read_clause(scope, words[4]);
}

void SpokenFacts::qa_results(Scope& scope, const Words& words) {
  if (!scope.device) return untrue(scope, "no device");
  const auto qa = scope.known->qa(*scope.device);
  expect(scope, std::stoi(words[1]) == qa.successes, fmt::format("{} passed", qa.successes));
  expect(scope, std::stoi(words[2]) == qa.failures, fmt::format("{} failed", qa.failures));
  if (words[3].empty()) return expect(scope, !qa.last_failure, "there is a last failure");
  expect(scope, qa.last_failure && minute_of(*qa.last_failure) == time_spoken(words[3], scope.at),
         "another was the last");
}

void SpokenFacts::no_qa_result(Scope& scope, const Words&) {
  if (!scope.device) return untrue(scope, "no device");
  const auto qa = scope.known->qa(*scope.device);
  expect(scope, qa.successes + qa.failures == 0, "there are some");
}

void SpokenFacts::longest_gap(Scope& scope, const Words& words) {
  if (!scope.device) return untrue(scope, "no device");
  const auto gap = scope.known->qa(*scope.device).longest_gap;
  expect(scope, words[1] == duration_text(gap), "it is " + duration_text(gap));
}

void SpokenFacts::qa_to_do(Scope& scope, const Words& words) {
  if (!scope.device) return untrue(scope, "no device");
  const auto qa = scope.known->qa(*scope.device);
  if (words[1].starts_with("pass")) expect(scope, qa.failures > 0, "no failure is left in the window");
  if (words[1].starts_with("go on")) expect(scope, qa.failures == 0, "it fails");
}

void SpokenFacts::find_out_why(Scope& scope, const Words& words) {
  const auto& fault = words[1];
  const auto signal = fault == "no counter rows" ? PortSignal::Data
                      : fault == "no traffic" || !words[3].empty()
                          ? PortSignal::Utilization
                          : signal_in("with " + fault).value_or(PortSignal::Errors);
  scope.minutes.reset();
  if (!words[4].empty()) {
    read_where(scope, words[4], signal);
    if (scope.minutes) expect(scope, scope.minutes->may_fail(), "not in the newest minute");
    return;
  }
  if (fault == "no configuration fetch") scope.minutes = minutes_of(scope, "device.config_agent");
  if (fault == "no counter rows") scope.minutes = minutes_of(scope, "device.reporting");
  if (fault == "no latency samples") scope.minutes = minutes_of(scope, "device.telemetry_agent");
  if (scope.minutes) expect(scope, scope.minutes->may_fail(), "not in the newest minute");
}

void SpokenFacts::bad_in_the_last_hour(Scope& scope, const Words& words) {
  if (!scope.minutes || scope.minutes->slack > 0 || !minutes_of(scope, scope.id)) return;
  const auto& known = *scope.minutes;
  const auto bad = std::distance(known.bad.lower_bound(known.to - 60), known.bad.end());
  expect(scope, std::stol(words[1]) == bad, fmt::format("{} were bad", bad));
}

}  // namespace dz::sim
