// Links and devices on the monitor's /metrics: counts of the whole fleet always, and series of single records for what
// is not as wanted (control/as_wanted.h), as far as a stated number of bytes goes; or for all of them, or for none. No
// label changes while a record lives, except those of the code and the contributor that it is given: status, health and
// judgements are values. ADR 29 says why, docs/operating/metrics.md which.
//
// Made in steps: every record is counted, then chosen ones are shown one by one.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/snapshot.h"
#include "control/as_wanted.h"
#include "service/metrics.h"
#include "verdict/policy.h"

namespace dz::monitor {

enum class ShownRecords : std::uint8_t { None, NotAsWanted, All };
// The words of the setting are "none", "not-as-wanted" and "all"; the settings refuse others.
ShownRecords shown_records(std::string_view word);

struct RecordMetricsOptions {
  ShownRecords shown = ShownRecords::NotAsWanted;
  std::size_t most_bytes = std::size_t{3} << 20;  // of single records, unless all are wanted
};

class RecordMetrics {
 public:
  // The policy outlives this object.
  RecordMetrics(const verdict::Policy& policy, RecordMetricsOptions options);

  // Each record once. One that the snapshot does not have is left out.
  void count(const client::Snapshot& records, const control::RecordVerdict& verdict, bool in_maintenance = false);
  // After all were counted: the fleet's figures.
  void add_fleet(service::MetricsPage& page) const;
  // The next record to be shown; null: none is left, or no room. The pointer lives until the next call.
  const Pubkey* next();
  // That record, as it is by now.
  void show(service::MetricsPage& page, const client::Snapshot& records, const control::RecordVerdict& verdict,
            Timestamp now);
  // Last: how many were shown, and how many were not for want of room.
  void finish(service::MetricsPage& page) const;

 private:
  static constexpr std::size_t kRanks = control::kNotAsWanted.size() + 1;  // the last one: as wanted
  struct OfKind {
    std::map<Status, std::size_t> statuses;
    std::map<DesiredStatus, std::size_t> wanted;
    std::map<Health, std::size_t> healths;
    std::map<verdict::ConditionState, std::size_t> conditions;
    std::size_t in_maintenance = 0;
    std::array<std::array<std::size_t, 4>, verdict::kMostFindings> judgements{};  // by criterion, then by judgement
  };
  struct OfContributor {
    std::array<std::size_t, 2> records{};  // by kind
    std::array<std::array<std::size_t, kRanks>, 2> by_rank{};
    std::array<std::size_t, 2> worked_on{};  // unhealthy in service, which alarms nobody while it is worked on
  };

  void add_kind(service::MetricsPage& page, RecordKind kind) const;
  void add_contributors(service::MetricsPage& page) const;
  std::span<const verdict::CriterionId> criteria_of(RecordKind kind) const {
    return kind == RecordKind::Link ? links_ : devices_;
  }

  const verdict::Policy& policy_;
  RecordMetricsOptions options_;
  std::vector<verdict::CriterionId> links_, devices_;  // the criteria
  std::array<OfKind, 2> kinds_;
  std::map<std::string, OfContributor> contributors_;  // by code
  std::size_t accepting_ = 0, keeping_ = 0;
  std::array<std::vector<Pubkey>, kRanks> chosen_;  // what people look at first is shown first
  std::size_t rank_ = 0, next_ = 0, shown_ = 0, bytes_ = 0;
};

}  // namespace dz::monitor
