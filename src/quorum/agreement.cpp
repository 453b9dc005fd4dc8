#include "quorum/agreement.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace dz::quorum {
namespace {

// How near a record is to carrying traffic.
int rank_of(Health health) {
  switch (health) {
    case Health::Impaired: return 0;
    case Health::Unknown:
    case Health::Pending: return 1;
    case Health::ReadyForLinks: return 2;
    case Health::Healthy: return 3;
  }
  return 0;
}

// What does not count whoever else says what. The signature last: it costs most.
std::optional<Refusal> fault_of(const Matter& matter, const SignedOpinion& signed_opinion,
                                const std::set<Pubkey>& judges, Timestamp at) {
  const auto& o = signed_opinion.opinion;
  if (!judges.contains(o.judge)) return Refusal::UnknownJudge;
  if (o.network != matter.network) return Refusal::OtherNetwork;
  if (o.record != matter.record || o.kind != matter.kind) return Refusal::OtherRecord;
  if (o.made_at > at + kAhead) return Refusal::FromTheFuture;
  if (o.made_at < at - kOldest) return Refusal::TooOld;
  if (Timestamp{o.window_end} > o.made_at) return Refusal::WindowNotOver;
  return is_signed(signed_opinion) ? std::nullopt : std::optional(Refusal::WrongSignature);
}

// What a judge says that is to be believed: does it say the same?
std::optional<Refusal> difference(const Matter& matter, const Opinion& o) {
  if (o.account != matter.account) return Refusal::OtherAccount;
  if (o.policy != matter.policy) return Refusal::OtherPolicy;
  if (o.health != matter.health) return Refusal::OtherHealth;
  if (matter.window_end && std::chrono::abs(o.window_end - *matter.window_end) > kApart) return Refusal::OtherWindow;
  return std::nullopt;
}

// Of one judge: which of its opinions stands, and what becomes of the others.
struct Voice {
  std::optional<std::size_t> newest;
  bool equivocates = false;
};

}  // namespace

std::string_view to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::UnknownJudge: return "unknown-judge";
    case Refusal::WrongSignature: return "wrong-signature";
    case Refusal::OtherNetwork: return "other-network";
    case Refusal::OtherRecord: return "other-record";
    case Refusal::OtherAccount: return "other-account";
    case Refusal::OtherPolicy: return "other-policy";
    case Refusal::OtherHealth: return "other-health";
    case Refusal::OtherWindow: return "other-window";
    case Refusal::WindowNotOver: return "window-not-over";
    case Refusal::FromTheFuture: return "from-the-future";
    case Refusal::TooOld: return "too-old";
    case Refusal::Superseded: return "superseded";
    case Refusal::Twice: return "twice";
    case Refusal::Equivocates: return "equivocates";
  }
  return "invalid";
}

Matter matter_of(const Opinion& own) {
  return {own.network, own.record, own.kind, own.account, own.health, own.window_end, own.policy};
}

Counted count_opinions(const Matter& matter, std::span<const SignedOpinion> opinions, const std::set<Pubkey>& judges,
                       Timestamp at) {
  std::vector<std::optional<Refusal>> faults(opinions.size());
  std::map<Pubkey, Voice> voices;
  for (std::size_t i = 0; i < opinions.size(); ++i) {
    faults[i] = fault_of(matter, opinions[i], judges, at);
    if (faults[i]) continue;
    const auto& o = opinions[i].opinion;
    auto& voice = voices[o.judge];
    if (!voice.newest) {
      voice.newest = i;
      continue;
    }
    const auto& standing = opinions[*voice.newest].opinion;
    if (o == standing) {
      faults[i] = Refusal::Twice;
    } else if (o.made_at < standing.made_at) {
      faults[i] = Refusal::Superseded;
    } else if (o.made_at > standing.made_at) {
      faults[*voice.newest] = Refusal::Superseded;
      voice = {i, false};
    } else {
      voice.equivocates = true;
      faults[i] = Refusal::Equivocates;
    }
  }
  Counted counted;
  for (const auto& [judge, voice] : voices) {
    const auto i = *voice.newest;
    faults[i] = voice.equivocates ? Refusal::Equivocates : difference(matter, opinions[i].opinion);
    if (!faults[i]) counted.agreeing.push_back(opinions[i]);
  }
  for (std::size_t i = 0; i < opinions.size(); ++i) {
    if (faults[i]) counted.refused.push_back({opinions[i].opinion, *faults[i]});
  }
  return counted;
}

Result<void> check_rules(const Rules& rules) {
  if (rules.k >= 1 && rules.k <= rules.judges.size()) return {};
  return refused(fmt::format("expected k from 1 to {}, the number of judges with this one, found {}",
                             rules.judges.size(), rules.k));
}

std::uint32_t opinions_needed(Health from, Health to, Status status, std::uint32_t k) {
  const bool raises = rank_of(to) > rank_of(from) && rank_of(to) >= rank_of(Health::ReadyForLinks);
  const bool takes_traffic = status == Status::Activated && rank_of(to) < rank_of(from);
  return raises || takes_traffic ? k : 1;
}

Agreement agreement(const Change& change, const SignedOpinion& own, std::span<const SignedOpinion> opinions,
                    const Rules& rules, Timestamp now) {
  Agreement found;
  found.needed = opinions_needed(change.from, own.opinion.health, change.status, rules.k);
  std::vector<SignedOpinion> all{own};
  // What others hand on under this monitor's name does not count against what it says now.
  std::copy_if(opinions.begin(), opinions.end(), std::back_inserter(all),
               [&](const SignedOpinion& o) { return o.opinion.judge != own.opinion.judge; });
  found.counted = count_opinions(matter_of(own.opinion), all, rules.judges, now);
  for (const auto& judge : rules.judges) {
    const auto is_of_it = [&](const SignedOpinion& o) {
      return o.opinion.judge == judge && o.opinion.record == own.opinion.record;
    };
    if (std::none_of(all.begin(), all.end(), is_of_it)) found.unheard.push_back(judge);
  }
  return found;
}

}  // namespace dz::quorum
