#include "control/incident.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "control/seen_over.h"

namespace dz::control {
namespace {

std::optional<Status> status_of(const MonitorInputs& inputs, const RecordVerdict& verdict) {
  if (verdict.kind == RecordKind::Link) {
    const auto link = inputs.links.find(verdict.key);
    return link == inputs.links.end() ? std::nullopt : std::optional(link->second.status);
  }
  const auto device = inputs.devices.find(verdict.key);
  return device == inputs.devices.end() ? std::nullopt : std::optional(device->second.status);
}

// What is asked of the records that incidents list.
class Verdicts {
 public:
  Verdicts(std::span<const RecordVerdict> verdicts, const MonitorInputs& inputs) : inputs_(inputs) {
    const auto first_device = std::partition_point(verdicts.begin(), verdicts.end(),
                                                   [](const RecordVerdict& v) { return v.kind == RecordKind::Link; });
    const auto links = static_cast<std::size_t>(first_device - verdicts.begin());
    of_kind_ = {verdicts.first(links), verdicts.subspan(links)};
  }
  // Nothing of it is left in the record's windows that holds it back.
  bool is_back(const Pubkey& key) const {
    const auto* v = find(key);
    if (v == nullptr || v->verdict == Health::Healthy || v->verdict == Health::ReadyForLinks) return true;
    const auto state = v->condition.state;
    return state != verdict::ConditionState::Failing && state != verdict::ConditionState::Recovering;
  }
  bool is_impaired_in_service(const Pubkey& key) const {
    const auto* v = find(key);
    return v != nullptr && (v->health == Health::Impaired || v->verdict == Health::Impaired) &&
           status_of(inputs_, *v) == Status::Activated;
  }

 private:
  const RecordVerdict* find(const Pubkey& key) const {
    for (const auto& verdicts : of_kind_) {
      const auto at = std::lower_bound(verdicts.begin(), verdicts.end(), key,
                                       [](const RecordVerdict& v, const Pubkey& k) { return v.key < k; });
      if (at != verdicts.end() && at->key == key) return &*at;
    }
    return nullptr;
  }

  const MonitorInputs& inputs_;
  std::array<std::span<const RecordVerdict>, 2> of_kind_;  // links, devices; each ordered by key
};

bool is_clock(const Incident& incident) { return incident.cause.kind == CauseKind::ClockNotBelieved; }

}  // namespace

std::string_view to_text(IncidentState state) { return state == IncidentState::Failing ? "failing" : "recovering"; }

std::string Incident::id() const {
  return fmt::format("{} {}", subject, std::chrono::floor<std::chrono::seconds>(since.time_since_epoch()).count());
}

IncidentBook::IncidentBook(std::vector<Incident> restored, Timestamp started)
    : incidents_(std::move(restored)), settled_at_(started + kSettling) {
  std::stable_partition(incidents_.begin(), incidents_.end(), is_clock);
}

bool IncidentBook::has_clock() const { return !incidents_.empty() && is_clock(incidents_.front()); }

void IncidentBook::clock_is_wrong(const std::string& problem, std::span<const RecordVerdict> verdicts, Timestamp now) {
  if (!has_clock()) {
    Incident clock;
    clock.cause.kind = CauseKind::ClockNotBelieved;
    clock.subject = subject_of(clock.cause);
    clock.since = clock.state_since = now;
    clock.gates = true;
    incidents_.insert(incidents_.begin(), std::move(clock));
  }
  auto& clock = incidents_.front();
  clock.cause.detail = problem;
  if (clock.records.size() == verdicts.size()) return;
  clock.records.clear();
  for (const auto& verdict : verdicts) clock.records.push_back(verdict.key);
  std::sort(clock.records.begin(), clock.records.end());
}

void IncidentBook::clock_is_right() {
  if (has_clock()) incidents_.erase(incidents_.begin());
}

const Incident& IncidentBook::found(std::size_t place) const { return incidents_[place + (has_clock() ? 1 : 0)]; }

const Incident* IncidentBook::leading(const Pubkey& record) const {
  if (has_clock()) return &incidents_.front();
  const auto lead = leads_.find(record);
  return lead == leads_.end() ? nullptr : &found(lead->second);
}

const Incident* IncidentBook::of(const Pubkey& record) const {
  if (const auto* lead = leading(record)) return lead;
  const auto found = std::find_if(incidents_.begin(), incidents_.end(), [&](const Incident& i) {
    return std::binary_search(i.records.begin(), i.records.end(), record);
  });
  return found == incidents_.end() ? nullptr : &*found;
}

// Which incident leads whom.
struct IncidentBook::Leading {
  std::map<Pubkey, std::size_t> places;  // by record
  std::vector<std::string> ids;          // of the incidents, by place

