#include "control/record_changes.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dz::control {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

Pubkey key_of(int n) {
  Pubkey key;
  key.bytes[0] = static_cast<std::uint8_t>(n);
  key.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  return key;
}

TEST(RecordChanges, TellEachReaderWhatChangedSinceItLooked) {
  RecordChanges changes;
  changes.note(std::array{key_of(3), key_of(1)});
  const auto first = changes.revision();
  changes.note(std::array{key_of(2)});
  changes.note(std::array{key_of(3), key_of(2)});
  EXPECT_THAT(changes.since(0), Optional(ElementsAre(key_of(1), key_of(2), key_of(3))));
  EXPECT_THAT(changes.since(first), Optional(ElementsAre(key_of(2), key_of(3))));
  EXPECT_THAT(changes.since(changes.revision()), Optional(IsEmpty()));
  EXPECT_EQ(changes.since(changes.revision() + 1), std::nullopt) << "of other records";
}

TEST(RecordChanges, SayThatAllMayHaveChangedWhenTheyCannotTell) {
  RecordChanges changes;
  changes.note(std::array{key_of(1)});
  const auto before = changes.revision();
  changes.note_everything();
  EXPECT_EQ(changes.since(before), std::nullopt);
  const auto after = changes.revision();
  EXPECT_THAT(changes.since(after), Optional(IsEmpty()));
  for (std::size_t i = 0; i <= RecordChanges::kKept; ++i) changes.note(std::array{key_of(static_cast<int>(i))});
  EXPECT_EQ(changes.since(after), std::nullopt) << "the first of them is forgotten";
  EXPECT_EQ(changes.since(after + 1)->size(), RecordChanges::kKept);
}

}  // namespace
}  // namespace dz::control
