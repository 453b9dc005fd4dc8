#include "control/record_book.h"

#include <algorithm>

namespace dz::control {
namespace {

// The links that a device is an end of, and where they are in the book.
struct LinksOfDevice {
  std::vector<KeyedLink> links;
  std::vector<std::size_t> indices;
};

}  // namespace

RecordBook::RecordBook(Memories memories) : restored_(std::move(memories)) {
  for (auto& [key, memory] : restored_) {
    memory.present_since.reset();
    memory.reset_sent = false;
  }
}

RecordBook::Memories RecordBook::memories() const {
  Memories memories = restored_;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto& memory = memories[verdicts_[i].key] = links_[i].memory;
    if (links_[i].calm.holds) memory.evidence_known_at = last_pass_;
  }
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    memories[verdicts_[links_.size() + i].key] = devices_[i].memory;
  }
  return memories;
}

void RecordBook::follow(const MonitorInputs& inputs) {
  const auto subjects_revision = inputs.evidence.subjects_revision();
  if (records_revision_ == inputs.records_revision && subjects_revision_ == subjects_revision) return;
  records_revision_ = inputs.records_revision;
  subjects_revision_ = subjects_revision;

  const auto kept = memories();
  const auto memory_of = [&](const Pubkey& key) {
    const auto found = kept.find(key);
    return found == kept.end() ? verdict::RecordMemory{} : found->second;
  };
  restored_.clear();
  links_.clear();
  devices_.clear();
  verdicts_.clear();
  last_ground_.reset();
  std::map<Pubkey, LinksOfDevice> of_device;
  for (const auto& [key, link] : inputs.links) {
    for (const auto* side : {&link.side_a, &link.side_z}) {
      if (side == &link.side_z && link.side_z == link.side_a) continue;
      of_device[*side].links.push_back({key, &link});
      of_device[*side].indices.push_back(links_.size());
    }
    links_.push_back({&link, resolve_link(inputs.evidence, inputs.policy, key, link), memory_of(key)});
    verdicts_.push_back({.key = key, .kind = RecordKind::Link});
  }
  for (const auto& [key, device] : inputs.devices) {
    const auto& [links, indices] = of_device[key];
    auto subjects = resolve_device(inputs.evidence, inputs.policy, {key, device}, links);
    for (std::size_t i = 0; i < indices.size(); ++i) subjects.links[i].judged = &links_[indices[i]].judged;
    devices_.push_back({&device, std::move(subjects), memory_of(key)});
    verdicts_.push_back({.key = key, .kind = RecordKind::Device});
  }
}

void RecordBook::end_pass(Ground ground, const MonitorInputs& inputs, bool planned_changes) {
  last_ground_ = std::move(ground);
  last_pass_ = inputs.now;
  settled_ = !planned_changes && (inputs.under_way == nullptr || inputs.under_way->empty());
  disputed_sources_ = inputs.disputed_sources;
}

bool RecordBook::stands(const MonitorInputs& inputs) const {
  return settled_ && last_ground_ && last_ground_->writable == inputs.writable() &&
         records_revision_ == inputs.records_revision && subjects_revision_ == inputs.evidence.subjects_revision() &&
         disputed_sources_ == inputs.disputed_sources && (inputs.under_way == nullptr || inputs.under_way->empty());
}

void RecordBook::stood(Timestamp now) {
  last_pass_ = now;
  for (auto& entry : links_) {
    if (entry.evidence_known) entry.memory.evidence_known_at = now;
  }
  for (auto& entry : devices_) {
    if (entry.evidence_known) entry.memory.evidence_known_at = now;
  }
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

const RecordVerdict* RecordBook::verdict_of(const Pubkey& key) const {
  const auto place = place_of(key);
  return place ? &verdicts_[*place] : nullptr;
}

verdict::RecordMemory& RecordBook::memory_at(std::size_t place) {
  return place < links_.size() ? links_[place].memory : devices_[place - links_.size()].memory;
}

verdict::RecordMemory RecordBook::memory_of(const Pubkey& key) const {
  const auto place = place_of(key);
  if (!place) return {};
  return *place < links_.size() ? links_[*place].memory : devices_[*place - links_.size()].memory;
}

void RecordBook::landed(const Pubkey& key, Health health, bool reset) {
  settled_ = false;
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.own_health = health;
  memory.own_written = true;
  memory.tried_health.reset();
  if (reset && memory.reset_sent) memory.reset.reset();
}

void RecordBook::wanted_again(const Pubkey& key) {
  settled_ = false;
  const auto place = place_of(key);
  if (!place) return;
  auto& memory = memory_at(*place);
  memory.reset = verdict::Reset{Health::Impaired, verdict::HealthReason::WantedAgain};
  memory.reset_sent = false;
  if (*place < links_.size()) links_[*place].calm = CalmMark{};  // it is looked at in the next pass
}

}  // namespace dz::control
