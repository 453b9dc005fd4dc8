#include "apps/cli/ui/values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "domain/link_limits.h"

namespace dz::cli {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr std::uint64_t kLamportsPerCredit = 1'000'000'000;

Result<double> parse_number(std::string_view text, std::string_view what) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value)) {
    return refused(fmt::format("expected {}, found '{}'", what, text));
  }
  return value;
}

Result<double> parse_number_in(std::string_view text, std::string_view what, double least, double most) {
  DZ_TRY_ASSIGN(const double value, parse_number(text, what));
  if (value < least || value > most) return refused(fmt::format("expected {}, found '{}'", what, text));
  return value;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// Longest name first, so that "gbps" is not read as a number followed by "bps".
constexpr std::array<Unit, 7> kUnits = {{{"gbps", 1'000'000'000},
                                         {"mbps", 1'000'000},
                                         {"kbps", 1'000},
                                         {"bps", 1},
                                         {"g", 1'000'000'000},
                                         {"m", 1'000'000},
                                         {"k", 1'000}}};

}  // namespace

Result<std::uint64_t> parse_bandwidth(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ') compact += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const auto& unit : kUnits) {
    if (!compact.ends_with(unit.name)) continue;
    const auto number = parse_number(std::string_view(compact).substr(0, compact.size() - unit.name.size()), "");
    if (!number || *number < 0 || *number > 1e9) break;
    const double bits = *number * static_cast<double>(unit.factor);
    if (bits != std::floor(bits)) break;
    return static_cast<std::uint64_t>(bits);
  }
  return refused(
      fmt::format("expected a bandwidth with its unit, such as 10Gbps, 1.5Gbps or 500Mbps, found '{}'", text));
}

Result<std::uint64_t> parse_link_bandwidth(std::string_view text) {
  DZ_TRY_ASSIGN(const auto bits, parse_bandwidth(text));
  if (bits >= kMinLinkBandwidth && bits <= kMaxLinkBandwidth) return bits;
  return refused(fmt::format("expected {} to {}, which links may have, found '{}'", bandwidth_text(kMinLinkBandwidth),
                             bandwidth_text(kMaxLinkBandwidth), text));
}
Result<std::uint64_t> parse_port_bandwidth(std::string_view text) {
  DZ_TRY_ASSIGN(const auto bits, parse_bandwidth(text));
  if (bits <= kMaxLinkBandwidth) return bits;
  return refused(fmt::format("expected at most {}, found '{}'", bandwidth_text(kMaxLinkBandwidth), text));
}

std::string bandwidth_text(std::uint64_t bits) {
  for (const auto& [name, factor] : {Unit{"Gbps", 1'000'000'000}, Unit{"Mbps", 1'000'000}, Unit{"Kbps", 1'000}}) {
    if (bits >= factor) return fmt::format("{}{}", static_cast<double>(bits) / static_cast<double>(factor), name);
  }
  return fmt::format("{}bps", bits);
}

Result<std::uint64_t> parse_delay_ms(std::string_view text) {
  DZ_TRY_ASSIGN(const double ms, parse_number_in(text, "milliseconds from 0.01 to 1000, such as 12.5", 0.01, 1000));
  return static_cast<std::uint64_t>(std::llround(ms * kNsPerMs));
}

Result<std::uint64_t> parse_delay_override_ms(std::string_view text) {
  if (text == "0") return 0;
  return parse_delay_ms(text);
}

std::string delay_text(std::uint64_t ns) { return fmt::format("{:.2f}ms", static_cast<double>(ns) / kNsPerMs); }

Result<std::vector<NetworkV4>> parse_networks(std::string_view text) {
  std::vector<NetworkV4> networks;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    DZ_TRY_ASSIGN(const auto network, parse_network(part));
    networks.push_back(network);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  if (networks.empty()) return refused("expected networks such as 195.219.121.96/28,195.219.121.128/28");
  return networks;
}

std::string networks_text(const std::vector<NetworkV4>& networks) {
  std::string text;
  for (const auto& network : networks) text += (text.empty() ? "" : ",") + to_text(network);
  return text;
}

Result<double> parse_latitude(std::string_view text) {
  return parse_number_in(text, "a latitude from -90 to 90", -90, 90);
}
Result<double> parse_longitude(std::string_view text) {
  return parse_number_in(text, "a longitude from -180 to 180", -180, 180);
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "no" || text == "0") return false;
  return refused(fmt::format("expected true or false, found '{}'", text));
}

Result<std::uint64_t> parse_whole_number(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || value > most) {
    return refused(fmt::format("expected a whole number from 0 to {}, found '{}'", most, text));
  }
  return value;
}

Result<std::uint64_t> parse_credits(std::string_view text) {
  DZ_TRY_ASSIGN(const double credits,
                parse_number_in(text, "an amount above 0 and up to 1000000000, such as 1.5", 0, 1e9));
  const auto lamports = std::llround(credits * static_cast<double>(kLamportsPerCredit));
  if (lamports <= 0) return refused(fmt::format("expected an amount above 0, such as 1.5, found '{}'", text));
  return static_cast<std::uint64_t>(lamports);
}

std::string credits_text(std::uint64_t lamports) {
  auto text = fmt::format("{}.{:09}", lamports / kLamportsPerCredit, lamports % kLamportsPerCredit);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace dz::cli
