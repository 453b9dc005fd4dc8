#include "backtest/backtest_places.h"

#include <algorithm>
#include <map>
#include <optional>

namespace dz::backtest {
namespace {

// What is known of a record on one side, of those changes that were decided or followed.
struct Known {
  std::optional<Health> health;
  std::optional<Status> status;
  bool operator==(const Known&) const = default;
};

struct Change {
  Minute at;
  bool decided = false;  // else recorded
  Known before, after;
};

using Changes = std::map<Pubkey, std::vector<Change>>;

void add_changes(Changes& changes, const std::vector<BacktestDecision>& decisions, bool decided) {
  for (const auto& d : decisions) {
    auto& of_record = changes[d.key];
    of_record.push_back({minute_of(d.at), decided, {d.from, {}}, {d.to, {}}});
    for (const auto& step : d.followed)
      of_record.push_back({minute_of(step.at), decided, {{}, step.from}, {{}, step.to}});
  }
}

void take(Known& side, const Known& change) {
  if (change.health) side.health = change.health;
  if (change.status) side.status = change.status;
}

// What a side has no change of is what the other one had before its first.
void begin_as(Known& side, const Known& before) {
  if (!side.health) side.health = before.health;
  if (!side.status) side.status = before.status;
}

// The minute from which on the two sides differ; what both do within a minute is the same.
std::optional<Minute> apart_since(std::vector<Change> changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
  Known decided, recorded;
  std::optional<Minute> since;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& change = changes[i];
    begin_as(decided, change.before);
    begin_as(recorded, change.before);
    take(change.decided ? decided : recorded, change.after);
    if (i + 1 < changes.size() && changes[i + 1].at == change.at) continue;
    if (decided == recorded) {
      since.reset();
    } else if (!since) {
      since = change.at;
    }
  }
  return since;
}

std::optional<Health> last_health(const std::vector<Change>& changes, bool decided) {
  std::optional<Health> last;
  for (const auto& change : changes) {
    if (change.decided == decided && change.after.health) last = change.after.health;
  }
  return last;
}

}  // namespace

std::vector<BacktestPlace> places_elsewhere(const BacktestOutcome& outcome, const BacktestRecords& records) {
  Changes changes;
  add_changes(changes, outcome.decided, true);
  add_changes(changes, outcome.recorded, false);
  std::vector<BacktestPlace> places;
  const auto look = [&](RecordKind kind, const Pubkey& key, const auto& record) {
    const auto found = changes.find(key);
    const auto recorded = records.recorded().find(key);
    if (found == changes.end() || recorded == records.recorded().end()) return;
    BacktestPlace place{key, kind, record.code, {record.status, record.health}, {}, {}};
    place.recorded = {recorded->second.status, recorded->second.health};
    // What was decided last is on the ledger as soon as it is read again.
    if (const auto last = last_health(found->second, false); last && last == last_health(found->second, true))
      place.recorded.health = place.decided.health;
    if (place.decided == place.recorded) return;
    const auto since = apart_since(found->second);
    if (!since) return;
    place.since = Timestamp{*since};
    places.push_back(std::move(place));
  };
  for (const auto& [key, link] : records.links()) look(RecordKind::Link, key, link);
  for (const auto& [key, device] : records.devices()) look(RecordKind::Device, key, device);
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return places;
}

}  // namespace dz::backtest
