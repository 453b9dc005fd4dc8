// Rows that devices push: the endpoint, and what it has to know of the ledger to tell whose rows it takes.
#pragma once

#include <map>
#include <optional>
#include <span>
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

  telemetry::WriteAnswer write(const telemetry::WriteRequest& request, Timestamp now);
  telemetry::WriteAnswer query(const telemetry::StatementRequest& request) { return endpoint_.query(request); }
  // After records changed: which devices there are, and whose tokens are whose.
  void follow(const client::MirrorUpdate& update, const client::Snapshot& records);

  const telemetry::PushCounters& counters() const { return endpoint_.counters(); }
  // Devices that left the ledger since the start, with their codes.
  const std::map<Pubkey, std::string>& former() const { return former_; }

 private:
  void note_tokens(const client::Snapshot& records);
  void note_devices(const client::Snapshot& records);
  const telemetry::KnownDevices* look_again(std::span<const Pubkey> unknown);

  LedgerReader& reader_;
  const std::vector<WriteToken>& tokens_;
  telemetry::KnownDevices known_;
  std::map<Pubkey, std::string> codes_;  // of known_
  std::map<Pubkey, std::string> former_;
  Timestamp now_;  // of the write that is being answered
  std::optional<Timestamp> last_look_again_;
  telemetry::PushEndpoint endpoint_;
};

}  // namespace dz::monitor
