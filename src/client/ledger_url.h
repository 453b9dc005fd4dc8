// Where a ledger answers, as people write it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dz::client {

// "localhost", "local", "l" name the local ledger; a URL stays as it is. Refused otherwise.
Result<std::string> expand_rpc_url(std::string_view url_or_moniker);

// "http://host:8899" -> "ws://host:8899", https -> wss. Refused for any other scheme.
Result<std::string> websocket_url_of(std::string_view rpc_url);

}  // namespace dz::client
