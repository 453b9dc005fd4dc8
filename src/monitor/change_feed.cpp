#include "monitor/change_feed.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/json.hpp>

#include "client/snapshot.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::string_view kResync = R"({"reason":"more changed than is remembered: read the lists again"})";

std::string json_text(std::string_view text) { return json::serialize(json::string(text)); }

std::string data_of(std::string_view change, const std::string& members, Timestamp now) {
  return R"({"change":)" + json_text(change) + R"(,"at":)" + json_text(to_text(now)) + "," + members + "}";
}

auto place_of(const RecordPicture& r) { return std::pair(r.kind, r.key); }

std::string rendered(std::string_view id, std::string_view event, std::string_view data) {
  std::string text = "id: ";
  text.append(id).append("\nevent: ").append(event).append("\ndata: ").append(data).append("\n\n");
  return text;
}

}  // namespace

std::string members_text(const json::object& object) {
  const auto text = json::serialize(object);
  return text.substr(1, text.size() - 2);
}

void ChangeFeed::look_at_records(std::vector<RecordPicture> records, Timestamp now, const Details& details) {
  const auto before = std::exchange(records_, std::move(records));
  if (!before) return;
  std::vector<RecordChange> changes;
  auto old = before->begin();
  const auto gone = [&](const RecordPicture& r) {
    changes.emplace_back("gone", &r);
    note_gone(r, now);
  };
  for (const auto& r : *records_) {
    for (; old != before->end() && place_of(*old) < place_of(r); ++old) gone(*old);
    const bool known = old != before->end() && place_of(*old) == place_of(r);
    if (!known) changes.emplace_back("added", &r);
    if (known && *old != r) changes.emplace_back("changed", &r);
    if (known) ++old;
  }
  for (; old != before->end(); ++old) gone(*old);
  tell_records(changes, now, details);
}

bool ChangeFeed::look_at_some(std::vector<RecordPicture> some, Timestamp now, const Details& details) {
  if (!records_) return false;
  std::vector<RecordPicture*> known;
  for (const auto& r : some) {
    const auto at = std::lower_bound(records_->begin(), records_->end(), place_of(r),
                                     [](const RecordPicture& a, const auto& place) { return place_of(a) < place; });
    if (at == records_->end() || place_of(*at) != place_of(r)) return false;
    known.push_back(&*at);
  }
  std::vector<RecordChange> changes;
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (*known[i] == some[i]) continue;
    *known[i] = std::move(some[i]);
    changes.emplace_back("changed", known[i]);
  }
  // In the order in which all of them are looked at.
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  tell_records(changes, now, details);
  return true;
}

bool ChangeFeed::knows(const Pubkey& record) const {
  if (!records_) return false;
  const auto is_there = [&](RecordKind kind) {
    const auto at = std::lower_bound(records_->begin(), records_->end(), std::pair(kind, record),
                                     [](const RecordPicture& a, const auto& place) { return place_of(a) < place; });
    return at != records_->end() && at->key == record && at->kind == kind;
  };
  return is_there(RecordKind::Link) || is_there(RecordKind::Device);
}

void ChangeFeed::tell_records(const std::vector<RecordChange>& changes, Timestamp now, const Details& details) {
  if (changes.size() > kMostAtOnce) return tell_resync();
  static const Details kNone;
  Events events;
  for (const auto& [change, r] : changes)
    events.emplace_back("record", data_of(change, members_of(*r, change == "gone" ? kNone : details), now));
  tell(events);
}

// As an assessment has them.
std::string ChangeFeed::members_of(const RecordPicture& r, const Details& details) const {
  json::object members{{"kind", to_text(r.kind)},
                       {"pubkey", to_text(r.key)},
                       {"code", r.code},
                       {"status", to_text(r.status)},
                       {"desired_status", to_text(r.desired_status)},
                       {"health", spell(profile_, r.kind, r.health)},
                       {"next_health", spell(profile_, r.kind, r.next_health)},
                       {"reason", to_text(r.reason)},
                       {"healthy_at", r.healthy_at ? json::value(to_text(*r.healthy_at)) : json::value(nullptr)}};
  if (details) details(r.key, members);
  return members_text(members);
}

void ChangeFeed::look_at_alarms(std::vector<NamedPicture> alarms, Timestamp now) {
  look_at_named("alarm", alarms_, std::move(alarms), now);
}

