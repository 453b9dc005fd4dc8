// What has to be written so that a ledger has what a network file says: every difference, in the order in which it can
// be written. What is on the ledger alone is left alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "client/snapshot.h"
#include "client/topologies.h"
#include "network/network_file.h"

namespace dz::network {

// In the order in which they are written.
enum class StepKind : std::uint8_t {
  SetGlobalConfig,
  SetAirdrop,
  CreateTopology,
  CreateLocation,
  ChangeLocation,
  CreateExchange,
  ChangeExchange,
  CreateContributor,
  ChangeContributor,
  CreateDevice,
  ChangeDevice,
  CreateInterface,
  ChangeInterface,
  CreateLink,
  AcceptLink,
  ChangeLink,
  SetSeat
};
bool creates(StepKind kind);

struct MemberChange {
  std::string member;
  boost::json::value before, after;  // before is null where there is nothing yet
};

struct Step {
  StepKind kind = StepKind::SetGlobalConfig;
  std::size_t entry = 0;  // in the list of its kind in the file
  std::size_t part = 0;   // which interface of a device, or which seat of an exchange
  std::string name;       // "device 'ams-dz001'"
  std::vector<MemberChange> changes;
  bool changes_member(std::string_view member) const;
};

struct NetworkPlan {
  std::vector<Step> steps;
  std::vector<std::string> waiting;         // what somebody else has to do: "link 'x': contributor 'zeta' accepts it"
  std::vector<std::string> only_on_ledger;  // "link 'x'"
  std::size_t as_they_are = 0;              // records of the file that need nothing
  // What no write can bring about; then nothing should be written at all.
  std::vector<std::string> conflicts;
  Complaints complaints;  // mistakes in the file that only the ledger shows
};

struct PlanFor {
  std::string_view file_name;
  // Of a contributor's key the plan has its own records alone; the rest is somebody else's. None: whoever may.
  std::optional<Pubkey> signer;
  client::Topologies topologies = {};  // of the ledger
};
NetworkPlan plan_network(const NetworkFile& file, const client::Snapshot& snapshot, const PlanFor& plan_for);

// A value as people read it; "nothing" for null, lists comma separated.
std::string value_text(const boost::json::value& value);
// "+ device 'x': public_ip 10.0.0.1, ..." and "~ link 'y': mtu 1500 -> 9000", one line.
std::string render_step(const Step& step);
// All of it, for people.
std::string render_plan(const NetworkPlan& plan);
boost::json::object to_json(const NetworkPlan& plan);

}  // namespace dz::network
