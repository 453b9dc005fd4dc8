#include "monitor/record_metrics.h"

#include <set>

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace dz::monitor {
namespace {

constexpr Timestamp kNow{std::chrono::hours{494'000}};

Pubkey key_of(std::uint32_t n) {
  Pubkey key;
  for (std::size_t i = 0; i < 4; ++i) key.bytes[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  key.bytes[31] = 1;
  return key;
}

// A fleet in memory, judged by nobody: every criterion says the same of every record.
struct Fleet {
  Fleet(std::uint32_t links, std::uint32_t devices) {
    for (std::uint32_t c = 0; c < 50; ++c) records.contributors[key_of(c)].code = fmt::format("contributor-{:02}", c);
    for (std::uint32_t i = 0; i < devices; ++i) {
      auto& device = records.devices[key_of(1'000'000 + i)];
      device.code = fmt::format("ams-dz{:05}", i);
      device.contributor = key_of(i % 50);
      device.health = Health::Healthy;
    }
    for (std::uint32_t i = 0; i < links; ++i) {
      auto& link = records.links[key_of(2'000'000 + i)];
      link.code = fmt::format("ams-dz{:05}:lon-dz{:05}", i, i);
      link.contributor = key_of(i % 50);
      link.health = Health::Healthy;
    }
  }
  void set(Status status, Health health) {
    for (auto& [key, link] : records.links) link.status = status, link.health = health;
    for (auto& [key, device] : records.devices) device.status = status, device.health = health;
  }
  control::RecordVerdict verdict(RecordKind kind, const Pubkey& key) const {
    control::RecordVerdict v;
    v.key = key;
    v.kind = kind;
    v.health = kind == RecordKind::Link ? records.links.at(key).health : records.devices.at(key).health;
    v.verdict = v.health;
    v.judgements.fill(judgement);
    return v;
  }
  service::MetricsPage page(RecordMetricsOptions options = {}) const {
    service::MetricsPage page("doublezero_monitor_");
    RecordMetrics metrics(policy, options);
    for (const auto& [key, link] : records.links)
      metrics.count(records, verdict(RecordKind::Link, key), key == worked_on);
    for (const auto& [key, device] : records.devices) metrics.count(records, verdict(RecordKind::Device, key));
    metrics.add_fleet(page);
    while (const auto* key = metrics.next()) {
      const auto kind = records.links.contains(*key) ? RecordKind::Link : RecordKind::Device;
      metrics.show(page, records, verdict(kind, *key), kNow);
    }
    metrics.finish(page);
    return page;
  }
  std::string text(RecordMetricsOptions options = {}) const { return "\n" + page(options).render(); }

  client::Snapshot records;
  verdict::Policy policy = verdict::default_policy(rfc_profile());
  verdict::Judgement judgement = verdict::Judgement::Met;
  Pubkey worked_on{};  // the link in maintenance
};

bool has(const std::string& page, const std::string& line) { return page.find(line) != std::string::npos; }

TEST(RecordMetrics, SixtyThousandRecordsAreAtMostFiveMegabytesWhateverTheirState) {
  Fleet fleet(45'000, 15'000);
  EXPECT_LT(fleet.page().size(), 200'000U);
  fleet.judgement = verdict::Judgement::NotMet;
  for (const auto status : {Status::Activated, Status::HardDrained, Status::SoftDrained}) {
    fleet.set(status, Health::Impaired);
    const auto page = fleet.page();
    EXPECT_LT(page.size(), 5'000'000U) << to_text(status);
    EXPECT_EQ(page.size(), page.render().size());
    EXPECT_GT(page.size(), 3'000'000U) << "room was left for nobody";
  }
}

TEST(RecordMetrics, WhatHasNoRoomIsCounted) {
  Fleet fleet(3, 2);
  fleet.set(Status::Activated, Health::Impaired);
  const auto page = fleet.text({.most_bytes = 1});
  EXPECT_TRUE(has(page, "\ndoublezero_monitor_records_shown 1\n")) << page;
  EXPECT_TRUE(has(page, "\ndoublezero_monitor_records_not_shown 4\n"));
  EXPECT_TRUE(has(fleet.text({.shown = ShownRecords::All, .most_bytes = 1}), "\ndoublezero_monitor_records_shown 5\n"));
  EXPECT_TRUE(has(fleet.text({.shown = ShownRecords::None}), "\ndoublezero_monitor_records_not_shown 0\n"));
}

TEST(RecordMetrics, WhatCarriesTrafficUnhealthyIsShownFirst) {
  Fleet fleet(5, 0);
  fleet.set(Status::HardDrained, Health::Pending);
  auto& last = std::prev(fleet.records.links.end())->second;
  last.status = Status::Activated;
  last.code = "carries-traffic";
  const auto page = fleet.text({.most_bytes = 1});
  EXPECT_TRUE(has(page, "record_status{code=\"carries-traffic\"")) << page;
}

// The alert rule counts by reason, so what is worked on has a reason of its own.
TEST(RecordMetrics, WhatIsWorkedOnIsNotCountedAsUnhealthyInService) {
  Fleet fleet(2, 0);
  fleet.set(Status::Activated, Health::Impaired);
  const auto counted = [&](const std::string& contributor, const std::string& why, int count) {
    return has(fleet.text(),
               fmt::format("\ndoublezero_monitor_records_not_as_wanted{{contributor=\"{}\",kind=\"link\",why="
                           "\"{}\"}} {}\n",
                           contributor, why, count));
  };
  EXPECT_TRUE(counted("contributor-00", "unhealthy-in-service", 1) && counted("contributor-00", "in-maintenance", 0));
  fleet.worked_on = fleet.records.links.begin()->first;
  EXPECT_TRUE(counted("contributor-00", "unhealthy-in-service", 0) && counted("contributor-00", "in-maintenance", 1));
  EXPECT_TRUE(counted("contributor-01", "unhealthy-in-service", 1));
}

TEST(RecordMetrics, NoLabelTellsAStatusAHealthOrAJudgementOfARecord) {
  Fleet fleet(1, 1);
  fleet.judgement = verdict::Judgement::NotMet;
  const auto names_of = [&](Status status, Health health) {
    fleet.set(status, health);
    std::set<std::string> names;
    const auto page = fleet.text({.shown = ShownRecords::All});
    for (std::size_t at = 0; (at = page.find("\n", at)) != std::string::npos; ++at) {
      const auto line = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
      if (has(line, "code=\"") && !has(line, "criterion=")) names.insert(line.substr(0, line.find("} ")));
    }
    return names;
  };
  const auto impaired = names_of(Status::HardDrained, Health::Impaired);
  EXPECT_EQ(impaired.size(), 10U);
  EXPECT_EQ(names_of(Status::Activated, Health::Healthy), impaired);
}

TEST(RecordMetrics, RulesOfOnboardingAreNotAskedOfWhatIsInService) {
  Fleet fleet(1, 1);
  fleet.judgement = verdict::Judgement::NotMet;
  fleet.set(Status::Activated, Health::Impaired);
  auto page = fleet.text();
  EXPECT_FALSE(has(page, "criterion=\"link.drained\",kind=\"link\",pubkey=")) << page;
  EXPECT_FALSE(has(page, "criterion=\"device.max_users_zero\",kind=\"device\",pubkey="));
  EXPECT_TRUE(has(page, "criterion=\"link.a.errors\",kind=\"link\",pubkey="));
  EXPECT_TRUE(has(page,
                  "criterion_records{criterion=\"link.drained\",judgement=\"not met\",kind=\"link\",mode="
                  "\"enforce\"} 0\n"));
  fleet.set(Status::HardDrained, Health::Impaired);
  page = fleet.text();
  EXPECT_TRUE(has(page, "criterion=\"link.drained\",kind=\"link\",pubkey="));
}

TEST(RecordMetrics, ShadowCriteriaAreShownOfAllOnly) {
  Fleet fleet(1, 0);
  fleet.judgement = verdict::Judgement::NotMet;
  fleet.set(Status::Activated, Health::Impaired);
  EXPECT_FALSE(has(fleet.text(), "criterion=\"link.az.probes\",kind=\"link\",pubkey="));
  EXPECT_TRUE(has(fleet.text({.shown = ShownRecords::All}), "criterion=\"link.az.probes\",kind=\"link\",pubkey="));
}

TEST(RecordMetrics, EveryWordOfTheLedgerHasItsCountAlways) {
  const auto page = Fleet(0, 0).text();
  for (const char* sample : {"records{kind=\"link\",status=\"soft-drained\"} 0\n",
                             "records_wanted{desired_status=\"deleted\",kind=\"device\"} 0\n",
                             "records_health{health=\"impaired\",kind=\"link\"} 0\n"}) {
    EXPECT_TRUE(has(page, sample)) << sample << page;
  }
}

// Dashboards and alerts compare with these.
TEST(RecordMetrics, TheNumbersOfWordsStay) {
  EXPECT_EQ(static_cast<int>(Status::Activated), 1);
  EXPECT_EQ(static_cast<int>(Status::SoftDrained), 5);
  EXPECT_EQ(static_cast<int>(Status::HardDrained), 6);
  EXPECT_EQ(static_cast<int>(DesiredStatus::Activated), 0);
  EXPECT_EQ(static_cast<int>(DesiredStatus::Deleted), 3);
  EXPECT_EQ(static_cast<int>(Health::Healthy), 2);
  EXPECT_EQ(static_cast<int>(Health::Impaired), 3);
}

}  // namespace
}  // namespace dz::monitor
