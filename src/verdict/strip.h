// The minutes of a window as one row of characters, for a terminal: a character stands for a few minutes and shows the
// worst of them, so one bad minute of a day is seen at any width. It needs no colour, and what was not observed never
// looks good.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evidence/tally.h"

namespace dz::verdict {

inline constexpr char kGoodCell = '.', kUnobservedCell = '?', kBadCell = 'X';
inline constexpr char kEmptyCell = ' ';  // not judged: after the watermark, or between the results of QA

// Where the characters of all rows of a page stand. Cells are whole minutes and begin at multiples of their length, so
// the same minute stands in the same place of every row; the first and the last may be cut by the window.
struct StripAxis {
  Minute from, to;
  int minutes_a_cell = 1;
  int cells() const;
  bool operator==(const StripAxis&) const = default;
};

// The finest axis over [from, to) that takes at most `columns` characters; the coarsest there is if none does.
StripAxis strip_axis(Minute from, Minute to, int columns);

// "|18:00      |00:00      |06:00": a bar where the minute it names begins, as many as the width has room for.
std::string render_axis(const StripAxis& axis);
// The worst of all series in each cell.
std::string render_strip(const StripAxis& axis, std::span<const evidence::MinuteSeries> series);
// Results of QA: good where one passed, bad where one failed, empty in between.
std::string render_strip(const StripAxis& axis, std::span<const evidence::QaResult> results);

// Minutes in a row that were not good in the same way.
struct MinuteRange {
  Minute from, to;  // [from, to)
  evidence::MinuteState state = evidence::MinuteState::Bad;
  evidence::CounterBits counters = 0;
  int count() const { return static_cast<int>((to - from).count()); }
  bool operator==(const MinuteRange&) const = default;
};
std::vector<MinuteRange> bad_ranges(const evidence::MinuteSeries& series);

}  // namespace dz::verdict
