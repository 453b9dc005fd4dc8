// The monitor's core on virtual time. A real store answers its questions over HTTP.
#pragma once

#include <memory>
#include <string>

#include "monitor/monitor.h"
#include "net/async_client.h"
#include "net/loop.h"
#include "testbed/forwarding_client.h"

namespace dz {

// Settings as an operator writes them, with what a test asks for besides.
monitor::MonitorSettings monitor_settings(const std::string& toml);

class PullingMonitor {
 public:
  // Without a key it is a dry run. The ledger must outlive this object.
  PullingMonitor(client::LedgerClient& ledger, const monitor::MonitorSettings& settings,
                 std::optional<wire::Keypair> key, Timestamp now);

  // One pass at that time.
  void step(Timestamp at);
  // Runs passes until `to`, each as soon as the one before has its answers.
  void run_until(Timestamp to);
  monitor::Monitor& monitor() { return *monitor_; }
  storage::SqliteDatabase& database() { return *database_; }  // the monitor's own file
  Timestamp now() const { return now_; }

 private:
  void await_answers();

  // The ledger as of a time: the network was made at once, and no block is of the future.
  class LedgerAsOf final : public testbed::ForwardingClient {
   public:
    LedgerAsOf(client::LedgerClient& ledger, const Timestamp& now) : ForwardingClient(ledger), now_(now) {}
    Result<std::optional<Timestamp>> get_block_time(Slot slot) override;

   private:
    const Timestamp& now_;
  };

  Timestamp now_;
  LedgerAsOf ledger_;
  std::unique_ptr<storage::SqliteDatabase> database_;
  net::Loop loop_;
  net::AsyncClient client_{loop_};
  std::unique_ptr<monitor::Monitor> monitor_;
};

}  // namespace dz
