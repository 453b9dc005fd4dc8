#include "verdict/strip.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dz::verdict {
namespace {

using std::chrono::minutes;

constexpr std::array kCellLengths = {1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 240};
constexpr std::array kBarDistances = {5, 10, 15, 30, 60, 120, 180, 360, 720, 1440};
constexpr int kBarWidth = 7;  // "|18:00" and a blank

long long cell_of(Minute m, int length) { return m.time_since_epoch().count() / length; }

int place_of(const StripAxis& axis, Minute m) {
  return static_cast<int>(cell_of(m, axis.minutes_a_cell) - cell_of(axis.from, axis.minutes_a_cell));
}

char cell_for(evidence::MinuteState state) {
  switch (state) {
    case evidence::MinuteState::Good: return kGoodCell;
    case evidence::MinuteState::Bad: return kBadCell;
    case evidence::MinuteState::Unobserved: return kUnobservedCell;
  }
  return kUnobservedCell;
}

constexpr std::string_view kBestFirst{" .?X"};
static_assert(kBestFirst[0] == kEmptyCell && kBestFirst[1] == kGoodCell && kBestFirst[2] == kUnobservedCell &&
              kBestFirst[3] == kBadCell);

void show(const StripAxis& axis, Minute m, char cell, std::string& row) {
  if (m < axis.from || m >= axis.to) return;
  auto& place = row[static_cast<std::size_t>(place_of(axis, m))];
  if (kBestFirst.find(cell) > kBestFirst.find(place)) place = cell;
}

std::string empty_row(const StripAxis& axis) { return std::string(static_cast<std::size_t>(axis.cells()), kEmptyCell); }

}  // namespace

int StripAxis::cells() const { return from < to ? place_of(*this, to - minutes{1}) + 1 : 0; }

StripAxis strip_axis(Minute from, Minute to, int columns) {
  StripAxis axis{from, to, kCellLengths.back()};
  for (const auto length : kCellLengths) {
    axis.minutes_a_cell = length;
    if (axis.cells() <= columns) return axis;
  }
  return axis;
}

std::string render_axis(const StripAxis& axis) {
  auto row = empty_row(axis);
  const auto fits = [&](int distance) {
    return distance % axis.minutes_a_cell == 0 && distance / axis.minutes_a_cell >= kBarWidth;
  };
  const auto* distance = std::find_if(kBarDistances.begin(), kBarDistances.end(), fits);
  const minutes step{distance == kBarDistances.end() ? kBarDistances.back() : *distance};
  for (Minute m{axis.from.time_since_epoch() / step * step}; m < axis.to; m += step) {
    if (m < axis.from) continue;
    const auto since_midnight = m - std::chrono::floor<std::chrono::days>(m);
    const auto label = fmt::format("|{:02}:{:02}", since_midnight.count() / 60, since_midnight.count() % 60);
    const auto place = static_cast<std::size_t>(place_of(axis, m));
    if (place + label.size() <= row.size()) row.replace(place, label.size(), label);
  }
  row.erase(row.find_last_not_of(' ') + 1);
  return row;
}

std::string render_strip(const StripAxis& axis, std::span<const evidence::MinuteSeries> series) {
  auto row = empty_row(axis);
  for (const auto& one : series) {
    for (std::size_t i = 0; i < one.states.size(); ++i) {
      show(axis, one.from + minutes{i}, cell_for(one.states[i]), row);
    }
  }
  return row;
}

std::string render_strip(const StripAxis& axis, std::span<const evidence::QaResult> results) {
  auto row = empty_row(axis);
  for (const auto& result : results) {
    show(axis, minute_of(result.at),
         cell_for(result.success ? evidence::MinuteState::Good : evidence::MinuteState::Bad), row);
  }
  return row;
}

std::vector<MinuteRange> bad_ranges(const evidence::MinuteSeries& series) {
  std::vector<MinuteRange> ranges;
  for (std::size_t i = 0; i < series.states.size(); ++i) {
    if (series.states[i] == evidence::MinuteState::Good) continue;
    const auto m = series.from + minutes{i};
    const MinuteRange one{m, m + minutes{1}, series.states[i], series.counters[i]};
    auto* last = ranges.empty() ? nullptr : &ranges.back();
    if (last != nullptr && last->to == m && last->state == one.state && last->counters == one.counters) {
      last->to = one.to;
    } else {
      ranges.push_back(one);
    }
  }
  return ranges;
}

}  // namespace dz::verdict
