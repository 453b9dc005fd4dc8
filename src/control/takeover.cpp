#include "control/takeover.h"

#include <algorithm>

namespace dz::control {

// Whether somebody else wrote a health since the last pass.
bool Takeover::note_writes(const TakeoverPass& pass) {
  bool others = false;
  for (const auto& verdict : pass.verdicts) {
    const auto record = pass.records.find(verdict.key);
    if (record == pass.records.end()) continue;
    const auto health = record->second.health;
    const auto before = seen_.find(verdict.key);
    const bool changed = before != seen_.end() && before->second.record.health != health;
    const auto own = own_.find(verdict.key);
    const bool ours = own != own_.end() && own->second == health;
    const bool moved = changed && (before->second.record.status != record->second.status ||
                                   before->second.record.desired_status != record->second.desired_status);
    const bool by_program = pass.resets_health && moved && health == Health::Impaired;
    if (changed && !ours && !by_program) {
      others = true;
      others_.push_back(pass.now);
      if (before->second.verdict != health) foreign_.insert(verdict.key);
    }
    if (ours) own_.erase(own);
    if (verdict.verdict == health) foreign_.erase(verdict.key);
  }
  seen_.clear();
  for (const auto& verdict : pass.verdicts) {
    const auto record = pass.records.find(verdict.key);
    if (record != pass.records.end()) seen_.emplace(verdict.key, Seen{record->second, verdict.verdict});
  }
  std::erase_if(foreign_, [&](const Pubkey& key) { return !seen_.contains(key); });
  while (!others_.empty() && pass.now - others_.front() > std::chrono::hours{1}) others_.pop_front();
  return others;
}

void Takeover::note_due(const TakeoverPass& pass) {
  std::map<Pubkey, Timestamp> due;
  for (const auto& [key, seen] : seen_) {
    if (seen.verdict == seen.record.health || leaves_alone(key)) continue;
    const auto before = due_.find(key);
    due.emplace(key, before == due_.end() ? pass.now : before->second);
  }
  due_ = std::move(due);
}

bool Takeover::step(const TakeoverPass& pass) {
  const bool others_wrote = note_writes(pass);
  const bool spent = pass.records_an_hour && others_.size() >= *pass.records_an_hour;
  if (others_wrote) writes_ = false;
  if (others_wrote || spent || !pass.can_write) due_.clear();
  if (pass.can_write && !spent) note_due(pass);
  if (!writes_ && !due_.empty() && silent(pass.now) >= after_) writes_ = true;
  return writes_;
}

Duration Takeover::silent(Timestamp now) const {
  if (due_.empty()) return Duration{};
  const auto oldest =
      std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return std::max(Duration{}, now - oldest->second);
}

}  // namespace dz::control
