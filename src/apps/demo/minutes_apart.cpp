#include "minutes_apart.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"

namespace dz::demo {
namespace {

namespace json = boost::json;
using std::chrono::minutes;

// What one monitor has of one criterion.
struct Line {
  std::string criterion, signal, side, source, where;
  Minute from, judged_from;
  std::vector<std::string> states;

  Minute to() const { return from + minutes{static_cast<std::int64_t>(states.size())}; }
  const std::string& at(Minute minute) const { return states[static_cast<std::size_t>((minute - from).count())]; }
  bool is_of(const Line& other) const {
    return criterion == other.criterion && signal == other.signal && side == other.side;
  }
};

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

Result<Line> read_line(const json::object& object) {
  DZ_TRY_ASSIGN(const auto from, parse_timestamp(text_of(object, "from")));
  DZ_TRY_ASSIGN(const auto to, parse_timestamp(text_of(object, "to")));
  DZ_TRY_ASSIGN(const auto packed, decode_base64(text_of(object, "states")));
  const auto window_from = parse_timestamp(text_of(object, "window_from"));
  Line line{.criterion = text_of(object, "criterion"),
            .signal = text_of(object, "signal"),
            .side = text_of(object, "side"),
            .source = text_of(object, "source"),
            .where = text_of(object, "where"),
            .from = minute_of(from),
            .judged_from = minute_of(window_from ? *window_from : from),
            .states = {}};
  const auto count = (minute_of(to) - line.from).count();
  if (count < 0 || packed.size() != static_cast<std::size_t>(count + 3) / 4)
    return corrupt(fmt::format("expected {} minutes of {}, found {} bytes", count, line.criterion, packed.size()));
  constexpr const char* kStates[] = {"unobserved", "good", "bad", "unobserved"};
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    line.states.emplace_back(kStates[packed[i / 4] >> (i % 4 * 2) & 3U]);
  return line;
}

Result<std::vector<Line>> read_lines(std::string_view text) {
  boost::system::error_code error;
  const auto answer = json::parse(json::string_view(text.data(), text.size()), error);
  const auto* object = error ? nullptr : answer.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("lines");
  if (list == nullptr || !list->is_array())
    return corrupt(fmt::format("expected the minutes of a record, found {}", text.substr(0, 200)));
  std::vector<Line> lines;
  for (const auto& item : list->get_array()) {
    if (!item.is_object()) return corrupt("expected lines of minutes, found something else");
    DZ_TRY_ASSIGN(auto line, read_line(item.get_object()));
    lines.push_back(std::move(line));
  }
  return lines;
}

void compare(const Line& first, const Line& second, std::vector<MinutesApart>& all) {
  const auto begin = std::max({first.from, second.from, first.judged_from, second.judged_from});
  const auto end = std::min(first.to(), second.to());
  const auto before = all.size();
  for (auto minute = begin; minute < end; minute += minutes{1}) {
    const auto &one = first.at(minute), &other = second.at(minute);
    if (one == other) continue;
    const bool goes_on =
        all.size() > before && all.back().to == minute && all.back().first == one && all.back().second == other;
    if (goes_on) {
      all.back().to += minutes{1};
    } else {
      all.push_back({first.criterion, first.source, first.where, minute, minute + minutes{1}, one, other});
    }
  }
}

// Criteria that differ in the same minutes of the same port: one cause.
std::vector<MinutesApart> together(std::vector<MinutesApart> all) {
  std::vector<MinutesApart> found;
  for (auto& one : all) {
    const auto same = std::find_if(found.begin(), found.end(), [&](MinutesApart other) {
      other.criteria = one.criteria;
      return other == one;
    });
    if (same == found.end()) {
      found.push_back(std::move(one));
    } else {
      same->criteria += ", " + one.criteria;
    }
  }
  return found;
}

}  // namespace

Result<std::vector<MinutesApart>> compare_minutes(std::string_view first, std::string_view second) {
  DZ_TRY_ASSIGN(const auto ones, read_lines(first));
  DZ_TRY_ASSIGN(const auto others, read_lines(second));
  std::vector<MinutesApart> all;
  for (const auto& line : ones) {
    const auto other = std::find_if(others.begin(), others.end(), [&](const Line& one) { return one.is_of(line); });
    if (other != others.end()) compare(line, *other, all);
  }
  return together(std::move(all));
}

std::string render_apart(const MinutesApart& apart, std::string_view first, std::string_view second) {
  const auto clock = [](Minute minute) { return to_text(Timestamp{minute}).substr(11, 5); };
  const auto count = (apart.to - apart.from).count();
  const auto when = count == 1 ? fmt::format("minute {} of {}", clock(apart.from), apart.source)
                               : fmt::format("{} minutes of {}, {} to {}", count, apart.source, clock(apart.from),
                                             clock(apart.to - minutes{1}));
  return fmt::format("{}: {} has {}, {} has {}, at {}: {}", when, first, apart.first, second, apart.second, apart.where,
                     apart.criteria);
}

}  // namespace dz::demo
