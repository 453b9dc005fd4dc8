// Every case of the files beside this, run against both programs.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "program/cases/case_world.h"

namespace dz::program::cases {
namespace {

constexpr std::size_t kLeast = 500;  // cases in all files: fewer means that a file was lost

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> all;
  for (const auto& entry : std::filesystem::directory_iterator(DZ_SOURCE_DIR "/src/program/cases")) {
    if (entry.path().extension() == ".cases") all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void expect(const World& start, const Case& one, const Expectation& expected) {
  World world = start;
  for (const auto& change : one.given) ASSERT_TRUE(world.give(change)) << "no such account or field: " << change;
  const auto instruction = world.instruction(one);
  ASSERT_TRUE(instruction) << "a name or a value in the instruction is none";
  const auto before = world.ledger.accounts;
  EXPECT_EQ(world.run(*instruction), expected.result) << testing::PrintToString(world.ledger.log());
  EXPECT_THAT(world.changes_since(before), testing::UnorderedElementsAreArray(expected.changes));
}

std::string hex(const Bytes& bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

boost::json::object json_of(const std::map<Pubkey, wire::Account>& accounts) {
  boost::json::object all;
  for (const auto& [at, account] : accounts) {
    all[to_text(at)] = {{"lamports", account.lamports}, {"owner", to_text(account.owner)}, {"data", hex(account.data)}};
  }
  return all;
}

// One case of the live program as a line of JSON, for a run of the same against another implementation.
std::string dump(const World& start, const Case& one) {
  World world = start;
  world.ledger.quiet = true;
  for (const auto& change : one.given) world.give(change);
  const auto before = json_of(world.ledger.accounts);
  const auto instruction = *world.instruction(one);
  boost::json::array metas;
  for (const auto& meta : instruction.accounts) {
    metas.push_back({{"key", to_text(meta.key)}, {"signer", meta.signer}, {"writable", meta.writable}});
  }
  const auto result = world.run(instruction);
  return boost::json::serialize(boost::json::object{{"case", one.name},
                                                    {"before", before},
                                                    {"program", to_text(instruction.program)},
                                                    {"data", hex(instruction.data)},
                                                    {"accounts", metas},
                                                    {"result", result},
                                                    {"after", json_of(world.ledger.accounts)}});
}

// Only when asked: DZ_DUMP_CASES=FILE.
TEST(Cases, CanBeTakenElsewhere) {
  const char* path = std::getenv("DZ_DUMP_CASES");
  const World live(v034_profile());
  std::ofstream out(path != nullptr ? path : "/dev/null");
  for (const auto& file : files()) {
    const auto cases = parse_cases(read(file));
    ASSERT_TRUE(cases) << file << ": " << cases.error().message;
    for (const auto& one : *cases) {
      if (!one.live) continue;
      const auto line = dump(live, one);
      EXPECT_NE(line.find(one.live->result == "ok" ? R"("result":"ok")" : R"("before":{)"), line.npos) << one.name;
      out << line << '\n';
      if (path == nullptr) break;  // one of each file, so that it stays possible
    }
  }
}

TEST(Cases, EachProgramDoesWhatTheTextSays) {
  const World live(v034_profile()), guarded(rfc_profile());
  std::size_t count = 0;
  for (const auto& path : files()) {
    const auto cases = parse_cases(read(path));
    ASSERT_TRUE(cases) << path << ": " << cases.error().message;
    for (const auto& one : *cases) {
      SCOPED_TRACE(path.filename().string() + ":" + std::to_string(one.line) + ": " + one.name);
      ASSERT_TRUE(one.live || one.guarded) << "the case expects nothing";
      if (one.live) expect(live, one, *one.live);
      if (one.guarded) expect(guarded, one, *one.guarded);
      ++count;
    }
  }
  EXPECT_GE(count, kLeast);
}

TEST(Cases, ALineThatIsNoneIsTold) {
  EXPECT_EQ(parse_cases("data u8:1\n").error().message, "line 1: expected 'case NAME' first");
  EXPECT_EQ(parse_cases("case a\n+ x\n").error().message, "line 2: a change stands below the result of a program");
  EXPECT_FALSE(parse_cases("case a\nlife ok\n"));
}

}  // namespace
}  // namespace dz::program::cases
