#include "telemetry/prometheus_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "telemetry/store_answer.h"
#include "telemetry/store_json.h"
#include "telemetry/store_refusal.h"
#include "telemetry/store_request.h"

namespace dz::telemetry {
namespace {

namespace json = boost::json;

// Requests less those whose config could not be rendered. The labels of a request change with a device's status and
// its agent's version, each a new series; increase() of each, then the sum, is what survives that.
constexpr std::string_view kGetconfigs =
    "sum by ($label) (increase(controller_grpc_getconfig_requests_total[$range])) - "
    "(sum by ($label) (increase(controller_grpc_getconfig_render_errors_total[$range])) or "
    "0 * sum by ($label) (increase(controller_grpc_getconfig_requests_total[$range])))";
// An extrapolated count is not whole: it is rounded, and below one half it counts as none.
constexpr double kLeastCount = 0.5;
constexpr std::size_t kMostPoints = 11'000;  // of a series; Prometheus refuses more

std::chrono::minutes step_of(const StoreQuestion& question) {
  return question.subject == StoreSubject::Added ? question.criterion->every : std::chrono::minutes{1};
}

std::string query_of(const StoreSettings& store, const StoreQuestion& question) {
  const auto range = std::max(std::chrono::seconds{step_of(question)}, store.config_agent_range);
  const std::array<Placeholder, 4> placeholders = {{{"$from", fmt::format("{}", seconds_of(question.from))},
                                                    {"$to", fmt::format("{}", seconds_of(question.to))},
                                                    {"$range", fmt::format("{}s", range.count())},
                                                    {"$label", store.device_label}}};
  if (question.subject == StoreSubject::Added) return fill_in(question.criterion->query, placeholders);
  return fill_in(store.config_agent_query.empty() ? kGetconfigs : store.config_agent_query, placeholders);
}

bool is_label(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_next = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_next);
}

// {"status":"error","errorType":"timeout","error":"..."}, or the text of somebody else.
Error failure_of(const StoreSettings& store, const StoreAnswer& answer, const json::object* said) {
  const auto words = said == nullptr ? std::string_view{} : json_text(*said, "error");
  if (words.empty()) return status_refusal(store, answer.status, std::nullopt, answer.body);
  return status_refusal(store, answer.status, prometheus_remedy(json_text(*said, "errorType"), words), words);
}

Result<void> check_whole(const StoreSettings& store, const json::object& answer) {
  if (json_flag(answer, "isPartial")) {  // VictoriaMetrics
    return fail(ErrorKind::Retry, "the store says that its answer is partial: some of its nodes did not answer");
  }
  const auto* warnings = json_array(answer, "warnings");
  if (warnings == nullptr) return {};
  for (const auto& warning : *warnings) {
    const auto words = json_text(warning);
    if (speaks_of_missing_data(words)) {
      return fail(ErrorKind::Retry, "the store warns that its answer lacks something: " + store_words(store, words));
    }
  }
  return {};
}

// None: NaN or infinite. Corrupt: no number.
Result<std::optional<double>> sample_value(const StoreSettings& store, const json::value& value) {
  auto text = json_text(value);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc{} || stop != text.data() + text.size()) {
    return corrupt("expected a number in quotes as a sample's value, found " +
                   beginning_of(store, json::serialize(value)));
  }
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

class MatrixReader {
 public:
  MatrixReader(const StoreSettings& store, const StoreQuestion& question)
      : store_(store), question_(question), names_(rows_) {
    if (question.subject == StoreSubject::Added) {
      labels_ = labels_of(*question.criterion);
    } else {
      labels_.device = store.device_label;
    }
  }

  Result<StoreRows> read(const json::array& result);

 private:
  bool is_labelled(const json::object& metric);
  Result<void> read_series(const json::object& metric, const json::array& values);
  void take(const json::object& metric, Minute minute, double value);

