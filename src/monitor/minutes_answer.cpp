#include "monitor/minutes_answer.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/base64.h"
#include "evidence/minute_readings.h"
#include "verdict/strip.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<Timestamp>& t) {
  return t ? json::value(to_text(*t)) : json::value(nullptr);
}
std::optional<Timestamp> begin_of(const std::optional<Minute>& m) {
  return m ? std::optional(Timestamp{*m}) : std::nullopt;
}
std::string text_of(Minute m) { return to_text(Timestamp{m}); }

unsigned code_of(evidence::MinuteState state) {
  switch (state) {
    case evidence::MinuteState::Good: return 1;
    case evidence::MinuteState::Bad: return 2;
    case evidence::MinuteState::Unobserved: return 3;
  }
  return 3;
}

// Two bits a minute, the first one in the lowest bits of the first byte.
std::string states_text(const std::vector<evidence::MinuteState>& states) {
  Bytes bytes((states.size() + 3) / 4);
  for (std::size_t i = 0; i < states.size(); ++i)
    bytes[i / 4] = static_cast<std::uint8_t>(bytes[i / 4] | code_of(states[i]) << (i % 4 * 2));
  return encode_base64(bytes);
}

json::object line_json(const control::RecordMinutes::Line& line, bool judged) {
  json::array faults;
  for (const auto& range : verdict::bad_ranges(line.minutes.series)) {
    if (range.state != evidence::MinuteState::Bad) continue;
    faults.push_back(json::object{{"from", text_of(range.from)},
                                  {"to", text_of(range.to)},
                                  {"fault", verdict::render_fault(line.minutes.signal, range)}});
  }
  const auto& series = line.minutes.series;
  return {{"criterion", line.criterion},
          {"signal", to_text(line.minutes.signal)},
          {"side", to_text(line.minutes.side)},
          {"where", line.minutes.where},
          {"source", line.source},
          {"from", text_of(series.from)},
          {"to", text_of(series.to())},
          {"states", states_text(series.states)},
          {"faults", std::move(faults)},
          {"window_from", judged ? time_or_null(begin_of(line.window_from)) : json::value(nullptr)},
          {"ages_out", judged ? time_or_null(begin_of(line.ages_out)) : json::value(nullptr)}};
}

json::object results_json(const control::RecordMinutes::Results& results) {
  json::array list;
  for (const auto& result : results.results)
    list.push_back(json::object{{"at", to_text(result.at)}, {"success", result.success}});
  return {{"criterion", results.criterion}, {"results", std::move(list)}};
}

json::array drains_json(const std::vector<history::DrainedTime>& drains) {
  json::array list;
  for (const auto& drain : drains) {
    list.push_back(
        json::object{{"from", to_text(drain.from)}, {"to", time_or_null(drain.to)}, {"status", to_text(drain.status)}});
  }
  return list;
}

json::object head_json(const Monitor& monitor, const Pubkey& key) {
  const bool link = monitor.ledger().snapshot()->links.contains(key);
  return {{"kind", to_text(link ? RecordKind::Link : RecordKind::Device)},
          {"code", monitor.ledger().code_of(key)},
          {"pubkey", to_text(key)}};
}

json::object clock_json(const Monitor& monitor, const Pubkey& device) {
  const auto& known = monitor.known();
  json::object out{{"device", monitor.ledger().code_of(device)},
                   {"pubkey", to_text(device)},
                   {"ahead_seconds", nullptr},
                   {"heard", nullptr}};
  if (const auto ahead = known.clock_ahead.find(device); ahead != known.clock_ahead.end())
    out["ahead_seconds"] = std::chrono::floor<std::chrono::seconds>(ahead->second).count();
  if (const auto heard = known.heard ? known.heard(device) : std::nullopt) out["heard"] = to_text(*heard);
  return out;
}

// Of the devices at both ends of a link; of the device itself.
json::array clocks_json(const Monitor& monitor, const Pubkey& key) {
  const auto& links = monitor.ledger().snapshot()->links;
  const auto link = links.find(key);
  json::array clocks;
  if (link == links.end()) {
    clocks.push_back(clock_json(monitor, key));
    return clocks;
  }
  clocks.push_back(clock_json(monitor, link->second.side_a));
  clocks.push_back(clock_json(monitor, link->second.side_z));
  return clocks;
}

// The record may go between two pieces.
bool is_there(const Monitor& monitor, const Pubkey& key) {
  const auto& records = monitor.ledger().snapshot();
  return records && (records->links.contains(key) || records->devices.contains(key));
}

net::HttpResponse refusal(const Error& error) {
  return net::error_response(error.kind == ErrorKind::NotFound ? 410 : 503, error.message);
}

net::HttpResponse gone() { return net::error_response(410, "the record went from the ledger meanwhile; ask again"); }

class Minutes final : public MonitorAnswer {
 public:
  Minutes(Monitor& monitor, const Pubkey& key, std::optional<Minute> day) : monitor_(monitor), key_(key), day_(day) {}

  std::optional<net::HttpResponse> go_on(Timestamp) override {
    if (!is_there(monitor_, key_)) return gone();
    if (!begun_) {
      begun_ = true;
      return begin();
    }
    if (past_ && incomplete_.empty()) {
      const auto whole = past_->read_some();
      if (!whole) incomplete_ = whole.error().message;
      if (whole && !*whole) return std::nullopt;
    }
    return answer();
  }

