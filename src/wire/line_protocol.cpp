#include "wire/line_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace dz::wire {
namespace {

constexpr std::size_t kMostSeriesText = 65'535;  // InfluxDB's limit of a key

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Walks one line by its grammar.
class Scanner {
 public:
  Scanner(std::string_view text, ProtocolLine& line) : text_(text), line_(line) {}

  Result<void> scan() {
    line_.tags.clear();
    line_.fields.clear();
    line_.timestamp.reset();
    DZ_TRY(scan_series());
    DZ_TRY(scan_fields());
    return scan_timestamp();
  }

 private:
  bool at_end() const { return pos_ >= text_.size(); }
  char here() const { return text_[pos_]; }
  std::string_view since(std::size_t from) const { return text_.substr(from, pos_ - from); }
  void skip_spaces() {
    while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\0')) ++pos_;
  }

  // To the first of the stops that no backslash precedes.
  void scan_to(std::string_view stops) {
    while (!at_end() && (stops.find(here()) == std::string_view::npos || text_[pos_ - 1] == '\\')) ++pos_;
  }

  Result<void> scan_series() {
    if (at_end() || here() == ',') return refused("missing measurement");
    ++pos_;
    scan_to(", ");
    line_.measurement = since(0);
    while (!at_end() && here() == ',') DZ_TRY(scan_tag());
    line_.series = since(0);
    if (line_.series.size() > kMostSeriesText) {
      return refused(fmt::format("max key length exceeded: {} > {}", line_.series.size(), kMostSeriesText));
    }
    if (at_end()) return refused("missing fields");
    return check_duplicate_tags();
  }

  Result<void> scan_tag() {
    const auto key_at = ++pos_;
    if (at_end() || std::string_view(" ,=").find(here()) != std::string_view::npos) return refused("missing tag key");
    ++pos_;
    scan_to("=, ");
    if (at_end() || here() != '=') return refused("missing tag value");
    LineTag tag{since(key_at), {}};
    const auto value_at = ++pos_;
    if (at_end() || here() == ',' || here() == ' ') return refused("missing tag value");
    ++pos_;
    scan_to("=, ");
    if (!at_end() && here() == '=') return refused("invalid tag format");
    tag.value = since(value_at);
    line_.tags.push_back(tag);
    return {};
  }

  Result<void> check_duplicate_tags() {
    std::vector<std::string_view> keys;
    keys.reserve(line_.tags.size());
    for (const auto& tag : line_.tags) keys.push_back(tag.key);
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return refused("duplicate tags");
    return {};
  }

  Result<void> scan_fields() {
    skip_spaces();
    if (at_end()) return refused("missing fields");
    for (;; ++pos_) {
      LineField field;
      DZ_TRY(scan_field_key(field));
      DZ_TRY(scan_field_value(field));
      line_.fields.push_back(field);
      if (at_end() || here() == ' ') return {};
      if (here() != ',') return refused("invalid field format");
    }
  }

  Result<void> scan_field_key(LineField& field) {
    const auto from = pos_;
    for (; !at_end() && here() != '='; ++pos_) {
      if (here() == ',' || here() == ' ') return refused("invalid field format");
      if (here() == '\\' && pos_ + 1 < text_.size()) ++pos_;
    }
    if (at_end()) return refused("invalid field format");
    field.key = since(from);
    if (field.key.empty()) return refused("missing field key");
    ++pos_;
    return {};
  }

  Result<void> scan_field_value(LineField& field) {
    if (at_end() || here() == ',' || here() == ' ') return refused("missing field value");
    if (here() == '"') return scan_string(field);
    const auto from = pos_;
    while (!at_end() && here() != ',' && here() != ' ') ++pos_;
    field.text = since(from);
    const char first = field.text.front();
    if (is_digit(first) || first == '.' || first == '-' || first == 'N' || first == 'n') return check_number(field);
    field.kind = FieldKind::Boolean;
    constexpr std::array<std::string_view, 10> kBooleans = {"t", "T", "true",  "True",  "TRUE",
                                                            "f", "F", "false", "False", "FALSE"};
    if (std::find(kBooleans.begin(), kBooleans.end(), field.text) == kBooleans.end()) return refused("invalid boolean");
    return {};
  }

