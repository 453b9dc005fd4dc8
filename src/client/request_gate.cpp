#include "client/request_gate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace dz {
namespace {

constexpr int kMostDoublings = 10;

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that servers send.
std::optional<Timestamp> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  const auto instant = parse_timestamp(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4),
                                                   month - kMonths.begin() + 1, text.substr(5, 2),
                                                   text.substr(17, 8)));
  return instant ? std::optional(*instant) : std::nullopt;
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Timestamp now) {
  if (const auto seconds = whole_number(text)) return std::chrono::seconds{*seconds};
  const auto date = parse_http_date(text);
  if (!date || *date <= now) return std::nullopt;
  return *date - now;
}

RequestGate::RequestGate(std::function<double()> jitter, GateOptions options)
    : jitter_(std::move(jitter)), options_(options) {}

// Between half of the pause and all of it.
Duration RequestGate::next_pause(Duration longest) {
  const auto doubled = options_.first_pause * (1LL << std::min(failures_, kMostDoublings));
  ++failures_;
  const auto pause = std::min<Duration>(doubled, longest);
  return std::chrono::duration_cast<Duration>(pause * (0.5 + 0.5 * jitter_()));
}

void RequestGate::succeeded() {
  failures_ = 0;
  opens_ = {};
  reason_ = {};
}

void RequestGate::silent(Timestamp now) {
  opens_ = std::max(opens_, now + next_pause(options_.longest_silence));
  reason_ = "it does not answer as it should";
}

void RequestGate::limited(Timestamp now, std::optional<Duration> asked) {
  const auto own = next_pause(options_.longest_limit);
  const auto pause = asked ? std::clamp<Duration>(*asked, own, std::max(own, options_.longest_asked)) : own;
  opens_ = std::max(opens_, now + pause);
  reason_ = "it asked for fewer requests";
}

}  // namespace dz
