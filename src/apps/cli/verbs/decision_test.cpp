#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apps/cli/test_shell.h"
#include "attest/bundle_fixture.h"
#include "base/base64.h"

namespace dz::cli {
namespace {

using testing::HasSubstr;

// A bundle in a file; gone with this object.
struct BundleFile : attest::BundleFixture {
  BundleFile() {
    feed({});
    decide();
    path = (std::filesystem::temp_directory_path() / "dz-bundle-XXXXXX").string();
    const int file = mkstemp(path.data());
    DZ_CHECK(file >= 0);
    close(file);
    write(encode(bundle(0)));
  }
  ~BundleFile() { std::filesystem::remove(path); }
  BundleFile(const BundleFile&) = delete;
  BundleFile& operator=(const BundleFile&) = delete;
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
  std::string path;
};

TEST(DecisionVerb, ABundleIsVerifiedOffline) {
  TestShell shell;
  const BundleFile file;
  const auto said = shell.ok("decision verify --bundle " + file.path);
  EXPECT_THAT(said.out, HasSubstr("✓ transaction"));
  EXPECT_THAT(said.out, HasSubstr("✓ judgement"));
  EXPECT_THAT(said.out, HasSubstr("Verified."));
  const auto json = shell.ok("decision verify --json --bundle " + file.path).json();
  EXPECT_TRUE(json.as_array()[0].at("verified").as_bool());
  EXPECT_TRUE(json.as_array()[0].at("transaction").is_null());
  const auto& decision = json.as_array()[0].at("decision").as_object();
  EXPECT_EQ(decision.at("to").as_string(), "healthy");
  EXPECT_EQ(decision.at("sources").at(0).at("source").as_string(), "counters");
  EXPECT_EQ(decision.at("findings").at(0).at("id").as_string(), "link.drained");
}

TEST(DecisionVerb, ATamperedBundleFailsAndNamesThePart) {
  TestShell shell;
  const BundleFile file;
  auto b = file.bundle(0);
  b.minutes[1].back() ^= 1;
  file.write(encode(b));
  const auto said = shell.run("decision verify --bundle " + file.path);
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.out, HasSubstr("✗ minutes"));
  EXPECT_THAT(said.out, HasSubstr("NOT verified: minutes differs."));
}

TEST(DecisionVerb, WhatTheVerifierNamesHasToAgree) {
  TestShell shell;
  const BundleFile file;
  shell.ok("decision verify --bundle " + file.path + " --witness " + to_text(file.witness_key()) + " --monitor-key " +
           to_text(file.monitor.pubkey()));
  EXPECT_EQ(shell.run("decision verify --bundle " + file.path + " --monitor-key " + shell.pubkey("x")).exit_code, 1);
  EXPECT_EQ(shell.run("decision verify --bundle " + file.path + " --witness nonsense").exit_code, 2);
  EXPECT_EQ(shell.run("decision verify").exit_code, 2);
  EXPECT_EQ(shell.run("decision verify nonsense").exit_code, 2);
  EXPECT_EQ(shell.run("decision verify --bundle /nonexistent/bundle").exit_code, 1);
}

TEST(DecisionVerb, AsManyJudgesAsAreAskedForHaveToHoldIt) {
  TestShell shell;
  BundleFile file;
  const auto key = [](std::uint8_t n) { return to_text(attest::keypair_of(n).pubkey()); };
  const auto verify = [&](const std::string& flags) {
    return shell.run("decision verify --bundle " + file.path + " " + flags);
  };
  const auto alone = verify("--require-quorum 2");
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_THAT(alone.out, HasSubstr("✗ judges       expected the opinions of 2 judges behind the statement, found 0"));
  EXPECT_THAT(alone.out, HasSubstr("NOT verified: judges differs."));
  file.hold({31, 32});
  file.write(encode(file.bundle(0)));
  const auto three = "--judge-key " + key(31) + "," + key(32) + " --judge-key " + key(33);
  EXPECT_THAT(verify("--require-quorum 2 " + three).out, HasSubstr("✓ judges       2 of 3 judges agreed; 2 had to\n"));
  EXPECT_THAT(verify("--require-quorum 2").out, HasSubstr("2 of 2 judges that it names, whoever they are, agreed"));
  EXPECT_EQ(verify("--require-quorum 2").exit_code, 0);
  const auto more = verify("--require-quorum 3 " + three);
  EXPECT_EQ(more.exit_code, 1);
  EXPECT_THAT(more.out, HasSubstr("found 2 that count; no opinion of judge " + key(33)));
  const auto others = verify("--require-quorum 2 --judge-key " + key(31) + "," + key(33));
  EXPECT_EQ(others.exit_code, 1);
  EXPECT_THAT(others.out, HasSubstr("judge " + key(32) + ": unknown-judge"));
  for (const auto* wrong : {"--require-quorum 0", "--require-quorum x", "--require-quorum 1 --judge-key x"})
    EXPECT_EQ(verify(wrong).exit_code, 2) << wrong;
  EXPECT_EQ(verify(three).exit_code, 2);
  EXPECT_EQ(verify("--require-quorum 4 " + three).exit_code, 2);
}

TEST(DecisionVerb, ATransactionThatTheLedgerDoesNotHaveIsNotVerified) {
  TestShell shell;
  shell.initialise();
  const BundleFile file;
  const auto b = file.bundle(0);
  shell.monitor_paths = [&](const std::string&) -> Result<boost::json::value> {
    return boost::json::object{{"statements", boost::json::array{boost::json::object{
                                                  {"index", 7}, {"statement", encode_base64(b.statements[0])}}}}};
  };
  const auto signature = to_text(wire::parse_transaction(b.transaction)->signatures.front());
  const auto said = shell.run("decision verify " + signature);
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("the ledger has no transaction"));
  EXPECT_THAT(shell.ok("decision get " + signature).out, HasSubstr("pending to healthy (became-healthy)"));
}

