// Clauses about a whole record: its state, who holds it, what to do, and what stands on the ledger.
#include <algorithm>

#include <fmt/format.h>

#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

constexpr Duration kLateness = std::chrono::seconds{30};
const std::string kToDoOfRecord =
    R"(ask for it|drain it|set it|set it to 0|add a /29 or larger|activate a DIA interface)";

}  // namespace

std::vector<SpokenFacts::Shape> SpokenFacts::shapes_of_records() {
  using F = SpokenFacts;
  std::vector<Shape> all;
  const auto add = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check});
  };
  // Sentences.
  add("led by a criterion",
      R"((held|impaired|impaired after too long without evidence|ready for links|stays [a-z-]+, with too few bad )"
      R"(minutes to impair|stays [a-z-]+ without evidence)(?: by |: )<id>: (.*))",
      &F::led_by);
  add("also", R"(also (<id>(?:, <id>)*))", &F::also);
  add("every criterion is met", R"(([a-z-]+)( again)?: every criterion is met over (.*))", &F::every_criterion_is_met);
  add("a minute has to pass", R"(every criterion is met|a whole minute has to pass since the record last changed)",
      &F::nothing_to_check);
  add("impaired until judged again",
      R"((it left service|it is wanted back in service): health is impaired until it is judged again|)"
      R"(it is provisioned: its health was not judged by this monitor, and is pending until it is)",
      &F::not_judged_yet);
  add("seen for the first time", R"(first seen|held|impaired|ready for links|stays ready for links)",
      &F::nothing_to_check);
  add("impaired unless", R"(impaired <when> unless evidence returns)", &F::impaired_unless);
  // The line of the state.
  add("State: good", R"(State: good)", &F::state_good);
  add("State: failing", R"(State: failing(?: since <time>)? \(<id>\))", &F::state_failing);
  add("State: recovering", R"(State: recovering \(<id>\): clean since <time>(?:, returns <when>)?)",
      &F::state_recovering);
  add("State: collecting", R"(State: collecting evidence(?: \(<id>\))?(?:: complete <when>)?)", &F::state_collecting);
  add("State: waiting for a write", R"(State: waiting for its health to be written)", &F::nothing_to_check);
  add("State: needs somebody", R"(State: needs the (contributor|operator|foundation) \(<id>\))", &F::state_needs);
  add("held by a drain",
      R"((State: held|also held) by a drain that is wanted \(([a-z-]+)\)(?:, of (.*) \(key (\S+)\) <when>)?)",
      &F::held_by_drain);
  add("held by the record", R"((State: held|also held) by <id>)", &F::held_by_record);
  // What to do.
  add("To do: nothing", R"(To do: (nothing|nothing but to keep it clean|nothing but to wait))", &F::nothing_to_do);
  add("To do", R"(To do: (.*))", &F::to_do_of);
  add("of a criterion", R"(<id>: (.*))", &F::to_do_of);
  add("more to do", R"((\d+) more criteria need a hand|(1) more criterion needs a hand)", &F::more_to_do);
  add("a command", "(" + kToDoOfRecord + R"(): doublezero (link|device|interface) (.*))", &F::command);
  // What stands on the ledger.
  add("status and desired status", R"(status ([a-z-]+), desired ([a-z-]+))", &F::status_line);
  add("judged at", R"(judged (\S+) over (.*))", &F::judged_at);
  add("for links", R"(for links: evidence ([a-z ]+), record ([a-z ]+?)(, bad enough to impair)?)",
      &F::nothing_to_check);
  add("evidence and record", R"(evidence ([a-z ]+), record ([a-z ]+?)(, bad enough to impair)?)",
      &F::evidence_and_record);
  add("status is", R"((status|desired_status) is ([a-z-]+))", &F::status_is);
  add("a field of the record",
      R"((public_ip) is (\S+)|(dz_prefixes): (\S+)|(max_users) is (\d+)|)"
      R"((a|no) DIA interface is activated|(an|no) interface of a link is activated)",
      &F::field_of_record);
  add("not asked",
      R"((not asked in service|asked on the way into service only)|it is not judged of (\S+) (links|devices)|)"
      R"((no) CYOA interface)",
      &F::not_asked);
  // Notes.
  add("a note of a side", R"(Note: side ([AZ]): (.*))", &F::of_side);
  add("a note", R"(Note: (.*))", &F::to_do_of);
  add("in maintenance", R"((\S+) is in maintenance until <time>, and nobody is alarmed by it: (.*) \(told by (\S+)\))",
      &F::in_maintenance);
  add("its rows are late", R"(its rows come <duration> late: its clock is behind, or what sends them is slow)",
      &F::clock_note);
  add("its clock",
      R"((?:\d+ pushed rows were refused because its clock was|its clock is) <duration> ahead|set its time)",
      &F::clock_note);
  add("not counted as silence", R"(their silent minutes count as unobserved)", &F::nothing_to_check);
  return all;
}

