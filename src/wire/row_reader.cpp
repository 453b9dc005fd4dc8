#include "wire/row_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iterator>
#include <unordered_map>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/valid_text.h"

namespace dz::wire {
namespace {

constexpr std::size_t kMostSeriesText = 65'535;     // InfluxDB's limit of a key
constexpr std::size_t kMostRemembered = 64U << 20;  // bytes of series
constexpr std::size_t kMostSeries = 200'000;
constexpr std::size_t kMostErrors = 20;      // texts that are kept; every refused line counts
constexpr std::size_t kMostShown = 500;      // bytes of a line, and of why it is refused, in a text
constexpr std::size_t kMostLine = 1U << 20;  // bytes; whatever a line is made of, it is read in some 5 ms
// What reading costs, in the time that a byte of a known series takes.
constexpr std::size_t kCarefulByte = 8;
constexpr std::size_t kCarefulLine = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view kBlanks(" \t\0", 3);

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(kBlanks);
  return first != std::string_view::npos && line[first] == '#';
}

// Where the first newline is, or `end`.
const char* line_stop(const char* begin, const char* end) {
  const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)));
  return newline == nullptr ? end : newline;
}

// A newline inside a quoted field value does not end the line. A comment's quotes mean nothing: rows behind it would
// be taken for a part of it and be lost without a word. A quote that does not close within the longest line there is
// never does.
std::size_t line_end(std::string_view body, std::size_t from) {
  const auto newline = body.find('\n', from);
  const auto first = body.substr(from, newline == std::string_view::npos ? newline : newline - from);
  if (first.find('"') == std::string_view::npos || is_comment(first)) return from + first.size();
  bool in_fields = false, quoted = false;
  int values = 0, commas = 0;
  const auto last = std::min(body.size(), from + kMostLine + 1);
  for (auto i = from; i < last; ++i) {
    const char c = body[i];
    if (c == '\\') {
      ++i;
    } else if (c == '\n' && !quoted) {
      return i;
    } else if (c == '"' && in_fields && values > commas) {
      quoted = !quoted;
    } else if (!quoted) {
      in_fields = in_fields || c == ' ';
      values += in_fields && c == '=';
      commas += in_fields && c == ',';
    }
  }
  return body.size();
}

