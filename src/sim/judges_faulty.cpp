// Judges that are not honest, and whoever stole the health key, in the world of sim/judges_world.h.
#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"
#include "quorum/stated_opinions.h"
#include "sim/judges_world.h"

namespace dz::sim {
namespace {

namespace json = boost::json;

using std::chrono::minutes;

wire::Keypair key_of_nobody() { return testbed::SmallNetwork::key(250); }

std::string body_of(const std::vector<attest::Statement>& statements) {
  json::array list;
  for (const auto& one : statements) list.push_back(json::object{{"statement", encode_base64(encode(one))}});
  return json::serialize(json::object{{"statements", std::move(list)}});
}

}  // namespace

// The worst that can be said of the record as it is: all faulty judges say the same.
quorum::Opinion JudgesWorld::lie(const Judge& judge) const {
  const bool bad = truth_.bad_minutes(minute_of(now_), JudgesTruth::kWindow) > 0;
  return opinion_of(judge, bad ? Health::Healthy : Health::Impaired, record_);
}

std::vector<quorum::SignedOpinion> JudgesWorld::faulty_answer(Judge& judge, const Judge& asker) {
  auto said = lie(judge);
  switch (judge.fault) {
    case JudgeFault::None:
    case JudgeFault::Silent: return {};
    case JudgeFault::Lying: return {say(judge, said)};
    case JudgeFault::Stale:
      judge.kept.push_back(say(judge, said));
      return {judge.kept[static_cast<std::size_t>(random_.next() % judge.kept.size())]};
    case JudgeFault::Equivocating: {
      auto contrary = said;
      contrary.health = said.health == Health::Healthy ? Health::Impaired : Health::Healthy;
      if (random_.chance(20)) state_two_things(judge, said, contrary);
      if (random_.chance(50)) return {say(judge, said), say(judge, contrary)};
      return {say(judge, asker.number % 2 == 0 ? said : contrary)};
    }
    case JudgeFault::Forging: break;
  }
  std::vector<quorum::SignedOpinion> forged{say(judge, said)};
  for (const auto& other : judges_) {
    forged.push_back({said, forged[0].signature});
    forged.back().opinion.judge = other->key.pubkey();
  }
  return forged;
}

// To each witness of its log another thing, or for once the same.
void JudgesWorld::state_two_things(const Judge& judge, const quorum::Opinion& one, const quorum::Opinion& other) {
  const auto to_first = encode(statement_of(one, {}));
  const auto to_second = random_.chance(70) ? encode(statement_of(other, {})) : to_first;
  logs_.state(static_cast<std::size_t>(judge.number), to_first, to_second);
}

// What a judge's monitor answers the activator. Honest ones have what they wrote themselves. The others have it all and
// help the thief; of what honest ones wrote they give nothing, or as much of it as suits them.
std::optional<std::string> JudgesWorld::served_by(const Judge& judge, const std::string& transaction) {
  const auto found = served_.find(transaction);
  const std::vector<attest::Statement> nothing;
  if (found == served_.end()) return body_of(nothing);
  const auto& [by, statements] = found->second;
  if (judge.fault == JudgeFault::None) return body_of(by == judge.number ? statements : nothing);
  if (by == kThief && judge.fault != JudgeFault::Silent) return body_of(statements);
  auto other = statements;
  switch (judge.fault) {
    case JudgeFault::None:
    case JudgeFault::Silent: return std::nullopt;
    case JudgeFault::Stale:
      if (!raising_.empty()) other = {raising_.front()};
      break;
    case JudgeFault::Equivocating: return body_of(random_.chance(50) ? statements : nothing);
    case JudgeFault::Lying:
    case JudgeFault::Forging: {
      const auto said = opinion_of(judge, Health::Healthy, record_);
      other = {statement_of(said, in_every_name(said, Theft::Forged))};
    }
  }
  return body_of(other);
}

attest::Statement JudgesWorld::statement_of(const quorum::Opinion& opinion,
                                            const std::vector<quorum::SignedOpinion>& held) const {
  attest::Statement s;
  s.genesis = opinion.network.genesis.bytes;
  s.program = opinion.network.program;
  s.monitor = network_.monitor.pubkey();
  s.record = opinion.record;
  s.kind = opinion.kind;
  s.account = opinion.account;
  s.to = opinion.health;
  s.policy = opinion.policy;
  s.at = now_;
  s.opinions = quorum::stated(held);
  return s;
}

// ---- the thief

void JudgesWorld::steal() {
  if (record_.status == Status::Activated) return;
  const auto theft = options_.only_theft.value_or(random_.pick(std::span<const Theft>(kThefts)));
  // Where the program guards nothing the activator asks for a health that was taken back before.
  if (options_.live && random_.chance(50)) (void)send_health(Health::Impaired, std::nullopt, {kThief, {}});
  if (auto statements = loot(theft); statements && send_health(Health::Healthy, std::nullopt, {kThief, *statements}))
    ++stolen_;
}

// None: there is nothing of this kind to be had yet.
std::optional<std::vector<attest::Statement>> JudgesWorld::loot(Theft theft) {
  const auto now = opinion_of(*judges_.front(), Health::Healthy, record_);
  const auto made = [&](const quorum::Opinion& of, const std::vector<quorum::SignedOpinion>& held) {
    return std::vector{statement_of(of, held)};
  };
  switch (theft) {
    case Theft::Nothing: return std::vector<attest::Statement>();
    case Theft::NoOpinions: return made(now, {});
    case Theft::Forged:
    case Theft::Copied:
    case Theft::Colluding: return made(now, in_every_name(now, theft));
    case Theft::TooFew: return made(now, true_ones(options_.k - 1));
    case Theft::Doubled: {
      const auto one = true_ones(1);
      if (one.empty()) return std::nullopt;
      return made(now, std::vector<quorum::SignedOpinion>(options_.k, one.front()));
    }
    case Theft::Old:
    case Theft::Backdated: {
      const auto held = overheard(link_, now_ - minutes{6});
      if (held.size() < options_.k) return std::nullopt;
      auto statement = statement_of(held.front().opinion, held);
      if (theft == Theft::Backdated) statement.at = held.front().opinion.made_at;
      return std::vector{statement};
    }
    case Theft::Replayed:
      if (raising_.empty()) return std::nullopt;
      return std::vector{random_.pick(std::span<const attest::Statement>(raising_))};
    case Theft::OtherRecord: break;
  }
  const auto held = overheard(other_, now_);
  if (held.size() < options_.k) return std::nullopt;
  return made(random_.chance(50) ? held.front().opinion : now, held);
}

std::vector<quorum::SignedOpinion> JudgesWorld::in_every_name(const quorum::Opinion& opinion, Theft theft) {
  const auto is_faulty = [](const auto& judge) { return judge->fault != JudgeFault::None; };
  const auto first = std::find_if(judges_.begin(), judges_.end(), is_faulty);
  const auto copied = first == judges_.end() ? wire::Signature{} : say(**first, opinion).signature;
  std::vector<quorum::SignedOpinion> all;
  for (const auto& judge : judges_) {
    const bool colludes = theft == Theft::Colluding && is_faulty(judge);
    all.push_back(colludes ? say(*judge, opinion) : sign(opinion, key_of_nobody()));
    all.back().opinion.judge = judge->key.pubkey();
    if (theft == Theft::Copied) all.back().signature = copied;
  }
  return all;
}

// Of the link as it is: those of the faulty judges, and what honest ones said a moment ago.
std::vector<quorum::SignedOpinion> JudgesWorld::true_ones(std::size_t most) {
  std::vector<quorum::SignedOpinion> all;
  for (const auto& judge : judges_) {
    if (judge->fault != JudgeFault::None && all.size() < most)
      all.push_back(say(*judge, opinion_of(*judge, Health::Healthy, record_)));
  }
  for (const auto& held : overheard(link_, now_)) {
    if (held.opinion.account == record_.account && all.size() < most) all.push_back(held);
  }
  return all;
}

// What honest judges said together, one opinion each, up to some time: that the record is healthy.
std::vector<quorum::SignedOpinion> JudgesWorld::overheard(const Pubkey& record, Timestamp newest) const {
  std::vector<quorum::SignedOpinion> all;
  std::set<Pubkey> judges;
  for (auto said = overheard_.rbegin(); said != overheard_.rend(); ++said) {
    const auto& o = said->opinion;
    if (o.record != record || o.health != Health::Healthy || o.made_at > newest) continue;
    const auto& first = all.empty() ? o : all.front().opinion;
    if (o.account != first.account || o.made_at < first.made_at - minutes{1}) continue;
    if (judges.insert(o.judge).second) all.push_back(*said);
  }
  return all;
}

}  // namespace dz::sim
