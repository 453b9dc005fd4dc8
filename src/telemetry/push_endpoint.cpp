#include "telemetry/push_endpoint.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json.hpp>

#include "base/safe_text.h"

namespace dz::telemetry {
namespace {

constexpr std::size_t kMostUnknownDevices = 1000;
// What rows of a device tell of its clock: devices send several times a minute, or once.
constexpr Duration kStillComing = std::chrono::seconds{45};
constexpr Duration kForgotten = std::chrono::minutes{10};
constexpr Duration kLateFor = std::chrono::minutes{3};
constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kAMoment = std::chrono::seconds{2};  // who sends again within it waits for answers
constexpr std::size_t kMostNamed = 5;  // unreadable lines, and as many other reasons, that one answer names

WriteAnswer answer(WriteApi api, int status, std::string_view code, std::string error) {
  error = valid_utf8(std::move(error));
  boost::json::object body;
  if (api == WriteApi::V2) {
    body = {{"code", code}, {"message", error}};
  } else {
    body = {{"error", error}};
  }
  return {status, boost::json::serialize(body), std::move(error), {}, {}};
}

WriteAnswer unauthorised(WriteApi api) {
  return answer(api, 401, "unauthorized", "unauthorized access: expected the token of a contributor or device");
}

// No measurement begins so.
bool is_gzip(std::string_view body) { return body.starts_with("\x1f\x8b"); }

std::string why_refused(const IngestReport::Refused& refused, Timestamp now) {
  switch (refused.outcome) {
    case evidence::RowOutcome::TooFarAhead:
      return fmt::format("its clock is {} ahead", duration_text(refused.at - now));
    case evidence::RowOutcome::TooMany: return "too many rows of one interface, or QA results, within two minutes";
    default: return fmt::format("points beyond retention policy, {} old", duration_text(now - refused.at));
  }
}

std::set<Pubkey> devices_named(const RowBatch& batch) {
  std::set<Pubkey> named;
  for (const auto& port : batch.ports) named.insert(port.device);
  for (const auto& row : batch.getconfigs) named.insert(row.device);
  for (const auto& row : batch.qa_results) named.insert(row.device);
  return named;
}

std::map<Pubkey, std::size_t> rows_by_device(const RowBatch& batch) {
  std::map<Pubkey, std::size_t> rows;
  for (const auto& row : batch.counters) ++rows[batch.ports[row.port].device];
  for (const auto& row : batch.getconfigs) ++rows[row.device];
  for (const auto& row : batch.qa_results) ++rows[row.device];
  return rows;
}

}  // namespace

// What was not taken of a write. Whether anything was not is told by the numbers, which nothing limits; the words are
// for people. Lines that cannot be read do not count as dropped: InfluxDB does not count them either.
struct Complaints {
  std::size_t unreadable = 0, dropped = 0;

  void add_lines(ParsedLines& parsed) {
    unreadable += parsed.unreadable;
    if (parsed.batch.rows() > 0 || parsed.ignored > 0) all_unreadable_ = false;
    for (auto& error : parsed.errors) {
      if (lines_.size() < kMostNamed) lines_.push_back(std::move(error));
    }
  }
  // The same reason in several pieces of a write is one.
  void add(std::string_view reason, std::size_t rows) {
    dropped += rows;
    auto words = cut_text(reason, kMostReason);
    if (std::find(reason_words_.begin(), reason_words_.end(), words) != reason_words_.end()) return;
    ++reasons_;
    if (reason_words_.size() < kMostNamed) reason_words_.push_back(std::move(words));
  }
  bool any() const { return unreadable + dropped + reasons_ > 0; }

  // As InfluxDB says it: a write of which nothing could be read is not called partial.
  std::string text() const {
    auto words = lines_;
    if (unreadable > lines_.size()) {
      words.push_back(fmt::format("{} more lines cannot be read", unreadable - lines_.size()));
    }
    words.insert(words.end(), reason_words_.begin(), reason_words_.end());
    if (reasons_ > reason_words_.size()) {
      words.push_back(fmt::format("{} more reasons like these", reasons_ - reason_words_.size()));
    }
    if (all_unreadable_) return fmt::format("{}", fmt::join(words, "\n"));
    return wire::partial_write_text(words, dropped);
  }

 private:
  static constexpr std::size_t kMostReason = 500;  // bytes

  bool all_unreadable_ = true;
  std::vector<std::string> lines_, reason_words_;
  std::size_t reasons_ = 0;
};

struct PushedWrite {
  WriteApi api = WriteApi::V1;
  std::string token, precision;
  std::string_view unread;                  // of the body
  std::optional<WriteAnswer> refused = {};  // of which nothing is read
  std::string why_put_off = {};             // nothing is kept of what is unread
  std::vector<RowBatch> waiting = {};
  std::optional<bool> at_leisure = {};  // as far as it was read; none: no rows were
  std::size_t looked_at = 0;            // of those, since the last answer
  Complaints complaints = {};

