// Clauses about what seldom is: counters that fell, clocks that were set back, the monitor's own clock, sources that do
// not answer, a budget of changes that is used up, and health that somebody else writes.
#include <algorithm>

#include <fmt/format.h>

#include "sim/spoken_facts.h"

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// For so long a fall or a step may be what the newest minutes show: until it is decided, and closed.
constexpr Duration kShowsLong = minutes{15};

}  // namespace

std::vector<SpokenFacts::Shape> SpokenFacts::shapes_of_rare() {
  using F = SpokenFacts;
  std::vector<Shape> all;
  const auto add = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check, false});
  };
  const auto add_of_source = [&](const char* name, const std::string& pattern, Check check) {
    all.push_back({name, shape(pattern), check, true});
  };
  const std::string port = R"((?:every port of (\S+?)|(\S+) (Switch\S+?)))";
  add("cause: counters fell",
      port +
          R"((?:, the parent port of \S+,)? (?:has sent|sends) counters below earlier ones(?: since <time>)?)"
          R"(: they were reset, or old readings are replayed|counters of )" +
          port + R"( below earlier ones)",
      &F::counters_fell);
  add("counters that fell: to do",
      R"((?:nothing|To do: nothing) if (\S+) was restarted: its next rows decide|)"
      R"(the counters of )" +
          port + R"( are known to have been reset, or rise above the earlier ones)",
      &F::counters_fell);
  add("counters that fell: or else", R"(otherwise stop what replays old readings(?:, or drain it)?)",
      &F::nothing_to_check);
  add("cause: times back",
      R"(rows of (\S+) went back in time by <duration> at <time>: its clock was set back, or it sends old rows after )"
      R"(newer ones|see that the clock of (\S+) is right, and that nothing sends its old rows|)"
      R"(rows of (\S+) are newer than all before|rows of (\S+) back in time)",
      &F::times_back);
  add("the clock of the monitor",
      R"((?:(?:held|impaired): )?the clock of this machine is not to be believed \((.*)\): no minute is closed|)"
      R"(check its time service|set the clock of the monitor's machine: check its time service|clock of the monitor|)"
      R"(the ledger's blocks or the devices' rows agree with the clock)",
      &F::own_clock);
  add_of_source(
      "cause: a source without answers",
      R"(source ([a-z-]+) last answered for <time>: what it shows as met counts as unknown|)"
      R"((?:held|stays [a-z-]+ without evidence)?(?:: )?source ([a-z-]+) last answered for <time>(?:: (.*))?)",
      &F::source_stale);
  add_of_source("a source to bring back",
                R"(bring source ([a-z-]+) back: its store, and the way to it|source ([a-z-]+) answers again|)"
                R"(source ([a-z-]+) without answers|check the source(?:: .*)?|source ([a-z-]+) is stale|)"
                R"(source ([a-z-]+) has to answer again|impaired <when> unless source ([a-z-]+) answers)",
                &F::source_is_stale);
  add("alarm: health of somebody else",
      R"((link|device) (\S+): expected health ([a-z-]+) as this monitor left it, found ([a-z-]+), which the evidence )"
      R"(would make ([a-z-]+))",
      &F::health_disagrees);
  add("no decision", R"(this monitor has no decision for it)", &F::nothing_to_check);
  add("what it judges", R"(it judges: (.*))", &F::to_do_of);
  add("alarm: nothing is written",
      R"(nothing is written to it until they agree: find out who else writes health|)"
      R"(whoever else writes health and the evidence agree)",
      &F::nothing_to_check);
  add("alarm: the budget",
      R"(health is held back: (\d+) of (\d+) writes in the last minute, (\d+) of (\d+) records in the last hour|)"
      R"(health is held back: (\d+) writes in the last minute, (\d+) of (\d+) records in the last hour)",
      &F::budget_used);
  add("alarm: held by the budget",
      R"((\d+) more are held: (too many writes in a minute|too much of the fleet in an hour)|)"
      R"(see what changed at once, and raise the limits if it is right|)"
      R"(what is deferred could be written within the limits)",
      &F::budget_held);
  add("held back by the budget",
      R"(its change of health is held back by the change budget \((?:too many writes in a minute|too much of the fleet )"
      R"(in an hour)\)(?:, until <time> at the earliest)?)",
      &F::held_back);
  add("held back: to do",
      R"((?:To do: )?nothing but to wait until it may be written, or to raise the monitor's limits)", &F::held_back);
  return all;
}

// What stands at this call and is gone at the next is remembered: a sentence may be of the pass before.
void SpokenFacts::note_rare() {
  for (std::size_t i = 0; i < world_.devices(); ++i) {
    const auto ahead = world_.faults(i).clock_ahead;
    if (last_check_ && ahead < clocks_[i]) steps_[i] = {*last_check_, world_.now(), clocks_[i] - ahead};
    const auto& ports = world_.faults(i).ports;
    for (std::size_t port = 0; port < ports.size(); ++port) {
      if (ports[port].replay) replayed_[{i, port}] = world_.now();
    }
  }
  if (world_.monitor_clock(0) != Duration{}) {
    if (!clock_wrong_) wrong_since_ = last_check_.value_or(world_.now());
    clock_wrong_ = world_.now();
  }
}

bool SpokenFacts::fell_lately(std::size_t device, std::size_t port) const {
  const auto replayed = replayed_.find({device, port});
  const auto reset = world_.reset_of(device, port);
  return (replayed != replayed_.end() && world_.now() - replayed->second < kShowsLong) ||
         (reset && world_.now() - *reset < kShowsLong);
}

