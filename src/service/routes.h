// Which function answers which request: a table of method, path and handler. What no row fits is answered from the
// table too: 405 with the methods that the path takes, 404 with the paths there are.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/http_server.h"

namespace dz::service {

struct RouteName {
  std::string_view method;  // "GET"; "*": any
  std::string_view path;    // "/faults/*": the handler is given what stands for the star; "*": any
  std::string_view listed;  // how a 404 names it; empty: it does not
};

// Context is what handlers work on, such as the daemon's core and the time.
template <typename Context>
struct Route {
  RouteName name;
  net::HttpResponse (*answer)(Context& context, const net::HttpRequest& request, std::string_view rest);
};

// What is answered to another method on a path of the table.
enum class OtherMethod {
  NotAllowed,  // 405; on unknown paths too, unless the method is GET
  NotFound,    // 404
};

// What stands for the star of a pattern; nullopt: the path does not fit. Empty when the pattern has no star.
std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path);

// The answer when no row fits.
struct Wanted {
  std::string_view method, path;
};
net::HttpResponse answer_without_route(const std::vector<RouteName>& names, const Wanted& wanted, OtherMethod other);

// By the first row that fits. path: the request's, as the table is to see it.
template <typename Context>
net::HttpResponse answer_at(std::string_view path, std::span<const Route<Context>> routes, Context& context,
                            const net::HttpRequest& request, OtherMethod other = OtherMethod::NotAllowed) {
  std::vector<RouteName> names;
  for (const auto& route : routes) {
    names.push_back(route.name);
    if (route.name.method != "*" && route.name.method != request.method) continue;
    if (const auto rest = match_path(route.name.path, path)) return route.answer(context, request, *rest);
  }
  return answer_without_route(names, {request.method, path}, other);
}
// The same of the path as it was sent.
template <typename Context>
net::HttpResponse answer_by(std::span<const Route<Context>> routes, Context& context, const net::HttpRequest& request,
                            OtherMethod other = OtherMethod::NotAllowed) {
  return answer_at(std::string_view(request.path), routes, context, request, other);
}

}  // namespace dz::service
