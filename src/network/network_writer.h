// Writes the steps of a plan, one after the other.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "client/clock.h"
#include "client/provision.h"
#include "client/topologies.h"
#include "network/network_plan.h"

namespace dz::network {

// Where a network is brought to.
struct NetworkLedger {
  client::LedgerClient& ledger;
  client::Clock clock;
  wire::ProgramIds ids;
  const Profile* profile = nullptr;  // to read with, whatever the ledger says; null: by what it says
};

// What was read of it after the anchor was taken: what is written to links and devices rests on that.
struct Reading {
  client::LatestBlockhash anchor;
  client::Snapshot snapshot;
};
Result<Reading> read_network_ledger(const NetworkLedger& from);

// Asked before a desired_status is written to what is there already. Refused: what people would be asked about first.
// Empty functions: nobody is asked.
struct IntentChecks {
  std::function<Result<void>(const client::Snapshot&, const client::Found<Device>&, DesiredStatus)> device;
  std::function<Result<void>(const client::Snapshot&, const client::Found<Link>&, DesiredStatus)> link;
};

class NetworkWriter {
 public:
  // The file outlives the writer. reading: the one that the plan was made of.
  NetworkWriter(NetworkLedger to, const NetworkFile& file, wire::Keypair signer, Reading reading,
                IntentChecks checks = {});

  // In the order of the plan. Refused: the ledger, or a check before it, said why; nothing was written. Retry: it is
  // not known whether the step was done.
  Result<client::Written> write(const Step& step);

 private:
  // What was read, and the means to write with it.
  struct Session {
    Session(const NetworkLedger& to, Reading reading, const wire::Keypair& signer, const Profile& profile);
    client::Snapshot snapshot;
    client::Provisioner provisioner;
  };
  Result<void> begin(Reading reading);
  // Records that earlier steps wrote are read before steps of another kind name them, and links and devices are written
  // with a block hash that is young (client/ledger_view.h).
  Result<void> look_again(StepKind kind);

  Result<client::Written> set_config();
  Result<client::Written> set_airdrop();
  // And gives every vpnv4 loopback that is there its node segment, as 'link topology create' does.
  Result<client::Written> create_topology(const TopologyEntry& e);
  Result<client::Written> create_location(const LocationEntry& e);
  Result<client::Written> change_location(const LocationEntry& e, const Step& step);
  Result<client::Written> create_exchange(const ExchangeEntry& e);
  Result<client::Written> change_exchange(const ExchangeEntry& e, const Step& step);
  Result<client::Written> set_seat(const ExchangeEntry& e, std::size_t seat);
  Result<client::Written> change_contributor(const ContributorEntry& e, const Step& step);
  Result<client::Written> create_device(const DeviceEntry& e);
  Result<client::Written> change_device(const DeviceEntry& e, const Step& step);
  Result<client::Written> create_interface(const DeviceEntry& device, const InterfaceEntry& e);
  Result<client::Written> change_interface(const DeviceEntry& device, const InterfaceEntry& e, const Step& step);
  Result<client::Written> create_link(const LinkEntry& e);
  Result<client::Written> accept_link(const LinkEntry& e);
  Result<client::Written> change_link(const LinkEntry& e, const Step& step);

  const client::Snapshot& snapshot() const { return session_->snapshot; }
  client::Provisioner& provisioner() { return session_->provisioner; }
  // In each, a vpnv4 loopback gets a node segment.
  Result<std::vector<Pubkey>> topologies_for(const InterfaceEntry& e);
  // Of the ledger, read once after the last that was made.
  Result<const client::Topologies*> topologies();

  NetworkLedger to_;
  const NetworkFile& file_;
  wire::Keypair signer_;
  IntentChecks checks_;
  std::optional<Reading> first_;      // until the first step
  std::unique_ptr<Session> session_;  // null: nothing was written yet
  Timestamp read_at_;
  std::optional<StepKind> last_;  // of the last write; none: nothing was written since the reading
  std::optional<client::Topologies> topologies_;
};

}  // namespace dz::network
