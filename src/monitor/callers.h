// Who asks the monitor for more than to be read to: a token, or being on this machine (docs/adr/0053-what-if.md).
#pragma once

#include <optional>
#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"

namespace dz::monitor {

// "Token X", "Bearer X", "Basic base64(user:X)", or p=X in the query, as InfluxDB's clients send it; empty: none.
std::string token_of(const net::HttpRequest& request);

// From this machine, by one of its own names, and not handed on by a proxy that says so.
bool is_asked_here(const net::HttpRequest& request);

// The refusal of who may not have policies tried: who asks from another machine needs one of the tokens, and a network
// that is too large for a backtest beside the monitor has none.
std::optional<net::HttpResponse> refuse_backtest(Monitor& monitor, const net::HttpRequest& request);
// The refusal of who may not have a webhook tested: whoever is not on this machine.
std::optional<net::HttpResponse> refuse_webhook_test(const net::HttpRequest& request);

}  // namespace dz::monitor
