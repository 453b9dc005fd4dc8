#include "attest/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "attest/testing.h"

namespace dz::attest {
namespace {

using testing::HasSubstr;

TEST(Statement, HasTheRecordsKeyWhereTheLogLooksForIt) {
  Statement statement;
  statement.record.bytes.fill(7);
  const auto bytes = encode(statement);
  EXPECT_TRUE(std::equal(statement.record.bytes.begin(), statement.record.bytes.end(), bytes.begin() + kRecordAt));
  EXPECT_NE(bytes[kRecordAt - 1], 7);
  EXPECT_NE(bytes[kRecordAt + 32], 7);
}

TEST(Statement, IsReadBackAsItWasWritten) {
  for (const auto& statement : {statement_of_a_link(), statement_of_a_device(), statement_of_a_reset()}) {
    const auto bytes = encode(statement);
    const auto read = decode_statement(bytes);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, statement);
    EXPECT_EQ(encode(*read), bytes);
  }
}

// Whatever bit of it changes: it is another statement or none, and its hash is another one.
TEST(Statement, OneFlippedBitIsAnotherStatementOrNone) {
  const auto statement = statement_of_a_device();
  auto bytes = encode(statement);
  const auto hash = statement_hash(statement);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto read = decode_statement(bytes);
    EXPECT_NE(transparency::leaf_hash(bytes), hash);
    if (read) {
      EXPECT_NE(*read, statement) << "bit " << bit;
      EXPECT_EQ(encode(*read), bytes);
    }
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
}

TEST(Statement, AnyBytesAreReadOrRefused) {
  std::mt19937 random(47);
  const auto whole = encode(statement_of_a_link());
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = whole;
    if (i % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    for (int change = static_cast<int>(random() % 4); change > 0 && !bytes.empty(); --change) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    if (const auto read = decode_statement(bytes)) EXPECT_EQ(encode(*read), bytes);
  }
}

TEST(Statement, WhatIsWrongIsSaidWithItsPlace) {
  auto bytes = encode(statement_of_a_link());
  const auto complaint = [](const Bytes& b) { return decode_statement(b).error().message; };
  EXPECT_EQ(complaint({}), "statement: expected 'DZDS' at byte 0, found the end");
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_THAT(complaint(longer), HasSubstr("expected the end at byte"));
  EXPECT_THAT(complaint(longer), HasSubstr("found 1 more bytes"));
  auto newer = bytes;
  newer[4] = 2;
  EXPECT_EQ(complaint(newer), "statement: expected version 1, found 2");
  newer[0] = 'X';
  EXPECT_THAT(complaint(newer), HasSubstr("expected 'DZDS' at byte 0, found other bytes"));
  bytes.resize(20);
  EXPECT_THAT(complaint(bytes), HasSubstr("expected the genesis hash at byte 5"));
}

// Words can be spelt in several ways elsewhere; here there is one.
TEST(Statement, OneFormAlone) {
  auto statement = statement_of_a_link();
  auto text = std::string(as_text(encode(statement)));
  const auto at = text.find("hard-drained");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 12, "HARD_DRAINED");
  EXPECT_THAT(decode_statement(as_bytes(text)).error().message, HasSubstr("the one canonical form"));
  statement.criteria.front().counts = CriterionStatement::Counts{Minute{}, Minute{std::chrono::minutes{5}}, 1, 1, 1};
  EXPECT_THAT(decode_statement(encode(statement)).error().message, HasSubstr("counts that add up to the window"));
  auto reset = statement_of_a_reset();
  reset.sources = statement.sources;
  EXPECT_THAT(decode_statement(encode(reset)).error().message, HasSubstr("no sources and no criteria of a reset"));
}

}  // namespace
}  // namespace dz::attest
