// Plan and write in one go, for programs. People have 'doublezero apply', which shows the plan first.
#pragma once

#include <string>
#include <vector>

#include "network/network_writer.h"

namespace dz::network {

struct Applied {
  std::size_t written = 0;           // steps
  std::vector<std::string> waiting;  // what somebody else has to do
};
// Everything of the file that is the signer's to write. Refused with the first mistake, conflict or refusal; what was
// written before it stays, and the same call does the rest.
Result<Applied> apply_network(const NetworkLedger& to, const NetworkFile& file, const wire::Keypair& signer);

}  // namespace dz::network