 private:
  std::optional<net::HttpResponse> begin() {
    auto minutes = monitor_.minutes(key_);
    if (!minutes) return refusal(minutes.error());
    minutes_ = std::move(*minutes);
    if (day_) minutes_.span = {*day_, *day_ + std::chrono::days{1}};
    if (day_ && monitor_.elsewhere() != nullptr) {
      auto copy = monitor_.elsewhere()->minutes(minutes_.span);
      if (!copy) return refusal(copy.error());
      copy_ = std::move(*copy);
    }
    auto past = monitor_.begin_past(key_, minutes_, day_ ? PastOf::Minutes : PastOf::Drains, copy_.get());
    if (past) {
      past_.emplace(std::move(*past));
    } else {
      incomplete_ = past.error().message;
    }
    return std::nullopt;
  }
  std::optional<net::HttpResponse> answer() {
    if (day_ && past_ && incomplete_.empty()) {
      auto minutes = monitor_.minutes(key_, *past_);
      if (!minutes) return refusal(minutes.error());
      minutes_ = std::move(*minutes);
    } else if (day_) {
      minutes_ = {.at = minutes_.at, .span = minutes_.span};
    }
    return net::HttpResponse{200, "application/json", json::serialize(body()), {}};
  }
  json::object body() const {
    auto out = head_json(monitor_, key_);
    out["at"] = to_text(minutes_.at);
    out["from"] = text_of(minutes_.span.from);
    out["to"] = text_of(minutes_.span.to);
    json::array lines, results, excused;
    for (const auto& line : minutes_.lines) lines.push_back(line_json(line, !day_));
    for (const auto& one : minutes_.results) results.push_back(results_json(one));
    for (const auto& time : minutes_.excused) {
      excused.push_back(json::object{{"device", monitor_.ledger().code_of(time.device)},
                                     {"source", time.source},
                                     {"from", text_of(time.from)},
                                     {"to", text_of(time.to)}});
    }
    out["clocks"] = clocks_json(monitor_, key_);
    out["lines"] = std::move(lines);
    out["results"] = std::move(results);
    out["excused"] = std::move(excused);
    out["drains"] = past_ ? drains_json(past_->drains()) : json::array();
    out["recorded_from"] = day_ && past_ ? time_or_null(begin_of(past_->recorded_from())) : json::value(nullptr);
    out["incomplete"] = incomplete_.empty() ? json::value(nullptr) : json::value(incomplete_);
    return out;
  }

  Monitor& monitor_;
  Pubkey key_;
  std::optional<Minute> day_;
  bool begun_ = false;
  control::RecordMinutes minutes_;
  lake::LakeShelf::Copy copy_;  // which past_ reads, where it is not the monitor's file; null: it is
  std::optional<history::PastMinutes> past_;
  std::string incomplete_;  // why not all could be read
};

std::string difference_text(std::uint64_t value, std::uint64_t before) {
  return value >= before ? std::to_string(value - before) : "-" + std::to_string(before - value);
}

// Numbers as text: a double does not hold all of them.
json::object counter_json(const evidence::CounterReadings& counter) {
  json::array readings;
  auto before = counter.before;
  for (const auto& reading : counter.readings) {
    readings.push_back(json::object{
        {"at", to_text(reading.at)},
        {"value", std::to_string(reading.value)},
        {"difference", before ? json::value(difference_text(reading.value, before->value)) : json::value(nullptr)}});
    before = reading;
  }
  json::object out{{"counter", evidence::counters_text(counter.counter)}, {"before", nullptr}};
  if (counter.before) {
    out["before"] = json::object{{"at", to_text(counter.before->at)}, {"value", std::to_string(counter.before->value)}};
  }
  out["readings"] = std::move(readings);
  out["left_out"] = counter.left_out;
  return out;
}

// A port a piece: its older readings are on disk.
class Readings final : public MonitorAnswer {
 public:
  Readings(const Monitor& monitor, const Pubkey& key, Minute minute)
      : monitor_(monitor), key_(key), minute_(minute), ports_(monitor.ports_of(key)) {}

  std::optional<net::HttpResponse> go_on(Timestamp) override {
    if (!is_there(monitor_, key_)) return gone();
    if (list_.size() < ports_.size()) {
      add(ports_[list_.size()]);
      if (list_.size() < ports_.size()) return std::nullopt;
    }
    auto out = head_json(monitor_, key_);
    out["minute"] = text_of(minute_);
    out["ports"] = std::move(list_);
    return net::HttpResponse{200, "application/json", json::serialize(out), {}};
  }

 private:
  void add(const RecordPort& port) {
    const auto& rings = monitor_.evidence().in_memory();
    const auto ref = rings.find_interface(port.device, port.interface);
    const auto kept = evidence::readings_of(rings, ref, minute_);
    json::array counters;
    for (const auto& counter : kept.counters) counters.push_back(counter_json(counter));
    list_.push_back(json::object{{"side", to_text(port.side)},
                                 {"device", monitor_.ledger().code_of(port.device)},
                                 {"interface", port.interface},
                                 {"parent_port", ref.parent_port},
                                 {"octets", to_text(kept.octets)},
                                 {"counters", std::move(counters)}});
  }

  const Monitor& monitor_;
  Pubkey key_;
  Minute minute_;
  std::vector<RecordPort> ports_;
  json::array list_;
};

}  // namespace

std::unique_ptr<MonitorAnswer> tell_minutes(Monitor& monitor, const net::HttpRequest& request, const Pubkey& key) {
  std::optional<Minute> day;
  if (const auto text = request.query_value("day"); !text.empty())
    day = minute_of(*parse_timestamp(text + "T00:00:00Z"));
  return std::make_unique<Minutes>(monitor, key, day);
}

std::unique_ptr<MonitorAnswer> tell_readings(const Monitor& monitor, const net::HttpRequest& request,
                                             const Pubkey& key) {
  return std::make_unique<Readings>(monitor, key, minute_of(*parse_timestamp(request.query_value("minute"))));
}

}  // namespace dz::monitor
