#include "net/frame_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace dz::net {
namespace {

using std::chrono::seconds;

constexpr unsigned char kLast = 0x80, kText = 0x01, kMore = 0x00, kPing = 0x89;

// A masked frame of a client.
std::string frame(unsigned char first, std::size_t size) {
  std::string out(1, static_cast<char>(first));
  if (size < 126) {
    out += static_cast<char>(0x80U | size);
  } else if (size < 65536) {
    out += static_cast<char>(0x80U | 126U);
    out += static_cast<char>(size >> 8U);
    out += static_cast<char>(size & 0xFFU);
  } else {
    out += static_cast<char>(0x80U | 127U);
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(size >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return out + "mask" + std::string(size, 'x');
}

TEST(FrameWatch, X10_AMessageHasSoManyFragmentsAndNoMore) {
  FrameWatch watch({.fragments = 3});
  EXPECT_TRUE(watch.take(frame(kText, 0) + frame(kMore, 0) + frame(kLast, 0), seconds{0}));
  EXPECT_TRUE(watch.take(frame(kText, 5) + frame(kMore, 0) + frame(kMore, 0), seconds{0}));
  EXPECT_FALSE(watch.take(frame(kLast, 0), seconds{0}));
}

TEST(FrameWatch, X10_KnowsWhatHasBegun) {
  FrameWatch watch({});
  const std::string bytes = frame(kText, 300) + frame(kPing, 100) + frame(kLast, 70'000);
  EXPECT_TRUE(watch.take(bytes.substr(0, 100), seconds{7}));
  EXPECT_EQ(watch.begun(), seconds{7});
  EXPECT_EQ(watch.held(), 92U);
  EXPECT_TRUE(watch.take(std::string_view(bytes).substr(100, bytes.size() - 101), seconds{8}));
  EXPECT_EQ(watch.begun(), seconds{7});
  EXPECT_EQ(watch.held(), 300U + 69'999U) << "pings are no part of the message";
  EXPECT_TRUE(watch.take("x", seconds{9}));
  EXPECT_FALSE(watch.begun());
  EXPECT_EQ(watch.held(), 0U);
}

// However the bytes are cut, the frames are the same.
TEST(FrameWatch, X10_CountsTheSameByteByByte) {
  const std::string bytes =
      frame(kText, 0) + frame(kMore, 200) + frame(kPing, 3) + frame(kMore, 70'000) + frame(kMore, 1);
  FrameWatch whole({.fragments = 3}), cut({.fragments = 3});
  EXPECT_FALSE(whole.take(bytes, seconds{0}));
  bool fits = true;
  std::size_t taken = 0;
  for (; fits && taken < bytes.size(); ++taken) fits = cut.take({&bytes[taken], 1}, seconds{0});
  EXPECT_FALSE(fits);
  EXPECT_EQ(taken, bytes.size() - 1) << "with the last byte of the fourth frame's header";
}

TEST(FrameWatch, X10_PingsAreCountedByPeriod) {
  FrameWatch watch({.fragments = 1, .controls = 2, .period = seconds{10}});
  EXPECT_TRUE(watch.take(frame(kPing, 0) + frame(kPing, 125), seconds{0}));
  EXPECT_FALSE(FrameWatch(watch).take(frame(kPing, 0), seconds{9}));
  EXPECT_TRUE(watch.take(frame(kPing, 0), seconds{10}));
  EXPECT_TRUE(watch.take(frame(kLast | kText, 1) + frame(kPing, 0), seconds{11}));
  EXPECT_FALSE(watch.take(frame(kPing, 0), seconds{12}));
}

}  // namespace
}  // namespace dz::net
