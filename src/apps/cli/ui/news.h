// What the monitor knows of records, as lists, single records and the fleet's summary show it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/table.h"

namespace dz::cli {

// Of one record. What the monitor does not say, or nobody asked it, is empty.
struct News {
  std::string state;  // "good", "failing", "recovering", "collecting", "held", "needs-action"
  std::optional<Timestamp> since, returns_at;
  std::string criterion;  // the one that decides
  std::string held_by;    // what holds it, in words: "drain of side A, contributor 'alpha'"
  std::string needs;      // who has to do something: "contributor"
  std::string cause;      // what stands behind it, as a sentence
  std::string sentence, to_do;
  std::string maintenance;      // who works on it is known: "until 2026-12-01T16:40:00Z: new optics"
  boost::json::object members;  // the API's own, for JSON: condition, cause, sentence, to_do, healthy_at,
                                // maintenance
};
News news_of(const boost::json::value& assessment);

// "failing: link.a.errors", and the sentence's own words where there is room for people to read them. Empty when good.
std::string why_text(const News& news);

// "13m", "3h 4m", "2d 5h": for columns.
std::string short_duration(Duration duration);

// The members of News for JSON: those of the API, null for what is not known.
void add_news(boost::json::object& record, const News& news);

// The columns condition, since, time, why and maintenance of items that have `news` and `now`.
template <typename Item>
std::vector<Column<Item>> news_columns() {
  const auto seconds = [](Duration d) { return std::chrono::duration<double>(d).count(); };
  const auto text = [](const std::optional<Duration>& d, const char* before) {
    return d ? before + short_duration(*d) : std::string();
  };
  const auto since = [](const Item& i) { return i.news.since ? std::optional(i.now - *i.news.since) : std::nullopt; };
  const auto left = [](const Item& i) {
    return i.news.returns_at ? std::optional(*i.news.returns_at - i.now) : std::nullopt;
  };
  return {{"condition", [](const Item& i) { return i.news.state; }},
          {"since", [=](const Item& i) { return text(since(i), ""); },
           [=](const Item& i) { return seconds(since(i).value_or(Duration::max())); }},
          {"time", [=](const Item& i) { return text(left(i), "in "); },
           [=](const Item& i) { return seconds(left(i).value_or(Duration::max())); }},
          {"why", [](const Item& i) { return why_text(i.news); }},
          {"maintenance", [](const Item& i) { return i.news.maintenance; }}};
}

struct FleetNews {
  std::map<Pubkey, News> records;
  std::string absent;   // why there are none, as one line; empty: the monitor answered
  std::string problem;  // of a monitor that is named
  const News& of(const Pubkey& key) const;
};
// All that the monitor has. Never fails: what keeps it from answering is for people to read.
FleetNews ask_for_news(const Context& context);
// Of one record.
News ask_for_news(const Context& context, const Pubkey& record);

// A time as the API writes it: text, or unix milliseconds.
std::optional<Timestamp> time_of(const boost::json::value& object, std::string_view name);
// A member of an object; null when it has none.
const boost::json::value& member_of(const boost::json::value& object, std::string_view name);

}  // namespace dz::cli
