#include "telemetry/influx_answer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "telemetry/influx_query.h"
#include "telemetry/store_answer.h"
#include "telemetry/store_json.h"
#include "telemetry/store_refusal.h"

namespace dz::telemetry {
namespace influx {

std::string column_of(const CounterField& field) {
  std::string column(field.name);
  std::replace(column.begin(), column.end(), '-', '_');
  return column;
}

std::string column_of(const CounterField& field, std::string_view aggregate) {
  return fmt::format("{}_{}", column_of(field), aggregate);
}

std::string_view precision_of(StoreSubject subject) {
  const bool by_minute = subject == StoreSubject::Counters || subject == StoreSubject::ConfigAgent;
  return by_minute ? "s" : "ns";
}

}  // namespace influx

namespace {

namespace json = boost::json;

constexpr int kNoColumn = -1;

std::optional<std::uint64_t> counter_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::int64:
      if (value.get_int64() < 0) return std::nullopt;
      return static_cast<std::uint64_t>(value.get_int64());
    case json::kind::uint64: return value.get_uint64();
    case json::kind::double_: return telemetry::counter_of(value.get_double());
    case json::kind::string: return telemetry::counter_of(json_text(value));
    default: return std::nullopt;
  }
}

// One series of an answer: where its columns and labels are. 1.x and 2.x put what the query groups by into `tags`; 3
// (Core's first releases) makes columns of it.
struct Series {
  const json::object* tags = nullptr;
  const json::array* columns = nullptr;
  const json::array* values = nullptr;

  int column(std::string_view name) const {
    for (std::size_t i = 0; i < columns->size(); ++i) {
      if (json_text((*columns)[i]) == name) return static_cast<int>(i);
    }
    return kNoColumn;
  }
};

struct Label {
  bool found = false;
  std::string_view tag;
  int column = kNoColumn;

  Label(const Series& series, std::string_view name) {
    const auto* value = series.tags == nullptr ? nullptr : series.tags->if_contains(name);
    if (value != nullptr) {
      tag = json_text(*value);
    } else {
      column = series.column(name);
    }
    found = value != nullptr || column != kNoColumn;
  }
  std::string_view of(const json::array& row) const {
    return column == kNoColumn ? tag : json_text(row[static_cast<std::size_t>(column)]);
  }
};

class AnswerReader {
 public:
  AnswerReader(const StoreSettings& store, const StoreQuestion& question)
      : store_(store), question_(question), names_(rows_) {}

  Result<void> read(const json::value& document);
  bool complete() const { return !partial_; }
  StoreRows take() {
    put_in_order(rows_);
    return std::move(rows_);
  }

 private:
  Error error_of(std::string_view words) const;
  Result<void> read_result(const json::object& result);
  Result<void> read_series(const Series& series);
  Result<void> read_counters(const Series& series);
  Result<void> read_baselines(const Series& series);
  Result<void> read_getconfigs(const Series& series);
  Result<void> read_qa(const Series& series);
  Result<void> read_added(const Series& series);
  Result<void> read_future(const Series& series);
  Result<int> value_column(const Series& series) const;
  Result<void> tag_missing(const Series& series, std::string_view name) const;

  template <typename Each>
  Result<void> each_row(const Series& series, Each each);

  const StoreSettings& store_;
  const StoreQuestion& question_;
  StoreRows rows_;
  RowNames names_;
  bool partial_ = false;
};

// An error inside an answer of status 200.
Error AnswerReader::error_of(std::string_view words) const {
  return refusal(store_, influx_remedy(words).value_or(Remedy::CheckQuery), words);
}

Result<void> AnswerReader::read(const json::value& document) {
  const auto* object = document.if_object();
  if (object == nullptr) {
    return corrupt("expected InfluxDB's JSON, found " + beginning_of(store_, json::serialize(document)));
  }
  if (object->contains("error")) return tl::make_unexpected(error_of(json_text(*object, "error")));
  const auto* results = json_array(*object, "results");
  if (results == nullptr) {
    return corrupt("expected \"results\" in InfluxDB's answer, found " +
                   beginning_of(store_, json::serialize(document)));
  }
  for (const auto& result : *results) {
    const auto* members = result.if_object();
    if (members == nullptr) return corrupt("expected an object in \"results\"");
    DZ_TRY(read_result(*members));
  }
  return {};
}

