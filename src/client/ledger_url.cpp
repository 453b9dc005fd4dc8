#include "client/ledger_url.h"

#include <algorithm>

#include "wire/program_ids.h"

namespace dz::client {

Result<std::string> expand_rpc_url(std::string_view url) {
  if (url == "localhost" || url == "local" || url == "l")
    return std::string((*wire::find_environment("local"))->rpc_url);
  if (url.starts_with("http://") || url.starts_with("https://")) return std::string(url);
  return refused("ledger URL '" + std::string(url) + "': expected http://host:port, https://host, or 'localhost'");
}

Result<std::string> websocket_url_of(std::string_view rpc_url) {
  if (rpc_url.starts_with("http://")) return "ws://" + std::string(rpc_url.substr(7));
  if (rpc_url.starts_with("https://")) return "wss://" + std::string(rpc_url.substr(8));
  return refused("ledger URL '" + std::string(rpc_url) + "': expected http://host:port or https://host");
}

std::string public_part(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto at = url.substr(0, end).rfind('@');
  const auto host = at == std::string_view::npos || at < begin ? begin : at + 1;
  const auto rest = url.substr(end);
  return std::string(url.substr(0, begin)) + std::string(url.substr(host, end - host)) +
         (rest.empty() || rest == "/" ? "" : "/...");
}

}  // namespace dz::client
