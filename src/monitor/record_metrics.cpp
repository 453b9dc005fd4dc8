#include "monitor/record_metrics.h"

#include <algorithm>

#include "monitor/record_filter.h"
#include "verdict/criterion.h"

namespace dz::monitor {
namespace {

using service::MetricsPage;

constexpr std::array kKinds{RecordKind::Link, RecordKind::Device};
constexpr std::size_t index_of(RecordKind kind) { return kind == RecordKind::Link ? 0 : 1; }
constexpr std::size_t rank_of(std::optional<control::NotAsWanted> why) {
  return why ? static_cast<std::size_t>(*why) - 1 : control::kNotAsWanted.size();
}

double number(std::size_t n) { return static_cast<double>(n); }

// What metrics tell of a record besides its verdict.
struct Told {
  control::GovernedRecord governed;
  std::string code, contributor;
};

std::optional<Told> told_of(const client::Snapshot& records, const control::RecordVerdict& verdict) {
  const auto tell = [&](const auto& all) -> std::optional<Told> {
    const auto found = all.find(verdict.key);
    if (found == all.end()) return std::nullopt;
    const auto& r = found->second;
    return Told{{verdict.kind, r.status, r.desired_status, r.health},
                r.code,
                client::code_of(records.contributors, r.contributor)};
  };
  return verdict.kind == RecordKind::Link ? tell(records.links) : tell(records.devices);
}

// Rules of coming into service are not asked of what is in it.
bool is_asked(verdict::CriterionId id, Status status) {
  return status != Status::Activated || verdict::criterion(id).kind == verdict::CriterionKind::Evidence;
}

// 1 met, 0 not met, -1 not known.
double value_of(verdict::Judgement judgement) {
  if (judgement == verdict::Judgement::NotMet) return 0;
  return judgement == verdict::Judgement::Unknown ? -1 : 1;
}

// A sample for each word that the ledger has, so that none comes or goes.
template <typename Word>
void add_words(MetricsPage& page, std::string_view name, std::string_view help, RecordKind kind,
               const CodeTable<Word>& table, const std::map<Word, std::size_t>& counts, std::string_view label) {
  std::map<Word, std::size_t> all = counts;
  for (const auto& [code, word] : table.codes) all.try_emplace(word, 0);
  for (const auto& [word, count] : all) {
    page.gauge(name, help, number(count),
               {{"kind", std::string(to_text(kind))}, {std::string(label), std::string(to_text(word))}});
  }
}

}  // namespace

ShownRecords shown_records(std::string_view word) {
  if (word == "none") return ShownRecords::None;
  return word == "all" ? ShownRecords::All : ShownRecords::NotAsWanted;
}

RecordMetrics::RecordMetrics(const verdict::Policy& policy, RecordMetricsOptions options)
    : policy_(policy), options_(options), links_(policy.link_criteria()), devices_(policy.device_criteria()) {}

void RecordMetrics::count(const client::Snapshot& records, const control::RecordVerdict& verdict, bool in_maintenance) {
  const auto told = told_of(records, verdict);
  if (!told) return;
  const auto& governed = told->governed;
  auto& of_kind = kinds_[index_of(verdict.kind)];
  ++of_kind.statuses[governed.status];
  ++of_kind.wanted[governed.desired_status];
  ++of_kind.healths[governed.health];
  ++of_kind.conditions[verdict.condition.state];
  of_kind.in_maintenance += in_maintenance ? 1 : 0;
  const auto criteria = criteria_of(verdict.kind);
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    if (is_asked(criteria[i], governed.status))
      ++of_kind.judgements[i][static_cast<std::size_t>(verdict.judgements[i])];
  }
  const auto why = control::not_as_wanted(*policy_.profile, governed, verdict);
  const auto rank = rank_of(why);
  auto& of_contributor = contributors_[told->contributor];
  ++of_contributor.records[index_of(verdict.kind)];
  const bool worked_on = in_maintenance && why == control::NotAsWanted::UnhealthyInService;
  ++(worked_on ? of_contributor.worked_on[index_of(verdict.kind)]
               : of_contributor.by_rank[index_of(verdict.kind)][rank]);
  if (verdict.kind == RecordKind::Device) {
    accepting_ += accepts_new_users(governed.status) ? 1 : 0;
    keeping_ += keeps_users(governed.status) ? 1 : 0;
  }
  const bool wanted = rank + 1 == kRanks;
  if (options_.shown == ShownRecords::None || (wanted && options_.shown != ShownRecords::All)) return;
  chosen_[rank].push_back(verdict.key);
}

void RecordMetrics::add_fleet(MetricsPage& page) const {
  for (const auto kind : kKinds) add_kind(page, kind);
  add_contributors(page);
  page.gauge("devices_accepting_new_users", "Devices that take new users.", number(accepting_));
  page.gauge("devices_keeping_users", "Devices that keep the users they have.", number(keeping_));
}

