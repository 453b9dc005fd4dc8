// Random histories of users against a reference that knows nothing of accounts: it says of every step how it ends, and
// afterwards how many users each device has. For both programs.
#include <rapidcheck/gtest.h>

#include <set>

#include "program/rules/allocator.h"
#include "program/user_fixture.h"

namespace dz::program {
namespace {

// Any of them from the first walk on: by itself the generator begins with small numbers.
std::size_t below(std::size_t limit) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, limit));
}
template <typename T>
T pick(const std::vector<T>& from) {
  return from[below(from.size())];
}

using Answer = std::optional<wire::InstructionError>;  // none: accepted
Answer refused(wire::ProgramError error) { return as_error(error); }
Answer refused(wire::InstructionErrorKind error) { return as_error(error); }

struct NaiveUser {
  Pubkey owner, device;
  bool banned = false;
};
struct NaivePass {
  std::uint64_t until = 0;
  int connected = 0;
};
using Who = std::pair<Ipv4, UserType>;
using PassOf = std::pair<Pubkey, Ipv4>;  // 0.0.0.0: any address

struct NaiveDevice {
  Status status = Status::Activated;
  int max_users = 0, max_unicast = 0;
};

// The network as a list of users.
struct Naive {
  bool guarded = false;
  Pubkey foundation;
  std::uint64_t epoch = 0;
  std::map<Who, NaiveUser> users;
  std::map<PassOf, NaivePass> passes;
  std::map<Pubkey, NaiveDevice> devices;

  int count(const Pubkey& device, std::optional<UserType> type = {}) const {
    int n = 0;
    for (const auto& [who, user] : users) n += user.device == device && (!type || who.second == *type) ? 1 : 0;
    return n;
  }
  int unicast(const Pubkey& device) const { return count(device) - count(device, UserType::Multicast); }
  int addresses(const Pubkey& device) const {
    int n = 0;
    for (const auto& [who, user] : users) {
      n += user.device == device && !user.banned && who.second == UserType::EdgeFiltering ? 1 : 0;
    }
    return n;
  }

  Answer door(const NaiveDevice& device, const Pubkey& who) const {
    const bool qa = who == foundation;
    if (device.status == Status::Activated) return {};
    if (!guarded) return qa ? Answer{} : refused(wire::ProgramError::InvalidStatus);
    if (qa && device.status == Status::HardDrained && device.max_users == 0) return {};
    return refused(wire::ProgramError::DeviceAcceptsNoUsers);
  }
  Answer create(const Pubkey& by, const Pubkey& at, const Who& who, const PassOf& pass) {
    constexpr int kAddresses = 7;  // of a /29, less the device's own
    if (!passes.contains(pass)) return refused(wire::ProgramError::AccessPassNotFound);
    if (const auto there = users.find(who); there != users.end()) {
      if (there->second.owner != by || there->second.device != at) {
        return refused(wire::InstructionErrorKind::AccountAlreadyInitialized);
      }
      return there->second.banned ? refused(wire::ProgramError::InvalidStatus) : Answer{};
    }
    const bool multicast = who.second == UserType::Multicast;
    if (!multicast && passes[pass].until < epoch) return refused(wire::ProgramError::AccessPassUnauthorized);
    const auto& device = devices.at(at);
    if (const auto closed = door(device, by)) return closed;
    const bool qa = by == foundation;
    if (!qa && count(at) >= device.max_users) return refused(wire::ProgramError::MaxUsersExceeded);
    if (!qa && !multicast && device.max_unicast > 0 && unicast(at) >= device.max_unicast) {
      return refused(wire::ProgramError::MaxUnicastUsersExceeded);
    }
    if (who.second == UserType::EdgeFiltering && addresses(at) >= kAddresses) {
      return refused(wire::ProgramError::AllocationFailed);
    }
    users[who] = {by, at};
    ++passes[pass].connected;
    return {};
  }
  Answer remove(const Pubkey& by, const Who& who, const PassOf& pass) {
    const auto user = users.find(who);
    if (!passes.contains(pass)) return refused(wire::ProgramError::AccessPassNotFound);
    if (by != user->second.owner && by != foundation) return refused(wire::ProgramError::NotAllowed);
    users.erase(user);
    auto& connected = passes[pass].connected;
    if (connected > 0) --connected;
    return {};
  }
  Answer ban(const Pubkey& by, const Who& who) {
    if (by != foundation) return refused(wire::ProgramError::NotAllowed);
    if (users[who].banned) return refused(wire::ProgramError::InvalidStatus);
    users[who].banned = true;
    return {};
  }
  Answer close(const Pubkey& by, const PassOf& pass) {
    if (!passes.contains(pass)) return refused(wire::ProgramError::AccessPassNotFound);
    if (by != foundation) return refused(wire::ProgramError::NotAllowed);
    if (passes[pass].connected > 0) return refused(wire::ProgramError::AccessPassInUse);
    passes.erase(pass);
    return {};
  }
};

