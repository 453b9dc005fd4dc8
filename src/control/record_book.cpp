#include "control/record_book.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "control/record_changes.h"

namespace dz::control {
namespace {

bool says_something(const Decision& decision) { return decision.change || decision.alarm || decision.look_again; }

// Moves on to the key in verdicts that are ordered by key. Null: it is not among them.
class Known {
 public:
  explicit Known(std::span<const RecordVerdict> verdicts) : verdicts_(verdicts) {}
  const RecordVerdict* find(const Pubkey& key) {
    while (at_ < verdicts_.size() && verdicts_[at_].key < key) ++at_;
    return at_ < verdicts_.size() && verdicts_[at_].key == key ? &verdicts_[at_] : nullptr;
  }
  std::size_t at() const { return at_; }

 private:
  std::span<const RecordVerdict> verdicts_;
  std::size_t at_ = 0;
};

}  // namespace

RecordBook::RecordBook(Memories memories) : restored_(std::move(memories)) {
  for (auto& [key, memory] : restored_) {
    memory.present_since.reset();
    memory.reset_sent = false;
  }
}

// ---- memories

RecordBook::Memories RecordBook::memories() const {
  Memories memories = restored_;
  for (std::size_t place = 0; place < verdicts_.size(); ++place) memories[verdicts_[place].key] = known_memory(place);
  return memories;
}

verdict::RecordMemory RecordBook::known_memory(std::size_t place) const {
  const bool link = place < links_.size();
  const auto* device = link ? nullptr : &devices_[place - links_.size()];
  auto memory = link ? links_[place].memory : device->memory;
  if (link ? links_[place].evidence_known : device->evidence_known) memory.evidence_known_at = last_pass_;
  return memory;
}

verdict::RecordMemory& RecordBook::memory_at(std::size_t place) {
  return is_link(place) ? link_at(place).memory : device_at(place).memory;
}

verdict::RecordMemory RecordBook::memory_of(const Pubkey& key) const {
  const auto place = place_of(key);
  return place ? known_memory(*place) : verdict::RecordMemory{};
}

std::optional<std::vector<Pubkey>> RecordBook::unsaved() const {
  if (!unsaved_) return std::nullopt;
  std::vector<Pubkey> keys;
  for (const auto place : *unsaved_) keys.push_back(verdicts_[place].key);
  return keys;
}

// Evidence that was never known has been so since this pass, and is kept to be that from the next one on.
void RecordBook::saved() {
  auto places = std::exchange(unsaved_, std::vector<std::size_t>{});
  if (!places) {
    places.emplace(verdicts_.size());
    std::iota(places->begin(), places->end(), std::size_t{0});
  }
  for (const auto place : *places) {
    const bool known = is_link(place) ? link_at(place).evidence_known : device_at(place).evidence_known;
    if (!known && memory_at(place).evidence_known_at == last_pass_) unsaved_->push_back(place);
  }
}

// ---- records

void RecordBook::follow(const MonitorInputs& inputs) {
  const auto subjects_revision = inputs.evidence.subjects_revision();
  if (records_revision_ == inputs.records_revision && subjects_revision_ == subjects_revision) return;
  const auto* changes = inputs.changes;
  const bool told = records_revision_ && subjects_revision_ == subjects_revision && changes != nullptr &&
                    changes->revision() == inputs.records_revision;
  const auto changed = told ? changes->since(*records_revision_) : std::nullopt;
  if (!changed || !follow_some(inputs, *changed)) follow_all(inputs);
  records_revision_ = inputs.records_revision;
  subjects_revision_ = subjects_revision;
}

void RecordBook::follow_all(const MonitorInputs& inputs) {
  std::vector<verdict::RecordMemory> memories;
  for (std::size_t place = 0; place < verdicts_.size(); ++place) memories.push_back(known_memory(place));
  const auto verdicts = std::exchange(verdicts_, {});
  const std::span<const RecordVerdict> before(verdicts);
  Known known_links(before.first(links_.size()));
  Known known_devices(before.subspan(links_.size()));
  const auto first_device = links_.size();
  links_.clear();
  devices_.clear();
  links_of_.clear();
  beside_.clear();
  beside_of_.clear();
  last_ground_.reset();
  marked_.clear();
  decisions_.clear();
  symptoms_.clear();
  causes_stand_ = false;
  unsaved_.reset();
  const auto begin = [&](const Pubkey& key, RecordKind kind) -> verdict::RecordMemory {
    auto& known = kind == RecordKind::Link ? known_links : known_devices;
    const auto* verdict = known.find(key);
    verdicts_.push_back({.key = key, .kind = kind});
    if (verdict != nullptr) {
      verdicts_.back().disagreement = verdict->disagreement;
      return memories[known.at() + (kind == RecordKind::Link ? 0 : first_device)];
    }
    const auto restored = restored_.find(key);
    return restored == restored_.end() ? verdict::RecordMemory{} : restored->second;
  };
  for (const auto& [key, link] : inputs.links) {
    if (!inputs.owns(key)) {
      note_beside(inputs, key, link);
      continue;
    }
    for (const auto* side : {&link.side_a, &link.side_z}) {
      if (side == &link.side_z && link.side_z == link.side_a) continue;
      links_of_[*side].push_back(links_.size());
    }
    links_.push_back({&link,
                      resolve_link(inputs.evidence, inputs.policy, key, link),
                      begin(key, RecordKind::Link),
                      {link.side_a, link.side_z}});
  }
  for (const auto& [key, device] : inputs.devices) {
    if (!inputs.owns(key)) continue;
    devices_.push_back({&device, resolve(inputs, {key, device}), begin(key, RecordKind::Device)});
  }
  restored_.clear();
}

DeviceSubjects RecordBook::resolve(const MonitorInputs& inputs, const KeyedDevice& keyed) {
  const auto places = links_of_.find(keyed.key);
  const auto beside = beside_of_.find(keyed.key);
  std::map<Pubkey, std::pair<const Link*, const JudgedLink*>> by_key;
  if (places != links_of_.end()) {
    for (const auto place : places->second)
      by_key.emplace(verdicts_[place].key, std::pair(links_[place].link, &links_[place].judged));
  }
  if (beside != beside_of_.end()) {
    for (const auto& key : beside->second) by_key.emplace(key, std::pair(beside_.at(key).link, nullptr));
  }
  std::vector<KeyedLink> links;
  for (const auto& [key, link] : by_key) links.push_back({key, link.first});
  auto subjects = resolve_device(inputs.evidence, inputs.policy, keyed, links);
  std::size_t i = 0;
  for (const auto& [key, link] : by_key) subjects.links[i++].judged = link.second;
  return subjects;
}

void RecordBook::note_beside(const MonitorInputs& inputs, const Pubkey& key, const Link& link) {
  if (!inputs.owns(link.side_a) && !inputs.owns(link.side_z)) return;
  beside_.emplace(key, BesideLink{&link, {link.side_a, link.side_z}});
  for (const auto& end : std::set<Pubkey>{link.side_a, link.side_z}) beside_of_[end].push_back(key);
}

// A record that is not owned. False: links came or went at devices that are.
bool RecordBook::follow_beside(const MonitorInputs& inputs, const Pubkey& key) {
  const auto known = beside_.find(key);
  const auto link = inputs.links.find(key);
  if (known == beside_.end()) {
    return link == inputs.links.end() || (!inputs.owns(link->second.side_a) && !inputs.owns(link->second.side_z));
  }
  if (link == inputs.links.end() || known->second.ends != std::array{link->second.side_a, link->second.side_z})
    return false;
  known->second.link = &link->second;
  return true;
}

// False: records came or went, so that places move.
bool RecordBook::follow_some(const MonitorInputs& inputs, std::span<const Pubkey> changed) {
  std::vector<std::size_t> places;
  std::set<Pubkey> beside;  // devices
  for (const auto& key : changed) {
    if (!inputs.owns(key)) {
      if (!follow_beside(inputs, key)) return false;
      if (const auto link = beside_.find(key); link != beside_.end())
        beside.insert(link->second.ends.begin(), link->second.ends.end());
      continue;
    }
    const auto place = place_of(key);
    const bool as_link = inputs.links.contains(key), as_device = inputs.devices.contains(key);
    if (place.has_value() != (as_link || as_device) || (place && is_link(*place) != as_link)) return false;
    if (place) places.push_back(*place);
  }
  for (const auto place : places) {
    if (is_link(place)) {
      follow_link(inputs, place);
    } else {
      follow_device(inputs, place);
    }
  }
  for (const auto& end : beside) {
    const auto device = place_of(end);
    if (device && !is_link(*device)) follow_device(inputs, *device);
  }
  const bool same_records = places.empty() && beside.empty();
  causes_stand_ = causes_stand_ && (same_records || (symptoms_.empty() && !cause_ground_.concerns_others()));
  return true;
}

void RecordBook::follow_link(const MonitorInputs& inputs, std::size_t place) {
  const auto& key = verdicts_[place].key;
  auto& entry = links_[place];
  const auto& link = inputs.links.at(key);
  const auto before = std::exchange(entry.ends, {link.side_a, link.side_z});
  entry.link = &link;
  entry.subjects = resolve_link(inputs.evidence, inputs.policy, key, link);
  mark(place);
  std::set<Pubkey> ends(before.begin(), before.end());
  if (before != entry.ends) {
    for (const auto& end : before) std::erase(links_of_[end], place);
    for (const auto& end : std::set<Pubkey>(entry.ends.begin(), entry.ends.end())) {
      auto& links = links_of_[end];
      links.insert(std::lower_bound(links.begin(), links.end(), place), place);
    }
    ends.insert(entry.ends.begin(), entry.ends.end());
  }
  for (const auto& end : ends) {
    const auto device = place_of(end);
    if (device && !is_link(*device)) follow_device(inputs, *device);
  }
}

void RecordBook::follow_device(const MonitorInputs& inputs, std::size_t place) {
  const auto found = inputs.devices.find(verdicts_[place].key);
  if (found == inputs.devices.end()) return;
  auto& entry = device_at(place);
  entry.device = &found->second;
  entry.subjects = resolve(inputs, {found->first, found->second});
  mark(place);
}

std::optional<std::size_t> RecordBook::place_of(const Pubkey& key) const {
  const auto first_device = verdicts_.begin() + static_cast<std::ptrdiff_t>(links_.size());
  for (const auto& [begin, end] : {std::pair{verdicts_.begin(), first_device}, {first_device, verdicts_.end()}}) {
    const auto at =
        std::lower_bound(begin, end, key, [](const RecordVerdict& v, const Pubkey& k) { return v.key < k; });
    if (at != end && at->key == key) return static_cast<std::size_t>(at - verdicts_.begin());
  }
  return std::nullopt;
}

// Records that were read since the last pass may be at other ends, so then all of them are looked at.
std::vector<KeyedLink> RecordBook::links_at(const MonitorInputs& inputs, const Pubkey& device) const {
  std::vector<KeyedLink> links;
  if (records_revision_ != inputs.records_revision) {
    for (const auto& [key, link] : inputs.links) {
      if (link.side_a == device || link.side_z == device) links.push_back({key, &link});
    }
    return links;
  }
  const auto take = [&](const Pubkey& key) {
    if (const auto link = inputs.links.find(key); link != inputs.links.end()) links.push_back({key, &link->second});
  };
  if (const auto places = links_of_.find(device); places != links_of_.end()) {
    for (const auto place : places->second) take(verdicts_[place].key);
  }
  if (const auto beside = beside_of_.find(device); beside != beside_of_.end())
    std::for_each(beside->second.begin(), beside->second.end(), take);
  std::sort(links.begin(), links.end(), [](const KeyedLink& a, const KeyedLink& b) { return a.key < b.key; });
  return links;
}

const RecordVerdict* RecordBook::verdict_of(const Pubkey& key) const {
  const auto place = place_of(key);
  return place ? &verdicts_[*place] : nullptr;
}

// ---- who is judged, and what comes of it

void RecordBook::mark(std::size_t place) {
  (is_link(place) ? links_[place].calm : device_at(place).calm) = CalmMark{};
  marked_.insert(place);
}

void RecordBook::disturb_ends(std::size_t link) {
  for (const auto& end : links_[link].ends) {
    const auto device = place_of(end);
    if (device && !is_link(*device)) device_at(*device).calm = CalmMark{};
  }
}

void RecordBook::mark(const Pubkey& key) {
  if (const auto place = place_of(key)) mark(*place);
}

std::vector<std::size_t> RecordBook::take_marked() {
  std::vector<std::size_t> places(marked_.begin(), marked_.end());
  marked_.clear();
  return places;
}

void RecordBook::put(std::size_t place, Outcome outcome) {
  if (outcome.memory_changed && unsaved_) unsaved_->push_back(place);
  if (says_something(outcome.decision)) {
    decisions_.insert_or_assign(place, std::move(outcome.decision));
  } else {
    decisions_.erase(place);
  }
  const auto shown = symptoms_.find(place);
  const bool same = shown == symptoms_.end() ? !outcome.symptoms.any() : shown->second == outcome.symptoms;
  if (same) return;
  causes_stand_ = false;
  if (outcome.symptoms.any()) {
    symptoms_.insert_or_assign(place, std::move(outcome.symptoms));
  } else {
    symptoms_.erase(place);
  }
}

void RecordBook::put_causes(std::vector<FoundCause> causes, CauseGround ground) {
  causes_ = std::move(causes);
  cause_ground_ = std::move(ground);
  causes_stand_ = true;
}

void RecordBook::end_pass(Ground ground, Timestamp now) {
  last_ground_ = std::move(ground);
  last_pass_ = now;
}

void RecordBook::landed(const Pubkey& key, Health health, bool reset) {
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.own_health = health;
  memory.own_written = true;
  memory.tried_health.reset();
  if (reset && memory.reset_sent) memory.reset.reset();
  mark(*place);
  if (unsaved_) unsaved_->push_back(*place);
}

void RecordBook::wanted_again(const Pubkey& key) {
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.reset = verdict::Reset{Health::Impaired, verdict::HealthReason::WantedAgain};
  memory.reset_sent = false;
  mark(*place);
  if (unsaved_) unsaved_->push_back(*place);
}

}  // namespace dz::control
