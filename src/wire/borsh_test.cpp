#include "wire/borsh.h"

#include <gtest/gtest.h>

namespace dz::wire {
namespace {

struct Sample {
  std::uint16_t number = 7;
  std::string text = "default";
  bool flag = true;
  std::vector<NetworkV4> nets;
  std::optional<std::uint32_t> maybe;
};
template <typename Io, typename T>
void fields(Io& io, T& s) {
  io(s.number, s.text, s.flag, s.nets, s.maybe);
}
Bytes bytes_of(const Sample& s) {
  BorshWriter out;
  fields(out, s);
  return std::move(out).take();
}
const Sample kSample{0x1234, "ab", true, {{{{10, 0, 0, 1}}, 24}}, 5};

TEST(Borsh, LittleEndianWithCounts) {
  EXPECT_EQ(bytes_of(kSample),
            (Bytes{0x34, 0x12, 2, 0, 0, 0, 'a', 'b', 1, 1, 0, 0, 0, 10, 0, 0, 1, 24, 1, 5, 0, 0, 0}));
}

TEST(Borsh, AccountWithoutATailKeepsDefaults) {
  const auto bytes = bytes_of(kSample);
  AccountReader in(ByteView(bytes).first(8));
  Sample s;
  fields(in, s);
  EXPECT_EQ(s.number, 0x1234);
  EXPECT_EQ(s.text, "ab");
  EXPECT_TRUE(s.flag);
  EXPECT_TRUE(s.nets.empty());
  EXPECT_EQ(s.maybe, std::nullopt);
}

TEST(Borsh, AccountGoesOnAfterAFieldThatDoesNotDecode) {
  auto bytes = bytes_of(kSample);
  bytes[8] = 2;  // no bool
  AccountReader in(bytes);
  Sample s;
  fields(in, s);
  EXPECT_TRUE(s.flag);  // its default
  EXPECT_EQ(s.nets, kSample.nets);
  EXPECT_EQ(s.maybe, 5U);
}

TEST(Borsh, ArgumentsMayEndBetweenFieldsOnly) {
  const auto bytes = bytes_of(kSample);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    ArgsReader in(ByteView(bytes).first(length));
    Sample s;
    fields(in, s);
    const bool between = length == 0 || length == 2 || length == 8 || length == 9 || length == 18 || length == 23;
    EXPECT_EQ(in.broken(), !between) << length;
  }
}

TEST(Borsh, ArgumentsRefuseAnImpossibleValue) {
  for (const std::size_t at : {8U, 17U, 18U}) {  // bool, prefix length, option tag
    auto bytes = bytes_of(kSample);
    bytes[at] = 33;
    ArgsReader in(bytes);
    Sample s;
    fields(in, s);
    EXPECT_TRUE(in.broken()) << at;
  }
}

TEST(Borsh, HugeCountsDoNotAllocate) {
  const Bytes bytes{1, 0, 0xff, 0xff, 0xff, 0xff, 1};
  ArgsReader in(bytes);
  Sample s;
  fields(in, s);
  EXPECT_TRUE(in.broken());
}

TEST(Borsh, BytesAreAVectorOfNumbersOfOneByte) {
  BorshWriter out;
  out(Bytes{7, 8, 9}, Bytes{});
  const auto written = std::move(out).take();
  EXPECT_EQ(written, (Bytes{3, 0, 0, 0, 7, 8, 9, 0, 0, 0, 0}));
  for (std::size_t length = 0; length <= written.size(); ++length) {
    BorshCursor in(ByteView(written).first(length));
    Bytes first, second{1};
    EXPECT_EQ(in.get(first) && in.get(second), length == written.size()) << length;
    EXPECT_TRUE(in.empty()) << length;  // what is not all there is used up
    if (length >= 7) EXPECT_EQ(first, (Bytes{7, 8, 9}));
  }
  const Bytes many{0xff, 0xff, 0xff, 0xff, 1};
  BorshCursor huge(many);
  Bytes bytes;
  EXPECT_FALSE(huge.get(bytes));
}

}  // namespace
}  // namespace dz::wire
