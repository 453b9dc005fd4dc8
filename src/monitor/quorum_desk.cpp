#include "monitor/quorum_desk.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "attest/state_change.h"
#include "base/base64.h"
#include "base/check.h"
#include "base/safe_text.h"
#include "service/api_questions.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostAskedFor = 1024;  // records that others ask for by name
constexpr Duration kAskedForLasts = std::chrono::minutes{1};
constexpr std::size_t kBetweenPauses = 16;
constexpr std::size_t kMostOfError = 200;

// The opinions of an answer: the base64 of each entry. What is none is counted.
Result<std::vector<quorum::SignedOpinion>> read_answer(const std::string& body, std::uint64_t& unreadable) {
  boost::system::error_code error;
  const auto answer = json::parse(body, error);
  const auto* object = error ? nullptr : answer.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains("opinions");
  const auto* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr) return corrupt("expected JSON with opinions, found something else: is it a monitor's API?");
  std::vector<quorum::SignedOpinion> opinions;
  for (const auto& entry : *list) {
    const auto* fields = entry.if_object();
    const auto* text = fields == nullptr ? nullptr : fields->if_contains("opinion");
    const auto bytes = text != nullptr && text->is_string() ? decode_base64(std::string_view(text->get_string()))
                                                            : Result<Bytes>(corrupt("no text"));
    auto opinion = bytes ? quorum::decode_opinion(*bytes) : Result<quorum::SignedOpinion>(corrupt("no opinion"));
    if (opinion) {
      opinions.push_back(std::move(*opinion));
    } else {
      ++unreadable;
    }
  }
  return opinions;
}

// The leaves in an answer to minutes=1.
Result<std::vector<Bytes>> read_minutes(const Result<std::string>& body) {
  if (!body) return tl::unexpected(body.error());
  const auto other = [] { return corrupt("expected JSON with minutes, found something else: is it of this version?"); };
  boost::system::error_code error;
  const auto answer = json::parse(*body, error);
  const auto* object = error ? nullptr : answer.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains("minutes");
  const auto* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr) return other();
  std::vector<Bytes> leaves;
  for (const auto& entry : *list) {
    auto bytes = entry.is_string() ? decode_base64(std::string_view(entry.get_string())) : Result<Bytes>(other());
    if (!bytes) return other();
    leaves.push_back(std::move(*bytes));
  }
  return leaves;
}

std::set<Pubkey> keys_of(const QuorumSettings& settings) {
  std::set<Pubkey> keys;
  for (const auto& peer : settings.peers) keys.insert(peer.key);
  return keys;
}

}  // namespace

QuorumDesk::QuorumDesk(const QuorumSettings& settings, QuorumSelf self, service::LogSink log)
    : settings_(settings),
      self_(std::move(self)),
      policy_(quorum::parse_digest(policy_digest(*self_.policy)).value_or(quorum::Hash{})),
      log_(std::move(log)),
      book_(keys_of(settings)) {}

// ---- the others

Timestamp QuorumDesk::step(Timestamp now) {
  now_ = now;
  if (!seams_.ask || settings_.peers.empty()) return Timestamp::max();
  for (const auto& one : std::exchange(arrived_, {})) take(one, now);
  for (const auto& one : std::exchange(arrived_minutes_, {}))
    disputes_.heard(one.question, read_minutes(one.body), now);
  std::set<Pubkey> wanted;
  for (const auto& [record, _] : waiting_) wanted.insert(record);
  for (const auto& question : book_.ask(wanted, now)) send(question);
  for (const auto& question : disputes_.ask(now)) send(question);
  return std::min(book_.next(), disputes_.next());
}

const QuorumPeer& QuorumDesk::peer_of(const Pubkey& judge) const {
  const auto peer =
      std::find_if(settings_.peers.begin(), settings_.peers.end(), [&](const QuorumPeer& p) { return p.key == judge; });
  DZ_CHECK(peer != settings_.peers.end());
  return *peer;
}

void QuorumDesk::send(const quorum::PeerBook::Question& question) {
  std::string target = "/api/v1/opinions";
  for (const auto& record : question.records)
    target += (target.find('?') == target.npos ? "?record=" : "&record=") + to_text(record);
  ++counters_.questions;
  seams_.ask(peer_of(question.peer), target, [this, key = question.peer](Result<std::string> body) {
    arrived_.push_back({key, std::move(body)});
    if (seams_.wake) seams_.wake();
  });
}

