#include "control.h"

#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "service/routes.h"

namespace dz::fleet_main {
namespace {

namespace json = boost::json;

net::HttpResponse answer(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body), {}};
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

net::HttpResponse healthz(const FleetStatus& status) {
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

struct Context {
  fleet::Fleet& fleet;
  const FleetStatus& status;
  Timestamp now;
};
using Request = const net::HttpRequest&;
using Rest = std::string_view;  // what stands for the star of a path
using Route = service::Route<Context>;

constexpr std::array kRoutes{
    Route{{"GET", "/healthz", "GET /healthz"}, [](Context& c, Request, Rest) { return healthz(c.status); }},
    Route{{"GET", "/faults", "GET or POST /faults"},
          [](Context& c, Request, Rest) { return list_faults(c.fleet, c.now); }},
    Route{{"POST", "/faults", ""}, [](Context& c, Request r, Rest) { return add_fault(r, c.fleet, c.now); }},
    Route{{"DELETE", "/faults/*", "DELETE /faults/ID"},
          [](Context& c, Request, Rest id) { return end_fault(id, c.fleet, c.now); }},
};

}  // namespace

net::HttpResponse answer_control(const net::HttpRequest& request, fleet::Fleet& fleet, const FleetStatus& status,
                                 Timestamp now) {
  Context context{fleet, status, now};
  auto response = service::answer_by<Context>(kRoutes, context, request, service::OtherMethod::NotFound);
  response.body += '\n';  // read in a terminal, with curl
  return response;
}

}  // namespace dz::fleet_main