  const StoreSettings& store_;
  const StoreQuestion& question_;
  AddedLabels labels_;
  StoreRows rows_;
  RowNames names_;
  std::string other_labels_;  // of series without those wanted
};

Result<StoreRows> MatrixReader::read(const json::array& result) {
  std::size_t labelled = 0;
  for (const auto& item : result) {
    const auto* series = item.if_object();
    const auto* metric = series == nullptr ? nullptr : series->if_contains("metric");
    if (metric == nullptr || !metric->is_object()) return corrupt("expected \"metric\" with every series, found none");
    const auto* values = json_array(*series, "values");
    if (values == nullptr) continue;  // histograms have none
    if (!is_labelled(metric->get_object())) continue;
    ++labelled;
    DZ_TRY(read_series(metric->get_object(), *values));
  }
  // One series without the label is data of something else; all of them without it, a query that does not keep it.
  if (labelled == 0 && !result.empty()) {
    const auto wanted = labels_.link.empty() ? fmt::format("{}{}{}", labels_.device,
                                                           labels_.interface.empty() ? "" : ", ", labels_.interface)
                                             : std::string(labels_.link);
    return tl::make_unexpected(label_missing(store_, wanted, other_labels_));
  }
  return std::move(rows_);
}

bool MatrixReader::is_labelled(const json::object& metric) {
  for (const auto name : {labels_.device, labels_.interface, labels_.link}) {
    if (name.empty() || !json_text(metric, name).empty()) continue;
    if (other_labels_.empty()) {
      for (const auto& label : metric) {
        other_labels_ += fmt::format("{}{}", other_labels_.empty() ? "" : ", ", std::string_view(label.key()));
      }
    }
    return false;
  }
  return true;
}

Result<void> MatrixReader::read_series(const json::object& metric, const json::array& values) {
  for (const auto& item : values) {
    ++rows_.rows;
    const auto* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number()) {
      return corrupt("expected samples as [time, \"value\"], found " + beginning_of(store_, json::serialize(item)));
    }
    DZ_TRY_ASSIGN(const auto value, sample_value(store_, (*pair)[1]));
    if (!value) continue;
    boost::system::error_code failure;
    const auto seconds = std::floor((*pair)[0].to_number<double>(failure));
    const bool is_time = std::abs(seconds) <= 1e12;  // and a number: 0e600 is read as none
    if (failure || !is_time) {
      return corrupt("expected a time in seconds since the epoch, found " +
                     beginning_of(store_, json::serialize((*pair)[0])));
    }
    const std::chrono::sys_seconds at{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
    take(metric, std::chrono::floor<std::chrono::minutes>(at) - step_of(question_), *value);
  }
  return {};
}

void MatrixReader::take(const json::object& metric, Minute minute, double value) {
  const auto name = [&](std::string_view label) {
    return std::string(label.empty() ? std::string_view{} : json_text(metric, label));
  };
  if (question_.subject == StoreSubject::Added) {
    put_added_value(question_, {name(labels_.device), name(labels_.interface), name(labels_.link), minute, value},
                    rows_);
    return;
  }
  const auto* device = names_.device(json_text(metric, labels_.device));
  if (device == nullptr || !(value > kLeastCount) || !asked_for(question_, minute)) return;
  rows_.getconfigs.push_back({*device, minute, std::max<std::uint64_t>(1, counter_of(std::round(value)).value_or(1))});
}

}  // namespace

Result<StoreRequest> render_prometheus_question(const StoreSettings& store, const StoreQuestion& question) {
  const auto step = step_of(question);
  if (static_cast<std::size_t>((question.to - question.from) / step) > kMostPoints) {
    return refused(fmt::format("source {}: expected at most {} steps in a question, found {} min of {} min steps",
                               store.name, kMostPoints, (question.to - question.from).count(), step.count()));
  }
  if (question.subject == StoreSubject::ConfigAgent && !is_label(store.device_label)) {
    return refused(fmt::format("source {}: expected the name of a Prometheus label in device_label, found '{}'",
                               store.name, store.device_label));
  }
  const auto query = query_of(store, question);
  const auto first = fmt::format("{}", seconds_of(question.from + step));
  const auto last = fmt::format("{}", seconds_of(question.to));
  const auto seconds = fmt::format("{}", std::chrono::seconds{step}.count());
  StoreRequest request;
  request.method = "POST";
  request.url = api_url(store, "/api/v1/query_range");
  // nocache: VictoriaMetrics would answer from before a late sample came. Others do not know the word.
  request.body = form_text({{"query", query}, {"start", first}, {"end", last}, {"step", seconds}, {"nocache", "1"}});
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.headers.emplace_back("Accept", "application/json");
  authorize(store, "Bearer", request);
  return request;
}

Result<StoreRows> read_prometheus_answer(const StoreSettings& store, const StoreQuestion& question,
                                         const StoreAnswer& answer) {
  JsonDocuments documents(answer.body);
  const auto next = documents.next();
  const bool readable = next == JsonDocuments::Next::Document;
  const auto* object = readable ? documents.value().if_object() : nullptr;
  if (answer.status != 200) return tl::make_unexpected(failure_of(store, answer, object));
  if (next == JsonDocuments::Next::CutOff || next == JsonDocuments::Next::End) return tl::make_unexpected(cut_off());
  if (object == nullptr || json_text(*object, "status") != "success") {
    return corrupt("expected Prometheus' JSON with status \"success\", found " + beginning_of(store, answer.body));
  }
  DZ_TRY(check_whole(store, *object));
  const auto* data = object->if_contains("data");
  const auto* members = data == nullptr ? nullptr : data->if_object();
  const auto* result = members == nullptr ? nullptr : json_array(*members, "result");
  if (result == nullptr || json_text(*members, "resultType") != "matrix") {
    return corrupt("expected a matrix in Prometheus' answer, found " + beginning_of(store, answer.body));
  }
  return MatrixReader(store, question).read(*result);
}

}  // namespace dz::telemetry
