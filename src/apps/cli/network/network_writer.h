// Writes the steps of a plan, one after the other.
#pragma once

#include <memory>
#include <optional>

#include "apps/cli/network/network_plan.h"
#include "apps/cli/ui/context.h"
#include "apps/cli/ui/topologies.h"

namespace dz::cli {

class NetworkWriter {
 public:
  // The file outlives the writer.
  NetworkWriter(Context& context, const NetworkFile& file, std::unique_ptr<Session> session);

  // In the order of the plan. Refused: the ledger, or a check before it, said why; nothing was written. Retry: it is
  // not known whether the step was done.
  Result<client::Written> write(const Step& step);

 private:
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
  Result<const Topologies*> topologies();

  Context& context_;
  const NetworkFile& file_;
  std::unique_ptr<Session> session_;
  Timestamp read_at_;
  std::optional<StepKind> last_;  // of the last write; none: nothing was written since the reading
  std::optional<Topologies> topologies_;
};

}  // namespace dz::cli
