#include "monitor/list_answers.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/alarm_report.h"
#include "monitor/api_operations.h"
#include "monitor/assessment_json.h"
#include "monitor/decision_members.h"
#include "monitor/list_page.h"
#include "monitor/record_filter.h"
#include "monitor/record_members.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t kRecordsAPiece = 512;
constexpr int kDecisionsAPiece = 64;
constexpr int kDecisionsOfPage = 100;        // without a limit
constexpr int kDecisionsLookedAt = 100'000;  // for one page; what is left is the next one

class Refusal final : public MonitorAnswer {
 public:
  explicit Refusal(net::HttpResponse response) : response_(std::move(response)) {}
  std::optional<net::HttpResponse> go_on(Timestamp) override { return std::move(response_); }

 private:
  net::HttpResponse response_;
};

std::unique_ptr<MonitorAnswer> refusal_of(const Error& error) {
  return std::make_unique<Refusal>(net::error_response(error.kind == ErrorKind::Retry ? 503 : 400, error.message));
}

// Of a value that was checked.
std::int64_t number_in(const net::HttpRequest& request, std::string_view name, std::int64_t otherwise) {
  const auto text = request.query_value(name);
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

const client::Snapshot* records_of(const Monitor& monitor) {
  return monitor.ledger().snapshot() ? &*monitor.ledger().snapshot() : nullptr;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

// First the places of the page are found, in the order in which the records are kept, then each of its records is a
// piece. Records that the ledger loses meanwhile are left out.
class Assessments final : public MonitorAnswer {
 public:
  // after: none for the first page. most 0: all of them.
  Assessments(const Monitor& monitor, RecordFilter filter, std::optional<RecordPlace> after, std::size_t most,
              bool findings)
      : monitor_(monitor), filter_(std::move(filter)), seen_(std::move(after)), most_(most), findings_(findings) {
    text_ = R"({"policy":)" + json::serialize(json::string(monitor.policy_digest())) + R"(,"assessments":[)";
  }
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    if (looking_) {
      look_at_some();
      if (looking_) return std::nullopt;
    }
    if (next_ == page_.size()) return whole();
    if (text_.size() > kMostOfList) {
      return net::error_response(
          400, fmt::format("expected limit=, of at most {}: the whole list is longer than {} MiB; ask for it in pages",
                           kMostOfPage, kMostOfList >> 20U));
    }
    add(page_[next_++], now);
    return std::nullopt;
  }
  std::size_t holds() const override { return text_.size(); }

 private:
  // Between two pieces records may have come and gone, so what was looked at last is found again by its place.
  void look_at_some() {
    const auto places = monitor_.ledger().order().places();
    const auto* records = records_of(monitor_);
    auto place = seen_ ? std::upper_bound(places.begin(), places.end(), *seen_) : places.begin();
    for (std::size_t n = 0; n < kRecordsAPiece; ++n, ++place) {
      if (place == places.end() || records == nullptr || more_) {
        looking_ = false;
        return;
      }
      seen_ = *place;
      const auto* verdict = monitor_.verdict_of(place->key);
      if (verdict == nullptr || !filter_.fits_condition(verdict->condition.state) ||
          !filter_.fits(*records, verdict->kind, verdict->key)) {
        continue;
      }
      if (most_ > 0 && page_.size() == most_) {
        more_ = true;
      } else {
        page_.push_back(*place);
      }
    }
  }
  void add(const RecordPlace& place, Timestamp now) {
    const auto report = monitor_.assessment(place.key, {}, now);
    if (!report) return;
    auto entry = to_json(*report);
    add_members(monitor_, place.key, now, entry);
    if (!findings_) entry.erase("findings");
    if (text_.back() != '[') text_ += ',';
    text_ += json::serialize(entry);
  }
  net::HttpResponse whole() {
    std::string cursor;
    if (more_) {
      const auto& last = page_.back();
      cursor = encode_cursor("assessments", {last.code, to_text(last.key)});
    }
    return {
        200, "application/json", std::move(text_) + "],\"next\":" + json::serialize(text_or_null(cursor)) + "}", {}};
  }

  const Monitor& monitor_;
  RecordFilter filter_;
  std::optional<RecordPlace> seen_;  // looked at last
  std::size_t most_, next_ = 0;      // next_: in the page
  bool findings_, looking_ = true, more_ = false;
  std::vector<RecordPlace> page_;
  std::string text_;
};

class Decisions final : public MonitorAnswer {
 public:
  Decisions(Monitor& monitor, RecordFilter filter, DecisionQuery query)
      : monitor_(monitor), filter_(std::move(filter)), query_(std::move(query)), left_(query_.limit) {
    query_.limit = kDecisionsAPiece;
    text_ = R"({"decisions":[)";
  }
  std::optional<net::HttpResponse> go_on(Timestamp) override {
    const auto found = monitor_.decisions(query_);
    if (!found) return net::error_response(503, found.error().message);
    const bool last = found->size() < static_cast<std::size_t>(query_.limit);
    for (const auto& decision : *found) {
      if (left_ == 0 || looked_ == kDecisionsLookedAt) return whole(true);
      ++looked_;
      query_.before_id = decision.id;
      if (!fits(decision)) continue;
      --left_;
      if (text_.back() != '[') text_ += ',';
      auto members = to_json(decision, profile());
      add_proof(monitor_, decision, members);
      text_ += json::serialize(members);
    }
    return last ? std::optional(whole(false)) : std::nullopt;
  }
  std::size_t holds() const override { return text_.size(); }

 private:
  const Profile& profile() const { return *monitor_.policy().profile; }
  bool fits(const Decision& d) const {
    if (!filter_.fits_kind(d.kind) || !filter_.fits_health(spell(profile(), d.kind, d.to))) return false;
    if (!filter_.asks_of_place()) return true;
    const auto* records = records_of(monitor_);
    return records != nullptr && filter_.stands_there(*records, d.kind, d.key);
  }
  net::HttpResponse whole(bool more) {
    const auto cursor = more ? encode_cursor("decisions", {std::to_string(query_.before_id)}) : "";
    return {
        200, "application/json", std::move(text_) + "],\"next\":" + json::serialize(text_or_null(cursor)) + "}", {}};
  }

  Monitor& monitor_;
  RecordFilter filter_;
  DecisionQuery query_;
  int left_, looked_ = 0;
  std::string text_;
};

// In the order of what they are about.
class Alarms final : public MonitorAnswer {
 public:
  Alarms(const Monitor& monitor, RecordFilter filter, const net::HttpRequest& request, std::vector<std::string> after)
      : monitor_(monitor),
        filter_(std::move(filter)),
        kinds_(values_of(request.query, "alarm")),
        most_(static_cast<std::size_t>(number_in(request, "limit", 0))),
        after_(std::move(after)) {}
  std::optional<net::HttpResponse> go_on(Timestamp now) override {
    std::vector<std::pair<std::vector<std::string>, const control::MonitorAlarm*>> found;
    for (const auto& alarm : monitor_.announcer().alarms()) {
      auto place = place_of(alarm);
      if (fits(alarm) && (after_.empty() || place > after_)) found.emplace_back(std::move(place), &alarm);
    }
    std::sort(found.begin(), found.end());
    const bool more = most_ > 0 && found.size() > most_;
    if (more) found.resize(most_);
    json::array list;
    for (const auto& [_, alarm] : found) list.push_back(alarm_json(monitor_, *alarm, now));
    json::object body{{"alarms", std::move(list)}, {"next", nullptr}};
    if (more) body["next"] = encode_cursor("alarms", found.back().first);
    return net::HttpResponse{200, "application/json", json::serialize(body), {}};
  }

 private:
  std::vector<std::string> place_of(const control::MonitorAlarm& alarm) const {
    const auto name = monitor_.announcer().name_of(alarm);
    return {name, std::string(to_text(alarm.kind)), is_of_record(alarm.kind) ? to_text(alarm.key) : std::string()};
  }
  bool fits(const control::MonitorAlarm& alarm) const {
    const auto is_it = [&](const std::string& kind) { return same_spelling(kind, to_text(alarm.kind)); };
    if (!kinds_.empty() && std::none_of(kinds_.begin(), kinds_.end(), is_it)) return false;
    if (filter_.asks_nothing()) return true;
    const auto* records = records_of(monitor_);
    return is_of_record(alarm.kind) && records != nullptr && filter_.fits(*records, alarm.record, alarm.key);
  }

  const Monitor& monitor_;
  RecordFilter filter_;
  std::vector<std::string> kinds_;
  std::size_t most_;
  std::vector<std::string> after_;
};

Result<RecordFilter> filter_of(const Monitor& monitor, const net::HttpRequest& request) {
  return RecordFilter::read(request.query, records_of(monitor), *monitor.policy().profile);
}

// Nothing without a cursor.
Result<std::vector<std::string>> after(const net::HttpRequest& request, std::string_view list, std::size_t parts) {
  const auto cursor = request.query_value("cursor");
  if (cursor.empty()) return std::vector<std::string>();
  return parse_cursor(list, parts, cursor);
}

Error wrong_cursor() { return {ErrorKind::Refused, "cursor: expected `next` of another page; ask without it"}; }

}  // namespace