  // The records that are led by another one there than here, or by none.
  void differing(const Leading& there, std::set<Pubkey>& records) const {
    auto other = there.places.begin();
    for (const auto& [record, place] : places) {
      while (other != there.places.end() && other->first < record) ++other;
      const bool is_led_there = other != there.places.end() && other->first == record;
      if (!is_led_there || there.ids[other->second] != ids[place]) records.insert(record);
    }
  }
};

IncidentBook::Leading IncidentBook::leading_now() const {
  Leading leading{leads_, {}};
  const auto all = std::span(incidents_).subspan(has_clock() ? 1 : 0);
  for (const auto& incident : all) leading.ids.push_back(incident.id());
  return leading;
}

std::vector<Pubkey> IncidentBook::follow(std::span<const FoundCause> found, std::span<const RecordVerdict> verdicts,
                                         const MonitorInputs& inputs) {
  const Verdicts known(verdicts, inputs);
  const auto led_until_now = leading_now();
  std::optional<Incident> clock;
  if (has_clock()) clock = std::move(incidents_.front());
  clock_is_right();
  std::map<std::string, Incident> before;
  for (auto& incident : incidents_) before.emplace(incident.subject, std::move(incident));
  incidents_.clear();
  leads_.clear();
  out_of_sight_.clear();
  std::map<std::string, std::vector<Pubkey>> led, led_before;  // by subject
  for (const auto& one : found) {
    auto& incident = incidents_.emplace_back();
    incident.subject = subject_of(one.cause);
    incident.cause = one.cause;
    incident.gates = one.gates;
    incident.since = incident.state_since = std::min(one.cause.since.value_or(inputs.now), inputs.now);
    if (const auto old = before.find(incident.subject); old != before.end()) {
      const auto& was = old->second;
      incident.since = was.since;
      incident.state_since = was.state == IncidentState::Failing ? was.state_since : inputs.now;
      before.erase(old);
    }
    for (const auto& record : one.records) {
      incident.records.push_back(record.key);
      if (record.leads) led[incident.subject].push_back(record.key);
      incident.impairs = incident.impairs || (one.gates && known.is_impaired_in_service(record.key));
    }
  }
  for (auto& [subject, was] : before) {
    const bool settling =
        was.state == IncidentState::Failing && inputs.now < settled_at_ && !is_seen_over(was.cause, inputs);
    if (!settling) std::erase_if(was.records, [&](const Pubkey& key) { return known.is_back(key); });
    if (was.records.empty() || (!was.gates && !settling)) continue;
    if (!settling && was.state == IncidentState::Failing) {
      was.state = IncidentState::Recovering;
      was.state_since = inputs.now;
    }
    if (settling) {
      led_before.emplace(subject, was.records);
      out_of_sight_.insert(subject);
    }
    was.impairs = std::any_of(was.records.begin(), was.records.end(),
                              [&](const Pubkey& key) { return known.is_impaired_in_service(key); });
    incidents_.push_back(std::move(was));
  }
  std::stable_sort(incidents_.begin(), incidents_.end(), [](const Incident& a, const Incident& b) {
    return std::tuple(a.state, !a.gates, a.cause.kind) < std::tuple(b.state, !b.gates, b.cause.kind);
  });
  for (const auto* leads : {&led, &led_before}) {  // what was found goes before what is not taken for gone yet
    for (std::size_t i = 0; i < incidents_.size(); ++i) {
      const auto records = leads->find(incidents_[i].subject);
      if (records == leads->end()) continue;
      for (const auto& key : records->second) leads_.try_emplace(key, i);
    }
  }
  if (clock) incidents_.insert(incidents_.begin(), std::move(*clock));
  const auto led_now = leading_now();
  std::set<Pubkey> moved;
  led_until_now.differing(led_now, moved);
  led_now.differing(led_until_now, moved);
  return {moved.begin(), moved.end()};
}

std::optional<verdict::CauseReport> cause_report(const MonitorInputs& inputs, const Pubkey& record) {
  const auto* incident = inputs.incidents == nullptr ? nullptr : inputs.incidents->leading(record);
  if (incident == nullptr) return std::nullopt;
  const CauseWords words{inputs.links, inputs.devices, inputs.policy, inputs.now};
  const auto& cause = incident->cause;
  return verdict::CauseReport{.kind = to_text(cause.kind),
                              .sentence = render_cause(cause, words),
                              .to_do = render_to_do(cause, words),
                              .end = render_end(cause, words),
                              .since = incident->since,
                              .who = who_acts(cause),
                              .gates = incident->gates};
}

}  // namespace dz::control