Result<void> AnswerReader::read_result(const json::object& result) {
  if (result.contains("error")) return tl::make_unexpected(error_of(json_text(result, "error")));
  partial_ = json_flag(result, "partial");
  const auto* all = json_array(result, "series");
  if (all == nullptr) return {};
  for (const auto& one : *all) {
    const auto* members = one.if_object();
    if (members == nullptr) return corrupt("expected an object in \"series\"");
    Series series;
    const auto* tags = members->if_contains("tags");
    series.tags = tags == nullptr ? nullptr : tags->if_object();
    series.columns = json_array(*members, "columns");
    series.values = json_array(*members, "values");
    partial_ = partial_ || json_flag(*members, "partial");
    if (series.columns == nullptr) return corrupt("expected \"columns\" in a series of InfluxDB's answer");
    if (series.values != nullptr) DZ_TRY(read_series(series));
  }
  return {};
}

Result<void> AnswerReader::read_series(const Series& series) {
  switch (question_.subject) {
    case StoreSubject::Counters: return read_counters(series);
    case StoreSubject::Baselines: return read_baselines(series);
    case StoreSubject::ConfigAgent: return read_getconfigs(series);
    case StoreSubject::Qa: return read_qa(series);
    case StoreSubject::Added: return read_added(series);
    case StoreSubject::FutureRows: return read_future(series);
  }
  return {};
}

// Calls each(row, time) for every row; time as the store wrote it.
template <typename Each>
Result<void> AnswerReader::each_row(const Series& series, Each each) {
  const int time = series.column("time");
  if (time == kNoColumn) return corrupt("expected a column \"time\" in InfluxDB's answer, found none");
  for (const auto& value : *series.values) {
    ++rows_.rows;
    const auto* row = value.if_array();
    if (row == nullptr || row->size() != series.columns->size()) {
      return corrupt(fmt::format("expected a row of {} values, found {}", series.columns->size(),
                                 beginning_of(store_, json::serialize(value))));
    }
    const auto* at = (*row)[static_cast<std::size_t>(time)].if_int64();
    if (at == nullptr) return corrupt("expected times as whole numbers since the epoch; is \"epoch\" heeded?");
    DZ_TRY(each(*row, *at));
  }
  return {};
}

Minute minute_of_seconds(std::int64_t seconds) {
  return std::chrono::floor<std::chrono::minutes>(std::chrono::sys_seconds{std::chrono::seconds{seconds}});
}

Timestamp time_of_nanoseconds(std::int64_t nanoseconds) {
  return Timestamp{std::chrono::floor<Duration>(std::chrono::nanoseconds{nanoseconds})};
}

Result<void> AnswerReader::tag_missing(const Series& series, std::string_view name) const {
  std::string found;
  const auto add = [&](std::string_view word) { found += fmt::format("{}{}", found.empty() ? "" : ", ", word); };
  if (series.tags != nullptr) {
    for (const auto& tag : *series.tags) add(tag.key());
  }
  for (const auto& column : *series.columns) add(json_text(column));
  return tl::make_unexpected(label_missing(store_, name, found));
}

// Of each field, where its first, greatest and last value are; kNoColumn for what was not asked.
using CounterColumns = std::array<std::array<int, 3>, influx::kCounterFields.size()>;

Result<CounterColumns> counter_columns(const Series& series) {
  CounterColumns columns{};
  for (std::size_t f = 0; f < columns.size(); ++f) {
    for (std::size_t a = 0; a < influx::kAggregates.size(); ++a) {
      const auto& field = influx::kCounterFields[f];
      const auto name = influx::column_of(field, influx::kAggregates[a]);
      columns[f][a] = series.column(name);
      if (columns[f][a] == kNoColumn && !field.of_events && influx::asks(field, influx::kAggregates[a])) {
        return corrupt(fmt::format("expected a column '{}' in the answer", name));
      }
    }
  }
  return columns;
}

std::optional<CounterSpan> span_of(const json::array& row, const std::array<int, 3>& columns) {
  const auto value = [&](int column) { return counter_of(row[static_cast<std::size_t>(column)]); };
  if (columns[0] == kNoColumn || columns[2] == kNoColumn) return std::nullopt;  // there is no such counter
  const auto first = value(columns[0]), last = value(columns[2]);
  if (!first || !last) return std::nullopt;
  const auto most = columns[1] == kNoColumn ? std::max(*first, *last) : value(columns[1]);
  return most ? std::optional(CounterSpan{*first, *most, *last}) : std::nullopt;
}

