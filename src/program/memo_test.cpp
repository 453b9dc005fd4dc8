#include <gtest/gtest.h>

#include "program/test_ledger.h"
#include "wire/instructions/solana.h"

namespace dz::program {
namespace {

using Kind = wire::InstructionErrorKind;

class MemoTest : public testing::Test {
 protected:
  ProgramResult run(std::string_view text, std::vector<wire::AccountMeta> metas = {}) {
    log.clear();
    std::vector<wire::Account*> accounts(metas.size(), &account);
    Invocation invocation{.program = wire::memo_program_id(),
                          .metas = metas,
                          .accounts = accounts,
                          .data = as_bytes(text),
                          .clock = {},
                          .log = &log,
                          .options = {}};
    return old ? execute_old_memo(invocation) : execute_memo(invocation);
  }
  bool old = false;
  wire::Account account;
  std::vector<std::string> log;
};

// As the program on Solana does, which logs with Rust's Debug of the text.
TEST_F(MemoTest, SaysTheTextInTheLog) {
  EXPECT_TRUE(run("letters and such"));
  EXPECT_EQ(log, std::vector<std::string>{R"(Memo (len 16): "letters and such")"});
  EXPECT_TRUE(run("\xF0\x9F\x90\x86"));
  EXPECT_EQ(log, std::vector<std::string>{"Memo (len 4): \"\xF0\x9F\x90\x86\""});
  EXPECT_TRUE(run(""));
  EXPECT_EQ(log, std::vector<std::string>{R"(Memo (len 0): "")"});
  using namespace std::string_view_literals;
  EXPECT_TRUE(run("a\"b\\c\n\t\r\0\x1b\x7f\xC2\x85'"sv));
  EXPECT_EQ(log.front(), R"(Memo (len 13): "a\"b\\c\n\t\r\0\u{1b}\u{7f}\u{85}'")");
}

TEST_F(MemoTest, RefusesWhatIsNoText) {
  const auto refused = run("\xF0\x9F\x90\xFF");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::InvalidInstructionData);
  EXPECT_EQ(log, std::vector<std::string>{"Invalid UTF-8, from byte 0"});
  EXPECT_FALSE(run("ab\xFF"));
  EXPECT_EQ(log, std::vector<std::string>{"Invalid UTF-8, from byte 2"});
}

TEST_F(MemoTest, WhoeverIsNamedMustHaveSigned) {
  const auto alice = key("alice"), bob = key("bob");
  EXPECT_TRUE(run("hello", {{alice, true, false}, {bob, true, false}}));
  EXPECT_EQ(log, (std::vector<std::string>{"Signed by " + to_text(alice), "Signed by " + to_text(bob),
                                           R"(Memo (len 5): "hello")"}));
  const auto refused = run("hello", {{alice, false, false}, {bob, true, false}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::MissingRequiredSignature);
  EXPECT_EQ(log, std::vector<std::string>{"Signed by " + to_text(bob)});
}

TEST_F(MemoTest, TheFirstVersionChecksTheTextAndSaysNothing) {
  old = true;
  EXPECT_TRUE(run("hello", {{key("alice"), false, false}}));
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(run("\xFF").error().kind, Kind::InvalidInstructionData);
}

}  // namespace
}  // namespace dz::program
