// Users and access passes by command line, on the ledger of either program.
#include "apps/cli/test_shell.h"

namespace dz::cli {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
#define EXPECT_SAYS(text, part) EXPECT_TRUE(has(text, part)) << text

struct Users : testing::Test {
  explicit Users(const Profile& profile = rfc_profile()) : shell(profile) {}
  TestShell shell;
  void SetUp() override {
    shell.initialise();
    shell.add_devices();
    shell.ok("device update --pubkey ams-dz001 --max-users 2");
  }
  std::string connect(const std::string& ip, const std::string& more = "") {
    return "user create --device ams-dz001 --client-ip " + ip + " " + more;
  }
  boost::json::value user(const std::string& ip) { return shell.ok("user get --client-ip " + ip + " --json").json(); }
  boost::json::value device() { return shell.ok("device get --code ams-dz001 --json").json(); }
};

struct LiveUsers : Users {
  LiveUsers() : Users(v034_profile()) {}
};

TEST_F(Users, ConnectWithAPassAndAreCounted) {
  shell.activate("device", "ams-dz001");
  const auto refused = shell.run(connect("8.8.1.1"), "carol");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_SAYS(refused.err, "access-pass set --user-payer " + shell.pubkey("carol") + " --client-ip 8.8.1.1");
  const auto pass = shell.ok("access-pass set --user-payer " + shell.pubkey("carol") + " --epochs unlimited");
  EXPECT_SAYS(pass.out, "Status: requested");
  EXPECT_SAYS(shell.ok(connect("8.8.1.1", "--user-type ibrl-with-allocated-ip"), "carol").out, "Status: activated");
  EXPECT_EQ(user("8.8.1.1").at("dz_ip"), "195.219.121.1");
  EXPECT_EQ(user("8.8.1.1").at("device_code"), "ams-dz001");
  EXPECT_EQ(user("8.8.1.1").at("owner"), boost::json::value(shell.pubkey("carol")));
  EXPECT_EQ(device().at("users"), 1);
  EXPECT_EQ(device().at("unicast_users_count"), 1);
  const auto passes = shell.ok("access-pass list --json").json().as_array();
  ASSERT_EQ(passes.size(), 1U);
  EXPECT_EQ(passes[0].at("connection_count"), 1);
  EXPECT_EQ(passes[0].at("last_access_epoch"), "unlimited");
  EXPECT_EQ(passes[0].at("client_ip"), "any");
  const auto at = std::string(passes[0].at("pubkey").as_string());
  EXPECT_SAYS(shell.run("access-pass close --pubkey " + at).err, "1 users are connected");

  EXPECT_SAYS(shell.ok("user list --device ams-dz001").out, "ibrl-with-allocated-ip");
  EXPECT_EQ(shell.ok("user list --device lon-dz001 --json").json().as_array().size(), 0U);
  EXPECT_EQ(shell.ok("user list --owner me --json", "carol").json().as_array().size(), 1U);
  EXPECT_EQ(shell.run("user delete --pubkey 8.8.1.1", "alpha").exit_code, 1);
  EXPECT_SAYS(shell.ok("user delete --client-ip 8.8.1.1", "carol").out, "Status: deleted");
  EXPECT_EQ(device().at("users"), 0);
  EXPECT_SAYS(shell.ok("access-pass close --pubkey " + at).out, "Status: deleted");
  EXPECT_SAYS(shell.run("user get --pubkey 8.8.1.1").err, "no user '8.8.1.1' on this ledger");
}

TEST_F(Users, ADrainedDeviceTakesNone) {
  shell.activate("device", "ams-dz001");
  shell.ok("access-pass set --user-payer " + shell.pubkey("carol"));
  shell.ok(connect("8.8.1.1"), "carol");
  shell.ok("device drain --pubkey ams-dz001", "alpha");
  EXPECT_EQ(user("8.8.1.1").at("status"), "activated");
  EXPECT_SAYS(shell.run(connect("8.8.1.2"), "carol").err, "takes new users only while activated");
}

TEST_F(Users, DeletionOfADeviceNamesThem) {
  shell.activate("device", "ams-dz001");
  shell.ok("access-pass set --user-payer " + shell.pubkey("carol"));
  shell.ok(connect("8.8.1.1"), "carol");
  shell.ok(connect("8.8.1.1", "--user-type multicast"), "carol");
  const auto several = shell.run("user get --pubkey 8.8.1.1").err;
  EXPECT_SAYS(several, "several users come from 8.8.1.1");
  EXPECT_SAYS(several, "multicast ");
  shell.ok("device drain --pubkey ams-dz001 --hard --yes", "alpha");
  const auto refused = shell.run("device delete --pubkey ams-dz001", "alpha").err;
  EXPECT_SAYS(refused, "user 8.8.1.1 (ibrl, activated, of " + shell.pubkey("carol"));
  EXPECT_SAYS(refused, "user 8.8.1.1 (multicast, ");
  const auto users = shell.ok("user list --json").json();
  for (const auto& one : users.as_array()) {
    EXPECT_SAYS(refused, "doublezero user delete --pubkey " + std::string(one.at("pubkey").as_string()));
    shell.ok("user delete --pubkey " + std::string(one.at("pubkey").as_string()));
  }
  EXPECT_FALSE(has(shell.run("device delete --pubkey ams-dz001", "alpha").err, "user "));
}

TEST_F(Users, AreBannedAndMovedByTheFoundation) {
  shell.activate("device", "ams-dz001");
  shell.ok("access-pass set --user-payer " + shell.pubkey("carol"));
  shell.ok(connect("8.8.1.1"), "carol");
  shell.ok("user update --pubkey 8.8.1.1 --tunnel-id 612 --cyoa-type gre-over-fabric");
  EXPECT_EQ(user("8.8.1.1").at("tunnel_id"), 612);
  EXPECT_EQ(shell.run("user update --pubkey 8.8.1.1 --tunnel-id 613", "carol").exit_code, 1);
  EXPECT_EQ(shell.run("user update --pubkey 8.8.1.1").exit_code, 2);
  EXPECT_SAYS(shell.ok("user request-ban --pubkey 8.8.1.1").out, "Status: banned");
  EXPECT_EQ(user("8.8.1.1").at("tunnel_id"), 0);
  EXPECT_EQ(device().at("users"), 1);
}

TEST_F(Users, APassSaysWhatItIsFor) {
  const auto usage = [&](const std::string& flags) {
    return shell.run("access-pass set --user-payer me " + flags).exit_code;
  };
  EXPECT_EQ(usage("--accesspass-type solana-validator"), 2);
  EXPECT_EQ(usage("--solana-pubkey me"), 2);
  EXPECT_EQ(usage("--accesspass-type others --others-name x"), 2);
  EXPECT_EQ(usage("--epochs 3 --last-access-epoch 9"), 2);
  shell.ok("access-pass set --user-payer me --accesspass-type solana-rpc --solana-pubkey " + shell.pubkey("node") +
           " --client-ip 8.8.1.1 --epochs 3");
  const auto pass = shell.ok("access-pass list --json").json().as_array().at(0);
  EXPECT_EQ(pass.at("solana_pubkey"), boost::json::value(shell.pubkey("node")));
  EXPECT_EQ(pass.at("client_ip"), "8.8.1.1");
  EXPECT_GE(pass.at("last_access_epoch").to_number<int>(), 3);
}

TEST_F(LiveUsers, ConnectAsThere) {
  shell.ok("access-pass set --user-payer " + shell.pubkey("carol"));
  shell.ok(connect("8.8.1.1"), "carol");
  EXPECT_EQ(device().at("users"), 1);
  shell.ok("device drain --pubkey ams-dz001 --yes", "alpha");
  EXPECT_SAYS(shell.run(connect("8.8.1.2"), "carol").err, "InvalidStatus 7");
  EXPECT_SAYS(shell.run("device delete --pubkey ams-dz001", "alpha").err, "user 8.8.1.1 (ibrl, activated");
}

}  // namespace
}  // namespace dz::cli
