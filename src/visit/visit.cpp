#include "visit/visit.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "service/routes.h"

namespace dz::visit {
namespace {

namespace json = boost::json;

using Request = const net::HttpRequest&;
using Rest = std::string_view;
using Route = service::Route<Visited>;

net::HttpResponse tell(Visited& visited) {
  return {200, "application/json", json::serialize(to_json(visited.look())), {{"Cache-Control", "no-store"}}};
}

net::HttpResponse tell_when(const Result<void>& done, Visited& visited) {
  if (done) return tell(visited);
  return net::error_response(done.error().kind == ErrorKind::NotFound ? 404 : 409, done.error().message);
}

template <typename T>
std::optional<T> member_of(const net::HttpRequest& request, std::string_view name) {
  boost::system::error_code error;
  const auto body = json::parse(request.body, error);
  const auto* value = !error && body.is_object() ? body.get_object().if_contains(name) : nullptr;
  if (value == nullptr) return std::nullopt;
  auto read = json::try_value_to<T>(*value);
  return read ? std::optional(*read) : std::nullopt;
}

net::HttpResponse turn(Visited& visited, Request request, Rest name) {
  const auto on = member_of<bool>(request, "on");
  if (!on) return net::error_response(400, R"(expected {"on":true} or {"on":false})");
  return tell_when(visited.turn(name, *on), visited);
}

net::HttpResponse set_speed(Visited& visited, Request request, Rest) {
  const auto speed = member_of<int>(request, "speed");
  if (!speed || *speed < 0 || *speed > kFastest)
    return net::error_response(400, fmt::format(R"(expected {{"speed":N}}, from 0 to {})", kFastest));
  return tell_when(visited.set_speed(*speed), visited);
}

constexpr std::array kRoutes{
    Route{{"GET", "/simulation/state", "/simulation/state"}, [](Visited& v, Request, Rest) { return tell(v); }},
    Route{{"POST", "/simulation/faults/*", ""}, turn},
    Route{{"POST", "/simulation/mend", ""}, [](Visited& v, Request, Rest) { return tell_when(v.mend(), v); }},
    Route{{"POST", "/simulation/speed", ""}, set_speed},
    Route{{"GET", "/", ""},
          [](Visited&, Request, Rest) {
            return net::HttpResponse{302, "text/plain", "", {{"Location", "simulator"}}};
          }},
};

template <typename T, typename Describe>
json::array list_of(const std::vector<T>& all, const Describe& describe) {
  json::array out;
  for (const auto& one : all) out.push_back(describe(one));
  return out;
}

json::value or_null(const std::optional<Timestamp>& at) { return at ? json::value(to_text(*at)) : json::value(); }

json::value describe(const Visit::Fault& fault) {
  return {{"name", fault.name}, {"title", fault.title}, {"about", fault.about}, {"since", or_null(fault.since)}};
}
json::value describe(const Visit::Process& process) {
  return {{"name", process.name}, {"runs", process.runs}, {"does", process.does}};
}
json::value describe(const Visit::Record& record) {
  return {{"kind", record.kind},     {"code", record.code},
          {"status", record.status}, {"desired_status", record.desired_status},
          {"health", record.health}, {"sentence", record.sentence}};
}
json::value describe(const Visit::Check& check) { return {{"rule", check.rule}, {"looked_at", check.looked_at}}; }

}  // namespace

json::object to_json(const Visit& visit) {
  const auto described = [](const auto& one) { return describe(one); };
  const auto& story = visit.story;
  json::array newest;
  for (auto line = story.rbegin(); line != story.rend() && newest.size() < kLongestStory; ++line)
    newest.push_back(json::string(line->substr(0, kLongestLine)));
  return {{"now", to_text(visit.now)},
          {"about", visit.about},
          {"speed", visit.speed ? json::value(*visit.speed) : json::value()},
          {"console", visit.console.empty() ? json::value() : json::value(visit.console)},
          {"faults", list_of(visit.faults, described)},
          {"processes", list_of(visit.processes, described)},
          {"records", list_of(visit.records, described)},
          {"checks", list_of(visit.checks, described)},
          {"violations", list_of(visit.violations, [](const std::string& one) { return json::value(one); })},
          {"story", std::move(newest)}};
}

net::HttpResponse answer_visit(Visited& visited, const net::HttpRequest& request) {
  return service::answer_by<Visited>(kRoutes, visited, request);
}

}  // namespace dz::visit
