// Rows that devices push: the endpoint, and what it has to know of the ledger to tell whose rows it takes. A write
// never asks the ledger: a device that is not known is noted, and the next pass looks for it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "monitor/ledger_reader.h"
#include "telemetry/push_endpoint.h"

namespace dz::monitor {

class PushedRows {
 public:
  // All outlive this object. tokens name contributors and devices by key or code; without any everybody may write.
  PushedRows(telemetry::DurableEvidence& evidence, LedgerReader& reader, const std::vector<WriteToken>& tokens);
  PushedRows(const PushedRows&) = delete;
  PushedRows& operator=(const PushedRows&) = delete;

  // Called from within a write when a pass should come soon, to look for devices.
  void on_look_wanted(std::function<void()> wanted) { on_look_wanted_ = std::move(wanted); }

  telemetry::WriteAnswer write(const telemetry::WriteRequest& request, Timestamp now);
  // As those of the endpoint.
  std::shared_ptr<telemetry::PushedWrite> begin(const telemetry::WriteRequest& request, Timestamp now) {
    return endpoint_.begin(request, now);
  }
  std::optional<telemetry::WriteAnswer> go_on(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now);
  telemetry::WriteAnswer finish(const std::shared_ptr<telemetry::PushedWrite>& write, Timestamp now);
  void put_off(telemetry::PushedWrite& write, std::string_view why) const { endpoint_.put_off(write, why); }
  void on_rows(telemetry::PushEndpoint::OnRows on_rows) { endpoint_.on_rows(std::move(on_rows)); }
  telemetry::WriteAnswer query(const telemetry::StatementRequest& request) { return endpoint_.query(request); }

  bool admits(std::string_view token) { return endpoint_.admits(token); }

  // Before a pass reads the ledger: has it look for the devices that are wanted, if it is time.
  void look_for_wanted(Timestamp now);
  // After it did: notes what was not found. True: some devices were looked for, found or not.
  bool note_looks(Timestamp now);
  // When devices may be looked for; none are wanted: Timestamp::max().
  Timestamp next_look(Timestamp now) const;

  // After records changed: which devices there are, and whose tokens are whose.
  void follow(const client::MirrorUpdate& update, const client::Snapshot& records);

  const telemetry::PushCounters& counters() const { return endpoint_.counters(); }
  // Devices that left the ledger since the start, with their codes.
  const std::map<Pubkey, std::string>& former() const { return former_; }

 private:
  void note_tokens(const client::Snapshot& records);
  void note_devices(const client::Snapshot& records);
  bool asked_in_vain(const Pubkey& device);

  LedgerReader& reader_;
  const std::vector<WriteToken>& tokens_;
  telemetry::KnownDevices known_;
  std::map<Pubkey, std::string> codes_;  // of known_
  std::map<Pubkey, std::string> former_;
  Timestamp now_;  // of the write that is being answered
  std::function<void()> on_look_wanted_;
  std::set<Pubkey> wanted_;                // to be looked for
  std::set<Pubkey> asked_;                 // the same, once the reader was told
  std::map<Pubkey, Timestamp> not_there_;  // looked for and not found, when
  std::optional<Timestamp> last_look_;
  telemetry::PushEndpoint endpoint_;
};

}  // namespace dz::monitor
