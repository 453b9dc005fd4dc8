#include "attest/memo.h"

#include <gtest/gtest.h>

#include "attest/testing.h"
#include "wire/instructions/solana.h"
#include "wire/program_ids.h"

namespace dz::attest {
namespace {

Result<transparency::Hash> root_of(const std::vector<wire::Instruction>& instructions) {
  const auto message = compile_message(instructions, Pubkey{{1}}, wire::Blockhash{});
  return root_in(message, message.account_keys);
}

TEST(Memo, IsAPrefixAndTheRootInBase64) {
  const auto text = memo_text(hash_of(0xff));
  EXPECT_EQ(text, "dzd1://////////////////////////////////////////8=");
  EXPECT_EQ(text.size(), 49U);
  EXPECT_EQ(*parse_memo(text), hash_of(0xff));
  for (const auto* other : {"", "dzd1:", "dzd2:AAAA", "dzd1:AAAA", "hello",
                            "dzd1://////////////////////////////////////////8", "dzd1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_FALSE(parse_memo(other)) << other;
  }
}

TEST(Memo, IsFoundInATransactionAmongOthers) {
  const auto ours = wire::memo(memo_text(hash_of(3)));
  EXPECT_EQ(*root_of({wire::compute_unit_limit(5), wire::memo("hello"), ours}), hash_of(3));
  EXPECT_EQ(root_of({wire::memo("hello")}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(root_of({ours, ours}).error().kind, ErrorKind::Corrupt);
  auto of_another_program = ours;
  of_another_program.program = wire::old_memo_program_id();
  EXPECT_EQ(root_of({of_another_program}).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace dz::attest
