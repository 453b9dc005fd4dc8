// Every (status, desired_status, health, holds, role set) against every write of status, desired_status and health,
// through the bytes of the instructions. The expectation is the rule of lifecycle/, which has an exhaustive test of its
// own against the specification; what is shown here is that no path through the program is wider or narrower.
#include "program/test_ledger.h"

#include "lifecycle/authority.h"
#include "lifecycle/table.h"
#include "program/guarded/lifecycle_write.h"

namespace dz::program::guarded {
namespace {

constexpr DesiredStatus kDesired[] = {DesiredStatus::Activated, DesiredStatus::SoftDrained, DesiredStatus::HardDrained,
                                      DesiredStatus::Deleted};
constexpr Health kHealths[] = {Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired};

// What a signer may be to the network and to the side for which it writes.
struct Signs {
  bool owner, foundation, health_authority, activator;
};

wire::ProgramError expected_error(lifecycle::Refusal refusal) {
  switch (refusal) {
    case lifecycle::Refusal::NotAuthorised: return wire::ProgramError::NotAllowed;
    case lifecycle::Refusal::NotAlongTable: return wire::ProgramError::NotAlongLifecycle;
    case lifecycle::Refusal::NotAContributorsStatus: return wire::ProgramError::NotAContributorsStatus;
    case lifecycle::Refusal::NotInService: return wire::ProgramError::NotInService;
    case lifecycle::Refusal::DesiredDiffers: return wire::ProgramError::DesiredStatusDiffers;
    case lifecycle::Refusal::HeldByOtherSide: return wire::ProgramError::HeldByOtherSide;
    case lifecycle::Refusal::JudgedOtherwise: return wire::ProgramError::JudgedOtherwise;
  }
  return wire::ProgramError::InvalidArgument;
}

enum class Kind { Device, Wan, DzxAsSideA, DzxAsSideZ };

// One record and its surroundings, run again and again from states that are put there.
class Stage {
 public:
  explicit Stage(Kind kind, bool by_permission = false) : kind_(kind), by_permission_(by_permission) {
    ledger_.set_up();
    record_ = kind == Kind::Device ? ledger_.ams : kind == Kind::Wan ? ledger_.create_wan() : ledger_.create_dzx();
    state_ = ledger_.state();
    ledger_.accounts[permission_at_] = wire::Account{.lamports = 1, .data = {}, .owner = ledger_.program};
  }

  void play(const Signs& signs) {
    const auto contributor = kind_ == Kind::DzxAsSideZ ? ledger_.bobs : ledger_.alices;
    auto owner = ledger_.get<Contributor>(contributor);
    owner.owner = signs.owner ? me_ : ledger_.mallory;
    ledger_.force(contributor, owner);
    auto state = state_;
    Permission permission{ledger_.foundation, 0, PermissionStatus::Activated, me_, permission::kQa};
    if (by_permission_) {
      if (signs.foundation) permission.permissions |= permission::kNetworkAdmin;
      if (signs.health_authority) permission.permissions |= permission::kHealthOracle;
      if (signs.activator) permission.permissions |= permission::kActivator;
    } else {
      if (signs.foundation) state.foundation_allowlist.push_back(me_);
      if (signs.health_authority) state.health_oracle = me_;
      if (signs.activator) state.activator_authority = me_;
    }
    ledger_.force(permission_at_, permission);
    ledger_.force(wire::global_state_address(ledger_.program).address, state);
    permissions_ = by_permission_ ? permission.permissions : 0;
    global_state_ = state;
    roles_ = {.side_a = signs.owner && kind_ != Kind::DzxAsSideZ,
              .side_z = signs.owner && kind_ == Kind::DzxAsSideZ,
              .foundation = signs.foundation,
              .health_authority = signs.health_authority,
              .activator = signs.activator};
    sender_ = {ledger_.program, me_, by_permission_};
    fill(writer_, kind_ == Kind::Device ? *update_device(sender_, {record_, device()}, {}, rfc_profile())
                                        : update_link_instruction());
    fill(judge_, kind_ == Kind::Device ? *set_device_health(sender_, record_, Health::Unknown, rfc_profile())
                                       : *set_link_health(sender_, record_, Health::Unknown, rfc_profile()));
  }

  void put(const lifecycle::LifecycleState& state) {
    before_ = state;
    if (kind_ == Kind::Device) {
      auto record = device();
      record.status = state.status;
      record.desired_status = state.desired_status;
      record.health = state.health;
      ledger_.force(record_, record);
    } else {
      auto record = link();
      record.status = state.status;
      record.desired_status = state.desired_status;
      record.health = state.health;
      record.flags = (state.holds.side_a ? kLinkFlagHeldBySideA : 0) | (state.holds.side_z ? kLinkFlagHeldBySideZ : 0);
      ledger_.force(record_, record);
    }
  }

  void expect_write(const lifecycle::LifecycleWrite& write) {
    const auto data =
        kind_ == Kind::Device
            ? *encode(wire::UpdateDeviceArgs{.status = write.status, .desired_status = write.desired_status},
                      rfc_profile())
            : *encode(wire::UpdateLinkArgs{.status = write.status, .desired_status = write.desired_status},
                      rfc_profile());
    auto expected = apply_write(before_, write, roles_);
    // An instruction that writes nothing still has to be signed by somebody who could have written something.
    if (!write.status && !write.desired_status && !roles_.contributor() && !roles_.foundation) {
      expected = tl::unexpected(lifecycle::Refusal::NotAuthorised);
    }
    expect(writer_, data, expected);
  }