void QuorumDesk::send(const quorum::Disputes::Question& question) {
  const auto target = "/api/v1/opinions?record=" + to_text(question.record) + "&minutes=1";
  seams_.ask(peer_of(question.judge), target, [this, question](Result<std::string> body) {
    arrived_minutes_.push_back({question, std::move(body)});
    if (seams_.wake) seams_.wake();
  });
}

void QuorumDesk::take(const Arrived& arrived, Timestamp now) {
  const bool failed_before = !book_.peers().at(arrived.peer).last_error.empty();
  auto opinions = arrived.body ? read_answer(*arrived.body, counters_.unreadable)
                               : Result<std::vector<quorum::SignedOpinion>>(tl::unexpected(arrived.body.error()));
  if (opinions) {
    if (failed_before) log_(service::LogLevel::Info, "judge_answers", {{"judge", name_of(arrived.peer)}});
    return book_.heard(arrived.peer, *opinions, now);
  }
  ++counters_.failures;
  auto error = one_line(opinions.error().message, kMostOfError);
  if (!failed_before)
    log_(service::LogLevel::Warn, "judge_does_not_answer", {{"judge", name_of(arrived.peer)}, {"error", error}});
  book_.failed(arrived.peer, std::move(error), now);
}

std::string QuorumDesk::name_of(const Pubkey& judge) const {
  for (const auto& peer : settings_.peers) {
    if (peer.key == judge && !peer.name.empty()) return peer.name;
  }
  return to_text(judge);
}

// ---- what this monitor holds

// Where every source that is up to date is complete; QA runs are hours apart, and have no part in it.
std::optional<Minute> QuorumDesk::complete_until(const control::MonitorInputs& inputs, RecordKind kind) const {
  std::optional<Minute> until;
  const auto& policy = inputs.policy;
  for (const auto id : kind == RecordKind::Link ? policy.link_criteria() : policy.device_criteria()) {
    const auto& criterion = verdict::criterion(id);
    const bool counts = policy.mode(id) == verdict::Mode::Enforce &&
                        criterion.kind == verdict::CriterionKind::Evidence && criterion.source != evidence::Source::Qa;
    if (!counts) continue;
    const auto watermark = inputs.evidence.state(criterion.source).watermark;
    if (!watermark || inputs.now - *watermark > Duration{policy.max_staleness_of(criterion.source)}) continue;
    until = until ? std::min(*until, *watermark) : *watermark;
  }
  return until;
}

std::optional<quorum::Opinion> QuorumDesk::opinion_of(const Judged& pass, const control::RecordVerdict& verdict) const {
  const auto* account = pass.reader.mirror().account(verdict.key);
  const auto& genesis = pass.reader.mirror().view().genesis();
  if (account == nullptr || !genesis) return std::nullopt;
  quorum::Opinion o;
  o.network = {*genesis, self_.program};
  o.judge = self_.key->pubkey();
  o.record = verdict.key;
  o.kind = verdict.kind;
  o.account = quorum::account_hash(account->data);
  o.health = verdict.verdict;
  o.window_end = std::min(complete_until(pass.inputs, verdict.kind).value_or(minute_of(pass.inputs.now)),
                          minute_of(pass.inputs.now));
  o.policy = policy_;
  o.made_at = pass.inputs.now;
  return o;
}

void QuorumDesk::judged(const Judged& pass) {
  if (!on() || !self_.key) return;
  given_.clear();
  std::erase_if(asked_for_, [&](const auto& asked) { return pass.inputs.now - asked.second > kAskedForLasts; });
  for (const auto& verdict : pass.book.verdicts()) {
    const bool differs = verdict.verdict != verdict.health;
    if (!differs && !asked_for_.contains(verdict.key)) continue;
    if (auto opinion = opinion_of(pass, verdict))
      given_.emplace(verdict.key, Given{std::move(*opinion), std::nullopt, differs});
  }
}

quorum::SignedOpinion QuorumDesk::signed_opinion(Given& given) const {
  if (!given.signature) given.signature = sign(given.opinion, *self_.key).signature;
  return {given.opinion, *given.signature};
}