  bool has_rows_to_look_at() const { return why_put_off.empty() && looked_at < waiting.size(); }
};

std::optional<Duration> PushCounters::Device::clock_ahead(Timestamp now) const {
  if (!ahead_at || now - *ahead_at > kForgotten) return std::nullopt;
  // Of several writers of one device one may be wrong: for as long as its rows keep coming.
  const bool goes_on = !came_at || *came_at < *ahead_at || now - *ahead_at <= kStillComing;
  return goes_on ? std::optional(farthest_ahead) : std::nullopt;
}

std::optional<Duration> PushCounters::Device::rows_late(Duration lateness, Timestamp now) const {
  return lag.stands() ? too_late(lateness, now) : std::nullopt;
}

bool PushCounters::Device::perhaps_late(Duration lateness, Timestamp now) const {
  return !lag.stands() && too_late(lateness, now);
}

std::optional<Duration> PushCounters::Device::too_late(Duration lateness, Timestamp now) const {
  if (!newest || now - *came_at > kLateFor) return std::nullopt;
  const auto late = lateness_of_last();
  return late > lateness + kMinute ? std::optional(late) : std::nullopt;
}

void PushCounters::Device::saw(Timestamp stamp, Timestamp now) {
  step_back.saw(stamp, now);
  newest = std::max(newest, std::optional(stamp));
  came_at = now;
  if (const auto late = lateness_of_last(); late > kMinute) {
    lag.found(late, now);
  } else {
    lag.forget();
  }
}

bool PushCounters::Device::is_out_of_time(Timestamp now) const {
  return now - *newest > kMinute || step_back.at(now) || (ahead_at && now - *ahead_at <= kForgotten);
}

PushEndpoint::PushEndpoint(DurableEvidence& evidence, AskedInVain asked_in_vain)
    : evidence_(evidence), asked_in_vain_(std::move(asked_in_vain)) {}

PushEndpoint::Digest PushEndpoint::digest_of(std::string_view secret) {
  Digest digest;
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                     nullptr, 0);
  return digest;
}

void PushEndpoint::set_tokens(std::vector<TokenScope> tokens) {
  tokens_ = std::move(tokens);
  digests_.clear();
  for (const auto& token : tokens_) digests_.push_back(digest_of(token.secret));
}

// Takes as long for a wrong token as for a right one, and whichever it is: all are compared, by digests of one length.
const TokenScope* PushEndpoint::scope_of(std::string_view token) const {
  const auto asked = digest_of(token);
  const TokenScope* found = nullptr;
  for (std::size_t i = tokens_.size(); i-- > 0;) {
    if (sodium_memcmp(digests_[i].data(), asked.data(), asked.size()) == 0) found = &tokens_[i];
  }
  return found;
}

bool PushEndpoint::admits(std::string_view token) {
  if (tokens_.empty() || scope_of(token) != nullptr) return true;
  ++counters_.unauthorised;
  return false;
}

bool PushEndpoint::may_write(const TokenScope* scope, const Pubkey& device) const {
  if (scope == nullptr) return true;
  const auto known = devices_.find(device);
  return scope->device == device || (!scope->contributor.is_zero() && known->second == scope->contributor);
}

// Takes out the rows that are to be kept. Left are those that wait; the others are refused.
RowBatch PushEndpoint::take_allowed(PushedWrite& write, RowBatch& rows, Timestamp now) {
  const auto* scope = scope_of(write.token);
  std::set<Pubkey> not_there, not_asked, foreign;
  for (const auto& device : devices_named(rows)) {
    if (!devices_.contains(device)) {
      (asked_in_vain_(device) ? not_there : not_asked).insert(device);
    } else if (!may_write(scope, device)) {
      foreign.insert(device);
    }
  }
  if (!devices_known_) return {};  // nor is it known yet whose the tokens are
  auto batch = std::move(rows);
  const auto take = [&](const std::set<Pubkey>& devices) {
    if (devices.empty()) return RowBatch{};
    return take_rows_of(batch, [&](const Pubkey& device) { return devices.contains(device); });
  };
  refuse_unknown(take(not_there), now, write.complaints);
  auto foreign_rows = take(foreign);
  if (scope != nullptr && scope->fleet_wide) {
    batch.qa_results.insert(batch.qa_results.end(), foreign_rows.qa_results.begin(), foreign_rows.qa_results.end());
    foreign_rows.qa_results.clear();
  }
  refuse_foreign(foreign_rows, write.complaints);
  rows = take(not_asked);
  if (scope != nullptr && !scope->fleet_wide) refuse_runs(batch, write.complaints);
  return batch;
}