std::unique_ptr<MonitorAnswer> list_assessments(const Monitor& monitor, const net::HttpRequest& request) {
  auto filter = filter_of(monitor, request);
  if (!filter) return refusal_of(filter.error());
  const auto place = after(request, "assessments", 2);
  if (!place) return refusal_of(place.error());
  std::optional<RecordPlace> begin;
  if (!place->empty()) {
    const auto key = parse_pubkey((*place)[1]);
    if (!key) return refusal_of(wrong_cursor());
    begin = RecordPlace{(*place)[0], *key};
  }
  const auto limit = static_cast<std::size_t>(number_in(request, "limit", 0));
  return std::make_unique<Assessments>(monitor, std::move(*filter), std::move(begin), limit,
                                       request.query_value("findings") != "0");
}

std::unique_ptr<MonitorAnswer> list_decisions(Monitor& monitor, const net::HttpRequest& request,
                                              std::optional<Pubkey> key) {
  auto filter = filter_of(monitor, request);
  if (!filter) return refusal_of(filter.error());
  const auto place = after(request, "decisions", 1);
  if (!place) return refusal_of(place.error());
  DecisionQuery query{.key = key, .limit = static_cast<int>(number_in(request, "limit", kDecisionsOfPage))};
  query.before_id = number_in(request, "before", query.before_id);
  if (!place->empty()) {
    const auto& id = place->front();
    std::int64_t before = 0;
    const auto [stop, error] = std::from_chars(id.data(), id.data() + id.size(), before);
    if (error != std::errc{} || stop != id.data() + id.size()) return refusal_of(wrong_cursor());
    query.before_id = std::min(query.before_id, before);
  }
  return std::make_unique<Decisions>(monitor, std::move(*filter), std::move(query));
}

std::unique_ptr<MonitorAnswer> list_alarms(const Monitor& monitor, const net::HttpRequest& request) {
  auto filter = filter_of(monitor, request);
  if (!filter) return refusal_of(filter.error());
  auto place = after(request, "alarms", 3);
  if (!place) return refusal_of(place.error());
  return std::make_unique<Alarms>(monitor, std::move(*filter), request, std::move(*place));
}

}  // namespace dz::monitor
