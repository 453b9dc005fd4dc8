#include "monitor/opinions_answer.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"
#include "base/shown_url.h"
#include "monitor/api_operations.h"
#include "quorum/peer_book.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDifferences = 50;  // of one judge; their number is told beside them
constexpr std::size_t kMostWaiting = 100;     // of one answer; their number is told beside them

json::value time_or_null(const std::optional<Timestamp>& t) {
  return t ? json::value(to_text(*t)) : json::value(nullptr);
}
json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object opinion_json(const Monitor& monitor, const quorum::SignedOpinion& given) {
  const auto& o = given.opinion;
  return {{"kind", to_text(o.kind)},
          {"code", monitor.ledger().code_of(o.record)},
          {"pubkey", to_text(o.record)},
          {"health", spell(*monitor.policy().profile, o.kind, o.health)},
          {"account", fmt::format("{:02x}", fmt::join(o.account, ""))},
          {"window_end", to_text(Timestamp{o.window_end})},
          {"at", to_text(o.made_at)},
          {"opinion", encode_base64(encode(given))}};
}

json::object peer_json(const QuorumDesk& desk, const QuorumPeer& peer) {
  const auto& heard = desk.peers().peers().at(peer.key);
  return {{"judge", desk.name_of(peer.key)},
          {"key", to_text(peer.key)},
          {"url", shown_url(peer.url)},
          {"answers", heard.answered_at.has_value() && heard.last_error.empty()},
          {"answered_at", time_or_null(heard.answered_at)},
          {"error", text_or_null(heard.last_error)},
          {"opinions", heard.opinions.size()}};
}

json::object view_json(const attest::MinuteView& view) {
  return {{"state", to_text(view.state)},
          {"counters", evidence::counters_text(view.counters)},
          {"damped_bad", view.damped_bad}};
}

// Where a judge that would write something else has other minutes.
json::value differences_json(const QuorumDesk& desk, const Pubkey& judge, const Pubkey& record) {
  const auto* found = desk.differences(judge, record);
  if (found == nullptr) return nullptr;
  const auto name = desk.name_of(judge);
  json::array minutes, not_compared;
  for (const auto& d : found->minutes) {
    if (minutes.size() == kMostDifferences) break;
    minutes.push_back(json::object{{"criterion", d.criterion},
                                   {"source", d.source},
                                   {"signal", d.signal ? json::value(to_text(*d.signal)) : json::value(nullptr)},
                                   {"subject", to_text(d.subject)},
                                   {"from", to_text(Timestamp{d.from})},
                                   {"to", to_text(Timestamp{d.to})},
                                   {"here", view_json(d.first)},
                                   {"there", view_json(d.second)},
                                   {"text", difference_text(d, "this monitor", name)}});
  }
  for (const auto& n : found->not_compared) not_compared.emplace_back(not_compared_text(n, "this monitor", name));
  return json::object{{"compared", found->compared},
                      {"count", found->minutes.size()},
                      {"minutes", std::move(minutes)},
                      {"not_compared", std::move(not_compared)}};
}

json::array disagreeing_json(const Monitor& monitor, const WaitingChange& waiting) {
  json::array judges;
  for (const auto& refused : waiting.agreement.counted.refused) {
    if (refused.why != quorum::Refusal::OtherHealth) continue;
    const auto& o = refused.opinion;
    judges.push_back(json::object{{"judge", monitor.judges().name_of(o.judge)},
                                  {"key", to_text(o.judge)},
                                  {"health", spell(*monitor.policy().profile, o.kind, o.health)},
                                  {"differences", differences_json(monitor.judges(), o.judge, o.record)}});
  }
  return judges;
}

json::object waiting_json(const Monitor& monitor, const Pubkey& key, const WaitingChange& waiting) {
  const auto& profile = *monitor.policy().profile;
  const auto& [change, agreement, since] = waiting;
  return {{"kind", to_text(change.kind)},
          {"code", monitor.ledger().code_of(key)},
          {"pubkey", to_text(key)},
          {"from", spell(profile, change.kind, change.from)},
          {"to", spell(profile, change.kind, change.to)},
          {"since", to_text(since)},
          {"needed", agreement.needed},
          {"agree", agreement.counted.agreeing.size()},
          {"disagree", disagreeing_json(monitor, waiting)},
          {"text", monitor.judges().sentence_of(key)}};
}

}  // namespace

net::HttpResponse answer_opinions(Monitor& monitor, const net::HttpRequest& request) {
  const auto names = values_of(request.query, "record");
  if (names.size() > quorum::kMostAsked) {
    return net::error_response(
        400, fmt::format("record: expected at most {} records, found {}", quorum::kMostAsked, names.size()));
  }
  std::vector<Pubkey> named;
  for (const auto& name : names) {
    const auto key = parse_pubkey(name);
    if (!key) return net::error_response(400, "record: " + key.error().message);
    if (const auto& records = monitor.ledger().snapshot();
        records && (records->links.contains(*key) || records->devices.contains(*key)))
      named.push_back(*key);
  }
  const bool with_minutes = request.query_value("minutes") == "1";
  if (with_minutes && named.size() != 1) {
    return net::error_response(400, fmt::format("minutes: expected them of one record that is there, named by record, "
                                                "found {} such",
                                                named.size()));
  }
  const auto own = monitor.judges().key();
  json::array opinions;
  for (const auto& given : monitor.opinions(named)) opinions.push_back(opinion_json(monitor, given));
  json::object body{{"judge", own ? json::value(to_text(*own)) : json::value(nullptr)},
                    {"opinions", std::move(opinions)}};
  if (with_minutes) {
    const auto leaves = monitor.minutes_behind(named.front());
    if (!leaves) return net::error_response(503, leaves.error().message);
    json::array list;
    for (const auto& leaf : *leaves) list.emplace_back(encode_base64(leaf));
    body["minutes"] = std::move(list);
  }
  return {200, "application/json", json::serialize(body), {}};
}

json::object judges_json(const Monitor& monitor) {
  const auto& desk = monitor.judges();
  json::array peers, waiting;
  for (const auto& peer : desk.settings().peers) peers.push_back(peer_json(desk, peer));
  for (const auto& [key, wait] : desk.waiting()) {
    if (waiting.size() == kMostWaiting) break;
    waiting.push_back(waiting_json(monitor, key, wait));
  }
  const auto own = desk.key();
  return {{"k", desk.settings().k},
          {"n", desk.settings().peers.size() + 1},
          {"key", own && desk.on() ? json::value(to_text(*own)) : json::value(nullptr)},
          {"peers", std::move(peers)},
          {"waiting_count", desk.waiting().size()},
          {"waiting", std::move(waiting)}};
}

}  // namespace dz::monitor