void SpokenFacts::nothing_to_check(Scope&, const Words&) {}

void SpokenFacts::led_by(Scope& scope, const Words& words) {
  scope.id = words[2];
  scope.minutes = minutes_of(scope, scope.id);
  if (scope.minutes && scope.minutes->slack == 0 && gates(scope.id))
    expect(scope, !scope.minutes->is_met(), scope.id + " is met");
  read_clause(scope, words[3]);
}

void SpokenFacts::also(Scope& scope, const Words& words) {
  static const auto kId = shape("<id>");
  for (auto id = std::sregex_iterator(words[1].begin(), words[1].end(), kId); id != std::sregex_iterator(); ++id) {
    const auto known = minutes_of(scope, id->str());
    if (known && known->slack == 0) expect(scope, !known->is_met(), id->str() + " is met");
  }
}

void SpokenFacts::every_criterion_is_met(Scope& scope, const Words& words) {
  expect(scope, words[3] == duration_text(world_.options().window), "the window has another length");
  for (const auto& id : criteria_of(scope)) expect(scope, minutes_of(scope, id)->is_met(), id + " is not met");
}

void SpokenFacts::not_judged_yet(Scope& scope, const Words& words) {
  const auto status = scope.link != nullptr ? link_of(scope)->status : record_of(scope)->status;
  expect(scope, status != Status::Activated, "it is in service");
  expect(scope, words[1].empty() || health_of(scope) == "impaired" || world_.options().live, "it is not impaired");
}

// Of the whole record. Of devices some of the criteria are over candidates, of live links over what slides.
void SpokenFacts::evidence_and_record(Scope& scope, const Words& words) {
  bool bad = false, met = true;
  for (const auto& id : criteria_of(scope)) {
    const auto minutes = *minutes_of(scope, id);
    bad = bad || !minutes.bad.empty();
    met = met && minutes.is_met();
  }
  if (words[1] == "met") expect(scope, met, "not every criterion is met");
  if (bad) expect(scope, words[1] == "not met", "a minute was bad");
  const bool certain = disordered_.empty() && scope.link != nullptr && !world_.options().live;
  if (met && certain) expect(scope, words[1] == "met", "it is met");
  const auto* link = link_of(scope);
  const auto status = link != nullptr ? link->status : record_of(scope)->status;
  if (status == Status::Activated) expect(scope, words[2] == "not applicable", "it is not asked in service");
  if (link == nullptr || words[2] == "not applicable" || world_.options().live) return;
  const bool ready = is_drained(status) && link->desired_status == DesiredStatus::Activated;
  expect(scope, (words[2] == "met") == ready, "the record says something else");
}

void SpokenFacts::impaired_unless(Scope& scope, const Words& words) {
  expect(scope, time_spoken(words[1], scope.at) >= minute_of(scope.at), "it is past");
  expect(scope, health_of(scope) != "impaired", "it is impaired");
}