class UserWalk {
 public:
  explicit UserWalk(const Profile& profile) : ledger_(profile) {
    ledger_.set_up();
    ledger_.quiet = true;
    naive_.guarded = profile.guarded;
    naive_.foundation = ledger_.foundation;
    for (const auto& device : {ledger_.ams, ledger_.fra}) {
      if (profile.guarded) ledger_.activate(device);
      naive_.devices[device].max_users = kSeats;
      auto record = ledger_.get<Device>(device);
      record.max_users = kSeats;
      ledger_.force(device, record);
    }
    for (const auto& who : {ledger_.mallory, ledger_.bob, ledger_.foundation}) {
      expect(users_.give_pass(who), {});
      naive_.passes[{who, Ipv4{}}].until = kForEver;
    }
  }
  void step() {
    switch (below(12)) {
      case 0: return give_a_pass();
      case 1: return change_a_device();
      case 2:
      case 3:
      case 4: return disconnect();
      case 5: return ban();
      case 6: return close_a_pass();
      case 7: ledger_.clock.epoch = naive_.epoch = below(6); return;
      default: return connect();
    }
  }
  // What the accounts say is what the list says.
  void check() const {
    for (const auto& [at, naive] : naive_.devices) {
      const auto device = ledger_.get<Device>(at);
      RC_ASSERT(device.users_count == naive_.count(at));
      RC_ASSERT(device.unicast_users_count == naive_.unicast(at));
      RC_ASSERT(device.multicast_subscribers_count == naive_.count(at, UserType::Multicast));
      RC_ASSERT(device.reference_count == static_cast<std::uint32_t>(naive_.count(at)));
    }
    std::set<NetworkV4> networks;
    std::set<std::pair<Pubkey, std::uint16_t>> ids;
    std::set<Ipv4> addresses;
    std::size_t held = 0, addressed = 0;
    for (const auto& [who, naive] : naive_.users) {
      const auto user = users_.user(who.first, who.second);
      RC_ASSERT((user.status == UserStatus::Banned) == naive.banned);
      RC_ASSERT(user.owner == naive.owner && user.device == naive.device);
      if (naive.banned) continue;
      ++held;
      networks.insert(user.tunnel_net);
      ids.insert({user.device, user.tunnel_id});
      if (user.dz_ip == user.client_ip) continue;
      ++addressed;
      addresses.insert(ipv4_from(user.dz_ip.number()));
    }
    RC_ASSERT(networks.size() == held && ids.size() == held);  // nobody's is another's
    RC_ASSERT(addresses.size() <= addressed);
    RC_ASSERT(allocated_count(ledger_.pool(wire::ResourceKind::UserTunnelBlock)) == 2 * held);
    RC_ASSERT(allocated_in_prefixes() == addressed + naive_.devices.size());
  }
  std::size_t connected = 0;

 private:
  static constexpr int kSeats = 8;

