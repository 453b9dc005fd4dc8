#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/keyed_hash.h"
#include "telemetry/clickhouse_query.h"
#include "telemetry/store_answer.h"
#include "telemetry/store_json.h"
#include "telemetry/store_refusal.h"

namespace dz::telemetry {
namespace {

namespace json = boost::json;
using Cells = std::span<const std::string_view>;

constexpr std::string_view kNull = "\\N";

// ---- exceptions ----------------------------------------------------------------------------------------------------

struct Exception {
  int code = 0;
  std::string_view words;
};

// "Code: 60, e.displayText() = DB::Exception: ..." of old releases, "Code: 60. DB::Exception: ..." of new ones. It may
// be the whole body, or stand at the end of one that began well.
std::optional<Exception> exception_in(std::string_view body) {
  constexpr std::string_view kCode = "Code: ";
  for (auto at = body.rfind(kCode); at != std::string_view::npos; at = at == 0 ? at : body.rfind(kCode, at - 1)) {
    const auto words = body.substr(at);
    Exception found;
    const auto digits = words.substr(kCode.size());
    const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), found.code);
    const auto rest = digits.substr(static_cast<std::size_t>(stop - digits.data()));
    if (failure == std::errc{} && (rest.starts_with(", e.displayText()") || rest.starts_with(". DB::"))) {
      found.words = words;
      return found;
    }
    if (at == 0) break;
  }
  return std::nullopt;
}

Error error_of(const StoreSettings& store, const Exception& exception) {
  return refusal(store, clickhouse_remedy(exception.code).value_or(Remedy::CheckQuery), exception.words);
}

// A body that does not end as it should: an exception speaks for itself, anything else is a cut.
tl::unexpected<Error> unfinished(const StoreSettings& store, std::string_view body) {
  const auto exception = exception_in(body);
  return tl::make_unexpected(exception ? error_of(store, *exception) : cut_off());
}

// ---- tab-separated rows --------------------------------------------------------------------------------------------

// Splits a line at its tabs. Corrupt unless there are as many cells as wanted.
bool split(std::string_view line, std::vector<std::string_view>& cells) {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto* tab = static_cast<const char*>(std::memchr(at, '\t', static_cast<std::size_t>(end - at)));
    const bool last = i + 1 == cells.size();
    if ((tab == nullptr) != last) return false;
    const char* const stop = last ? end : tab;
    cells[i] = {at, static_cast<std::size_t>(stop - at)};
    at = stop + 1;
  }
  return true;
}

// A name as it was before ClickHouse escaped it. NULL is an empty name.
std::string unescaped(std::string_view cell) {
  if (cell == kNull) return {};
  std::string out;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\' || i + 1 == cell.size()) {
      out.push_back(cell[i]);
      continue;
    }
    constexpr std::string_view kEscapes = "tnrbf0", kMeanings = {"\t\n\r\b\f\0", 6};
    const auto which = kEscapes.find(cell[++i]);
    out.push_back(which == std::string_view::npos ? cell[i] : kMeanings[which]);
  }
  return out;
}

Result<std::int64_t> seconds_in(const StoreSettings& store, std::string_view cell) {
  constexpr std::int64_t kMost = 1'000'000'000'000;  // no time of ours, and far from what microseconds can say
  std::int64_t seconds = 0;
  const auto [stop, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), seconds);
  if (failure != std::errc{} || stop != cell.data() + cell.size() || seconds < -kMost || seconds > kMost) {
    return corrupt("expected seconds since the epoch, found " + beginning_of(store, cell));
  }
  return seconds;
}

Timestamp time_of(std::int64_t seconds) { return Timestamp{std::chrono::seconds{seconds}}; }

std::optional<std::uint64_t> counter_in(std::string_view cell) {
  return cell == kNull ? std::nullopt : counter_of(cell);
}

std::optional<CounterSpan> span_in(Cells cells) {
  const auto last = counter_in(cells[2]);
  if (!last) return std::nullopt;
  const auto first = counter_in(cells[0]), most = counter_in(cells[1]);
  return first && most ? std::optional(CounterSpan{*first, *most, *last}) : std::nullopt;
}

class TabReader {
 public:
  TabReader(const StoreSettings& store, const StoreQuestion& question)
      : store_(store), question_(question), names_(rows_), cells_(clickhouse::columns_of(question).size()) {}

  Result<StoreRows> read(std::string_view body);

 private:
  Result<void> read_row();
  Result<void> read_counters();
  Result<void> read_baseline();
  Result<void> read_getconfigs();
  Result<void> read_qa();
  Result<void> read_future();
  std::optional<std::uint32_t> port();

  const StoreSettings& store_;
  const StoreQuestion& question_;
  StoreRows rows_;
  RowNames names_;
  std::vector<std::string_view> cells_;
  // By the first three cells as written.
  std::unordered_map<std::string_view, std::optional<std::uint32_t>, KeyedHash> ports_;
};

