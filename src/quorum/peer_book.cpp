#include "quorum/peer_book.h"

#include <algorithm>

namespace dz::quorum {
namespace {

using std::chrono::seconds;

constexpr Duration kPace = seconds{30};      // when nothing waits
constexpr Duration kSoon = seconds{2};       // while something waits
constexpr Duration kCurrent = seconds{10};   // what was said so lately is not asked for by name
constexpr Duration kPatience = seconds{15};  // for an answer
constexpr Duration kFirstPause = seconds{2}, kLongestPause = seconds{60};

Duration pause_after(int failures) {
  return std::min<Duration>(kLongestPause, kFirstPause * (1 << std::min(failures - 1, 10)));
}

// Whether what was heard of the record may still count.
bool is_current(const std::map<Pubkey, std::vector<SignedOpinion>>& opinions, const Pubkey& record, Timestamp now) {
  const auto found = opinions.find(record);
  return found != opinions.end() && found->second.front().opinion.made_at >= now - kCurrent;
}

// The newest stays; of the same time, what contradicts it too, so that this shows.
void keep(std::vector<SignedOpinion>& of_record, const SignedOpinion& heard) {
  if (of_record.empty() || heard.opinion.made_at > of_record.front().opinion.made_at) {
    of_record.assign(1, heard);
  } else if (heard.opinion.made_at == of_record.front().opinion.made_at && of_record.size() == 1 &&
             heard != of_record.front()) {
    of_record.push_back(heard);
  }
}

}  // namespace

PeerBook::PeerBook(const std::set<Pubkey>& peers) {
  for (const auto& peer : peers) peers_.try_emplace(peer);
}

std::vector<PeerBook::Question> PeerBook::ask(const std::set<Pubkey>& wanted, Timestamp now) {
  std::vector<Question> questions;
  for (auto& [key, peer] : peers_) {
    if (peer.asked_at && now - *peer.asked_at < kPatience) continue;
    if (peer.asked_at) put_off(peer, "no answer within " + duration_text(kPatience), now);
    std::vector<Pubkey> missing;
    for (const auto& record : wanted) {
      if (missing.size() < kMostAsked && !is_current(peer.opinions, record, now)) missing.push_back(record);
    }
    // The slow pace is for when nothing is wanted; what failed is left alone for its pause.
    if (!missing.empty() && peer.failures == 0 && peer.answered_at)
      peer.next_ask = std::min(peer.next_ask, *peer.answered_at + kSoon);
    if (now < peer.next_ask) continue;
    peer.asked_at = now;
    questions.push_back({key, std::move(missing)});
  }
  return questions;
}

void PeerBook::heard(const Pubkey& key, std::span<const SignedOpinion> opinions, Timestamp now) {
  const auto found = peers_.find(key);
  if (found == peers_.end()) return;
  auto& peer = found->second;
  peer.asked_at.reset();
  peer.answered_at = now;
  peer.next_ask = now + kPace;
  peer.failures = 0;
  peer.last_error.clear();
  std::erase_if(peer.opinions, [&](const auto& of) { return of.second.front().opinion.made_at < now - kOldest; });
  for (const auto& heard : opinions) {
    if (heard.opinion.judge != key) {
      ++peer.foreign;
      continue;
    }
    if (peer.opinions.size() >= kMostHeard && !peer.opinions.contains(heard.opinion.record)) continue;
    if (heard.opinion.made_at > now + kAhead || heard.opinion.made_at < now - kOldest) continue;
    keep(peer.opinions[heard.opinion.record], heard);
  }
}

void PeerBook::failed(const Pubkey& key, std::string why, Timestamp now) {
  const auto found = peers_.find(key);
  if (found == peers_.end()) return;
  put_off(found->second, std::move(why), now);
}

void PeerBook::put_off(Peer& peer, std::string why, Timestamp now) {
  peer.asked_at.reset();
  peer.last_error = std::move(why);
  peer.next_ask = now + pause_after(++peer.failures);
}

std::vector<SignedOpinion> PeerBook::of(const Pubkey& record) const {
  std::vector<SignedOpinion> all;
  for (const auto& [_, peer] : peers_) {
    const auto found = peer.opinions.find(record);
    if (found != peer.opinions.end()) all.insert(all.end(), found->second.begin(), found->second.end());
  }
  return all;
}

Timestamp PeerBook::next() const {
  auto next = Timestamp::max();
  for (const auto& [_, peer] : peers_)
    next = std::min(next, peer.asked_at ? *peer.asked_at + kPatience : peer.next_ask);
  return next;
}

}  // namespace dz::quorum
