// Drains in transactions of version 0 that name the link only by its place in a lookup table.
#include "activator/live_fixture.h"
#include "wire/instructions/link.h"
#include "wire/versioned_fixture.h"

namespace dz::activator {
namespace {

class VersionedDrain : public LiveActivator {
 protected:
  VersionedDrain() {
    const auto& alpha = network.alpha;
    const auto slot = *network.client().get_slot();
    const wire::TableInstructions table{alpha.pubkey(), slot.value - 1};
    const wire::Instruction instructions[] = {table.create(), table.extend(links)};
    client::TransactionSender sender(network.client(), {network.clock(), [](Duration) {}});
    const auto sent = sender.send(instructions, alpha);
    EXPECT_TRUE(sent && std::holds_alternative<client::Landed>(sent->result));
    network.advance(seconds{1});
    table_ = {table.address().address, links};
  }

  void hidden_update(int i, const wire::UpdateLinkArgs& args) {
    const auto at = static_cast<std::size_t>(i);
    const auto record = network.link(codes[at]);
    const wire::Instruction update[] = {
        *update_link({wire::local_program_ids().serviceability, network.alpha.pubkey(), false}, {links[at], record},
                     args, v034_profile())};
    const auto latest = network.client().get_latest_blockhash();
    ASSERT_TRUE(latest) << latest.error().message;
    const auto message = versioned_message(update, network.alpha.pubkey(), latest->hash, &table_);
    ASSERT_EQ(std::count(message.account_keys.begin(), message.account_keys.end(), links[at]), 0);
    const auto sent = network.client().send_transaction(wire::signed_message(message, network.alpha), {});
    ASSERT_TRUE(sent) << sent.error().error.message;
    network.advance(seconds{1});
  }
  void hidden_drain(int i) {
    hidden_update(i, {.status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained});
  }
  void judge_anew(int i) {
    judge(i, Health::Impaired);
    judge(i, Health::Healthy);
  }

 private:
  wire::TestTable table_;
};

TEST_F(VersionedDrain, IsSeenAsTheDrainThatTheReturnToServiceNeeds) {
  hidden_drain(0);
  ASSERT_EQ(status(0), Status::HardDrained);
  undrain(0);
  judge_anew(0);
  const auto activator = make();
  run(*activator, minutes{3});
  EXPECT_EQ(status(0), Status::Activated);
}

TEST_F(VersionedDrain, AfterAJudgementAsksForANewOne) {
  drain(0);
  undrain(0);
  judge_anew(0);
  hidden_drain(0);
  hidden_update(0, {.desired_status = DesiredStatus::Activated});
  const auto activator = make();
  run(*activator, minutes{3});
  EXPECT_EQ(status(0), Status::HardDrained);
  judge_anew(0);
  activator->on_event(links[0]);
  run(*activator, minutes{3});
  EXPECT_EQ(status(0), Status::Activated);
}

}  // namespace
}  // namespace dz::activator