// Names, rows, an empty line, totals. What does not end so is not whole.
Result<StoreRows> TabReader::read(std::string_view body) {
  const auto names = fmt::format("{}", fmt::join(clickhouse::columns_of(question_), "\t"));
  bool at_names = true, at_totals = false, ended = false;
  for (std::string_view rest = body; !rest.empty();) {
    const auto length = rest.find('\n');
    if (length == std::string_view::npos) return unfinished(store_, body);
    const auto line = rest.substr(0, length);
    rest.remove_prefix(length + 1);
    if (at_names) {
      if (line != names) {
        const auto exception = exception_in(body);
        if (exception) return tl::make_unexpected(error_of(store_, *exception));
        return corrupt("expected ClickHouse's columns for this query, found " + beginning_of(store_, body));
      }
      at_names = false;
    } else if (at_totals) {
      if (ended || !split(line, cells_)) return unfinished(store_, body);
      ended = true;
    } else if (line.empty()) {
      at_totals = true;
    } else {
      if (!split(line, cells_)) return unfinished(store_, body);
      ++rows_.rows;
      DZ_TRY(read_row());
    }
  }
  const bool bare = !at_names && !at_totals && rows_.rows == 0 && may_be_empty(question_.subject);
  if (!ended && !bare) return unfinished(store_, body);
  put_in_order(rows_);
  return std::move(rows_);
}

Result<void> TabReader::read_row() {
  switch (question_.subject) {
    case StoreSubject::Counters: return read_counters();
    case StoreSubject::Baselines: return read_baseline();
    case StoreSubject::ConfigAgent: return read_getconfigs();
    case StoreSubject::Qa: return read_qa();
    case StoreSubject::FutureRows: return read_future();
    case StoreSubject::Added: break;
  }
  return {};
}

std::optional<std::uint32_t> TabReader::port() {
  const char* const begin = cells_[0].data();
  const std::string_view names(begin, static_cast<std::size_t>(cells_[2].data() + cells_[2].size() - begin));
  const auto [entry, fresh] = ports_.try_emplace(names);
  if (fresh || !entry->second)
    entry->second = names_.port(unescaped(cells_[0]), unescaped(cells_[1]), unescaped(cells_[2]));
  return entry->second;
}

Result<void> TabReader::read_counters() {
  const auto index = port();
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store_, cells_[3]));
  const auto minute = minute_of(time_of(seconds));
  if (!index || !asked_for(question_, minute)) return {};
  const Cells values = Cells(cells_).subspan(4);
  auto& row = rows_.counters.emplace_back();
  row.port = *index;
  row.minute = minute;
  const auto counters = clickhouse::counters_of(question_);
  for (std::size_t i = 0; i < counters.size(); ++i) row.*counters[i].span = span_in(values.subspan(3 * i, 3));
  return {};
}

Result<void> TabReader::read_baseline() {
  const auto index = port();
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store_, cells_[3]));
  StoreRows::Baseline baseline{index.value_or(0), time_of(seconds), {}, {}, {}};
  std::size_t cell = 4;
  for (const auto& counter : clickhouse::counters_of(question_)) {
    if (counter.baseline != nullptr) baseline.*counter.baseline = counter_in(cells_[cell++]);
  }
  if (index && baseline.has_any()) rows_.baselines.push_back(baseline);
  return {};
}

Result<void> TabReader::read_getconfigs() {
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store_, cells_[1]));
  const auto* device = names_.device(unescaped(cells_[0]));
  const auto count = counter_in(cells_[2]).value_or(0);
  const auto minute = minute_of(time_of(seconds));
  if (device != nullptr && count > 0 && asked_for(question_, minute))
    rows_.getconfigs.push_back({*device, minute, count});
  return {};
}

Result<void> TabReader::read_qa() {
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store_, cells_[1]));
  const auto at = time_of(seconds);
  if (cells_[0].empty() && cells_[2].empty()) {
    rows_.qa_runs.push_back(at);
    return {};
  }
  const auto passed = cells_[2];
  if (passed == kNull) return {};
  const bool success = passed == "1" || passed == "true";
  if (!success && passed != "0" && passed != "false") {
    return corrupt("expected success as 0, 1, true or false, found " + beginning_of(store_, passed));
  }
  const auto* device = names_.device(unescaped(cells_[0]));
  if (device != nullptr) rows_.qa_results.push_back({*device, at, success});
  return {};
}

Result<void> TabReader::read_future() {
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store_, cells_[1]));
  const auto* device = names_.device(unescaped(cells_[0]));
  if (device != nullptr) rows_.future_rows.push_back({*device, time_of(seconds)});
  return {};
}

// ---- JSON of an added criterion's query
// ----------------------------------------------------------------------------------------

// Numbers of 64 bits come as texts, those that are not finite as null or as texts ("nan").
Result<std::optional<double>> number_in(const StoreSettings& store, const json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.get_bool() ? 1.0 : 0.0;
  double number = 0;
  boost::system::error_code failure;
  if (value.is_string()) {
    auto text = json_text(value);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || stop != text.data() + text.size()) {
      return corrupt("expected a number in the column 'value', found " + beginning_of(store, json::serialize(value)));
    }
  } else {
    number = value.to_number<double>(failure);
    if (failure) {
      return corrupt("expected a number in the column 'value', found " + beginning_of(store, json::serialize(value)));
    }
  }
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

