#include "quorum/disputes.h"

#include <algorithm>

namespace dz::quorum {
namespace {

constexpr Duration kPace = std::chrono::seconds{30};
constexpr Duration kPatience = std::chrono::seconds{15};  // for an answer

}  // namespace

void Disputes::begin_pass() {
  for (auto& [_, dispute] : disputes_) dispute.open = false;
}

void Disputes::disagree(const Question& about, const std::function<std::vector<Bytes>()>& own) {
  if (disputes_.size() >= kMost && !disputes_.contains(about)) return;
  auto& dispute = disputes_[about];
  dispute.open = true;
  if (!dispute.theirs) return;
  auto found = attest::find_differences(own(), *std::exchange(dispute.theirs, std::nullopt));
  dispute.problem = found ? std::string() : found.error().message;
  dispute.differences = found ? std::optional(std::move(*found)) : std::nullopt;
}

void Disputes::end_pass() {
  std::erase_if(disputes_, [](const auto& entry) { return !entry.second.open; });
}

std::vector<Disputes::Question> Disputes::ask(Timestamp now) {
  std::vector<Question> questions;
  for (auto& [about, dispute] : disputes_) {
    if (dispute.asked_at && now - *dispute.asked_at < kPatience) continue;
    if (!dispute.asked_at && now < dispute.next_ask) continue;
    dispute.asked_at = now;
    questions.push_back(about);
  }
  return questions;
}

void Disputes::heard(const Question& question, Result<std::vector<Bytes>> minutes, Timestamp now) {
  const auto found = disputes_.find(question);
  if (found == disputes_.end()) return;
  auto& dispute = found->second;
  dispute.asked_at.reset();
  dispute.next_ask = now + kPace;
  if (minutes) {
    dispute.theirs = std::move(*minutes);
  } else {
    dispute.problem = minutes.error().message;
  }
}

Timestamp Disputes::next() const {
  auto next = Timestamp::max();
  for (const auto& [_, dispute] : disputes_)
    next = std::min(next, dispute.asked_at ? *dispute.asked_at + kPatience : dispute.next_ask);
  return next;
}

const Disputes::Dispute* Disputes::of(const Question& about) const {
  const auto found = disputes_.find(about);
  return found == disputes_.end() ? nullptr : &found->second;
}

}  // namespace dz::quorum
