// A decision checked over the API, and what the API says of it beside.
#include "monitor/verification_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attest/verify.h"
#include "monitor/api_fixture.h"
#include "monitor/parts_fixture.h"

namespace dz::monitor {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class VerificationApi : public ApiFixture {
 protected:
  // A monitor that has decided, with its statements under a checkpoint.
  json::object decided() {
    start();
    for (int i = 0; i < 4; ++i) pass(std::chrono::minutes{1});
    return body("/api/v1/decisions").at("decisions").at(0).as_object();
  }
  static std::string path_of(const json::object& decision) {
    return "/api/v1/verifications/" + std::to_string(decision.at("statement").as_int64());
  }
};

TEST_F(VerificationApi, ReadsTheTransactionAndTicksEachStep) {
  const auto decision = decided();
  const auto first = body(path_of(decision));
  EXPECT_TRUE(first.at("reading").as_bool());
  EXPECT_FALSE(first.at("verified").as_bool());  // what was not looked at is not verified
  EXPECT_TRUE(first.at("steps").as_array().empty());
  pass();
  const auto done = body(path_of(decision));
  EXPECT_FALSE(done.at("reading").as_bool());
  EXPECT_TRUE(done.at("verified").as_bool()) << json::serialize(done);
  EXPECT_FALSE(done.contains("bundle"));
  std::string parts;
  for (const auto& step : done.at("steps").as_array()) {
    EXPECT_TRUE(step.at("holds").as_bool()) << json::serialize(step);
    parts += std::string(step.at("part").as_string()) + " ";
  }
  EXPECT_TRUE(parts.starts_with("ledger statement ")) << parts;
  EXPECT_TRUE(parts.ends_with("log checkpoint minutes judgement ")) << parts;
  for (const auto* part : {"transaction", "memo", "policy", "instruction", "account"})
    EXPECT_THAT(parts, HasSubstr(part));
}

TEST_F(VerificationApi, TheBundleIsWholeSoThatNobodyHasToTakeItsWord) {
  const auto decision = decided();
  (void)body(path_of(decision));
  pass();
  const auto done = body(path_of(decision), "bundle=1");
  const auto bundle = must(attest::decode_bundle(json::serialize(done.at("bundle")) + "\n"));
  EXPECT_FALSE(bundle.transaction.empty());
  EXPECT_TRUE(attest::verify(bundle, {.monitor = network.monitor.pubkey()}).holds());
}

TEST_F(VerificationApi, AStepThatDoesNotHoldIsTheLastOneAndSaysWhatDiffers) {
  const auto decision = decided();
  (void)body(path_of(decision));
  pass();
  // One of the statements that went with it is kept back.
  must_be_done(
      database->execute("DELETE FROM statement_outcome WHERE id = (SELECT min(id) FROM statement_outcome WHERE id "
                        "<> " +
                        std::to_string(decision.at("statement").as_int64()) + ")"));
  const auto found = body(path_of(decision));
  EXPECT_FALSE(found.at("verified").as_bool());
  const auto& last = found.at("steps").as_array().back();
  EXPECT_EQ(last.at("part"), "memo");
  EXPECT_FALSE(last.at("holds").as_bool());
  EXPECT_THAT(std::string(last.at("says").as_string()), HasSubstr("expected the root over the statements"));
}

TEST_F(VerificationApi, WhatIsNotThereIsSaid) {
  const auto decision = decided();
  EXPECT_THAT(error("/api/v1/verifications/99999", "", 404), HasSubstr("made no such statement"));
  EXPECT_THAT(error("/api/v1/verifications/x", "", 404), HasSubstr("expected the index"));
  must_be_done(database->execute("DELETE FROM statement_minutes"));
  EXPECT_THAT(error(path_of(decision), "", 404), HasSubstr("are not kept"));
}

TEST_F(VerificationApi, ADecisionSaysWhatItIsUnder) {
  const auto decision = decided();
  const auto& checkpoint = decision.at("checkpoint").as_object();
  EXPECT_GT(checkpoint.at("size").as_int64(), decision.at("statement").as_int64());
  EXPECT_THAT(get("/log/checkpoint").body, HasSubstr(std::string(checkpoint.at("origin").as_string()) + "\n" +
                                                     std::to_string(checkpoint.at("size").as_int64()) + "\n"));
  EXPECT_TRUE(decision.at("opinions").as_array().empty());  // it decides alone
}

TEST_F(VerificationApi, ExplainNamesTheLastStatement) {
  const auto decision = decided();
  const auto record = std::string(decision.at("pubkey").as_string());
  const auto last = body("/api/v1/assessments/" + record).at("last_statement").as_object();
  EXPECT_EQ(last.at("index"), decision.at("statement"));
  EXPECT_EQ(last.at("transaction"), decision.at("signature"));
  const auto page = get("/api/v1/assessments/" + record, "format=text").body;
  EXPECT_THAT(page, HasSubstr("entry " + std::to_string(decision.at("statement").as_int64()) + " of the log"));
  EXPECT_THAT(page, HasSubstr("doublezero decision verify " + std::string(decision.at("signature").as_string())));
}

TEST_F(VerificationApi, WithoutAStatementNothingIsNamed) {
  settings.write_mode = control::WriteMode::Observe;
  start();
  EXPECT_TRUE(body("/api/v1/assessments/ams-lon").at("last_statement").is_null());
  EXPECT_EQ(get("/api/v1/assessments/ams-lon", "format=text").body.find("Last stated"), std::string::npos);
}

}  // namespace
}  // namespace dz::monitor
