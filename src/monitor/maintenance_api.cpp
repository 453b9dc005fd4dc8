#include "monitor/maintenance_api.h"

#include <fmt/format.h>
#include <boost/json.hpp>

namespace dz::monitor {
namespace {

namespace json = boost::json;

constexpr std::size_t kLargestBody = 4096;

net::HttpResponse complain(const Error& error) {
  switch (error.kind) {
    case ErrorKind::NotFound: return net::error_response(404, error.message);
    case ErrorKind::Refused: return net::error_response(403, error.message);
    case ErrorKind::TooMuch: return net::error_response(429, error.message);
    default: return net::error_response(503, error.message);
  }
}

Result<json::object> body_of(const net::HttpRequest& request) {
  const auto expected = refused("expected a JSON object, see docs/formats/maintenance.md; found something else");
  if (request.body.size() > kLargestBody) return expected;
  boost::system::error_code error;
  auto body = json::parse(request.body, error);
  if (error || !body.is_object()) return expected;
  return std::move(body.get_object());
}

Result<std::string> text_in(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  if (text == nullptr)
    return refused(fmt::format("expected a text '{}', found {}", name, value ? "something else" : "none"));
  return std::string(text->data(), text->size());
}

// A whole second: the statement has no smaller parts.
Result<Timestamp> time_in(const json::object& body, std::string_view name) {
  DZ_TRY_ASSIGN(const auto text, text_in(body, name));
  const auto time = parse_timestamp(text);
  if (!time) return with_context(name, time.error());
  if (std::chrono::floor<std::chrono::seconds>(*time) != *time) {
    return refused(fmt::format("{}: expected a time in whole seconds, found {}", name, text));
  }
  return *time;
}

Result<MaintenanceDesk::Signed> signer_in(const json::object& body) {
  DZ_TRY_ASSIGN(const auto by, text_in(body, "by"));
  DZ_TRY_ASSIGN(const auto signature, text_in(body, "signature"));
  MaintenanceDesk::Signed signer;
  DZ_TRY_ASSIGN(signer.by, parse_pubkey(by));
  DZ_TRY_ASSIGN(signer.signature, wire::parse_signature(signature));
  return signer;
}

struct Told {
  control::MaintenanceWindow window;
  MaintenanceDesk::Signed by;
};
Result<Told> told_in(const net::HttpRequest& request, Timestamp now) {
  DZ_TRY_ASSIGN(const auto body, body_of(request));
  Told told;
  DZ_TRY_ASSIGN(const auto record, text_in(body, "pubkey"));
  DZ_TRY_ASSIGN(told.window.record, parse_pubkey(record));
  DZ_TRY_ASSIGN(told.window.from, time_in(body, "from"));
  DZ_TRY_ASSIGN(told.window.to, time_in(body, "to"));
  DZ_TRY_ASSIGN(told.window.why, text_in(body, "why"));
  DZ_TRY_ASSIGN(told.by, signer_in(body));
  DZ_TRY(check_window(told.window, now));
  return told;
}

json::object to_json(const Monitor& monitor, const control::Maintenance& m, Timestamp now) {
  const auto* state = m.over_at() <= now ? "over" : m.holds_at(now) ? "holds" : "coming";
  return {{"id", m.id},
          {"pubkey", to_text(m.window.record)},
          {"code", monitor.ledger().code_of(m.window.record)},
          {"from", to_text(m.window.from)},
          {"to", to_text(m.window.to)},
          {"ended_at", m.ended ? json::value(to_text(*m.ended)) : json::value(nullptr)},
          {"state", state},
          {"why", m.window.why},
          {"by", to_text(m.by)},
          {"signature", m.signature}};
}

net::HttpResponse reply(int status, const json::value& body) {
  return {status, "application/json", json::serialize(body), {}};
}

}  // namespace

net::HttpResponse list_maintenances(const Monitor& monitor, Timestamp now) {
  json::array list;
  for (const auto& maintenance : monitor.maintenances()) list.push_back(to_json(monitor, maintenance, now));
  return reply(200, json::object{{"maintenances", std::move(list)}});
}

net::HttpResponse add_maintenance(Monitor& monitor, const net::HttpRequest& request, Timestamp now) {
  const auto told = told_in(request, now);
  if (!told) return net::error_response(400, told.error().message);
  const auto added = monitor.add_maintenance(told->window, told->by, now);
  return added ? reply(201, to_json(monitor, *added, now)) : complain(added.error());
}

net::HttpResponse end_maintenance(Monitor& monitor, const net::HttpRequest& request, const std::string& rest,
                                  Timestamp now) {
  constexpr std::string_view kEnd = "/end";
  if (!rest.ends_with(kEnd)) return net::error_response(404, "expected /api/v1/maintenances/ID/end");
  const auto body = body_of(request);
  const auto by = body ? signer_in(*body) : tl::unexpected(body.error());
  if (!by) return net::error_response(400, by.error().message);
  const auto ended = monitor.end_maintenance(rest.substr(0, rest.size() - kEnd.size()), *by, now);
  return ended ? reply(200, to_json(monitor, *ended, now)) : complain(ended.error());
}

}  // namespace dz::monitor