TEST(DecisionVerb, DecisionsOfASpanAreJudgedAgain) {
  TestShell shell;
  const BundleFile file;
  auto b = file.bundle(0);
  b.transaction.clear();
  shell.monitor_paths = [&](const std::string& path) -> Result<boost::json::value> {
    if (path == "/api/v1/statements/7?bundle=1") return boost::json::object{{"bundle", boost::json::parse(encode(b))}};
    if (path.find("&before=3") != std::string::npos) return boost::json::parse(R"({"decisions":[]})");
    return boost::json::parse(R"({"decisions":[{"id":4,"at":"2026-11-24T00:00:00Z","code":"late","statement":7},)"
                              R"({"id":3,"at":"2026-11-23T01:31:00Z","code":"ams-lon","statement":7}]})");
  };
  const auto span = std::string("decision replay --from 2026-11-23T00:00:00Z --to 2026-11-23T12:00:00Z");
  EXPECT_THAT(shell.ok(span).out, HasSubstr("1 decisions judged again say the same, 0 do not"));
  b.minutes[1].back() ^= 1;
  const auto said = shell.run(span);
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.out, HasSubstr("✗ 2026-11-23T01:31:00Z ams-lon: minutes: "));
}

TEST(DecisionVerb, DecisionsAreListedWithTheirTransactions) {
  TestShell shell;
  shell.monitor_paths = [](const std::string& path) -> Result<boost::json::value> {
    EXPECT_EQ(path, "/api/v1/decisions?limit=3&record=ams-lon");
    return boost::json::parse(R"({"decisions":[{"at":"2026-11-23T01:31:00Z","kind":"link","code":"ams-lon",)"
                              R"("from":"pending","to":"healthy","reason":"became-healthy","signature":"5SBy"}]})");
  };
  const auto said = shell.ok("decision list --limit 3 --record ams-lon");
  EXPECT_EQ(said.out, "2026-11-23T01:31:00Z  link ams-lon: pending to healthy (became-healthy)\n    5SBy\n");
  EXPECT_EQ(shell.run("decision list --record 'a&b'").exit_code, 2);
}

}  // namespace
}  // namespace dz::cli
