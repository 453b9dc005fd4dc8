#include "monitor/console_files.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "monitor/monitor_api.h"

namespace dz::monitor {
namespace {

constexpr std::string_view kPage = "index.html";
constexpr std::string_view kAssets = "assets/";
constexpr std::string_view kHere = "<base href=\"./\" />";  // in the page; where it is differs by the path

constexpr std::string_view kNotBuilt =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>DoubleZero monitor</title>\n"
    "<h1>This monitor was built without its console</h1>\n"
    "<p>Expected a bundle made by Node 18 or newer, with npm, when the monitor was built; found none. Build again with "
    "<code>./dev build</code> where both are there.</p>\n"
    "<p>The same facts are at <a href=\"api/v1/assessments\">api/v1/assessments</a>, <a href=\"healthz\">healthz</a> "
    "and in <code>doublezero link explain</code>.</p>\n";

// Nothing from elsewhere, no script or style within the page, and no other page around it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers careful(std::string_view cache_control) {
  return {{"Cache-Control", std::string(cache_control)},
          {"Content-Security-Policy", std::string(kPolicy)},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"}};
}

const ConsoleFile* find_file(std::span<const ConsoleFile> files, std::string_view name) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const ConsoleFile& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

bool is_of_the_api(std::string_view path) {
  const auto routes = monitor_routes();
  return path.starts_with("/api/") || std::any_of(routes.begin(), routes.end(), [&](const service::RouteName& route) {
           return service::match_path(route.path, path).has_value();
         });
}

// From /r/CODE the console is one step up: a proxy may have taken a prefix off, which only the browser knows.
std::string page_at(std::string_view page, std::size_t depth) {
  std::string text(page), up;
  for (std::size_t i = 0; i < depth; ++i) up += "../";
  const auto here = text.find(kHere);
  if (depth > 0 && here != std::string::npos) text.replace(here, kHere.size(), "<base href=\"" + up + "\" />");
  return text;
}

net::HttpResponse give_page(const ConsoleFile& page, const net::HttpRequest& request) {
  const auto depth = static_cast<std::size_t>(std::count(request.path.begin(), request.path.end(), '/')) - 1;
  auto headers = careful("no-cache");
  const auto tag = fmt::format("\"{}-{}\"", page.tag, depth);
  headers.emplace_back("ETag", tag);
  if (request.header("if-none-match").find(tag) != std::string_view::npos) return {304, {}, {}, std::move(headers)};
  return {200, std::string(page.content_type), page_at(page.body, depth), std::move(headers)};
}

net::HttpResponse give_asset(std::span<const ConsoleFile> files, std::string_view name) {
  const auto* file = find_file(files, name);
  if (file == nullptr) {
    auto gone = net::error_response(404, "expected a file of the console that this monitor has; load the page again");
    gone.headers = careful("no-store");
    return gone;
  }
  net::HttpResponse response{200, std::string(file->content_type), std::string(file->body),
                             careful("public, max-age=31536000, immutable")};
  response.packed = true;
  return response;
}

}  // namespace

std::optional<net::HttpResponse> answer_console(std::span<const ConsoleFile> files, const net::HttpRequest& request) {
  const std::string_view path = request.path;
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  if (!path.starts_with('/') || is_of_the_api(path)) return std::nullopt;
  if (path.substr(1).starts_with(kAssets)) return give_asset(files, path.substr(1));
  const bool wants_page = request.header("accept").find("text/html") != std::string_view::npos;
  if (path != "/" && !wants_page) return std::nullopt;
  if (const auto* page = find_file(files, kPage)) return give_page(*page, request);
  return net::HttpResponse{200, "text/html; charset=utf-8", std::string(kNotBuilt), careful("no-store")};
}

}  // namespace dz::monitor
