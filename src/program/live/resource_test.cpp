// Pools by hand on the live network: any of them, also those that links and devices allocate from.
#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"

namespace dz::program::live {
namespace {

constexpr auto kPanic = wire::InstructionErrorKind::ProgramFailedToComplete;

class LiveResources : public LiveTest {
 protected:
  wire::Sender foundation() const { return ledger.as(ledger.foundation); }
  static wire::ResourceType global(wire::ResourceKind kind) { return {.kind = kind}; }
  ProgramResult allocate(const wire::ResourceType& type, std::optional<wire::IdOrIp> requested = std::nullopt) {
    return ledger.run(allocate_resource(foundation(), {type, requested}));
  }
  ProgramResult release(const wire::ResourceType& type, wire::IdOrIp value) {
    return ledger.run(deallocate_resource(foundation(), {type, value}));
  }
  static wire::IdOrIp id(std::uint16_t n) { return {n}; }
  static wire::IdOrIp ip(const char* text) { return {*parse_network(text)}; }
};

TEST_F(LiveResources, NumbersAreTakenAndGivenBack) {
  const auto ids = global(wire::ResourceKind::LinkIds);
  EXPECT_ACCEPTED(ledger, allocate(ids));
  EXPECT_ACCEPTED(ledger, allocate(ids, id(7)));
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{0}));
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{7}));
  EXPECT_REFUSED(ledger, allocate(ids, id(7)), wire::ProgramError::AllocationFailed);
  EXPECT_REFUSED(ledger, allocate(ids, id(65535)), wire::ProgramError::AllocationFailed);  // beyond the range
  EXPECT_REFUSED(ledger, allocate(ids, ip("10.0.0.0/31")), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, release(ids, id(7)));
  EXPECT_ACCEPTED(ledger, release(ids, id(7)));                // not allocated: nothing happens
  EXPECT_ACCEPTED(ledger, release(ids, ip("172.16.0.0/31")));  // of another kind: likewise
  EXPECT_EQ(allocated_count(ledger.pool(wire::ResourceKind::LinkIds)), 1U);
}

// Beyond one 64-bit word too, the search begins at the beginning, and the account remembers no other place.
TEST_F(LiveResources, TheLowestFreeNumberIsNextWhateverWasGivenBack) {
  const auto ids = global(wire::ResourceKind::LinkIds);
  for (std::uint16_t n = 0; n < 3; ++n) EXPECT_ACCEPTED(ledger, allocate(ids));
  EXPECT_ACCEPTED(ledger, allocate(ids, id(100)));
  EXPECT_ACCEPTED(ledger, release(ids, id(100)));
  EXPECT_ACCEPTED(ledger, allocate(ids));
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{3}));
  EXPECT_FALSE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{64}));
  for (std::uint16_t n = 4; n < 130; ++n) EXPECT_ACCEPTED(ledger, allocate(ids));
  EXPECT_TRUE(is_allocated(ledger.pool(wire::ResourceKind::LinkIds), std::uint16_t{129}));
  EXPECT_EQ(ledger.pool(wire::ResourceKind::LinkIds).first_free_index, 0U);
}

TEST_F(LiveResources, AddressesAreTakenAndGivenBack) {
  const auto block = global(wire::ResourceKind::DeviceTunnelBlock);
  EXPECT_ACCEPTED(ledger, allocate(block));
  EXPECT_ACCEPTED(ledger, allocate(block, ip("172.16.0.4/30")));
  const auto pool = ledger.pool(wire::ResourceKind::DeviceTunnelBlock);
  EXPECT_EQ(pool.bitmap[0], 0xf1);
  EXPECT_REFUSED(ledger, allocate(block, ip("172.16.0.6/31")), wire::ProgramError::AllocationFailed);  // taken
  EXPECT_REFUSED(ledger, allocate(block, ip("172.16.0.9/31")), wire::ProgramError::AllocationFailed);  // unaligned
  EXPECT_REFUSED(ledger, allocate(block, ip("10.0.0.0/31")), wire::ProgramError::AllocationFailed);    // of no pool
  EXPECT_REFUSED(ledger, allocate(block, id(1)), wire::ProgramError::InvalidArgument);
  EXPECT_ACCEPTED(ledger, release(block, ip("172.16.0.4/30")));
  EXPECT_EQ(ledger.pool(wire::ResourceKind::DeviceTunnelBlock).bitmap[0], 0x01);
}

TEST_F(LiveResources, AreTheResourceAdminsAtTheirAddress) {
  const auto type = global(wire::ResourceKind::VrfIds);
  EXPECT_REFUSED(ledger, ledger.run(allocate_resource(ledger.as(ledger.alice), {type, {}})),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(deallocate_resource(ledger.as(ledger.alice), {type, id(1)})),
                 wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_permission(foundation(), {ledger.alice, permission::kResourceAdmin})));
  EXPECT_ACCEPTED(ledger, ledger.run(allocate_resource(ledger.as(ledger.alice), {type, {}})));
  auto bad = allocate_resource(foundation(), {type, {}});
  bad.accounts[0].key = resource_address(ledger.program, wire::ResourceKind::LinkIds).address;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  bad = allocate_resource(foundation(), {type, {}});
  bad.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(bad), kPanic);
  auto any_associated = allocate_resource(foundation(), {type, {}});
  any_associated.accounts[1].key = ledger.ams;  // does not matter here
  EXPECT_ACCEPTED(ledger, ledger.run(any_associated));
  auto cut = deallocate_resource(foundation(), {type, id(1)});
  cut.data.pop_back();
  EXPECT_REFUSED(ledger, ledger.run(cut), kPanic);
}

