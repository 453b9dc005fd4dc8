// Topologies by name: links are tagged with them, loopbacks have segments in them. Read from the ledger by the verbs
// that name one, because a snapshot does not hold them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"

namespace dz::client {

using Topologies = Records<Topology>;
Result<Topologies> fetch_topologies(LedgerClient& ledger, const wire::ProgramIds& ids);

// By name in any case, or by pubkey.
Result<Found<Topology>> find_topology(const Topologies& topologies, std::string_view name);
// "UNICAST-DEFAULT,FAST": each has to be there. "none" is an empty list.
Result<std::vector<Pubkey>> find_topologies(const Topologies& topologies, std::string_view comma_separated);

// Names, comma separated; the pubkey of one that is not there.
std::string topologies_text(const Topologies& topologies, const std::vector<Pubkey>& keys);

// In capitals and by name; keys that are no topology of these as they are.
std::vector<std::string> topology_names(const Topologies& topologies, const std::vector<Pubkey>& keys);

// Devices whose vpnv4 loopbacks have no node segment in the topology yet.
std::vector<Pubkey> devices_without_segment(const Snapshot& snapshot, const Pubkey& topology);

}  // namespace dz::client