// One is named before, and is no part of them.
void SpokenFacts::more_to_do(Scope& scope, const Words& words) {
  if (!scope.open_rows) return untrue(scope, "no page says so");
  expect(scope, std::stol(words[1] + words[2]) < *scope.open_rows, fmt::format("{} are not met", *scope.open_rows));
}

// ---- states

void SpokenFacts::state_good(Scope& scope, const Words&) { expect(scope, !fails_now(scope), "it fails now"); }

void SpokenFacts::state_failing(Scope& scope, const Words& words) {
  const auto known = minutes_of(scope, words[2]);
  if (!known) return;  // over candidates, or QA: the clauses about it are checked
  expect(scope, known->may_fail(), "it does not fail now");
  if (known->slack == 0) since_is(scope, *known, words[1]);
}

// After the last bad minute of everything that recovers.
void SpokenFacts::state_recovering(Scope& scope, const Words& words) {
  expect(scope, !fails_now(scope), "it fails now");
  seen_clean(scope);
  const auto since = time_spoken(words[2], scope.at);
  for (const auto& id : criteria_of(scope)) {
    const auto known = *minutes_of(scope, id);
    if (known.bad.empty() || known.fails()) continue;
    expect(scope, begin_of(*known.bad.rbegin() + 1) <= since, id + " was bad after that");
  }
  if (words[3].empty()) return;
  const auto returns = Timestamp{minute_of(since + world_.options().window + kLateness)};
  expect(scope, time_spoken(words[3], scope.at) >= returns, "it cannot be back then");
  const auto known = minutes_of(scope, words[1]);
  if (!known || known->slack > 0 || known->bad.empty()) return;
  const bool is_last = begin_of(*known->bad.rbegin() + 1) == since;
  const auto criteria = criteria_of(scope);  // what was not seen may hold each of them for longer
  const bool clean = std::all_of(criteria.begin(), criteria.end(), [&](const std::string& id) {
    return minutes_of(scope, id)->clean_from() <= *known->bad.rbegin() + 1;
  });
  if (is_last && clean && scope.link != nullptr && !world_.options().live)
    expect(scope, time_spoken(words[3], scope.at) <= returns + std::chrono::minutes{1}, "it is back before that");
}

// Whoever says that something is clean has seen a minute in which it was.
void SpokenFacts::seen_clean(const Scope& scope) {
  for (const auto& id : criteria_of(scope)) {
    const auto known = *minutes_of(scope, id);
    const bool was_good = static_cast<long>(known.bad.size()) < known.length();
    if (known.slack == 0 && was_good) expect(scope, !known.failed_last(), id + " was not seen clean since");
  }
}

void SpokenFacts::state_collecting(Scope& scope, const Words& words) {
  expect(scope, !fails_now(scope), "it fails now");
  if (!words[2].empty()) expect(scope, time_spoken(words[2], scope.at) >= minute_of(scope.at), "it is past");
}

void SpokenFacts::state_needs(Scope& scope, const Words& words) {
  expect(scope, !fails_now(scope), "it fails now");
  const auto known = minutes_of(scope, words[2]);
  if (known && known->slack == 0) expect(scope, !known->is_met(), words[2] + " is met");
}

void SpokenFacts::held_by_drain(Scope& scope, const Words& words) {
  const auto desired = scope.link != nullptr ? link_of(scope)->desired_status : record_of(scope)->desired_status;
  expect(scope, words[2] == to_text(desired), fmt::format("it is wanted {}", to_text(desired)));
  if (words[3].empty()) return;
  ++read_["who drained"];
  const auto key = scope.link != nullptr ? world_.link_key(static_cast<std::size_t>(scope.link - world_.links().data()))
                                         : world_.device(*scope.device).key();
  const auto* drain = world_.drain_of(key);
  if (drain == nullptr) return untrue(scope, "nobody drained it");
  const auto contributor = drain->by == World::Person::Alpha ? "contributor 'alpha'" : "contributor 'beta'";
  const bool of_foundation = drain->by == World::Person::Foundation;
  expect(scope, words[3].ends_with(of_foundation ? "the foundation" : contributor), "somebody else drained it");
  expect(scope, words[4] == to_text(world_.key_of(drain->by)), "another key signed");
  const auto said = time_spoken(words[5], scope.at);
  const bool then = said == minute_of(drain->at) || said == minute_of(drain->at - std::chrono::seconds{2});
  expect(scope, then, "it was at " + dz::to_text(drain->at));
}

