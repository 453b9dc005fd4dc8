#include "control.h"

#include <boost/json.hpp>
#include <charconv>

namespace dz::fleet_main {
namespace {

namespace json = boost::json;

net::HttpResponse answer(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body) + "\n", {}};
}

json::object describe(const fleet::NumberedFault& fault, Timestamp now) {
  return {{"id", fault.id}, {"fault", to_text(fault.fault)}, {"active", fault.fault.active(now)}};
}

net::HttpResponse list_faults(const fleet::Fleet& fleet, Timestamp now) {
  json::array out;
  for (const fleet::NumberedFault& fault : fleet.faults()) out.push_back(describe(fault, now));
  return answer(200, out);
}

net::HttpResponse add_fault(const net::HttpRequest& request, fleet::Fleet& fleet, Timestamp now) {
  const auto fault = fleet::parse_fault(request.body, now);
  if (!fault) return answer(400, {{"error", fault.error().message}});
  const auto id = fleet.add_fault(*fault);
  if (!id) return answer(400, {{"error", id.error().message}});
  return answer(201, describe(fleet.faults().back(), now));
}

net::HttpResponse end_fault(std::string_view number, fleet::Fleet& fleet, Timestamp now) {
  std::uint64_t id = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), id);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == number.data() + number.size();
  if (!whole || !fleet.end_fault(id, now))
    return answer(404, {{"error", "expected the id of a fault; GET /faults lists them"}});
  return list_faults(fleet, now);
}

}  // namespace

net::HttpResponse answer_control(const net::HttpRequest& request, fleet::Fleet& fleet, const FleetStatus& status,
                                 Timestamp now) {
  constexpr std::string_view kOne = "/faults/";
  if (request.path == "/healthz" && request.method == "GET") {
    const fleet::RowPushCounters& rows = status.rows->counters();
    return answer(200, {{"lines_sent", rows.sent},
                        {"lines_buffered", status.rows->buffered()},
                        {"lines_lost", rows.lost},
                        {"requests", rows.requests},
                        {"requests_failed", rows.failures},
                        {"requests_refused", rows.refused},
                        {"samples_written", status.samples_written},
                        {"samples_pending", status.samples_pending}});
  }
  if (request.path == "/faults" && request.method == "GET") return list_faults(fleet, now);
  if (request.path == "/faults" && request.method == "POST") return add_fault(request, fleet, now);
  if (request.path.starts_with(kOne) && request.method == "DELETE") {
    return end_fault(std::string_view(request.path).substr(kOne.size()), fleet, now);
  }
  return answer(404, {{"error", "expected GET /healthz, GET or POST /faults, or DELETE /faults/ID"}});
}

}  // namespace dz::fleet_main
