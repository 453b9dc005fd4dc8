#include "network/apply_network.h"

namespace dz::network {

Result<Applied> apply_network(const NetworkLedger& to, const NetworkFile& file, const wire::Keypair& signer) {
  DZ_TRY_ASSIGN(auto reading, read_network_ledger(to));
  DZ_TRY(writable_profile(reading.snapshot));
  PlanFor plan_for{"the network", signer.pubkey()};
  DZ_TRY_ASSIGN(plan_for.topologies, client::fetch_topologies(to.ledger, to.ids));
  auto plan = plan_network(file, reading.snapshot, plan_for);
  if (!plan.complaints.empty()) return refused(plan.complaints.front());
  if (!plan.conflicts.empty()) return refused(plan.conflicts.front());
  NetworkWriter writer(to, file, signer, std::move(reading));
  for (const auto& step : plan.steps) {
    const auto written = writer.write(step);
    if (!written) return with_context(step.name, written.error());
  }
  return Applied{plan.steps.size(), std::move(plan.waiting)};
}

}  // namespace dz::network