Result<void> AnswerReader::read_counters(const Series& series) {
  const Label device(series, "dzd_pubkey"), interface(series, "intf"), host(series, "host");
  if (!device.found) return tag_missing(series, "dzd_pubkey");
  if (!interface.found) return tag_missing(series, "intf");
  DZ_TRY_ASSIGN(const auto columns, counter_columns(series));
  const bool one_port = device.column == kNoColumn && interface.column == kNoColumn && host.column == kNoColumn;
  std::optional<std::uint32_t> port;
  bool port_known = false;
  return each_row(series, [&](const json::array& row, std::int64_t seconds) -> Result<void> {
    if (!port_known) port = names_.port(device.of(row), interface.of(row), host.of(row));
    port_known = one_port && port;
    if (!port) return {};
    StoreRows::CounterMinute minute;
    minute.port = *port;
    minute.minute = minute_of_seconds(seconds);
    for (std::size_t f = 0; f < columns.size(); ++f) {
      minute.*influx::kCounterFields[f].span = span_of(row, columns[f]);
    }
    if (asked_for(question_, minute.minute)) rows_.counters.push_back(minute);
    return {};
  });
}

Result<void> AnswerReader::read_baselines(const Series& series) {
  const Label device(series, "dzd_pubkey"), interface(series, "intf"), host(series, "host");
  if (!device.found) return tag_missing(series, "dzd_pubkey");
  if (!interface.found) return tag_missing(series, "intf");
  std::array<int, influx::kCounterFields.size()> columns{};
  for (std::size_t f = 0; f < columns.size(); ++f)
    columns[f] = series.column(influx::column_of(influx::kCounterFields[f]));
  return each_row(series, [&](const json::array& row, std::int64_t) -> Result<void> {
    const auto port = names_.port(device.of(row), interface.of(row), host.of(row));
    if (!port) return {};
    const auto value = [&](int column) {
      return column == kNoColumn ? std::nullopt : counter_of(row[static_cast<std::size_t>(column)]);
    };
    StoreRows::Baseline baseline{*port, question_.to, {}, {}, {}};
    for (std::size_t f = 0; f < columns.size(); ++f) {
      const auto& field = influx::kCounterFields[f];
      if (field.baseline != nullptr) baseline.*field.baseline = value(columns[f]);
    }
    if (baseline.has_any()) rows_.baselines.push_back(baseline);
    return {};
  });
}

Result<void> AnswerReader::read_getconfigs(const Series& series) {
  const Label device(series, "device_pubkey");
  if (!device.found) return tag_missing(series, "device_pubkey");
  const int column = series.column("count");
  if (column == kNoColumn) return corrupt("expected a column 'count' in the answer");
  return each_row(series, [&](const json::array& row, std::int64_t seconds) -> Result<void> {
    const auto* key = names_.device(device.of(row));
    const auto count = counter_of(row[static_cast<std::size_t>(column)]);
    const auto minute = minute_of_seconds(seconds);
    if (key != nullptr && count.value_or(0) > 0 && asked_for(question_, minute)) {
      rows_.getconfigs.push_back({*key, minute, *count});
    }
    return {};
  });
}

std::optional<bool> success_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  const auto text = json_text(value);
  if (text == "true" || text == "True" || text == "t") return true;
  if (text == "false" || text == "False" || text == "f") return false;
  const auto number = counter_of(value);
  if (number) return *number != 0;
  return std::nullopt;
}

Result<void> AnswerReader::read_qa(const Series& series) {
  const Label device(series, "device_pubkey");
  const int success = series.column("success"), tested = series.column("devices_tested");
  return each_row(series, [&](const json::array& row, std::int64_t nanoseconds) -> Result<void> {
    const auto at = time_of_nanoseconds(nanoseconds);
    if (tested != kNoColumn && !row[static_cast<std::size_t>(tested)].is_null()) rows_.qa_runs.push_back(at);
    if (success == kNoColumn) return {};
    const auto passed = success_of(row[static_cast<std::size_t>(success)]);
    if (!passed) return {};
    if (!device.found) return tag_missing(series, "device_pubkey");
    const auto* key = names_.device(device.of(row));
    if (key != nullptr) rows_.qa_results.push_back({*key, at, *passed});
    return {};
  });
}