std::vector<quorum::SignedOpinion> QuorumDesk::opinions(std::span<const Pubkey> named) {
  std::vector<quorum::SignedOpinion> all;
  if (!on() || !self_.key) return all;
  std::set<Pubkey> told;
  for (const auto& record : named) {
    if (asked_for_.contains(record) || asked_for_.size() < kMostAskedFor) asked_for_[record] = now_;
    const auto given = given_.find(record);
    if (given != given_.end() && told.insert(record).second) all.push_back(signed_opinion(given->second));
  }
  for (auto& [record, given] : given_) {
    if (all.size() >= named.size() + kMostGiven) break;
    if (given.differs && told.insert(record).second) all.push_back(signed_opinion(given));
  }
  return all;
}

// ---- what may go

void QuorumDesk::hold(std::vector<control::HealthChange>& changes, const Judged& pass,
                      const std::function<void()>& pause) {
  agreed_.clear();
  if (!on() || !self_.key) return;
  disputes_.begin_pass();
  std::set<Pubkey> planned;
  std::size_t seen = 0;
  std::erase_if(changes, [&](const control::HealthChange& change) {
    planned.insert(change.key);
    if (++seen % kBetweenPauses == 0) pause();
    return !may_go(change, pass);
  });
  const auto gone = [&](const auto& entry) { return !planned.contains(entry.first); };
  std::erase_if(waiting_, gone);
  std::erase_if(counted_, gone);
  std::erase_if(said_, [&](const auto& entry) { return !waiting_.contains(entry.first); });
  disputes_.end_pass();
}

// A reset is written before anything is judged, of what is not in service: it needs nobody else.
bool QuorumDesk::may_go(const control::HealthChange& change, const Judged& pass) {
  const auto given = given_.find(change.key);
  const bool has_own = given != given_.end() && given->second.opinion.health == change.to;
  if (!has_own && change.reset) return true;
  const auto& records = *pass.reader.snapshot();
  const auto link = records.links.find(change.key);
  const auto status = link != records.links.end() ? link->second.status : records.devices.at(change.key).status;
  if (!has_own) {
    wait(change,
         {.needed = quorum::opinions_needed(change.from, change.to, status, self_.rules.k),
          .counted = {},
          .unheard = {}},
         pass);
    return false;
  }
  auto found = agreement({change.from, status}, signed_opinion(given->second), book_.of(change.key), self_.rules,
                         pass.inputs.now);
  if (!found.reached() && !change.reset) {
    wait(change, std::move(found), pass);
    return false;
  }
  waiting_.erase(change.key);
  if (found.needed > 1 && counted_.insert_or_assign(change.key, change.to).second) ++counters_.agreed;
  agreed_.insert_or_assign(change.key, std::move(found.counted.agreeing));
  return true;
}

void QuorumDesk::wait(const control::HealthChange& change, quorum::Agreement found, const Judged& pass) {
  const auto now = pass.inputs.now;
  const auto [entry, is_new] = waiting_.try_emplace(change.key, WaitingChange{change, {}, now});
  if (!is_new && entry->second.change.to != change.to) entry->second.since = now;
  entry->second.change = change;
  entry->second.agreement = std::move(found);
  compare(entry->second, pass);
  auto text = why(entry->second);
  auto& said = said_[change.key];
  if (said == text) return;
  log_(service::LogLevel::Info, "change_waits_for_judges",
       {{"kind", std::string(to_text(change.kind))},
        {"pubkey", to_text(change.key)},
        {"to", std::string(spell(*self_.policy->profile, change.kind, change.to))},
        {"why", text}});
  said = std::move(text);
}

// Who would write something else is asked for its minutes, and these are laid beside those that were judged here.
void QuorumDesk::compare(const WaitingChange& waiting, const Judged& pass) {
  const auto& record = waiting.change.key;
  const auto own = [&] {
    std::vector<Bytes> leaves;
    (void)report_record(pass.inputs, pass.book, record, {},
                        [&](const control::JudgedNow& judged) { leaves = attest::leaves_of(judged, pass.inputs); });
    return leaves;
  };
  for (const auto& refused : waiting.agreement.counted.refused) {
    if (refused.why == quorum::Refusal::OtherHealth) disputes_.disagree({refused.opinion.judge, record}, own);
  }
}

