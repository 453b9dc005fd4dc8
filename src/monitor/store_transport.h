// Takes the monitor's questions to the stores over HTTP(S), and their answers back.
#pragma once

#include <functional>

#include "monitor/pulled_sources.h"
#include "net/async_client.h"

namespace dz::monitor {

PullSeams http_stores(net::SendHttp send, std::function<double()> jitter, std::function<void()> wake);

}  // namespace dz::monitor