  Result<void> scan_string(LineField& field) {
    const auto from = ++pos_;
    for (; !at_end() && here() != '"'; ++pos_) {
      if (here() == '\\' && pos_ + 1 < text_.size()) ++pos_;
    }
    if (at_end()) return refused("unbalanced quotes");
    field.kind = FieldKind::String;
    field.text = since(from);
    ++pos_;
    return {};
  }

  static Result<void> check_number(LineField& field) {
    const char last = field.text.back();
    if (last != 'i' && last != 'u') {
      field.kind = FieldKind::Float;
      return check_float(field.text);
    }
    field.kind = last == 'i' ? FieldKind::Integer : FieldKind::Unsigned;
    field.text.remove_suffix(1);
    const bool negative = field.text.starts_with('-');
    const auto digits = field.text.substr(negative ? 1 : 0);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return refused("invalid number");
    if (negative && field.kind == FieldKind::Unsigned) return refused("invalid number");
    std::int64_t whole = 0;
    std::uint64_t natural = 0;
    const auto* end = field.text.data() + field.text.size();
    const auto error = field.kind == FieldKind::Integer ? std::from_chars(field.text.data(), end, whole).ec
                                                        : std::from_chars(field.text.data(), end, natural).ec;
    if (error == std::errc{}) return {};
    return refused(fmt::format("unable to parse {} {}: value out of range",
                               field.kind == FieldKind::Integer ? "integer" : "unsigned", field.text));
  }

  static Result<void> check_float(std::string_view text) {
    if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return refused("invalid number");
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return refused("invalid float");
    if (error != std::errc{} || stop != text.data() + text.size()) return refused("invalid number");
    return {};
  }

  Result<void> scan_timestamp() {
    skip_spaces();
    if (at_end()) return {};
    const auto from = pos_;
    if (here() == '-') ++pos_;
    while (!at_end() && is_digit(here())) ++pos_;
    const auto digits = since(from);
    if (!at_end() && here() != ' ') return refused("bad timestamp");
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range) return refused("time outside range");
    if (error != std::errc{} || stop != digits.data() + digits.size()) return refused("bad timestamp");
    while (!at_end() && here() == ' ') ++pos_;
    if (!at_end()) return refused("point is invalid");
    line_.timestamp = value;
    return {};
  }

  std::string_view text_;
  ProtocolLine& line_;
  std::size_t pos_ = 0;
};

}  // namespace

Result<Precision> parse_precision(std::string_view text) {
  if (text.empty() || text == "n" || text == "ns") return Precision::Nanoseconds;
  if (text == "u" || text == "us") return Precision::Microseconds;
  if (text == "ms") return Precision::Milliseconds;
  if (text == "s") return Precision::Seconds;
  if (text == "m") return Precision::Minutes;
  if (text == "h") return Precision::Hours;
  return refused(fmt::format("precision '{}': expected one of ns, us, ms, s, m, h", text.substr(0, 20)));
}

Result<Timestamp> time_of(std::int64_t value, Precision precision) {
  constexpr std::array<std::int64_t, 6> kMicros = {0, 1, 1000, 1'000'000, 60'000'000, 3'600'000'000};
  const auto micros = kMicros[static_cast<std::size_t>(precision)];
  if (micros == 0) return Timestamp{std::chrono::floor<Duration>(std::chrono::nanoseconds{value})};
  std::int64_t result = 0;
  // Nanoseconds in 64 bits are InfluxDB's range; ours in microseconds is wider.
  if (__builtin_mul_overflow(value, micros, &result) || result > INT64_MAX / 1000 || result < INT64_MIN / 1000) {
    return refused("time outside range");
  }
  return Timestamp{Duration{result}};
}

Result<void> parse_line(std::string_view text, ProtocolLine& line) { return Scanner(text, line).scan(); }

std::string unescape_key(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() && std::string_view(",= ").find(text[i + 1]) != std::string_view::npos;
    if (!escapes) plain.push_back(text[i]);
  }
  return plain;
}

}  // namespace dz::wire