  void expect_health(Health health) {
    const auto data = kind_ == Kind::Device ? *encode(wire::SetDeviceHealthArgs{health, {}}, rfc_profile())
                                            : *encode(wire::SetLinkHealthArgs{health, {}}, rfc_profile());
    expect(judge_, data, apply_health(before_, health, roles_));
  }

  std::size_t runs() const { return runs_; }

 private:
  using Metas = std::vector<wire::AccountMeta>;
  Device device() const { return ledger_.get<Device>(record_); }
  Link link() const { return ledger_.get<Link>(record_); }
  lifecycle::LifecycleState state_now() const {
    return kind_ == Kind::Device ? lifecycle_of(device()) : lifecycle_of(link());
  }

  wire::Instruction update_link_instruction() const {
    const auto side_z = kind_ == Kind::DzxAsSideZ ? std::optional(ledger_.bobs) : std::nullopt;
    return *update_link(sender_, {record_, link()}, {}, rfc_profile(), side_z);
  }
  static void fill(Metas& metas, const wire::Instruction& instruction) { metas = instruction.accounts; }

  void expect(const Metas& metas, const Bytes& data,
              const tl::expected<lifecycle::LifecycleState, lifecycle::Refusal>& expected) {
    ++runs_;
    std::vector<wire::Account> before;
    std::vector<wire::Account*> accounts;
    for (const auto& meta : metas) {
      accounts.push_back(&ledger_.accounts[meta.key]);
      before.push_back(*accounts.back());
    }
    Invocation invocation{.program = ledger_.program,
                          .metas = metas,
                          .accounts = accounts,
                          .data = data,
                          .ids = &wire::local_program_ids(),
                          .profile = &rfc_profile()};
    const auto result = execute_serviceability(invocation);
    ASSERT_EQ(result.has_value(), expected.has_value()) << text();
    if (!expected) {
      ASSERT_EQ(result.error(), as_error(expected_error(expected.error()))) << text();
    } else {
      ASSERT_EQ(state_now(), *expected) << text();
      ASSERT_EQ(broken_invariant(metas, before, accounts), "") << text();
    }
    for (std::size_t i = 0; i < metas.size(); ++i) *accounts[i] = before[i];
  }

  std::string broken_invariant(const Metas& metas, const std::vector<wire::Account>& before,
                               const std::vector<wire::Account*>& after) const {
    std::vector<AccountChange> changes;
    for (std::size_t i = 0; i < metas.size(); ++i) changes.push_back({metas[i].key, &before[i], after[i]});
    return check_invariants(changes, {std::span(&me_, 1), &global_state_, std::span(&permissions_, 1),
                                      &wire::local_program_ids(), &rfc_profile()});
  }

  std::string text() const {
    return std::string(to_text(before_.status)) + ", desired " + std::string(to_text(before_.desired_status)) +
           ", health " + std::string(to_text(before_.health));
  }

  const Kind kind_;
  const bool by_permission_;
  const Pubkey me_ = key("me");
  TestLedger ledger_;
  const Pubkey permission_at_ = wire::permission_address(ledger_.program, me_).address;
  Pubkey record_;
  GlobalState state_, global_state_;
  unsigned __int128 permissions_ = 0;
  wire::Sender sender_;
  Metas writer_, judge_;
  lifecycle::Roles roles_;
  lifecycle::LifecycleState before_;
  std::size_t runs_ = 0;
};

// Those that the ledger has a number for: a device is never requested.
std::vector<Status> statuses(Kind kind) {
  const auto& codes = kind == Kind::Device ? rfc_profile().device_status : rfc_profile().link_status;
  std::vector<Status> all;
  for (const auto& [number, status] : codes.codes) all.push_back(status);
  return all;
}

void play_all(Kind kind, bool by_permission = false) {
  Stage stage(kind, by_permission);
  const auto all_statuses = statuses(kind);
  const bool dzx = kind == Kind::DzxAsSideA || kind == Kind::DzxAsSideZ;
  for (unsigned bits = 0; bits < 16; ++bits) {
    stage.play({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
    for (const auto status : all_statuses) {
      for (const auto desired : kDesired) {
        for (const auto health : kHealths) {
          for (unsigned holds = 0; holds < (dzx ? 4U : 1U); ++holds) {
            stage.put({status, desired, health, {(holds & 1) != 0, (holds & 2) != 0}, dzx});
            stage.expect_write({});
            for (const auto to : all_statuses) stage.expect_write({to, {}});
            for (const auto to : kDesired) stage.expect_write({{}, to});
            for (const auto to : kHealths) stage.expect_health(to);
            for (const auto to : {Status::Activated, Status::SoftDrained}) {
              for (const auto word : kDesired) stage.expect_write({to, word});
            }
            if (testing::Test::HasFatalFailure()) return;
          }
        }
      }
    }
  }
  const auto states = all_statuses.size() * std::size(kDesired) * std::size(kHealths) * (dzx ? 4U : 1U);
  EXPECT_EQ(stage.runs(), 16U * states * (all_statuses.size() + 1 + 4 + 4 + 8));
}

TEST(Exhaustive, Device) { play_all(Kind::Device); }
TEST(Exhaustive, DeviceByPermissionAccount) { play_all(Kind::Device, true); }
TEST(Exhaustive, WanLink) { play_all(Kind::Wan); }
TEST(Exhaustive, WanLinkByPermissionAccount) { play_all(Kind::Wan, true); }
TEST(Exhaustive, DzxLinkBySideA) { play_all(Kind::DzxAsSideA); }
TEST(Exhaustive, DzxLinkBySideZ) { play_all(Kind::DzxAsSideZ); }

}  // namespace
}  // namespace dz::program::guarded
