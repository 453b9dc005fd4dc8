// The telemetry agents' way to the ledger: one account a direction, link and epoch, made when it is first needed,
// appended to in transactions of at most 239 samples. Samples stay until the ledger is known to hold them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "client/clock.h"
#include "client/ledger_client.h"
#include "fleet/probes.h"
#include "fleet/transaction_batch.h"
#include "wire/instructions/telemetry.h"
#include "wire/keypair.h"

namespace dz::fleet {

struct SampleRoute {
  Direction direction;
  wire::LatencyPath path;
  const wire::Keypair* agent = nullptr;  // the origin's metrics publisher; outlives the writer
};

struct SubmitReport {
  std::size_t written = 0;              // samples the ledger took
  std::vector<std::string> complaints;  // what it refused or did not answer; the samples stay
};

class SampleWriter {
 public:
  SampleWriter(client::LedgerClient& ledger, client::Clock clock, const Pubkey& telemetry_program,
               std::vector<SampleRoute> routes);

  std::size_t routes() const { return states_.size(); }
  const Direction& direction(std::size_t route) const { return states_[route].route.direction; }

  // Where the samples of this epoch end, as the ledger's readers derive it; empty when there are no samples yet. Ask
  // before add.
  Result<std::optional<Timestamp>> end_on_ledger(std::size_t route);

  // Ordered by time. Agents keep 4,096; history may be longer, so nothing is dropped here.
  void add(std::size_t route, const std::vector<Sample>& samples);
  std::size_t pending() const;

  // Sends all that is pending, waits for the outcomes (at most 30 s for the accounts, 30 s for the samples), and keeps
  // what did not land.
  SubmitReport submit();

 private:
  struct State {
    SampleRoute route;
    Pubkey account;
    std::optional<std::uint64_t> epoch;  // of account; none: never read
    bool known = false;                  // what follows is what the ledger holds
    bool exists = false;
    std::uint32_t on_ledger = 0;  // samples in it
    std::deque<Sample> pending;
  };
  Result<std::optional<LatencySamples>> read(State& state, std::uint64_t epoch);
  Result<void> refresh(State& state, std::uint64_t epoch);
  void create_accounts(std::uint64_t epoch, const client::LatestBlockhash& anchor, SubmitReport& report);
  void write_pending(const client::LatestBlockhash& anchor, SubmitReport& report);

  client::LedgerClient& ledger_;
  client::Clock clock_;
  Pubkey program_;
  std::vector<State> states_;
};

}  // namespace dz::fleet
