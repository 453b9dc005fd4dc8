// A fleet's day of counters, written into a real store as fast as it takes them: for the figures of pulling.
#pragma once

#include <string>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "stores/store_server.h"

namespace dz {

struct FleetSize {
  int devices = 0, ports = 0;
  Duration cadence{};  // between two rows of a port

  int interfaces() const { return devices * ports; }
  std::int64_t rows(Duration length) const { return interfaces() * (length / cadence); }
};

std::vector<Pubkey> bench_devices(int count);

// A getconfig call of every device, each `every`, of [from, to); ClickHouse alone. Refused with the store's words.
Result<void> load_getconfigs(const stores::StoreServer& store, const std::string& database, int devices, Duration every,
                             Timestamp from, Timestamp to);
// Octets in and out of every port, of [from, to). Refused with the store's words.
Result<void> load_counters(const stores::StoreServer& store, const std::string& database, const FleetSize& size,
                           Timestamp from, Timestamp to);

}  // namespace dz
