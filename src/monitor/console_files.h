// The console as the monitor serves it: a page under every path that a browser may be at, and the files it is made of,
// whose names change with what is in them. Pure: files and a request in, an answer out.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "net/http_server.h"

namespace dz::monitor {

// One file of the bundle. The page is "index.html", as it is; every other one is "assets/NAME.HASH.EXT", packed.
struct ConsoleFile {
  std::string_view name;
  std::string_view content_type;
  std::string_view body;  // gzip, but for the page
  std::string_view tag;   // of the page: changes with it
};

// Nothing: the request is not for the console. Paths that the API has are never the console's; of the others a browser
// that asks for a page (Accept: text/html) is given it, whatever the path: which screens there are is the page's matter.
// Without files the page says so and what makes them.
std::optional<net::HttpResponse> answer_console(std::span<const ConsoleFile> files, const net::HttpRequest& request);

}  // namespace dz::monitor
