#include "client/ledger_url.h"

#include "base/shown_url.h"
#include "wire/program_ids.h"

namespace dz::client {

Result<std::string> expand_rpc_url(std::string_view url) {
  if (url == "localhost" || url == "local" || url == "l")
    return std::string((*wire::find_environment("local"))->rpc_url);
  if (url.starts_with("http://") || url.starts_with("https://")) return std::string(url);
  return refused("ledger URL '" + shown_url(url) + "': expected http://host:port, https://host, or 'localhost'");
}

Result<std::string> websocket_url_of(std::string_view rpc_url) {
  if (rpc_url.starts_with("http://")) return "ws://" + std::string(rpc_url.substr(7));
  if (rpc_url.starts_with("https://")) return "wss://" + std::string(rpc_url.substr(8));
  return refused("ledger URL '" + shown_url(rpc_url) + "': expected http://host:port or https://host");
}

}  // namespace dz::client
