#include "base/time.h"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

namespace dz {
namespace {

using namespace std::chrono;

struct Calendar {
  year_month_day date;
  hh_mm_ss<microseconds> time;
};

Calendar calendar_of(Timestamp t) {
  const auto day = floor<days>(t);
  return {year_month_day{day}, hh_mm_ss<microseconds>{t - day}};
}

std::string date_text(const year_month_day& d) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

}  // namespace

std::string to_text(Timestamp t) {
  const auto c = calendar_of(t);
  auto text = fmt::format("{}T{:02}:{:02}:{:02}", date_text(c.date), c.time.hours().count(), c.time.minutes().count(),
                          c.time.seconds().count());
  if (const auto micros = c.time.subseconds().count(); micros != 0) {
    text += fmt::format(".{:06}", micros);
    while (text.back() == '0') text.pop_back();
  }
  return text + "Z";
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const auto bad = [&] {
    return refused("time '" + std::string(text.substr(0, 40)) +
                   "': expected RFC 3339 in UTC, such as 2026-11-23T09:13:00Z");
  };
  if (text.size() < 20 || text.size() > 27 || text.back() != 'Z') return bad();
  const auto number = [&](std::size_t at, std::size_t length) -> int {
    int value = -1;
    const auto* end = text.data() + at + length;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    return error == std::errc{} && stop == end ? value : -1;
  };
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return bad();
  const int h = number(11, 2), m = number(14, 2), s = number(17, 2);
  const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                            day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok() || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return bad();
  int micros = 0;
  if (text[19] == '.') {
    const auto digits = text.size() - 21;
    if (digits == 0 || digits > 6 || (micros = number(20, digits)) < 0) return bad();
    for (auto i = digits; i < 6; ++i) micros *= 10;
  } else if (text.size() != 20) {
    return bad();
  }
  return Timestamp{sys_days{date} + hours{h} + minutes{m} + seconds{s} + microseconds{micros}};
}

std::string clock_text(Timestamp t, Timestamp now) {
  const auto c = calendar_of(t);
  auto time = fmt::format("{:02}:{:02}", c.time.hours().count(), c.time.minutes().count());
  const auto ahead = floor<days>(t) - floor<days>(now);
  if (ahead == days{0}) return time;
  if (ahead == days{1}) return "tomorrow " + time;
  if (ahead == days{-1}) return "yesterday " + time;
  return date_text(c.date) + " " + time;
}

std::string duration_text(Duration d) {
  const auto whole = duration_cast<seconds>(d).count();
  const auto s = std::llabs(whole);
  const std::string sign = whole < 0 ? "-" : "";
  if (s >= 3600) return fmt::format("{}{} h {} min", sign, s / 3600, s % 3600 / 60);
  if (s >= 60)
    return s % 60 == 0 ? fmt::format("{}{} min", sign, s / 60) : fmt::format("{}{} min {} s", sign, s / 60, s % 60);
  return fmt::format("{}{} s", sign, s);
}

Result<Duration> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit{stop, static_cast<std::size_t>(text.data() + text.size() - stop)};
  constexpr std::int64_t kMost = 1'000'000'000;
  if (error == std::errc{} && number >= 0 && number <= kMost) {
    if (unit == "ms") return Duration{milliseconds{number}};
    if (unit == "s") return Duration{seconds{number}};
    if (unit == "m" || unit == "min") return Duration{minutes{number}};
    if (unit == "h") return Duration{hours{number}};
    if (unit == "d" && number <= 100'000) return Duration{days{number}};
  }
  return refused("duration '" + std::string(text.substr(0, 40)) +
                 "': expected a whole number and a unit ms, s, m, h or d, such as 90s or 24h");
}

}  // namespace dz
