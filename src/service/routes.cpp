#include "service/routes.h"

#include <algorithm>

namespace dz::service {
namespace {

// "a, b or c"
std::string listing(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// Says what the service has, so that whoever took it for another one sees what it is.
net::HttpResponse not_allowed(const std::vector<std::string_view>& methods,
                              const std::vector<std::string_view>& listed) {
  auto response = net::error_response(405, "expected " + listing(methods) + "; there is " + listing(listed));
  std::string allow;
  for (const auto method : methods) allow += (allow.empty() ? "" : ", ") + std::string(method);
  response.headers.emplace_back("Allow", std::move(allow));
  return response;
}

}  // namespace

std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path ? std::optional<std::string_view>("") : std::nullopt;
  pattern.remove_suffix(1);
  return path.starts_with(pattern) ? std::optional(path.substr(pattern.size())) : std::nullopt;
}

net::HttpResponse answer_without_route(const std::vector<RouteName>& names, const Wanted& wanted, OtherMethod other) {
  std::vector<std::string_view> methods, listed;
  bool known = false;  // a row for any path makes none known
  for (const auto& name : names) {
    if (!name.listed.empty()) listed.push_back(name.listed);
    if (!match_path(name.path, wanted.path)) continue;
    known = known || name.path != "*";
    if (std::find(methods.begin(), methods.end(), name.method) == methods.end()) methods.push_back(name.method);
  }
  if (other == OtherMethod::NotAllowed && (known || wanted.method != "GET")) {
    if (!known) methods.push_back("GET");
    return not_allowed(methods, listed);
  }
  return net::error_response(404, "expected " + listing(listed));
}

}  // namespace dz::service