void ChangeFeed::look_at_incidents(std::vector<NamedPicture> incidents, Timestamp now) {
  look_at_named("incident", incidents_, std::move(incidents), now);
}

void ChangeFeed::look_at_sources(std::vector<NamedPicture> sources, Timestamp now) {
  look_at_named("source", sources_, std::move(sources), now);
}

void ChangeFeed::look_at_named(std::string_view event, std::optional<std::vector<NamedPicture>>& before,
                               std::vector<NamedPicture> now_there, Timestamp now) {
  const auto by_name = [](const NamedPicture& a, const NamedPicture& b) { return a.name < b.name; };
  std::sort(now_there.begin(), now_there.end(), by_name);
  const auto was = std::exchange(before, std::move(now_there));
  if (!was) return;
  Events events;
  auto old = was->begin();
  for (const auto& picture : *before) {
    for (; old != was->end() && old->name < picture.name; ++old)
      events.emplace_back(event, data_of("gone", old->members, now));
    const bool known = old != was->end() && old->name == picture.name;
    if (!known) events.emplace_back(event, data_of("added", picture.members, now));
    if (known && *old != picture) events.emplace_back(event, data_of("changed", picture.members, now));
    if (known) ++old;
  }
  for (; old != was->end(); ++old) events.emplace_back(event, data_of("gone", old->members, now));
  tell(events);
}

void ChangeFeed::note_gone(const RecordPicture& record, Timestamp now) {
  gone_.push_front({record.kind, record.key, record.code, now});
  if (gone_.size() > kMostGone) gone_.pop_back();
}

const GoneRecord* ChangeFeed::gone(std::string_view name) const {
  const auto key = parse_pubkey(name);
  const auto is_it = [&](const GoneRecord& g) { return key ? g.key == *key : client::same_code(g.code, name); };
  const auto found = std::find_if(gone_.begin(), gone_.end(), is_it);
  return found == gone_.end() ? nullptr : &*found;
}

void ChangeFeed::tell_decisions(const std::vector<std::string>& decisions) {
  Events events;
  for (const auto& members : decisions) events.emplace_back("decision", R"({"change":"added",)" + members + "}");
  tell(events);
}

void ChangeFeed::tell(const Events& events) {
  if (events.empty()) return;
  if (events.size() > kMostAtOnce) return tell_resync();
  const auto begun = last_;
  for (const auto& [event, data] : events) remember(event, data);
  hand_on(begun);
}

void ChangeFeed::tell_resync() {
  const auto begun = last_;
  events_.clear();  // who resumes has missed them all
  bytes_ = 0;
  remember("resync", std::string(kResync));
  hand_on(begun);
}

void ChangeFeed::hand_on(std::uint64_t begun) {
  if (!told_) return;
  std::string text;
  for (const auto& event : events_) {
    if (event.number > begun) text += event.text;
  }
  told_(last_, text);
}

void ChangeFeed::remember(std::string_view event, const std::string& data) {
  ++last_;
  events_.push_back({last_, rendered(id_of(last_), event, data)});
  bytes_ += events_.back().text.size();
  while (events_.size() > kMostEvents || (bytes_ > kMostBytes && events_.size() > 1)) {
    bytes_ -= events_.front().text.size();
    events_.pop_front();
  }
}

ChangeFeed::Beginning ChangeFeed::begin(std::string_view last_event_id, std::size_t most) const {
  // An id without data tells nobody anything, and is what a client resumes from when nothing happens.
  const std::string present = "retry: 2000\nid: " + id_of(last_) + "\n\n";
  if (last_event_id.empty()) return {present, last_};
  const auto resync = [&] { return Beginning{"retry: 2000\n" + rendered(id_of(last_), "resync", kResync), last_}; };
  const auto mark = run_ + "-";
  if (!last_event_id.starts_with(mark)) return resync();
  last_event_id.remove_prefix(mark.size());
  std::uint64_t seen = 0;
  const auto* end = last_event_id.data() + last_event_id.size();
  const auto [stop, error] = std::from_chars(last_event_id.data(), end, seen);
  if (error != std::errc{} || stop != end || seen > last_) return resync();
  if (seen == last_) return {present, last_};
  if (events_.empty() || events_.front().number > seen + 1) return resync();
  Beginning beginning{"retry: 2000\n\n", last_};
  for (const auto& event : events_) {
    if (event.number > seen) beginning.text += event.text;
  }
  return beginning.text.size() <= most ? beginning : resync();
}

}  // namespace dz::monitor
