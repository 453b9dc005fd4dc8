#include "client/record_history.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/standing.h"

namespace dz::client {
namespace {

// Why the trail goes no further back.
std::string end_of(const RecordTrail& trail) {
  if (trail.known().from_creation) return "";
  if (const auto* missing = trail.not_shown()) {
    return fmt::format("the ledger does not show transaction {} ({}), and it may have written anything",
                       to_text(missing->signature), missing->reason);
  }
  return "this node of the ledger does not keep older transactions of it, or they cannot be read";
}

bool is_listed(const Snapshot& snapshot, const Pubkey& signer) {
  if (!snapshot.global_state) return false;
  const auto& list = snapshot.global_state->foundation_allowlist;
  return std::find(list.begin(), list.end(), signer) != list.end();
}

void add_role(std::string& roles, bool has, std::string_view role) {
  if (has) roles += (roles.empty() ? "" : ", ") + std::string(role);
}

}  // namespace

RecordHistory history_of(const RecordTrail& trail) {
  const auto& known = trail.known();
  RecordHistory history;
  history.events.assign(known.events.rbegin(), known.events.rend());
  history.from_creation = known.from_creation;
  history.older = !trail.exhausted();
  history.ends = history.older ? "older ones were not read yet" : end_of(trail);
  return history;
}

Result<RecordHistory> read_history(LedgerClient& ledger, const Snapshot& snapshot, const Pubkey& record,
                                   const HistoryLimits& limits) {
  DZ_TRY_ASSIGN(const auto* profile, writable_profile(snapshot));
  RecordTrail trail(record, snapshot.ids, *profile);
  auto requests = limits.requests;
  DZ_TRY_ASSIGN(bool done, trail.catch_up(ledger, requests));
  // One more than asked for, so that it is known whether there is an older one.
  while (done && !trail.exhausted() && trail.known().events.size() <= limits.events) {
    const auto went = trail.reach_back(ledger, requests);
    if (!went && went.error().kind == ErrorKind::Retry) return tl::unexpected(went.error());
    done = went.value_or(true);  // another error is about one transaction, which is passed over after some tries
  }
  auto history = history_of(trail);
  if (history.events.size() > limits.events) {
    history.events.resize(limits.events);
    history.from_creation = false;
    history.older = true;
    history.ends = "there are older ones: ask for more with --limit";
  } else if (!done) {
    history.from_creation = false;
    history.older = true;
    history.ends = fmt::format("{} transactions were looked at, and older ones are left", limits.requests);
  }
  return history;
}

std::string role_of(const Snapshot& snapshot, const Pubkey& record, const Pubkey& signer) {
  std::string roles;
  auto known = network_roles(snapshot, signer);
  if (const auto link = snapshot.links.find(record); link != snapshot.links.end()) {
    known = roles_for_link(snapshot, link->second, signer);
    const auto z = side_z_contributor(snapshot, link->second);
    add_role(roles, known.side_a,
             fmt::format("side A, contributor '{}'", code_of(snapshot.contributors, link->second.contributor)));
    add_role(roles, known.side_z, fmt::format("side Z, contributor '{}'", code_of(snapshot.contributors, z)));
  } else if (const auto device = snapshot.devices.find(record); device != snapshot.devices.end()) {
    known = roles_for_device(snapshot, device->second, signer);
    add_role(roles, known.contributor(),
             fmt::format("contributor '{}'", code_of(snapshot.contributors, device->second.contributor)));
  }
  add_role(roles, known.activator, "the activator");
  add_role(roles, known.health_authority, "the health authority");
  const bool listed = is_listed(snapshot, signer);
  add_role(roles, listed, "the foundation");
  add_role(roles, known.foundation && !listed, "a network administrator");
  return roles;
}

}  // namespace dz::client
