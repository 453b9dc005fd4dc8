#include "monitor/incident_archive.h"

#include <gtest/gtest.h>

namespace dz::monitor {
namespace {

control::Incident an_incident() {
  control::Incident incident;
  auto& cause = incident.cause;
  cause.kind = control::CauseKind::ParentPort;
  cause.fault = control::CauseKind::PortErrors;
  cause.device.bytes.fill(1);
  cause.port = "Switch1/1/1";
  cause.counters = evidence::kInErrors;
  cause.since = Timestamp{std::chrono::hours{494'000}};
  incident.subject = subject_of(cause);
  incident.since = *cause.since;
  incident.state_since = incident.since + std::chrono::minutes{3};
  incident.state = control::IncidentState::Recovering;
  incident.gates = incident.impairs = true;
  incident.records = {cause.device};
  return incident;
}

TEST(IncidentArchive, GivesBackWhatItWasGiven) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  auto archive = *IncidentArchive::open(database);
  const auto incident = an_incident();
  ASSERT_TRUE(archive.save({&incident}, {}));
  std::vector<std::string> damage;
  EXPECT_EQ(*archive.load(damage), std::vector{incident});
  ASSERT_TRUE(archive.save({}, {incident.subject}));
  EXPECT_TRUE(archive.load(damage)->empty());
  EXPECT_TRUE(damage.empty());
}

TEST(IncidentArchive, WhatCannotBeReadIsSaidOnceAndHidesNothingElse) {
  auto database = *storage::SqliteDatabase::open(":memory:");
  auto archive = *IncidentArchive::open(database);
  const auto incident = an_incident();
  ASSERT_TRUE(archive.save({&incident}, {}));
  for (const auto* body : {"", "[]", "{}", "{\"kind\":\"unheard-of\"}"}) {
    auto row = *database.prepare("INSERT INTO incident VALUES('device x', ?)");
    ASSERT_TRUE(row.bind(1, std::string_view(body)).run());
    std::vector<std::string> damage;
    EXPECT_EQ(archive.load(damage)->size(), 1U) << body;
    EXPECT_EQ(damage.size(), 1U) << body;
    damage.clear();
    EXPECT_EQ(archive.load(damage)->size(), 1U);
    EXPECT_TRUE(damage.empty()) << body;
  }
}

}  // namespace
}  // namespace dz::monitor
