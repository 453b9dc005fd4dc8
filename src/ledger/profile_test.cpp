// Which program a ledger runs, and with which options, from LedgerOptions down to an account.
#include "ledger/ledger_fixture.h"
#include "wire/accounts.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/site.h"

namespace dz::ledger {
namespace {

class OneDevice {
 public:
  explicit OneDevice(const LedgerOptions& options, std::optional<DesiredStatus> desired = {})
      : ledger_(Ledger::open(make_memory_archive(), options, start_time()).value()), profile_(*options.profile) {
    EXPECT_TRUE(ledger_->airdrop(me_.pubkey(), 1000 * kSol).has_value());
    send(init_global_state(sender_));
    send(set_global_config(sender_, {.local_asn = 65000,
                                     .remote_asn = 65001,
                                     .device_tunnel_block = *parse_network("172.16.0.0/24"),
                                     .user_tunnel_block = *parse_network("169.254.0.0/24"),
                                     .multicastgroup_block = *parse_network("233.84.178.0/24"),
                                     .next_bgp_community = {},
                                     .multicast_publisher_block = *parse_network("148.51.120.0/24")}));
    send(create_location(sender_, 1, {.code = "ams", .name = "Place", .country = "NL", .lat = 52, .lng = 4}));
    send(create_exchange(sender_, 2, {.code = "xams", .name = "Exchange", .lat = 52, .lng = 4}));
    send(create_contributor(sender_, 3, me_.pubkey(), {"co"}));
    const wire::DeviceSite site{wire::contributor_address(id_, 3).address, wire::location_address(id_, 1).address,
                                wire::exchange_address(id_, 2).address};
    send(*create_device(sender_, 4, site,
                        {.code = "dz1",
                         .public_ip = *parse_ipv4("8.8.8.8"),
                         .dz_prefixes = {*parse_network("195.219.121.96/29")},
                         .mgmt_vrf = "default",
                         .desired_status = desired},
                        profile_));
  }
  Version version() const {
    return wire::decode_program_config(data(wire::program_config_address(id_).address))->version;
  }
  Device device() const { return *wire::decode_device(data(wire::device_address(id_, 4).address), profile_); }

 private:
  void send(const wire::Instruction& instruction) {
    const auto transaction = signed_by(me_, {instruction}, ledger_->bank().latest_blockhash().hash);
    const auto done = ledger_->submit(transaction, true);
    EXPECT_TRUE(done.accepted) << (done.execution.logs.empty() ? "" : done.execution.logs.back());
  }
  const Bytes& data(const Pubkey& at) const { return ledger_->bank().find(at)->data; }

  std::unique_ptr<Ledger> ledger_;
  const Profile& profile_;
  const Pubkey id_ = wire::local_program_ids().serviceability;
  const wire::Keypair me_ = key_number(1);
  const wire::Sender sender_{id_, me_.pubkey(), false};
};

TEST(LedgerProfile, PicksTheProgram) {
  const OneDevice guarded({.secret = {7}});
  EXPECT_EQ(guarded.version(), rfc_profile().version);
  EXPECT_EQ(guarded.device().status, Status::HardDrained);
  const OneDevice live({.profile = &v034_profile(), .secret = {7}}, DesiredStatus::Drained);
  EXPECT_EQ(live.version(), v034_profile().version);
  EXPECT_EQ(live.device().status, Status::Activated);
  EXPECT_EQ(live.device().desired_status, DesiredStatus::Drained);
}

TEST(LedgerProfile, HandsItsOptionsDown) {
  const OneDevice start({.profile = &v034_profile(), .program = {.start_provisioning = true}, .secret = {7}});
  EXPECT_EQ(start.device().status, Status::DeviceProvisioning);
  const OneDevice hook({.profile = &v034_profile(), .program = {.transition_hook = true}, .secret = {7}},
                       DesiredStatus::Drained);
  EXPECT_EQ(hook.device().status, Status::Drained);
}

}  // namespace
}  // namespace dz::ledger
