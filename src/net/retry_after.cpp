#include "net/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dz::net {
namespace {

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || stop != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "Wed, 21 Oct 2015 07:28:00 GMT"; the two older forms of HTTP dates are not sent any more.
std::optional<Timestamp> http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',') return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3)) - kMonths.begin();
  const auto day = number(text.substr(5, 2)), year = number(text.substr(12, 4)), hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2)), second = number(text.substr(23, 2));
  if (month == 12 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(month + 1)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

}  // namespace

std::optional<Duration> retry_after(const std::vector<std::pair<std::string, std::string>>& headers, Timestamp now) {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [](const auto& header) { return header.first == "retry-after"; });
  if (found == headers.end()) return std::nullopt;
  if (const auto seconds = number(found->second)) return std::chrono::seconds{*seconds};
  if (const auto date = http_date(found->second)) return std::max(*date - now, Duration{0});
  return std::nullopt;
}

Duration backoff(int failures, Duration first, Duration longest, double jitter) {
  const int doublings = std::clamp(failures - 1, 0, 20);
  const auto whole = std::min<Duration>(first * (std::int64_t{1} << doublings), longest);
  return whole / 2 + Duration{static_cast<std::int64_t>(jitter * static_cast<double>((whole / 2).count()))};
}

}  // namespace dz::net