void SpokenFacts::held_by_record(Scope& scope, const Words& words) {
  const auto* link = link_of(scope);
  if (link != nullptr && words[2] == "link.desired_activated")
    expect(scope, link->desired_status != DesiredStatus::Activated, "it is wanted activated");
}

// ---- what to do

void SpokenFacts::nothing_to_do(Scope& scope, const Words&) { expect(scope, !fails_now(scope), "it fails now"); }

// "link.a.errors: met 2 h after it is repaired", and what stands behind "To do: " and "Note: ".
void SpokenFacts::to_do_of(Scope& scope, const Words& words) {
  if (words.size() < 3) return read_clause(scope, words[1]);
  scope.id = words[1];
  scope.minutes = minutes_of(scope, scope.id);
  read_clause(scope, words[2]);
}

// Every command names the record that the page is about, and does what the record lacks.
void SpokenFacts::command(Scope& scope, const Words& words) {
  expect(scope, words[3].find(" " + scope.code) != std::string::npos, "the command names another record");
  expect(scope, words[2] == (scope.link != nullptr ? "link" : "device"), "the command is of another kind");
  const auto* link = link_of(scope);
  const auto* device = record_of(scope);
  const auto status = link != nullptr ? link->status : device->status;
  const auto desired = link != nullptr ? link->desired_status : device->desired_status;
  if (words[1] == "drain it") expect(scope, !is_drained(status), "it is drained");
  if (words[1] == "ask for it") expect(scope, desired != DesiredStatus::Activated, "it is asked for");
  if (words[1] == "set it to 0") expect(scope, device != nullptr && device->max_users != 0, "it is 0");
}

// ---- what stands on the ledger

void SpokenFacts::status_line(Scope& scope, const Words& words) {
  const auto* link = link_of(scope);
  const auto* device = record_of(scope);
  const auto status = link != nullptr ? link->status : device->status;
  const auto desired = link != nullptr ? link->desired_status : device->desired_status;
  expect(scope, words[1] == to_text(status), fmt::format("its status is {}", to_text(status)));
  expect(scope, words[2] == to_text(desired), fmt::format("it is wanted {}", to_text(desired)));
}

void SpokenFacts::status_is(Scope& scope, const Words& words) {
  const auto* link = link_of(scope);
  const auto* device = record_of(scope);
  const auto desired = to_text(link != nullptr ? link->desired_status : device->desired_status);
  const auto is = words[1] == "status" ? to_text(link != nullptr ? link->status : device->status) : desired;
  expect(scope, words[2] == is, fmt::format("it is {}", is));
}

void SpokenFacts::judged_at(Scope& scope, const Words& words) {
  const auto at = parse_timestamp(words[1]);
  auto most = world_.options().pass_interval + std::chrono::seconds{5};
  if (clock_wrong_ && world_.now() - *clock_wrong_ <= std::chrono::minutes{2})
    most += world_.now() - *wrong_since_;  // by a clock that is not believed nothing is judged
  expect(scope, at && *at <= scope.at && *at > scope.at - most, "it was judged at another time");
  expect(scope, words[2] == duration_text(world_.options().window), "the window has another length");
}