void PushEndpoint::refuse_unknown(const RowBatch& rows, Timestamp now, Complaints& complaints) {
  for (const auto& [device, count] : rows_by_device(rows)) {
    complaints.add(
        fmt::format("device {} is not on the ledger: expected the pubkey of a device record (a device that was "
                    "created anew has a new one)",
                    to_text(device)),
        count);
    if (counters_.unknown_devices.size() < kMostUnknownDevices || counters_.unknown_devices.contains(device)) {
      auto& unknown = counters_.unknown_devices[device];
      unknown.rows += count;
      unknown.came_at = now;
    }
  }
}

void PushEndpoint::refuse_foreign(const RowBatch& rows, Complaints& complaints) {
  for (const auto& [device, count] : rows_by_device(rows)) {
    complaints.add(fmt::format("this token may not write rows of device {}", to_text(device)), count);
    counters_.devices[device].not_allowed += count;
  }
}

// Whoever may speak of some devices alone keeps the results of those, which then show no run to others.
void PushEndpoint::refuse_runs(RowBatch& batch, Complaints& complaints) {
  for (auto& result : batch.qa_results) result.shows_run = false;
  if (batch.qa_runs.empty()) return;
  complaints.add(
      "this token may not write QA runs, which speak of the whole fleet: expected one of a [[token]] with fleet_wide = "
      "true",
      batch.qa_runs.size());
  batch.qa_runs.clear();
}

std::string PushEndpoint::why_waiting(const PushedWrite& write) const {
  if (!devices_known_) return "the ledger has not been read yet: send the rows again";
  return fmt::format(
      "device {} is not known, and the ledger has not been asked for it yet: send the rows again (those of known "
      "devices were kept)",
      to_text(*devices_named(write.waiting.front()).begin()));
}

bool PushEndpoint::is_at_leisure(const RowBatch& batch, Timestamp now) const {
  return !batch.counters.empty() && std::all_of(batch.counters.begin(), batch.counters.end(), [&](const auto& row) {
    const auto device = counters_.devices.find(batch.ports[row.port].device);
    return device != counters_.devices.end() && device->second.came_at && now - *device->second.came_at >= kAMoment;
  });
}

void PushEndpoint::note_times(const RowBatch& batch, Timestamp now) {
  const auto latest = now + evidence_.in_memory().settings().ahead;
  std::map<Pubkey, Timestamp> newest;
  for (const auto& row : batch.counters) {
    if (row.row.at > latest) continue;
    auto& stamp = newest[batch.ports[row.port].device];
    stamp = std::max(stamp, row.row.at);
  }
  for (const auto& [key, stamp] : newest) {
    auto& device = counters_.devices[key];
    device.saw(stamp, now);
    if (device.is_out_of_time(now)) {
      counters_.out_of_time.insert(key);
    } else {
      counters_.out_of_time.erase(key);
    }
  }
}

void PushEndpoint::account(const RowBatch& batch, const IngestReport& report, Timestamp now, Complaints& complaints) {
  counters_.rows += report.taken;
  note_times(batch, now);
  for (const auto& row : batch.counters) ++counters_.devices[batch.ports[row.port].device].rows;
  for (const auto& row : batch.getconfigs) ++counters_.devices[row.device].rows;
  for (const auto& row : batch.qa_results) ++counters_.devices[row.device].rows;
  for (const auto& refused : report.refused) {
    const auto name = refused.device.is_zero() ? "QA run" : "device " + to_text(refused.device);
    complaints.add(name + ": " + why_refused(refused, now), refused.rows);
    if (refused.device.is_zero()) continue;
    auto& device = counters_.devices[refused.device];
    device.rows -= refused.rows;
    if (refused.outcome == evidence::RowOutcome::TooOld) device.too_old += refused.rows;
    if (refused.outcome == evidence::RowOutcome::TooMany) device.too_many += refused.rows;
    if (refused.outcome != evidence::RowOutcome::TooFarAhead) continue;
    device.too_far_ahead += refused.rows;
    device.farthest_ahead = refused.at - now;
    device.ahead_at = now;
    counters_.out_of_time.insert(refused.device);
  }
  for (const auto& reason : report.unkept) complaints.add(reason, 0);
  complaints.dropped += report.unkept_rows;
}

