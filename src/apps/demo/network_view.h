// The network at one instant: records from the ledger, assessments from the monitor's API.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "client/ledger_client.h"
#include "domain/profile.h"
#include "domain/words.h"
#include "net/http_client.h"

namespace dz::demo {

struct FindingView {
  // As the API spells them; earliest is empty when there is none.
  std::string id, mode, judgement, detail, earliest;
};

struct RecordView {
  Pubkey key;
  RecordKind kind = RecordKind::Link;
  Status status = Status::Pending;
  DesiredStatus desired = DesiredStatus::Activated;
  Health health = Health::Unknown;
  std::string sentence;  // of its assessment, for people
  std::string dispute;   // that another judge would write something else; empty: none would
  std::optional<Timestamp> healthy_at;
  std::vector<FindingView> findings;

  const FindingView* finding(std::string_view id) const;
};

struct NetworkView {
  Timestamp at;
  std::map<std::string, RecordView> records;  // by code: links and devices
  // How long after the start each record was first seen activated. Kept from view to view.
  std::map<std::string, Duration> first_activated;

  const RecordView* find(const std::string& code) const;
};

class NetworkReader {
 public:
  NetworkReader(client::LedgerClient& ledger, std::string monitor_url);
  // Brings the view up to date. Retry: the ledger did not answer, and the view is as it was; or the monitor did not,
  // and what it says of records is what it said last.
  Result<void> refresh(NetworkView& view, Timestamp now, Duration elapsed);

 private:
  client::LedgerClient& ledger_;
  std::string monitor_url_;
  net::HttpClient http_;

  Result<void> read_records(NetworkView& view, Timestamp now, Duration elapsed);
  Result<void> read_assessments(NetworkView& view);
};

}  // namespace dz::demo