const attest::Differences* QuorumDesk::differences(const Pubkey& judge, const Pubkey& record) const {
  const auto* dispute = disputes_.of({judge, record});
  return dispute == nullptr || !dispute->differences ? nullptr : &*dispute->differences;
}

// " (link.a.errors: minute ...: here good, there bad (in-errors); and 2 more)"; empty: not known.
std::string QuorumDesk::differences_text(const Pubkey& judge, const Pubkey& record) const {
  const auto* found = differences(judge, record);
  if (found == nullptr) return {};
  if (found->none()) return fmt::format(" (and has the same {} minutes)", found->compared);
  const auto text = found->minutes.empty()
                        ? not_compared_text(found->not_compared.front(), "this monitor", name_of(judge))
                        : difference_text(found->minutes.front(), "this monitor", name_of(judge));
  const auto more = found->minutes.size() + found->not_compared.size() - 1;
  return more == 0 ? fmt::format(" ({})", text) : fmt::format(" ({}; and {} more)", text, more);
}

const std::vector<quorum::SignedOpinion>* QuorumDesk::agreed(const Pubkey& record) const {
  const auto found = agreed_.find(record);
  return found == agreed_.end() ? nullptr : &found->second;
}

std::vector<attest::OpinionStatement> QuorumDesk::stated(const Pubkey& record) const {
  const auto* agreed_on = agreed(record);
  return agreed_on == nullptr ? std::vector<attest::OpinionStatement>() : quorum::stated(*agreed_on);
}

std::string QuorumDesk::sentence_of(const Pubkey& record) const {
  const auto found = waiting_.find(record);
  return found == waiting_.end() ? std::string() : why(found->second);
}

// What each of the judges that do not agree says, or why nothing is heard of it.
std::string QuorumDesk::why(const WaitingChange& w) const {
  std::vector<std::string> judges;
  for (const auto& refused : w.agreement.counted.refused) {
    if (refused.why != quorum::Refusal::Superseded && refused.why != quorum::Refusal::Twice)
      judges.push_back("judge " + name_of(refused.opinion.judge) + " " + refusal_text(refused, w.change.kind) +
                       differences_text(refused.opinion.judge, w.change.key));
  }
  for (const auto& judge : w.agreement.unheard) judges.push_back("judge " + name_of(judge) + " " + silence_text(judge));
  if (w.agreement.counted.agreeing.empty()) judges.push_back("which ledger this monitor reads is not known yet");
  return fmt::format("{} waits for {} more of {} judges that have to hold it{}{}",
                     spell(*self_.policy->profile, w.change.kind, w.change.to),
                     w.agreement.needed - w.agreement.counted.agreeing.size(), w.agreement.needed,
                     judges.empty() ? "" : ": ", fmt::join(judges, ", "));
}

std::string QuorumDesk::refusal_text(const quorum::RefusedOpinion& refused, RecordKind kind) const {
  using enum quorum::Refusal;
  const auto& o = refused.opinion;
  switch (refused.why) {
    case OtherHealth: return fmt::format("would write {}", spell(*self_.policy->profile, kind, o.health));
    case OtherAccount: return "read another state of the account";
    case OtherPolicy: return "judges by another policy";
    case OtherNetwork: return "judges another network";
    case OtherWindow: return fmt::format("judged minutes that end at {}", to_text(Timestamp{o.window_end}));
    case Equivocates: return "says two things at once";
    default: return fmt::format("gave an opinion that does not count ({})", to_text(refused.why));
  }
}

std::string QuorumDesk::silence_text(const Pubkey& judge) const {
  const auto peer = book_.peers().find(judge);
  if (peer == book_.peers().end() || !peer->second.answered_at) {
    return peer == book_.peers().end() || peer->second.last_error.empty()
               ? "was not heard yet"
               : "does not answer: " + peer->second.last_error;
  }
  return peer->second.last_error.empty() ? "has not judged it yet" : "does not answer: " + peer->second.last_error;
}

// ---- over HTTP

QuorumSeams http_peers(net::SendHttp send, std::function<void()> wake) {
  const auto ask = [ask = service::ask_over_http(std::move(send))](const QuorumPeer& peer, const std::string& target,
                                                                   std::function<void(Result<std::string>)> done) {
    ask(peer.url + target, std::move(done));
  };
  return {ask, std::move(wake)};
}

}  // namespace dz::monitor