Result<void> AnswerReader::read_future(const Series& series) {
  const Label device(series, "dzd_pubkey");
  if (!device.found) return tag_missing(series, "dzd_pubkey");
  return each_row(series, [&](const json::array& row, std::int64_t nanoseconds) -> Result<void> {
    const auto* key = names_.device(device.of(row));
    if (key != nullptr) rows_.future_rows.push_back({*key, time_of_nanoseconds(nanoseconds)});
    return {};
  });
}

// The column "value", or else the only one that is neither the time nor a label.
Result<int> AnswerReader::value_column(const Series& series) const {
  const int named = series.column("value");
  if (named != kNoColumn) return named;
  const auto& criterion = *question_.criterion;
  int found = kNoColumn;
  std::string names;
  for (std::size_t i = 0; i < series.columns->size(); ++i) {
    const auto name = json_text((*series.columns)[i]);
    if (name == "time" || name == criterion.device_label || name == criterion.interface_label ||
        name == criterion.link_label) {
      continue;
    }
    names += fmt::format("{}{}", names.empty() ? "" : " ", name);
    found = found == kNoColumn ? static_cast<int>(i) : static_cast<int>(series.columns->size());
  }
  if (found != kNoColumn && found < static_cast<int>(series.columns->size())) return found;
  return corrupt(fmt::format("expected one column of values, or one named 'value', found {}",
                             names.empty() ? "none" : store_words(store_, names)));
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? 1.0 : 0.0;
  boost::system::error_code failure;
  const auto number = value.to_number<double>(failure);
  if (failure || !std::isfinite(number)) return std::nullopt;
  return number;
}

Result<void> AnswerReader::read_added(const Series& series) {
  const auto labels = labels_of(*question_.criterion);
  std::array<std::optional<Label>, 3> found;
  const std::array<std::string_view, 3> wanted = {labels.device, labels.interface, labels.link};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].empty()) continue;
    found[i].emplace(series, wanted[i]);
    if (!found[i]->found) return tag_missing(series, wanted[i]);
  }
  DZ_TRY_ASSIGN(const int column, value_column(series));
  return each_row(series, [&](const json::array& row, std::int64_t nanoseconds) -> Result<void> {
    const auto& cell = row[static_cast<std::size_t>(column)];
    if (cell.is_null()) return {};
    const auto number = number_of(cell);
    if (!number) {
      return corrupt("expected numbers as the rule's values, found " + beginning_of(store_, json::serialize(cell)));
    }
    const auto name = [&](std::size_t i) { return std::string(found[i] ? found[i]->of(row) : std::string_view{}); };
    put_added_value(question_, {name(0), name(1), name(2), minute_of(time_of_nanoseconds(nanoseconds)), *number},
                    rows_);
    return {};
  });
}

// A body that came with a status of failure: {"error":"..."} of 1.x and 3, {"message":"..."} of 2.x, or the text of
// somebody else, whose words are not InfluxDB's.
Error failure_of(const StoreSettings& store, const StoreAnswer& answer) {
  JsonDocuments documents(answer.body);
  const auto* object = documents.next() == JsonDocuments::Next::Document ? documents.value().if_object() : nullptr;
  for (const auto* name : {"message", "error"}) {
    const auto words = object == nullptr ? std::string_view{} : json_text(*object, name);
    if (!words.empty()) return status_refusal(store, answer.status, influx_remedy(words), words);
  }
  return status_refusal(store, answer.status, std::nullopt, answer.body);
}

}  // namespace

Result<StoreRows> read_influx_answer(const StoreSettings& store, const StoreQuestion& question,
                                     const StoreAnswer& answer) {
  if (answer.status != 200) return tl::make_unexpected(failure_of(store, answer));
  AnswerReader reader(store, question);
  JsonDocuments documents(answer.body);
  std::size_t count = 0;
  auto next = documents.next();
  for (; next == JsonDocuments::Next::Document; next = documents.next(), ++count)
    DZ_TRY(reader.read(documents.value()));
  if (next == JsonDocuments::Next::Broken) {
    return corrupt("expected InfluxDB's JSON, found " + beginning_of(store, documents.rest()));
  }
  if (next == JsonDocuments::Next::CutOff) return tl::make_unexpected(cut_off());
  if (count == 0 && !may_be_empty(question.subject)) return tl::make_unexpected(cut_off());
  if (!reader.complete()) return tl::make_unexpected(cut_off());
  return reader.take();
}

}  // namespace dz::telemetry
