// The vectors of docs/formats/decision.md are what the code writes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "attest/memo.h"
#include "attest/testing.h"

namespace dz::attest {
namespace {

std::string hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

class DecisionPage : public testing::Test {
 protected:
  DecisionPage() {
    std::ifstream file(DZ_SOURCE_DIR "/docs/formats/decision.md");
    std::ostringstream text;
    text << file.rdbuf();
    page = text.str();
  }
  void expect_vector(const std::string& name, const Bytes& bytes) {
    auto block = "\n### " + name + "\n\n```\n";
    const auto digits = hex(bytes);
    for (std::size_t at = 0; at < digits.size(); at += 128) block += digits.substr(at, 128) + "\n";
    EXPECT_NE(page.find(block + "```\n"), std::string::npos) << "docs/formats/decision.md lacks:\n" << block;
  }
  void expect_value(const std::string& name, const std::string& value) {
    EXPECT_NE(page.find(fmt::format("\n| {} | `{}` |\n", name, value)), std::string::npos) << name << ' ' << value;
  }
  std::string page;
};

TEST_F(DecisionPage, HasTheBytesOfItsExamples) {
  expect_vector("minutes of errors", encode(minutes_of_errors()));
  expect_vector("minutes of QA", encode(minutes_of_qa()));
  const std::vector<std::pair<std::string, Statement>> statements{
      {"reset", statement_of_a_reset()}, {"link", statement_of_a_link()}, {"device", statement_of_a_device()}};
  std::vector<Hash> hashes;
  for (const auto& [name, statement] : statements) {
    expect_vector("statement of a " + name, encode(statement));
    hashes.push_back(statement_hash(statement));
    expect_value("hash of the statement of a " + name, hex(hashes.back()));
  }
  const auto root = transparency::tree_root(hashes);
  expect_value("root over the three", hex(root));
  expect_value("memo of the three", memo_text(root));
}

}  // namespace
}  // namespace dz::attest
