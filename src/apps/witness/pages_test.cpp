#include "apps/witness/pages.h"

#include <gtest/gtest.h>

#include <string>

#include <boost/json.hpp>

#include "apps/witness/flags.h"
#include "transparency/published_log.h"

namespace dz::witness {
namespace {

wire::Keypair key_of(std::uint8_t n) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(n);
  return wire::Keypair::from_seed(seed);
}

struct WitnessPages : ::testing::Test {
  storage::SqliteDatabase log_database = *storage::SqliteDatabase::open(":memory:");
  storage::SqliteDatabase kept = *storage::SqliteDatabase::open(":memory:");
  transparency::PublishedLog published =
      *transparency::PublishedLog::open(*transparency::Log::open(log_database), {"log.example", key_of(1), ""});
  transparency::Witness witness = *transparency::Witness::open(kept, "w.example", key_of(2), {published.verifier()});

  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return answer_witness_request(witness, {method, path, "", {}, body, "127.0.0.1"},
                                  Timestamp{std::chrono::hours{490'000}});
  }
};

TEST_F(WitnessPages, ACheckpointIsCosignedAndShown) {
  ASSERT_TRUE(published.publish());
  EXPECT_TRUE(boost::json::parse(ask("GET", "/checkpoints").body).at("logs").at(0).at("checkpoint").is_null());
  const auto answer = ask("POST", "/add-checkpoint", render_add_checkpoint(*published.ask_witness(0)));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.body.starts_with("\xE2\x80\x94 w.example "));
  const auto shown = boost::json::parse(ask("GET", "/checkpoints").body);
  EXPECT_EQ(shown.at("witness").as_string(), to_text(witness.verifier()));
  EXPECT_EQ(shown.at("logs").at(0).at("size"), 0);
  EXPECT_TRUE(shown.at("conflicts").as_array().empty());
  EXPECT_NE(ask("GET", "/metrics").body.find("doublezero_witness_answers_total{status=\"200\"} 1"), std::string::npos);
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
}

TEST_F(WitnessPages, ALogThatToldTwoStoriesIsShownWithTheProof) {
  ASSERT_TRUE(published.publish());
  storage::SqliteDatabase other_database = *storage::SqliteDatabase::open(":memory:");
  auto other =
      *transparency::PublishedLog::open(*transparency::Log::open(other_database), {"log.example", key_of(1), ""});
  const auto add = [](transparency::PublishedLog& to, std::uint8_t first) {
    auto log = to.log();
    for (std::uint8_t i = 0; i < 3; ++i) ASSERT_TRUE(log.append(std::vector<Bytes>{Bytes{first, i}}));
    ASSERT_TRUE(to.publish());
  };
  add(published, 1);
  ASSERT_EQ(ask("POST", "/add-checkpoint", render_add_checkpoint(*published.ask_witness(0))).status, 200);
  add(other, 2);
  add(other, 3);
  auto wrong = *other.ask_witness(3);
  wrong.proof.back()[0] ^= 1;
  EXPECT_EQ(ask("POST", "/add-checkpoint", render_add_checkpoint(wrong)).status, 422);
  EXPECT_NE(ask("GET", "/metrics").body.find("doublezero_witness_conflicts 0\n"), std::string::npos);
  EXPECT_EQ(ask("POST", "/add-checkpoint", render_add_checkpoint(*other.ask_witness(3))).status, 422);
  EXPECT_NE(ask("GET", "/metrics").body.find("doublezero_witness_conflicts 1\n"), std::string::npos);
  const auto shown = boost::json::parse(ask("GET", "/checkpoints").body).at("conflicts").at(0);
  EXPECT_EQ(shown.at("found").as_string(), other.ask_witness(3)->note);
  EXPECT_EQ(shown.at("beginning").as_array().size(), other.ask_witness(3)->proof.size());
}

TEST_F(WitnessPages, WhatItRefusesSaysWhy) {
  EXPECT_EQ(ask("POST", "/add-checkpoint", "nonsense").status, 400);
  EXPECT_EQ(ask("GET", "/add-checkpoint").status, 405);
  EXPECT_EQ(ask("GET", "/nowhere").status, 404);
}

TEST_F(WitnessPages, ItsSettingsNameItAndItsLogs) {
  const auto log = to_text(published.verifier());
  Flags flags;
  EXPECT_FALSE(logs_of(flags));
  flags.name = "w.example";
  EXPECT_FALSE(logs_of(flags));
  flags.logs = {log};
  EXPECT_EQ(logs_of(flags)->at(0), published.verifier());
  flags.logs = {to_text(witness.verifier())};
  EXPECT_FALSE(logs_of(flags));
  flags.logs = {log};
  flags.name = "two words";
  EXPECT_FALSE(logs_of(flags));
}

}  // namespace
}  // namespace dz::witness
