// The plain way to judge devices from the lake, as DoubleZero's own device-health-oracle asks it: at each tick, of each
// device, in how many minutes of the whole window the controller was asked for its configuration, and in how many a row
// of its counters came. A device passes when no minute is missing.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "net/http_client.h"
#include "stores/store_server.h"

namespace dz {

// What ClickHouse read to answer, as it says itself.
struct StoreReads {
  std::uint64_t queries = 0, rows = 0, bytes = 0;
};
// Adds what one query read; the query without its FORMAT. Returns the first value of the first row.
Result<std::string> read_counted(net::HttpClient& http, const stores::StoreServer& store, std::string_view query,
                                 StoreReads& reads);

struct PlainTick {
  StoreReads reads;
  int passed = 0;  // devices
};
Result<PlainTick> plain_tick(const stores::StoreServer& store, const std::string& database,
                             std::span<const Pubkey> devices, Minute from, Minute to);

}  // namespace dz