std::shared_ptr<PushedWrite> PushEndpoint::begin(const WriteRequest& request, Timestamp now) {
  ++counters_.requests;
  auto write = std::make_shared<PushedWrite>(PushedWrite{.api = request.api,
                                                         .token = std::string(request.token),
                                                         .precision = std::string(request.precision),
                                                         .unread = request.body});
  if (!admits(request.token)) {
    write->refused = unauthorised(request.api);
  } else if (is_gzip(request.body)) {
    ++counters_.unreadable_lines;
    write->refused =
        answer(request.api, 400, "invalid",
               "unable to parse the body: expected lines, found gzip; send the header Content-Encoding: gzip with it");
  } else if (const auto known = parser_.parse_piece({}, request.precision, now); !known) {
    write->refused = answer(request.api, 400, "invalid", known.error().message);
  }
  return write;
}

void PushEndpoint::put_off(PushedWrite& write, std::string_view why) const { write.why_put_off = why; }

std::optional<WriteAnswer> PushEndpoint::go_on(const std::shared_ptr<PushedWrite>& write, Timestamp now) {
  if (write->refused) return write->refused;
  std::optional<WriteAnswer> refusal;
  if (!write->unread.empty()) {
    refusal = read_piece(*write, now);
  } else if (write->has_rows_to_look_at()) {
    refusal = keep(*write, write->waiting[write->looked_at++], now);
  }
  if (refusal) return refusal;
  if (!write->unread.empty() || write->has_rows_to_look_at()) return std::nullopt;
  write->looked_at = 0;
  return answer_of(write);
}

std::optional<WriteAnswer> PushEndpoint::read_piece(PushedWrite& write, Timestamp now) {
  auto parsed = parser_.parse_piece(write.unread, write.precision, now);
  if (!parsed) return answer(write.api, 400, "invalid", parsed.error().message);
  write.unread.remove_prefix(parsed->consumed);
  tell_times(parsed->batch, scope_of(write.token));
  if (!write.why_put_off.empty()) return std::nullopt;
  counters_.unreadable_lines += parsed->unreadable;
  counters_.ignored_rows += parsed->ignored;
  write.complaints.add_lines(*parsed);
  auto& rows = parsed->batch;
  if (auto refusal = keep(write, rows, now)) return refusal;
  if (rows.rows() > 0) write.waiting.push_back(std::move(rows));
  write.looked_at = write.waiting.size();
  return std::nullopt;
}

void PushEndpoint::tell_times(const RowBatch& batch, const TokenScope* scope) const {
  if (!on_rows_) return;
  std::map<Pubkey, Timestamp> newest;
  for (const auto& entry : batch.counters) {
    auto& at = newest[batch.ports[entry.port].device];
    at = std::max(at, entry.row.at);
  }
  for (const auto& [device, at] : newest) {
    if (devices_.contains(device) && may_write(scope, device)) on_rows_(device, at);
  }
}

// Left in `rows` are those that wait. The answer only when it cannot go on.
std::optional<WriteAnswer> PushEndpoint::keep(PushedWrite& write, RowBatch& rows, Timestamp now) {
  const auto* scope = scope_of(write.token);
  if (!tokens_.empty() && scope == nullptr) return unauthorised(write.api);
  const auto batch = take_allowed(write, rows, now);
  const auto report = evidence_.ingest(batch, now);
  if (!report) return answer(write.api, 503, "unavailable", report.error().message);
  write.at_leisure = write.at_leisure.value_or(true) && is_at_leisure(batch, now);
  account(batch, *report, now, write.complaints);
  return std::nullopt;
}

WriteAnswer PushEndpoint::answer_of(const std::shared_ptr<PushedWrite>& write) const {
  const auto put_off = [&](std::string words) {
    auto answered = answer(write->api, 503, "unavailable", std::move(words));
    answered.retry_after = kRetryAfter;
    return answered;
  };
  if (!write->why_put_off.empty()) return put_off(write->why_put_off);
  std::erase_if(write->waiting, [](const RowBatch& rows) { return rows.rows() == 0; });
  if (!write->waiting.empty()) {
    auto answered = put_off(why_waiting(*write));
    answered.waiting = write;
    return answered;
  }
  if (!write->complaints.any()) return {.at_leisure = write->at_leisure.value_or(false)};
  return answer(write->api, 400, "invalid", write->complaints.text());
}

WriteAnswer PushEndpoint::write(const WriteRequest& request, Timestamp now) { return finish(begin(request, now), now); }

WriteAnswer PushEndpoint::finish(const std::shared_ptr<PushedWrite>& write, Timestamp now) {
  for (;;) {
    if (auto answered = go_on(write, now)) return std::move(*answered);
  }
}

WriteAnswer PushEndpoint::query(const StatementRequest& request) {
  if (!admits(request.token)) return unauthorised(WriteApi::V1);
  auto answered = answer_statements(request);
  return {answered.status, std::move(answered.body), std::move(answered.error)};
}

}  // namespace dz::telemetry
