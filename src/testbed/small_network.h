// A ledger in memory with a small network on it, on virtual time: for tests of the daemons and for the simulation. Two
// contributors, a device of the first in each of several metros, one of the second, and as many links as asked for.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/provision.h"
#include "client/snapshot.h"
#include "ledger/ledger.h"
#include "testbed/local_client.h"

namespace dz::testbed {

struct SmallNetworkOptions {
  const Profile* profile = &rfc_profile();
  program::ProgramOptions program;
  Duration genesis_age = std::chrono::hours{1};
};

class SmallNetwork {
 public:
  // Initialised, with authorities, global config and two contributors. Aborts when the ledger refuses: a bug.
  explicit SmallNetwork(Timestamp start, std::unique_ptr<ledger::LedgerArchive> archive = ledger::make_memory_archive(),
                        const SmallNetworkOptions& options = {});

  void advance(Duration by) { now_ += by; }
  Timestamp now() const { return now_; }
  std::function<Timestamp()> clock() const {
    return [this] { return now_; };
  }
  ledger::Ledger& ledger() { return *ledger_; }
  client::LedgerClient& client() { return *client_; }
  client::Snapshot read();

  // Each device is in a metro of its own, with ports Switch1/1/1 ... Switch1/4/1 and a DIA port Switch1/31/1,
  // activated.
  Pubkey add_device(const std::string& code, const wire::Keypair& contributor, DeviceType type = DeviceType::Hybrid);
  // A CYOA port, activated.
  void add_user_port(const std::string& device, const std::string& name);
  // Between the given ports. A DZX link is left requested.
  Pubkey add_link(const std::string& code, LinkType type, const std::string& device_a, const std::string& port_a,
                  const std::string& device_z, const std::string& port_z);
  void accept_link(const std::string& code, const std::string& port_z);

  Link link(const std::string& code);
  Device device(const std::string& code);
  // A Permission account with these bits for the key.
  void grant(const Pubkey& key, unsigned __int128 permissions);
  // As somebody who signs with that key.
  client::Provisioner as(const wire::Keypair& signer);
  // The side Z contributor when the signer acts for it, as Provisioner's link calls want it.
  std::optional<Pubkey> side_of(const wire::Keypair& signer, const std::string& link_code);

  wire::Keypair foundation = key(1), alpha = key(2), beta = key(3), monitor = key(4), activator = key(5),
                publisher = key(6);

  static wire::Keypair key(std::uint8_t n);

 private:
  Pubkey site(const std::string& code);

  Timestamp now_;
  const Profile& profile_;
  std::set<Pubkey> granted_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<LocalClient> client_;
  int devices_ = 0;
};

}  // namespace dz::testbed
