#include "telemetry/push_endpoint.h"

#include <algorithm>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json.hpp>

namespace dz::telemetry {
namespace {

constexpr std::size_t kMostUnknownDevices = 1000;
constexpr std::size_t kMostComplaints = 5;

WriteAnswer answer(WriteApi api, int status, std::string_view code, std::string error) {
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

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string why_refused(const IngestReport::Refused& refused, Timestamp now) {
  switch (refused.outcome) {
    case evidence::RowOutcome::TooFarAhead:
      return fmt::format("its clock is {} ahead", duration_text(refused.at - now));
    case evidence::RowOutcome::TooMany: return "too many rows of one interface within the last two minutes";
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

// What a partial write says: why rows were not taken, the first few reasons in words, and how many were dropped. Lines
// that cannot be read do not count as dropped: InfluxDB does not count them either.
struct Complaints {
  std::vector<std::string> words;
  std::size_t dropped = 0;

  void add(std::string reason, std::size_t rows) {
    if (words.size() < kMostComplaints) words.push_back(std::move(reason));
    dropped += rows;
  }
  std::string text() const { return wire::partial_write_text(words, dropped); }
};

struct WaitingRows {
  WriteApi api;
  std::string token;
  RowBatch rows;
  Complaints complaints;
};

PushEndpoint::PushEndpoint(DurableEvidence& evidence, AskedInVain asked_in_vain)
    : evidence_(evidence), asked_in_vain_(std::move(asked_in_vain)) {}

const TokenScope* PushEndpoint::scope_of(std::string_view token) const {
  const auto found =
      std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& t) { return same_secret(t.secret, token); });
  return found == tokens_.end() ? nullptr : &*found;
}

bool PushEndpoint::may_write(const TokenScope* scope, const Pubkey& device) const {
  if (scope == nullptr) return true;
  const auto known = devices_.find(device);
  return scope->device == device || (!scope->contributor.is_zero() && known->second == scope->contributor);
}

// Takes out the rows that are to be kept. Left are those that wait; the others are refused.
RowBatch PushEndpoint::take_allowed(WaitingRows& waiting, const TokenScope* scope) {
  std::set<Pubkey> not_there, not_asked, foreign;
  for (const auto& device : devices_named(waiting.rows)) {
    if (!devices_.contains(device)) {
      (asked_in_vain_(device) ? not_there : not_asked).insert(device);
    } else if (!may_write(scope, device)) {
      foreign.insert(device);
    }
  }
  if (!devices_known_) return {};  // nor is it known yet whose the tokens are
  auto batch = std::move(waiting.rows);
  const auto take = [&](const std::set<Pubkey>& devices) {
    if (devices.empty()) return RowBatch{};
    return take_rows_of(batch, [&](const Pubkey& device) { return devices.contains(device); });
  };
  refuse_unknown(take(not_there), waiting.complaints);
  refuse_foreign(take(foreign), waiting.complaints);
  waiting.rows = take(not_asked);
  return batch;
}

void PushEndpoint::refuse_unknown(const RowBatch& rows, Complaints& complaints) {
  for (const auto& [device, count] : rows_by_device(rows)) {
    complaints.add(
        fmt::format("device {} is not on the ledger: expected the pubkey of a device record (a device that was "
                    "created anew has a new one)",
                    to_text(device)),
        count);
    if (counters_.unknown_devices.size() < kMostUnknownDevices || counters_.unknown_devices.contains(device)) {
      counters_.unknown_devices[device] += count;
    }
  }
}

void PushEndpoint::refuse_foreign(const RowBatch& rows, Complaints& complaints) {
  for (const auto& [device, count] : rows_by_device(rows)) {
    complaints.add(fmt::format("this token may not write rows of device {}", to_text(device)), count);
    counters_.devices[device].not_allowed += count;
  }
}

WriteAnswer PushEndpoint::put_off(const std::shared_ptr<WaitingRows>& waiting) const {
  std::string words = "the ledger has not been read yet: send the rows again";
  if (devices_known_) {
    words = fmt::format(
        "device {} is not known, and the ledger has not been asked for it yet: send the rows again (those of known "
        "devices were kept)",
        to_text(*devices_named(waiting->rows).begin()));
  }
  auto put_off = answer(waiting->api, 503, "unavailable", std::move(words));
  put_off.retry_after = kRetryAfter;
  put_off.waiting = waiting;
  return put_off;
}

void PushEndpoint::account(const RowBatch& batch, const IngestReport& report, Timestamp now, Complaints& complaints) {
  counters_.rows += report.taken;
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
  }
  for (const auto& reason : report.unkept) complaints.add(reason, 0);
  complaints.dropped += report.unkept_rows;
}

WriteAnswer PushEndpoint::write(const WriteRequest& request, Timestamp now) {
  ++counters_.requests;
  const auto* scope = scope_of(request.token);
  if (!tokens_.empty() && scope == nullptr) {
    ++counters_.unauthorised;
    return unauthorised(request.api);
  }
  auto parsed = parser_.parse(request.body, request.precision, now);
  if (!parsed) return answer(request.api, 400, "invalid", parsed.error().message);
  const auto rows = std::make_shared<WaitingRows>(
      WaitingRows{request.api, std::string(request.token), std::move(parsed->batch), {}});
  for (auto& words : parsed->errors) rows->complaints.add(std::move(words), 0);
  counters_.unreadable_lines += parsed->unreadable;
  counters_.ignored_rows += parsed->ignored;
  return finish(rows, now);
}

WriteAnswer PushEndpoint::finish(const std::shared_ptr<WaitingRows>& waiting, Timestamp now) {
  const auto* scope = scope_of(waiting->token);
  if (!tokens_.empty() && scope == nullptr) return unauthorised(waiting->api);
  const auto batch = take_allowed(*waiting, scope);
  const auto report = evidence_.ingest(batch, now);
  if (!report) return answer(waiting->api, 503, "unavailable", report.error().message);
  account(batch, *report, now, waiting->complaints);
  if (waiting->rows.rows() > 0) return put_off(waiting);
  if (waiting->complaints.words.empty()) return {};
  return answer(waiting->api, 400, "invalid", waiting->complaints.text());
}

}  // namespace dz::telemetry