TEST_F(LiveResources, OfADeviceNameTheDevice) {
  const wire::ResourceType tunnels{wire::ResourceKind::TunnelIds, ledger.ams, 0};
  EXPECT_ACCEPTED(ledger, allocate(tunnels));
  EXPECT_TRUE(is_allocated(ledger.get<ResourceExtension>(wire::tunnel_ids_address(ledger.program, ledger.ams).address),
                           std::uint16_t{500}));
  auto other = allocate_resource(foundation(), {tunnels, {}});
  other.accounts[1].key = ledger.lon;
  EXPECT_REFUSED(ledger, ledger.run(other), kPanic);
}

TEST_F(LiveResources, AreCreatedAndClosed) {
  const wire::ResourceType second{wire::ResourceKind::TunnelIds, ledger.ams, 1};
  const auto at = resource_address(ledger.program, second).address;
  EXPECT_REFUSED(ledger, ledger.run(create_resource(ledger.as(ledger.alice), second)), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger, ledger.run(create_resource(foundation(), second)));
  const auto made = ledger.get<ResourceExtension>(at);
  EXPECT_EQ(made.associated_with, ledger.ams);
  EXPECT_EQ(made.owner, ledger.foundation);
  EXPECT_EQ(made.id, (ResourceExtension::IdPool{500, 4596}));
  EXPECT_REFUSED(ledger, ledger.run(create_resource(ledger.as(ledger.alice), second)),
                 kPanic);  // exists: before rights
  EXPECT_ACCEPTED(ledger, allocate(second));
  EXPECT_REFUSED(ledger, ledger.run(close_resource(ledger.as(ledger.alice), at, ledger.alice)),
                 wire::ProgramError::NotAllowed);
  EXPECT_REFUSED(ledger, ledger.run(close_resource(foundation(), ledger.ams, ledger.bob)),
                 wire::ProgramError::InvalidAccountType);
  auto read_only_receiver = close_resource(foundation(), at, ledger.bob);
  read_only_receiver.accounts[1].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(read_only_receiver), kPanic);
  const auto rent = ledger.accounts.at(at).lamports, before = ledger.accounts.at(ledger.bob).lamports;
  EXPECT_ACCEPTED(ledger, ledger.run(close_resource(foundation(), at, ledger.bob)));  // in use, and to anybody
  EXPECT_FALSE(ledger.exists(at));
  EXPECT_EQ(ledger.accounts.at(ledger.bob).lamports, before + rent);
}

TEST_F(LiveResources, CreationPanicsWhereUpstreamsDoes) {
  const auto refuse = [&](const wire::ResourceType& type, auto change) {
    auto instruction = create_resource(foundation(), type);
    change(instruction);
    EXPECT_REFUSED(ledger, ledger.run(instruction), kPanic);
  };
  const wire::ResourceType second{wire::ResourceKind::TunnelIds, ledger.ams, 1};
  refuse({wire::ResourceKind::DzPrefixBlock, ledger.ams, 1}, [](auto&) {});  // has one prefix
  refuse(second, [](auto& i) { i.accounts[1].key = Pubkey{}; });             // without its device
  refuse(second, [&](auto& i) { i.accounts[1].key = ledger.lon; });          // with another
  refuse(second, [&](auto& i) { i.accounts[1].key = ledger.location; });     // with no device
  refuse(second, [&](auto& i) { i.accounts[1].key = ledger.alice; });        // not the program's
  refuse(second, [](auto& i) { i.accounts[0].writable = false; });
  refuse(second, [](auto& i) { i.accounts[0].key = key("elsewhere"); });
}

TEST_F(LiveResources, ALargePrefixNeedsMoreThanAnAccountMayGrow) {
  change_device(ledger.ams, [](Device& d) { d.dz_prefixes.push_back(*parse_network("8.0.0.0/15")); });
  const wire::ResourceType large{wire::ResourceKind::DzPrefixBlock, ledger.ams, 1};
  EXPECT_REFUSED(ledger, ledger.run(create_resource(foundation(), large)), wire::InstructionErrorKind::InvalidRealloc);
  change_device(ledger.ams, [](Device& d) { d.dz_prefixes[1].prefix = 16; });
  EXPECT_ACCEPTED(ledger, ledger.run(create_resource(foundation(), large)));
  const auto pool = ledger.get<ResourceExtension>(resource_address(ledger.program, large).address);
  EXPECT_EQ(allocated_count(pool), 1U);  // the device's own
  EXPECT_EQ(pool.bitmap.size(), 8192U);
}

}  // namespace
}  // namespace dz::program::live