  std::size_t allocated_in_prefixes() const {
    std::size_t all = 0;
    for (const auto& [at, naive] : naive_.devices) {
      all += allocated_count(
          ledger_.get<ResourceExtension>(wire::dz_prefix_block_address(ledger_.program, at, 0).address));
    }
    return all;
  }
  Pubkey anybody() const { return pick<Pubkey>({ledger_.mallory, ledger_.bob, ledger_.foundation}); }
  Pubkey a_device() const { return pick<Pubkey>({ledger_.ams, ledger_.fra}); }
  Who somebody() const {
    return {pick<Ipv4>({ip_of("8.8.1.1"), ip_of("8.8.1.2"), ip_of("8.8.1.3"), ip_of("8.8.1.4"), ip_of("8.8.1.5")}),
            pick<UserType>({UserType::Ibrl, UserType::EdgeFiltering, UserType::EdgeFiltering, UserType::Multicast})};
  }
  std::optional<Who> a_user() const {
    if (naive_.users.empty()) return std::nullopt;
    std::vector<Who> all;
    for (const auto& [who, user] : naive_.users) all.push_back(who);
    return pick(all);
  }
  void expect(const ProgramResult& found, const Answer& expected) {
    const Answer answer = found ? Answer{} : Answer{found.error()};
    if (answer != expected) RC_LOG() << describe(found, ledger_.log());
    RC_ASSERT(answer == expected);
    if (found) RC_ASSERT(ledger_.fault() == "");
  }
  void give_a_pass() {
    const auto who = anybody();
    const PassOf pass{who, pick<Ipv4>({Ipv4{}, Ipv4{}, somebody().first})};
    const auto until = pick<std::uint64_t>({0, 3, kForEver});
    if (until > 0 && until < naive_.epoch) return;
    expect(users_.give_pass(who, {.client_ip = pass.second, .last_access_epoch = until}), {});
    naive_.passes[pass].until = until;
  }
  void connect() {
    const auto by = anybody();
    const auto at = a_device();
    const auto who = somebody();
    const PassOf pass{by, pick<Ipv4>({Ipv4{}, Ipv4{}, who.first})};
    const auto instruction = create_user(ledger_.as(by), users_.of(at), users_.pass_at(by, pass.second),
                                         {.type = who.second, .client_ip = who.first});
    const auto expected = naive_.create(by, at, who, pass);
    expect(ledger_.run(instruction), expected);
    connected += expected ? 0 : 1;
  }
  void disconnect() {
    const auto who = a_user();
    if (!who) return;
    const auto by = anybody();
    const auto user = naive_.users.at(*who);
    const PassOf pass{user.owner, pick<Ipv4>({Ipv4{}, Ipv4{}, who->first})};
    const auto instruction = delete_user(ledger_.as(by), users_.user_at(who->first, who->second), user.owner,
                                         users_.of(user.device), users_.pass_at(user.owner, pass.second));
    expect(ledger_.run(instruction), naive_.remove(by, *who, pass));
  }
  void ban() {
    const auto who = a_user();
    if (!who) return;
    const auto by = anybody();
    expect(users_.ban(by, who->first, who->second), naive_.ban(by, *who));
  }
  void close_a_pass() {
    const auto who = anybody();
    const auto by = anybody();
    const PassOf pass{who, pick<Ipv4>({Ipv4{}, somebody().first})};
    expect(ledger_.run(close_access_pass(ledger_.as(by), users_.pass_at(who, pass.second))), naive_.close(by, pass));
  }
  // By force: what a device's status may become is another test's matter.
  void change_a_device() {
    const auto at = a_device();
    auto device = ledger_.get<Device>(at);
    auto& naive = naive_.devices[at];
    naive.status = pick<Status>(
        naive_.guarded ? std::vector{Status::Activated, Status::Activated, Status::SoftDrained, Status::HardDrained}
                       : std::vector{Status::Activated, Status::Activated, Status::Drained});
    naive.max_users = pick<int>({0, 2, kSeats, 20});
    naive.max_unicast = pick<int>({0, 0, 3});
    device.status = naive.status;
    device.max_users = static_cast<std::uint16_t>(naive.max_users);
    device.max_unicast_users = static_cast<std::uint16_t>(naive.max_unicast);
    ledger_.force(at, device);
  }

  TestLedger ledger_;
  TestUsers users_{ledger_};
  Naive naive_;
};

void walk(const Profile& profile) {
  UserWalk walk(profile);
  constexpr int kSteps = 80;
  for (int i = 0; i < kSteps; ++i) {
    walk.step();
    walk.check();
  }
  RC_CLASSIFY(walk.connected > 5, "more than five connected");
}

RC_GTEST_PROP(UserWalks, CountsAreTheUsersOfTheGuardedProgram, ()) { walk(rfc_profile()); }
RC_GTEST_PROP(UserWalks, CountsAreTheUsersOfTheLiveProgram, ()) { walk(v034_profile()); }

}  // namespace
}  // namespace dz::program