class AddedColumns {
 public:
  // Where each column of the answer is. Corrupt: one that the criterion needs is missing.
  static Result<AddedColumns> find(const StoreSettings& store, const verdict::AddedCriterion& criterion,
                                   const json::array& meta) {
    AddedColumns columns;
    const auto labels = labels_of(criterion);
    const std::array<std::string_view, 5> wanted = {clickhouse::kAddedMinute, "value", labels.device, labels.interface,
                                                    labels.link};
    std::string found;
    for (std::size_t i = 0; i < meta.size(); ++i) {
      const auto* column = meta[i].if_object();
      const auto* name = column == nullptr ? nullptr : column->if_contains("name");
      const auto text = name == nullptr ? std::string_view{} : json_text(*name);
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (!wanted[k].empty() && text == wanted[k]) columns.at_[k] = i;
      }
      if (text != clickhouse::kAddedMinute) found += fmt::format("{}{}", found.empty() ? "" : ", ", text);
    }
    columns.count_ = meta.size();
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      if (!wanted[k].empty() && columns.at_[k] == kNone) {
        return tl::make_unexpected(label_missing(store, wanted[k], found));
      }
    }
    return columns;
  }

  std::size_t count() const { return count_; }
  const json::value& minute(const json::array& row) const { return row[at_[0]]; }
  const json::value& value(const json::array& row) const { return row[at_[1]]; }
  std::string device(const json::array& row) const { return name(row, 2); }
  std::string interface(const json::array& row) const { return name(row, 3); }
  std::string link(const json::array& row) const { return name(row, 4); }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  std::string name(const json::array& row, std::size_t which) const {
    return at_[which] == kNone ? std::string() : std::string(json_text(row[at_[which]]));
  }

  std::array<std::size_t, 5> at_ = {kNone, kNone, kNone, kNone, kNone};
  std::size_t count_ = 0;
};

Result<void> read_added_row(const StoreSettings& store, const StoreQuestion& question, const AddedColumns& columns,
                            const json::value& item, StoreRows& rows) {
  ++rows.rows;
  const auto* row = item.if_array();
  if (row == nullptr || row->size() != columns.count()) {
    return corrupt(fmt::format("expected a row of {} values, found {}", columns.count(),
                               beginning_of(store, json::serialize(item))));
  }
  const auto& minute = columns.minute(*row);
  if (minute.is_null()) return {};
  const auto text = minute.is_string() ? std::string(json_text(minute)) : json::serialize(minute);
  DZ_TRY_ASSIGN(const auto seconds, seconds_in(store, text));
  DZ_TRY_ASSIGN(const auto value, number_in(store, columns.value(*row)));
  if (!value) return {};
  put_added_value(
      question,
      {columns.device(*row), columns.interface(*row), columns.link(*row), minute_of(time_of(seconds)), *value}, rows);
  return {};
}

Result<StoreRows> read_added(const StoreSettings& store, const StoreQuestion& question, std::string_view body) {
  JsonDocuments documents(body);
  const auto next = documents.next();
  if (next == JsonDocuments::Next::CutOff) return unfinished(store, body);
  if (next != JsonDocuments::Next::Document) {
    const auto exception = exception_in(body);
    if (exception) return tl::make_unexpected(error_of(store, *exception));
    return corrupt("expected ClickHouse's JSON, found " + beginning_of(store, body));
  }
  const auto* object = documents.value().if_object();
  if (object == nullptr) return corrupt("expected ClickHouse's JSON, found " + beginning_of(store, body));
  if (const auto* words = object->if_contains("exception")) {  // current releases, in an answer that had begun
    return tl::make_unexpected(
        error_of(store, exception_in(json_text(*words)).value_or(Exception{0, json_text(*words)})));
  }
  const auto *meta = json_array(*object, "meta"), *data = json_array(*object, "data");
  if (meta == nullptr || data == nullptr || !object->contains("rows")) {
    return corrupt("expected \"meta\", \"data\" and \"rows\" in ClickHouse's JSON, found " + beginning_of(store, body));
  }
  DZ_TRY_ASSIGN(const auto columns, AddedColumns::find(store, *question.criterion, *meta));
  StoreRows rows;
  for (const auto& item : *data) DZ_TRY(read_added_row(store, question, columns, item, rows));
  return rows;
}

}  // namespace

Result<StoreRows> read_clickhouse_answer(const StoreSettings& store, const StoreQuestion& question,
                                         const StoreAnswer& answer) {
  if (answer.status != 200) {
    const auto exception = exception_in(answer.body);
    return tl::make_unexpected(exception ? error_of(store, *exception)
                                         : status_refusal(store, answer.status, std::nullopt, answer.body));
  }
  if (answer.body.empty()) return tl::make_unexpected(cut_off());
  if (question.subject == StoreSubject::Added) return read_added(store, question, answer.body);
  return TabReader(store, question).read(answer.body);
}

}  // namespace dz::telemetry
