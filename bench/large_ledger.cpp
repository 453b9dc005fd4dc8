// large_ledger FILE DEVICES LINKS WAITING: makes the file of a ledger with a large fleet on it (generated_fleet.h), for
// doublezero-ledger to open, and prints the devices' keys, one a line.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "client/snapshot.h"
#include "generated_fleet.h"
#include "ledger/ledger_archive.h"
#include "net/loop.h"
#include "testbed/small_network.h"

int main(int count, char** words) {
  using namespace dz;
  if (count != 5) {
    std::fprintf(stderr, "large_ledger: expected FILE DEVICES LINKS WAITING\n");
    return 2;
  }
  const FleetSize size{std::atoi(words[2]), std::atoi(words[3]), std::atoi(words[4])};
  auto archive = ledger::open_sqlite_archive(words[1]);
  DZ_CHECK(archive && size.devices > 0 && size.links % size.devices == 0);
  testbed::SmallNetwork network(net::system_now(), std::move(*archive));
  const auto contributor = client::find_record(network.read().contributors, "contributor", "alpha")->key;
  DZ_CHECK(put_fleet(network.ledger(), size, contributor, rfc_profile()));
  for (int i = 0; i < size.devices; ++i) std::printf("%s\n", to_text(fleet_device(i)).c_str());
  return 0;
}