std::string_view trim_line(std::string_view line) {
  const auto first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  line.remove_prefix(first);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

struct Measurement {
  std::string_view name;
  RowKind kind;
  std::string_view device_tag;
};
constexpr std::array<Measurement, 4> kMeasurements = {
    {{"intfCounters", RowKind::IntfCounters, "dzd_pubkey"},
     {"controller_grpc_getconfig_success", RowKind::Getconfig, "device_pubkey"},
     {"device_qa_test_results", RowKind::QaResult, "device_pubkey"},
     {"device_qa_test_metadata", RowKind::QaMetadata, ""}}};

Result<std::string> required_tag(const ProtocolLine& line, std::string_view key) {
  for (const auto& tag : line.tags) {
    if (unescape_key(tag.key) == key) return unescape_key(tag.value);
  }
  return refused(fmt::format("missing tag {}", key));
}

Result<Series> series_of(const ProtocolLine& line) {
  Series series;
  series.text = line.series;
  const auto name = unescape_key(line.measurement);
  const auto known =
      std::find_if(kMeasurements.begin(), kMeasurements.end(), [&](const auto& m) { return m.name == name; });
  if (known == kMeasurements.end()) return series;
  series.kind = known->kind;
  if (!known->device_tag.empty()) {
    std::string text;
    DZ_TRY_ASSIGN(text, required_tag(line, known->device_tag));
    auto key = parse_pubkey(text);
    if (!key) return with_context(fmt::format("tag {}", known->device_tag), key.error());
    series.device = *key;
  }
  if (series.kind == RowKind::IntfCounters) {
    DZ_TRY_ASSIGN(series.interface, required_tag(line, "intf"));
    DZ_TRY(check_name("tag intf", series.interface));
  }
  return series;
}

// A cumulative counter in any of the types that carry numbers.
Result<std::uint64_t> counter_value(const LineField& field) {
  const auto unfit = [&] {
    return refused(
        fmt::format("field {}: expected a count of 0 or more, found {}", field.key, field.text.substr(0, 40)));
  };
  const auto* end = field.text.data() + field.text.size();
  std::uint64_t count = 0;
  if (field.kind == FieldKind::Float) {
    double value = 0;
    std::from_chars(field.text.data(), end, value);
    if (!(value >= 0) || value >= 18'446'744'073'709'551'616.0) return unfit();
    return static_cast<std::uint64_t>(value);
  }
  const auto [stop, error] = std::from_chars(field.text.data(), end, count);
  if (field.kind == FieldKind::Boolean || error != std::errc{} || stop != end) return unfit();
  return count;
}

// The counter a field key names; null when it is none of ours.
std::optional<std::uint64_t>* counter_named(Row& row, std::string_view key) {
  switch (key.size()) {
    case 9: return key == "in-octets" ? &row.in_octets : key == "in-errors" ? &row.in_errors : nullptr;
    case 10: return key == "out-octets" ? &row.out_octets : key == "out-errors" ? &row.out_errors : nullptr;
    case 11: return key == "in-discards" ? &row.in_discards : nullptr;
    case 12: return key == "out-discards" ? &row.out_discards : nullptr;
    case 13: return key == "in-fcs-errors" ? &row.in_fcs_errors : nullptr;
    case 19: return key == "carrier-transitions" ? &row.carrier_transitions : nullptr;
    default: return nullptr;
  }
}

Result<void> read_count(const LineField& field, std::optional<std::uint64_t>& count) {
  DZ_TRY_ASSIGN(count, counter_value(field));
  return {};
}

Result<void> read_field(Row& row, const LineField& field) {
  switch (row.series->kind) {
    case RowKind::IntfCounters:
      if (auto* counter = counter_named(row, field.key)) return read_count(field, *counter);
      return {};
    case RowKind::Getconfig:
      if (field.key == "count") return read_count(field, row.count);
      return {};
    case RowKind::QaResult:
      if (field.key != "success") return {};
      if (field.kind != FieldKind::Boolean) return refused("field success: expected true or false");
      row.success = field.text.front() == 't' || field.text.front() == 'T';
      return {};
    default: return {};
  }
}

// What a row of this kind cannot do without.
Result<void> check_complete(const Row& row) {
  if (row.series->kind == RowKind::Getconfig && !row.count) return refused("missing field count");
  if (row.series->kind == RowKind::QaResult && !row.success) return refused("missing field success");
  return {};
}

// Seeded with an address, which nobody outside knows: a sender cannot choose texts that all meet in one place.
class TextHash {
 public:
  std::size_t operator()(std::string_view text) const noexcept {
    std::uint64_t hash = mix(seed_ ^ text.size());
    while (text.size() >= 8) {
      hash = mix(hash ^ load(text.data()));
      text.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    return mix(hash ^ rest);
  }

 private:
  static std::uint64_t load(const char* p) {
    std::uint64_t value = 0;
    std::memcpy(&value, p, sizeof value);
    return value;
  }
  static std::uint64_t mix(std::uint64_t x) {
    const auto product = static_cast<unsigned __int128>(x ^ 0x9E3779B97F4A7C15U) * 0xD6E8FEB86659FD93U;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::uint64_t seed_ = reinterpret_cast<std::uintptr_t>(this);
};

// Series by their raw text. Misses are rare, so a plain table keyed by a fast hash serves.
class SeriesMemory {
 public:
  SeriesMemory() { series_.reserve(kMostSeries); }  // growing takes long
  const Series* find(std::string_view text) const {
    const auto it = series_.find(text);
    return it == series_.end() ? nullptr : it->second.get();
  }
  const Series* remember(Series series) {
    bytes_ += series.text.size() + sizeof(Series);
    auto owned = std::make_unique<Series>(std::move(series));
    const std::string_view text = owned->text;
    return series_.emplace(text, std::move(owned)).first->second.get();
  }
  // A few at a time. The newest go: those of devices that send all the time are old.
  void make_room() {
    while (bytes_ > kMostRemembered || series_.size() > kMostSeries) {
      const auto newest = series_.begin();
      bytes_ -= newest->second->text.size() + sizeof(Series);
      series_.erase(newest);
    }
  }

 private:
  std::unordered_map<std::string_view, std::unique_ptr<Series>, TextHash> series_;
  std::size_t bytes_ = 0;
};

// The unsigned number at p, of at most 18 digits; null when it is none.
const char* fast_number(const char* p, const char* end, std::uint64_t& value) {
  const char* const first = p;
  value = 0;
  while (end - p >= 8) {
    std::uint64_t chunk = 0;
    std::memcpy(&chunk, p, 8);
    // Eight digits at once: each byte is '0'..'9'.
    if (((chunk & 0xF0F0F0F0F0F0F0F0U) ^ 0x3030303030303030U) != 0 ||
        (((chunk + 0x0606060606060606U) & 0xF0F0F0F0F0F0F0F0U) ^ 0x3030303030303030U) != 0) {
      break;
    }
    chunk = (chunk & 0x0F0F0F0F0F0F0F0FU) * 2561 >> 8;
    chunk = (chunk & 0x00FF00FF00FF00FFU) * 6553601 >> 16;
    chunk = (chunk & 0x0000FFFF0000FFFFU) * 42949672960001 >> 32;
    value = value * 100'000'000 + chunk;
    p += 8;
    if (p - first > 16) return nullptr;
  }
  for (; p != end && is_digit(*p); ++p) value = value * 10 + static_cast<std::uint64_t>(*p - '0');
  return p == first || p - first > 18 ? nullptr : p;
}

}  // namespace

class RowReader::Impl {
 public:
  void start(std::string_view body, Precision precision, Timestamp now, std::size_t most_work) {
    memory_.make_room();
    body_ = body;
    precision_ = precision;
    now_ = now;
    pos_ = refused_ = ignored_ = work_ = 0;
    most_work_ = most_work;
    errors_.clear();
  }

  const Row* next() {
    while (pos_ < body_.size() && work_ < most_work_) {
      const auto begin = pos_;
      if (next_fast()) {
        work_ += pos_ - begin;
        return &row_;
      }
      const bool found = next_careful();
      work_ += kCarefulLine + kCarefulByte * (pos_ - begin);
      if (found) return &row_;
    }
    return nullptr;
  }

  std::size_t consumed() const { return std::min(pos_, body_.size()); }

  const std::vector<std::string>& errors() const { return errors_; }
  std::size_t refused_lines() const { return refused_; }
  std::size_t ignored() const { return ignored_; }

 private:
  // What devices send by the million: a known intfCounters series, integer fields without escapes, a timestamp.
  // Anything else is left to next_careful(), untouched.
  bool next_fast() {
    const char* const begin = body_.data() + pos_;
    const char* const end = line_stop(begin, body_.data() + body_.size());
    const auto* space = static_cast<const char*>(std::memchr(begin, ' ', static_cast<std::size_t>(end - begin)));
    if (space == nullptr) return false;
    const auto* series = memory_.find({begin, static_cast<std::size_t>(space - begin)});
    if (series == nullptr || series->kind != RowKind::IntfCounters) return false;
    begin_row(series);

    const char* p = space;
    do {
      const char* const key = ++p;
      while (p != end && is_plain(*p)) ++p;
      if (p == end || *p != '=' || p == key) return false;
      const std::string_view name(key, static_cast<std::size_t>(p - key));
      std::uint64_t value = 0;
      p = fast_number(p + 1, end, value);
      if (p == nullptr || p == end || *p != 'i') return false;
      if (auto* counter = counter_named(row_, name)) *counter = value;
      ++p;
    } while (p != end && *p == ',');
    if (p == end || *p != ' ') return false;

    std::uint64_t timestamp = 0;
    p = fast_time(p + 1, end, timestamp);
    if (p == nullptr || (p != end && *p != '\n')) return false;
    const auto at = time_of(static_cast<std::int64_t>(timestamp), precision_);
    if (!at) return false;
    row_.at = *at;
    row_.line = {begin, static_cast<std::size_t>(p - begin)};
    pos_ += row_.line.size() + 1;
    return true;
  }

  // A timestamp in ns has 19 digits.
  static const char* fast_time(const char* p, const char* end, std::uint64_t& value) {
    const auto length = std::find_if_not(p, std::min(end, p + 20), is_digit) - p;
    if (length == 0 || length > 19) return nullptr;
    for (auto i = length; i > 0; --i) value = value * 10 + static_cast<std::uint64_t>(*p++ - '0');
    return value > INT64_MAX ? nullptr : p;
  }

  static bool is_plain(char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '_' || is_digit(c); }

  void begin_row(const Series* series) {
    row_ = Row{};
    row_.series = series;
  }

  // One line by the whole grammar. False when it yields no row.
  bool next_careful() {
    const auto end = line_end(body_, pos_);
    const auto line = trim_line(body_.substr(pos_, end - pos_));
    pos_ = end + 1;
    if (line.empty() || line.front() == '#') return false;
    if (auto read = read_line(line); !read) {
      ++refused_;
      if (errors_.size() < kMostErrors) errors_.push_back(line_error(line, read.error().message));
      return false;
    }
    ignored_ += row_.series->kind == RowKind::Other;
    return row_.series->kind != RowKind::Other;
  }

  Result<void> read_line(std::string_view text) {
    if (text.size() > kMostLine) {
      return dz::refused(fmt::format("max line length exceeded: {} > {}", text.size(), kMostLine));
    }
    DZ_TRY(parse_line(text, line_));
    const auto* series = memory_.find(line_.series);
    if (series == nullptr) {
      Series found;
      DZ_TRY_ASSIGN(found, series_of(line_));
      // There is no end to the series that are not read, so they are not remembered.
      series = found.kind == RowKind::Other ? &not_read_ : memory_.remember(std::move(found));
    }
    begin_row(series);
    row_.line = text;
    row_.at = now_;
    if (line_.timestamp) {
      DZ_TRY_ASSIGN(row_.at, time_of(*line_.timestamp, precision_));
    }
    for (const auto& field : line_.fields) DZ_TRY(read_field(row_, field));
    return check_complete(row_);
  }

  SeriesMemory memory_;
  const Series not_read_{};
  std::string_view body_;
  Precision precision_ = Precision::Nanoseconds;
  Timestamp now_;
  std::size_t pos_ = 0, refused_ = 0, ignored_ = 0, work_ = 0, most_work_ = 0;
  std::vector<std::string> errors_;
  ProtocolLine line_;
  Row row_;
};

RowReader::RowReader() : impl_(std::make_unique<Impl>()) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;
void RowReader::start(std::string_view body, Precision precision, Timestamp now, std::size_t most_work) {
  impl_->start(body, precision, now, most_work);
}
std::size_t RowReader::consumed() const { return impl_->consumed(); }
const Row* RowReader::next() { return impl_->next(); }
const std::vector<std::string>& RowReader::errors() const { return impl_->errors(); }
std::size_t RowReader::refused() const { return impl_->refused_lines(); }
std::size_t RowReader::ignored() const { return impl_->ignored(); }

std::string line_error(std::string_view line, std::string_view why) {
  auto text = fmt::format("unable to parse '{}': {}", cut_text(line, kMostShown), cut_text(why, kMostShown));
  const auto swallowed = std::count(line.begin(), line.end(), '\n');
  if (swallowed > 0) fmt::format_to(std::back_inserter(text), " (with {} more lines inside its quotes)", swallowed);
  return text;
}

std::string partial_write_text(const std::vector<std::string>& errors, std::size_t dropped) {
  return fmt::format("partial write: {} dropped={}", fmt::join(errors, "\n"), dropped);
}

}  // namespace dz::wire
