// The monitor and the activator as the CLI asks them, and what it says when something else answers at their address.
#pragma once

#include <string>

#include "apps/cli/ui/context.h"
#include "client/rpc_client.h"

namespace dz::cli {

// GETs at url, each within 5 s and lists within 60 s. Empty when url is empty.
AskDaemon ask_monitor_at(const std::string& url);
AskDaemon ask_activator_at(const std::string& url);
TellDaemon tell_monitor_at(const std::string& url);

// The same transport, which says in one sentence what answers at url when it is no ledger.
client::RpcTransport only_ledger(client::RpcTransport transport, std::string url);

// What one of ours or of the ledger's answers to a path that it does not have, or to anything: "a DoubleZero monitor".
// Empty when it cannot be told.
std::string service_of(std::string_view answer);

}  // namespace dz::cli