void SpokenFacts::counters_fell(Scope& scope, const Words& words) {
  std::vector<std::string> names;
  std::string since;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].empty()) continue;
    if (words[i].find(':') == std::string::npos) {
      names.push_back(words[i]);
    } else {
      since = words[i];
    }
  }
  if (names.empty()) return untrue(scope, "nobody is named");
  const auto device = device_called(scope, names[0]);
  // Of what is over too; the sentence of what to do has no title.
  const bool is_title = words.size() > 7 && !(words[5] + words[6] + words[7]).empty();
  const auto& ports = world_.device(device).spec().ports;
  bool any = false;
  std::optional<Timestamp> begun;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (names.size() > 1 && ports[i].name != names[1]) continue;
    any =
        any || fell_lately(device, i) || (is_title && (replayed_.contains({device, i}) || world_.reset_of(device, i)));
    if (const auto reset = world_.reset_of(device, i)) begun = std::max(begun.value_or(*reset), *reset);
  }
  expect(scope, any, "no counter of it fell");
  if (!since.empty() && begun && !replayed_.contains({device, 0}))
    expect(scope, time_spoken(since, scope.at) >= minute_of(*begun - minutes{1}), "it is since another time");
}

void SpokenFacts::times_back(Scope& scope, const Words& words) {
  const auto device = device_called(scope, words[1] + words[4] + words[5] + words[6]);
  const auto step = steps_.find(device);
  // An agent that hands in the newest first after a restart does send old rows after newer ones.
  if (step == steps_.end() && world_.options().newest_first && world_.opened_at(0) > heard_since_) return;
  if (step == steps_.end()) return untrue(scope, "its clock was never set back");
  if (words[1].empty()) return;
  const auto& [after, before, by] = step->second;
  expect(scope, words[2] == duration_text(by), "it was " + duration_text(by));
  const auto said = time_spoken(words[3], scope.at);
  expect(scope, said >= minute_of(after) && said <= before, "it was after " + dz::to_text(after));
}

// By how much it says, where it does.
void SpokenFacts::own_clock(Scope& scope, const Words& words) {
  const bool lately = clock_wrong_ && world_.now() - *clock_wrong_ <= minutes{2};
  expect(scope, lately, "the clock of the monitor is right");
  static const auto kBehind = shape(R"(the ledger's newest block was made (\d+) s after the time of this clock)");
  static const auto kRows = shape(R"(most devices send rows of another time \((\d+) of them\))");
  std::smatch match;
  if (std::regex_match(words[1], match, kBehind)) {
    const auto skew = -world_.monitor_clock(0);
    const auto said = seconds{std::stol(match[1])};
    expect(scope, skew - said < seconds{5} && said - skew < seconds{5}, "it is behind by " + duration_text(skew));
  } else if (std::regex_match(words[1], match, kRows)) {
    expect(scope, std::stoul(match[1]) == world_.devices(), "of how many devices?");
  }
}

void SpokenFacts::source_stale(Scope& scope, const Words& words) {
  const auto name = words[1] + words[3];
  const auto time = words[2] + words[4];
  const auto last = world_.last_answered(0, name);
  if (!last) return untrue(scope, "no such source is pulled");
  // A minute that was answered closes with the next one.
  const auto said = number_of(time_spoken(time, scope.at));
  expect(scope, said <= *last + 1 && said >= *last - 2, "it last answered for " + dz::to_text(begin_of(*last)));
  expect(scope, begin_of(*last) < world_.now() - minutes{3}, "it answers");
  if (!words[5].empty()) expect(scope, words[5].find("main") != std::string::npos, "no store of that name");
}

void SpokenFacts::source_is_stale(Scope& scope, const Words& words) {
  const auto name = words[1] + words[2] + words[3] + words[4] + words[5] + words[7];
  if (!name.empty())
    expect(scope, name == "qa" || world_.last_answered(0, name).has_value(), "no such source is pulled");
}

void SpokenFacts::health_disagrees(Scope& scope, const Words& words) {
  expect(scope, words[2] == scope.code, "another record");
  expect(scope, words[4] == health_of(scope), "its health is " + health_of(scope));
  expect(scope, words[3] != words[4], "nobody wrote it");
  expect(scope, words[5] == "impaired" || !fails_now(scope), "it fails now");
}

// In the small world of walks every record counts, and links and devices are all.
void SpokenFacts::budget_used(Scope& scope, const Words& words) {
  const auto& limits = world_.options().limits;
  if (!limits) return untrue(scope, "there is no limit");
  if (!words[2].empty() && limits->writes_per_minute)
    expect(scope, std::stoul(words[2]) == *limits->writes_per_minute, "the limit of a minute is another");
  const auto used = words[3] + words[6], of = words[4] + words[7];
  expect(scope, std::stoul(used) <= std::stoul(of), "more were written than may be");
}

void SpokenFacts::budget_held(Scope& scope, const Words& words) {
  if (words[1].empty()) return;
  const auto records = world_.links().size() + world_.devices();
  expect(scope, std::stoul(words[1]) >= 1 && std::stoul(words[1]) <= records, "of how many records?");
}

void SpokenFacts::held_back(Scope& scope, const Words& words) {
  expect(scope, world_.options().limits.has_value(), "there is no limit");
  if (words.size() > 1 && !words[1].empty())
    expect(scope, time_spoken(words[1], scope.at) >= minute_of(scope.at), "that is over");
}

}  // namespace dz::sim