void SpokenFacts::field_of_record(Scope& scope, const Words& words) {
  const auto* device = record_of(scope);
  if (device == nullptr) return untrue(scope, "a link has no such field");
  if (words[1] == "public_ip") expect(scope, words[2] == to_text(device->public_ip), "it is another");
  if (words[3] == "dz_prefixes")
    expect(scope, !device->dz_prefixes.empty() && words[4].starts_with(to_text(device->dz_prefixes.front())),
           "there are others");
  if (words[5] == "max_users")
    expect(scope, words[6] == std::to_string(device->max_users), fmt::format("it is {}", device->max_users));
  const auto any = [&](auto is) { return std::any_of(device->interfaces.begin(), device->interfaces.end(), is); };
  const auto active = [](const Interface& port) { return port.status == InterfaceStatus::Activated; };
  if (!words[7].empty())
    expect(scope, (words[7] == "a") == any([&](const auto& p) { return active(p) && p.dia != Dia::None; }),
           "the record says something else");
  if (!words[8].empty())
    expect(scope, (words[8] == "an") == any([&](const auto& p) { return active(p) && p.dia == Dia::None; }),
           "the record says something else");
}

void SpokenFacts::not_asked(Scope& scope, const Words& words) {
  const auto status = scope.link != nullptr ? link_of(scope)->status : record_of(scope)->status;
  if (words[1] == "not asked in service") expect(scope, status == Status::Activated, "it is not in service");
  if (words[1] == "asked on the way into service only") expect(scope, status != Status::Activated, "it is in service");
  expect(scope, scope.judgement == "not applicable", "it is judged");
}

// ---- notes

void SpokenFacts::of_side(Scope& scope, const Words& words) {
  if (scope.link == nullptr) return untrue(scope, "a device has no sides");
  Scope of_device = scope;
  of_device.device = words[1] == "A" ? scope.link->device_a : scope.link->device_z;
  of_device.link = nullptr;
  read(of_device, words[2]);
}

const control::Maintenance* SpokenFacts::maintenance_of(const Scope& scope) const {
  const auto is_of = [&](const Pubkey& record) {
    if (scope.device) return record == world_.device(*scope.device).key();
    if (scope.link == nullptr) return false;
    const auto link = static_cast<std::size_t>(scope.link - world_.links().data());
    return record == world_.link_key(link) || record == world_.device(scope.link->device_a).key() ||
           record == world_.device(scope.link->device_z).key();
  };
  for (const auto& maintenance : world_.maintenances()) {
    if (is_of(maintenance.window.record) && maintenance.holds_at(scope.at)) return &maintenance;
  }
  return nullptr;
}

void SpokenFacts::in_maintenance(Scope& scope, const Words& words) {
  auto of_pass = scope;  // a page is of the pass a moment ago
  of_pass.at -= std::chrono::seconds{5};
  const auto* now = maintenance_of(scope);
  const auto* maintenance = now != nullptr ? now : maintenance_of(of_pass);
  if (maintenance == nullptr) return untrue(scope, "it is in none");
  const auto of = scope_of_record(words[1], *scope.known);
  const auto& window = maintenance->window;
  if (!of) return untrue(scope, "there is no record " + words[1]);
  const auto key = of->device ? world_.device(*of->device).key()
                              : world_.link_key(static_cast<std::size_t>(of->link - world_.links().data()));
  expect(scope, key == window.record, "another record is worked on");
  expect(scope, time_spoken(words[2], scope.at) == minute_of(window.to), "it is until " + dz::to_text(window.to));
  expect(scope, words[3] == window.why, "the reason is: " + window.why);
  expect(scope, words[4] == to_text(maintenance->by), "somebody else told it");
}

void SpokenFacts::clock_note(Scope& scope, const Words& words) {
  if (!scope.device) return;  // "set its time", of the side named before
  const auto ahead = world_.faults(*scope.device).clock_ahead;
  if (words[0].find(" late:") != std::string::npos || (words[1].empty() && ahead < Duration{}))
    return expect(scope, ahead < Duration{} || clocks_[*scope.device] < Duration{}, "its clock is right");
  expect(scope, ahead > Duration{} || (words[1].empty() && clocks_[*scope.device] < Duration{}), "its clock is right");
  if (!words[1].empty())
    expect(scope, words[1] == duration_text(ahead), "its clock is ahead by " + duration_text(ahead));
}

}  // namespace dz::sim
