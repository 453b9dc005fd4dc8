// Reads the latency samples that devices wrote to the ledger, of the accounts of the current and the previous epoch:
// how many there are of each, then of those that have more than the evidence counted only these. An account grows to
// 140 kB in an epoch, and a read brings a few bytes of it. What the evidence gets is what reading all of every account
// would give it, whatever became of an account meanwhile, and from nodes that answer whole accounts too.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "client/ledger_client.h"
#include "evidence/evidence.h"
#include "wire/accounts.h"

namespace dz::telemetry {

struct SampleReading {
  std::vector<evidence::SampleRead> reads;  // accounts with samples not seen before: by epoch, then by account key
  std::size_t accounts = 0;                 // all there are
  std::vector<Pubkey> unreadable;           // accounts that do not decode; the others are not held up by them
};

class SampleReader {
 public:
  // The ledger outlives the reader.
  SampleReader(client::LedgerClient& ledger, const Pubkey& telemetry_program)
      : ledger_(ledger), program_(telemetry_program) {}

  // Calls block for as long as the ledger's do. An error: nothing of this read is known.
  Result<SampleReading> read(const evidence::Evidence& evidence);

 private:
  // An account that has samples which the evidence has not counted.
  struct Grown {
    Pubkey key;
    wire::SamplesProgress progress;
    std::uint32_t seen = 0;
    // What is known of it: without samples, until those from `seen` on are there too.
    std::optional<LatencySamples> samples = {};
    bool complete = false;
    bool unreadable = false;
  };

  Result<void> look(std::uint64_t epoch, const evidence::Evidence& evidence, SampleReading& reading,
                    std::vector<Grown>& grown);
  Result<void> read_heads(std::vector<Grown>& grown);
  Result<void> read_tails(std::vector<Grown>& grown);
  Result<void> read_tails_of(std::span<Grown* const> group);
  // What the answer has of it, where it is the whole account.
  static void take_whole(Grown& account, ByteView data);

  client::LedgerClient& ledger_;
  Pubkey program_;
  std::map<Pubkey, LatencySamples> heads_;  // without samples, of accounts that had new ones
};

}  // namespace dz::telemetry
