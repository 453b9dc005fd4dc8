// Reads the latency samples that devices wrote to the ledger: all accounts of the current and the previous epoch in
// two calls, cut down to what the evidence has not counted yet.
#pragma once

#include <vector>

#include "client/ledger_client.h"
#include "evidence/evidence.h"

namespace dz::telemetry {

struct SampleReading {
  std::vector<evidence::SampleRead> reads;  // accounts with samples not seen before, by account key
  std::size_t accounts = 0;                 // all there are
  std::vector<Pubkey> unreadable;           // accounts that do not decode; the others are not held up by them
};

Result<SampleReading> read_latency_samples(client::LedgerClient& ledger, const Pubkey& telemetry_program,
                                           const evidence::Evidence& evidence);

}  // namespace dz::telemetry
