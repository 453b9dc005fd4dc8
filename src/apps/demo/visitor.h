// What a visitor may do to the running demo, on a page of the console: faults at its devices, daemons that die. It
// looks on, and tells whether anything unsafe happened.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/record_trail.h"
#include "daemons.h"
#include "net/http_client.h"
#include "network_view.h"
#include "safety_watch.h"
#include "visit/visit.h"

namespace dz::demo {

class Visitor : public visit::Visited {
 public:
  // All outlive it. ledger: where changes are read, which must not wait for a node that is dead; view: as it was read
  // last.
  Visitor(Daemons& daemons, client::LedgerClient& ledger, const NetworkView& view);

  // Reads what has landed since the last time, and looks at each change. What does not answer is read the next time.
  void follow(Timestamp now);
  // Something that happened, for the page.
  void tell(Timestamp at, std::string_view line);
  const std::vector<std::string>& violations() const { return watch_.violations(); }

  visit::Visit look() override;
  Result<void> turn(std::string_view fault, bool on) override;
  Result<void> mend() override;
  Result<void> set_speed(int speed) override;

 private:
  struct Fault {
    std::string name, title, about;
    std::vector<std::string> of_fleet = {};  // as the fleet reads them
    std::string program = {};                // that dies
    std::optional<Timestamp> since = {};     // it is on
    std::vector<std::uint64_t> ids = {};     // of the fleet's, while it is on
  };
  struct Followed {
    std::string code;
    client::RecordTrail trail;
    std::size_t looked_at = 0;  // of its events
    bool given_up = false;      // the ledger does not have all of its events
  };
  std::vector<Fault> faults_of(const fleet::FleetTopology& topology) const;
  Result<void> begin(Fault& fault);
  Result<void> switch_on(Fault& fault);
  Result<void> end(Fault& fault);
  Result<void> read_faults(Timestamp now);
  // requests: how many there may be, less those that were made.
  void follow_record(Followed& followed, std::size_t& requests, Timestamp now);
  std::string faults_url() const { return daemons_.fleet_url() + "/faults"; }

  Daemons& daemons_;
  client::LedgerClient& ledger_;
  const NetworkView& view_;
  net::HttpClient http_;
  SafetyWatch watch_;
  std::vector<Fault> faults_;
  std::vector<fleet::Fault> known_faults_;  // all that the fleet has and had
  std::map<Pubkey, Followed> followed_;
  Timestamp opened_;  // what happened before is no part of the story
  std::vector<std::string> story_;
};

}  // namespace dz::demo
