#include "telemetry/push_endpoint.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/json.hpp>

namespace dz::telemetry {
namespace {

constexpr std::size_t kMostUnknownDevices = 1000;
constexpr std::size_t kMostComplaints = 5;
constexpr std::size_t kMostLookedUp = 100;

WriteAnswer answer(WriteApi api, int status, std::string_view code, std::string error) {
  boost::json::object body;
  if (api == WriteApi::V2) {
    body = {{"code", code}, {"message", error}};
  } else {
    body = {{"error", error}};
  }
  return {status, boost::json::serialize(body), std::move(error)};
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

}  // namespace

// What a partial write says: why rows were not taken, the first few reasons in words, and how many were dropped. Lines
// that cannot be read do not count as dropped: InfluxDB does not count them either.
struct PushEndpoint::Complaints {
  std::vector<std::string> words;
  std::size_t dropped = 0;

  void add(std::string reason, std::size_t rows) {
    if (words.size() < kMostComplaints) words.push_back(std::move(reason));
    dropped += rows;
  }
  std::string text() const { return wire::partial_write_text(words, dropped); }
};

PushEndpoint::PushEndpoint(DurableEvidence& evidence, LookAgain look_again)
    : evidence_(evidence), look_again_(std::move(look_again)) {}

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

void PushEndpoint::look_for_unknown(const std::set<Pubkey>& named) {
  std::vector<Pubkey> unknown;
  std::copy_if(named.begin(), named.end(), std::back_inserter(unknown),
               [&](const Pubkey& key) { return !devices_.contains(key); });
  if (unknown.empty()) return;
  if (unknown.size() > kMostLookedUp) unknown.resize(kMostLookedUp);
  if (const auto* fresh = look_again_(unknown)) set_devices(*fresh);
}

// Drops the rows of devices that the ledger does not know or the token may not write.
RowBatch PushEndpoint::keep_allowed(RowBatch batch, const TokenScope* scope, Complaints& complaints) {
  std::map<Pubkey, std::size_t> unknown, foreign;
  const auto allowed = [&](const Pubkey& device) {
    if (!devices_.contains(device)) {
      ++unknown[device];
      return false;
    }
    if (!may_write(scope, device)) {
      ++foreign[device];
      return false;
    }
    return true;
  };
  std::erase_if(batch.counters, [&](const auto& row) { return !allowed(batch.ports[row.port].device); });
  std::erase_if(batch.getconfigs, [&](const auto& row) { return !allowed(row.device); });
  std::erase_if(batch.qa_results, [&](const auto& row) { return !allowed(row.device); });
  for (const auto& [device, rows] : unknown) {
    complaints.add(
        fmt::format("device {} is not on the ledger: expected the pubkey of a device record (a device that was "
                    "created anew has a new one)",
                    to_text(device)),
        rows);
    if (counters_.unknown_devices.size() < kMostUnknownDevices || counters_.unknown_devices.contains(device)) {
      counters_.unknown_devices[device] += rows;
    }
  }
  for (const auto& [device, rows] : foreign) {
    complaints.add(fmt::format("this token may not write rows of device {}", to_text(device)), rows);
    counters_.devices[device].not_allowed += rows;
  }
  return batch;
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
    return answer(request.api, 401, "unauthorized",
                  "unauthorized access: expected the token of a contributor or device");
  }
  auto parsed = parser_.parse(request.body, request.precision, now);
  if (!parsed) return answer(request.api, 400, "invalid", parsed.error().message);
  Complaints complaints;
  for (auto& words : parsed->errors) complaints.add(std::move(words), 0);
  counters_.unreadable_lines += parsed->unreadable;
  counters_.ignored_rows += parsed->ignored;

  const auto named = devices_named(parsed->batch);
  look_for_unknown(named);
  if (!devices_known_ && !named.empty()) {
    return answer(request.api, 503, "unavailable", "the ledger has not been read yet: send the rows again");
  }
  const auto batch = keep_allowed(std::move(parsed->batch), scope, complaints);
  const auto report = evidence_.ingest(batch, now);
  if (!report) return answer(request.api, 503, "unavailable", report.error().message);
  account(batch, *report, now, complaints);
  if (complaints.words.empty()) return {};
  return answer(request.api, 400, "invalid", complaints.text());
}

}  // namespace dz::telemetry
