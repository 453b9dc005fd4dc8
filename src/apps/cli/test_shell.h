// A doublezero command for tests: real command lines over a real ledger in memory, on virtual time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "apps/cli/command_line.h"
#include "apps/cli/run.h"
#include "testbed/forwarding_client.h"
#include "testbed/lagging_client.h"
#include "testbed/local_client.h"

namespace dz::cli {

struct Said {
  int exit_code = 0;
  std::string out, err, screen;  // both, as a terminal gets them
  boost::json::value json() const { return boost::json::parse(out); }
};

// How much of the ledger a command was answered with.
struct ReadCounts {
  std::size_t whole_program = 0;  // requests for every account of the program with all its bytes
  std::size_t accounts = 0, bytes = 0;
};
class CountingClient final : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  Result<client::AccountsAnswer> get_program_accounts(const Pubkey& program,
                                                      const client::AccountFilters& filters) override;
  Result<std::optional<wire::Account>> get_account(const Pubkey& key) override;
  Result<client::NamedAccounts> get_multiple_accounts(std::span<const Pubkey> keys) override;
  ReadCounts counts;
  std::map<Pubkey, wire::Account> planted;  // beside what the ledger has
};

class TestShell {
 public:
  // profile: which program the ledger runs.
  explicit TestShell(const Profile& profile = rfc_profile());

  // `text` as a shell would split it (single quotes only), signed by the key called `who`.
  Said run(const std::string& text, const std::string& who = "foundation");
  // The same, and the command has to succeed.
  Said ok(const std::string& text, const std::string& who = "foundation");

  // Made at first use, with 100 credits.
  const wire::Keypair& key(const std::string& who);
  std::string pubkey(const std::string& who) { return to_text(key(who).pubkey()); }

  // A ledger with init done, authorities "monitor" and "activator" (which has the network-admin permission where that
  // takes the place of an authority), global configuration, locations ams and fra, exchanges xams and xfra,
  // contributors alpha and zeta owned by the keys of those names.
  void initialise();
  // Devices ams-dz001 and lon-dz001 of alpha and fra-dz001 of zeta, with ports Ethernet1 and Ethernet2 of 10 Gbps.
  void add_devices();
  // The WAN link ams-lon of alpha, in the status that links start with.
  void add_wan_link();
  // The DZX link ams-fra from alpha to zeta, accepted.
  void add_dzx_link();
  // Health as the monitor writes it, status as the activator writes it.
  void set_health(const std::string& noun, const std::string& code, const std::string& health);
  void activate(const std::string& noun, const std::string& code);

  Timestamp now;
  // What the monitor answers, as JSON and as text (format=text). When both are empty, no monitor is named.
  std::function<Result<boost::json::value>(const Pubkey& record)> monitor;
  std::function<Result<std::string>(std::string_view query)> monitor_text;
  // What it answers to what it is told; empty: no monitor is named.
  TellDaemon monitor_told;
  // What it answers at every other path, and what the activator answers; empty: there is none.
  std::function<Result<boost::json::value>(const std::string& path)> monitor_paths;
  std::function<Result<boost::json::value>()> activator;
  std::function<Result<boost::json::value>(const std::string& path)> activator_paths;  // instead
  Terminal terminal;
  // Called at every sleep, so that a test can change something meanwhile.
  std::function<void()> on_sleep;
  // The node that commands ask.
  testbed::LaggingClient& node() { return *node_; }
  // What was read of it since the counts were last set to nothing.
  ReadCounts& reads() { return counting_->counts; }
  // An account of any program, as if a transaction had written it.
  void plant(const Pubkey& key, const wire::Account& account) { counting_->planted[key] = account; }
  // Of every command from now on.
  Settings settings;
  std::string config_path = "/nonexistent/config.yml";

 private:
  LedgerRules rules_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<testbed::LocalClient> client_;
  std::unique_ptr<testbed::LaggingClient> node_;
  std::unique_ptr<CountingClient> counting_;
  std::map<std::string, wire::Keypair> keys_;
};

}  // namespace dz::cli