void RecordMetrics::add_kind(MetricsPage& page, RecordKind kind) const {
  const auto& of_kind = kinds_[index_of(kind)];
  const auto& profile = *policy_.profile;
  add_words(page, "records", "Links and devices, by what is in force.", kind, profile.status(kind), of_kind.statuses,
            "status");
  add_words(page, "records_wanted", "Links and devices, by what is wanted.", kind, profile.desired(kind),
            of_kind.wanted, "desired_status");
  add_words(page, "records_health", "Links and devices, by their health on the ledger.", kind, profile.health(kind),
            of_kind.healths, "health");
  for (const auto state : kConditions) {
    const auto found = of_kind.conditions.find(state);
    page.gauge("records_condition", "Links and devices, by how they are now.",
               number(found == of_kind.conditions.end() ? 0 : found->second),
               {{"kind", std::string(to_text(kind))}, {"condition", std::string(to_text(state))}});
  }
  page.gauge("records_in_maintenance", "Links and devices that are being worked on: nobody is alarmed by them.",
             number(of_kind.in_maintenance), {{"kind", std::string(to_text(kind))}});
  const auto criteria = criteria_of(kind);
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    for (const auto judgement : {verdict::Judgement::Met, verdict::Judgement::NotMet, verdict::Judgement::Unknown}) {
      page.gauge("criterion_records", "Links and devices by what each criterion says of them now.",
                 number(of_kind.judgements[i][static_cast<std::size_t>(judgement)]),
                 {{"kind", std::string(to_text(kind))},
                  {"criterion", std::string(policy_.name(criteria[i]))},
                  {"mode", std::string(to_text(policy_.mode(criteria[i])))},
                  {"judgement", std::string(to_text(judgement))}});
    }
  }
}

void RecordMetrics::add_contributors(MetricsPage& page) const {
  for (const auto& [code, counts] : contributors_) {
    for (const auto kind : kKinds) {
      MetricsPage::Labels labels{{"contributor", code}, {"kind", std::string(to_text(kind))}};
      page.gauge("contributor_records", "Links and devices of each contributor; of a link, of its side A.",
                 number(counts.records[index_of(kind)]), labels);
      for (const auto why : control::kNotAsWanted) {
        labels["why"] = to_text(why);
        page.gauge("records_not_as_wanted", "Links and devices that are not as people want them, by what comes first.",
                   number(counts.by_rank[index_of(kind)][rank_of(why)]), labels);
      }
      labels["why"] = "in-maintenance";
      page.gauge("records_not_as_wanted", "Links and devices that are not as people want them, by what comes first.",
                 number(counts.worked_on[index_of(kind)]), labels);
    }
  }
}

const Pubkey* RecordMetrics::next() {
  if (options_.shown != ShownRecords::All && bytes_ >= options_.most_bytes) return nullptr;
  for (; rank_ < kRanks; ++rank_, next_ = 0) {
    if (next_ < chosen_[rank_].size()) return &chosen_[rank_][next_++];
  }
  return nullptr;
}

void RecordMetrics::show(MetricsPage& page, const client::Snapshot& records, const control::RecordVerdict& verdict,
                         Timestamp now) {
  const auto told = told_of(records, verdict);
  if (!told) return;
  const auto before = page.size();
  const auto& governed = told->governed;
  const MetricsPage::Labels labels{{"kind", std::string(to_text(verdict.kind))},
                                   {"code", told->code},
                                   {"contributor", told->contributor},
                                   {"pubkey", to_text(verdict.key)}};
  const auto add = [&](std::string_view name, std::string_view help, double value) {
    page.gauge(name, help, value, labels);
  };
  const auto why = control::not_as_wanted(*policy_.profile, governed, verdict);
  add("record_not_as_wanted", "0: as people want it; else the number of what comes first (docs).",
      why ? static_cast<double>(*why) : 0);
  add("record_status", "What is in force, as a number (docs).", static_cast<double>(governed.status));
  add("record_desired_status", "What is wanted, as a number (docs).", static_cast<double>(governed.desired_status));
  add("record_health", "Its health on the ledger, as a number (docs).", static_cast<double>(governed.health));
  add("record_verdict", "The health that the evidence makes of it, as a number (docs).",
      static_cast<double>(verdict.verdict));
  if (verdict.healthy_at)
    add("earliest_healthy_seconds", "Until the record can be healthy, if nothing new goes wrong.",
        std::max(0.0, std::chrono::duration<double>(*verdict.healthy_at - now).count()));
  if (verdict.disagreement) add("health_disagreement", "1: somebody else's health stands against the evidence.", 1);
  const auto criteria = criteria_of(verdict.kind);
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    const auto value = value_of(verdict.judgements[i]);
    const bool holds_it_back = value < 1 && policy_.mode(criteria[i]) == verdict::Mode::Enforce;
    if (!is_asked(criteria[i], governed.status) || (!holds_it_back && options_.shown != ShownRecords::All)) continue;
    auto finding = labels;
    finding["criterion"] = policy_.name(criteria[i]);
    page.gauge("record_criterion", "1: met, 0: not met, -1: not known.", value, finding);
  }
  ++shown_;
  bytes_ += page.size() - before;
}

void RecordMetrics::finish(MetricsPage& page) const {
  std::size_t chosen = 0;
  for (const auto& keys : chosen_) chosen += keys.size();
  page.gauge("records_shown", "Links and devices with series of their own on this page.", number(shown_));
  page.gauge("records_not_shown", "Those that are to have some, and have none for want of room.",
             number(chosen - std::min(chosen, shown_)));
}

}  // namespace dz::monitor
