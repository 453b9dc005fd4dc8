#include "wire/program_error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dz::wire {
namespace {

TEST(ProgramError, NumbersAreFrozen) {
  EXPECT_EQ(static_cast<int>(ProgramError::NotAllowed), 8);
  EXPECT_EQ(static_cast<int>(ProgramError::InvalidArgument), 65);
  EXPECT_EQ(static_cast<int>(ProgramError::InvalidDeviceTunnelBlock), 88);
  EXPECT_EQ(static_cast<int>(ProgramError::NotAlongLifecycle), 10000);
  EXPECT_EQ(static_cast<int>(ProgramError::NotAContributorsStatus), 10001);
  EXPECT_EQ(static_cast<int>(ProgramError::NotInService), 10002);
  EXPECT_EQ(static_cast<int>(ProgramError::DesiredStatusDiffers), 10003);
  EXPECT_EQ(static_cast<int>(ProgramError::HeldByOtherSide), 10004);
  EXPECT_EQ(static_cast<int>(ProgramError::AlreadyInitialized), 10005);
  EXPECT_EQ(static_cast<int>(ProgramError::InterfaceInUse), 10006);
  EXPECT_EQ(static_cast<int>(ProgramError::DeviceAcceptsNoUsers), 10007);
  EXPECT_EQ(static_cast<int>(ProgramError::NotDrained), 10008);
  EXPECT_EQ(static_cast<int>(ProgramError::DeviceHasUsers), 10009);
  EXPECT_EQ(static_cast<int>(ProgramError::ExchangeDeviceMismatch), 10011);
  EXPECT_EQ(static_cast<int>(ProgramError::ManagedPool), 10012);
  EXPECT_EQ(static_cast<int>(ProgramError::ResourceInUse), 10013);
  EXPECT_EQ(static_cast<int>(ProgramError::JudgedOtherwise), 10014);
  EXPECT_EQ(static_cast<int>(ProgramError::InvariantViolated), 10099);
}

TEST(ProgramError, EveryNumberHasANameAndASentenceOfItsOwn) {
  std::set<std::string_view> names, texts;
  int known = 0;
  for (std::uint32_t code = 0; code < 11000; ++code) {
    const auto error = program_error(code);
    if (!error) continue;
    ++known;
    EXPECT_GT(name_of(*error).size(), 4U) << code;
    EXPECT_GT(text_of(*error).size(), 20U) << code;
    names.insert(name_of(*error));
    texts.insert(text_of(*error));
  }
  EXPECT_GT(known, 70);
  EXPECT_EQ(names.size(), static_cast<std::size_t>(known));
  EXPECT_EQ(texts.size(), static_cast<std::size_t>(known));
}

TEST(ProgramError, UnknownNumbersAreNothing) {
  EXPECT_EQ(program_error(0), std::nullopt);
  EXPECT_EQ(program_error(51), std::nullopt);
  EXPECT_EQ(program_error(4'000'000'000), std::nullopt);
}

}  // namespace
}  // namespace dz::wire
