// A ledger in memory for tests: one instruction is one transaction, checked against the invariants and against what a
// bank checks (money conserved, read-only accounts untouched). People are keys by name: key("alice"). It runs the
// program of any profile: TestLedger ledger(v034_profile()).
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "program/rules/entities.h"
#include "program/runtime/runtime.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"
#include "wire/instructions/telemetry.h"

namespace dz::program {

Pubkey key(std::string_view name);

// Has many methods because tests should read as stories: one for each thing that a story needs.
class TestLedger {
 public:
  // People.
  const Pubkey foundation = key("foundation"), monitor = key("monitor"), activator = key("activator");
  const Pubkey alice = key("alice"), bob = key("bob"), mallory = key("mallory");
  // Filled by set_up().
  Pubkey alices, bobs;  // contributors
  Pubkey location, exchange;
  Pubkey ams, lon, fra;  // devices: ams and lon are alice's, fra is bob's; each has Ethernet1 to Ethernet4

  explicit TestLedger(const Profile& profile = rfc_profile(), const ProgramOptions& options = {});
  // Initialised, with authorities, blocks, contributors, a site, devices and their ports.
  void set_up();
  void init();        // global state, authorities and config
  void init_state();  // without the config

  // Runs one instruction signed by its signer accounts. On failure nothing changes.
  ProgramResult run(const wire::Instruction& instruction);
  ProgramResult run(const Result<wire::Instruction>& instruction);
  const std::vector<std::string>& log() const { return log_; }

  // What was wrong with the last accepted instruction; empty, or the test fails unless it is quiet.
  const std::string& fault() const { return fault_; }
  bool quiet = false;

  // Sender of instructions; adds the permission account when the key has one.
  wire::Sender as(const Pubkey& payer) const;

  Pubkey add_contributor(const std::string& code, const Pubkey& owner);
  Pubkey add_location(const std::string& code);
  Pubkey add_exchange(const std::string& code);
  Pubkey add_device(const std::string& code, const Pubkey& contributor);
  ProgramResult add_interface(const Pubkey& device, wire::CreateInterfaceArgs args);
  ProgramResult add_port(const Pubkey& device, const std::string& name);
  Pubkey next(AddressOf address_of) const;

  static wire::CreateLinkArgs wan_args();
  static wire::CreateLinkArgs dzx_args();
  ProgramResult create_link(const Pubkey& who, const wire::CreateLinkArgs& args, const wire::LinkEnds& ends);
  Pubkey create_wan();                    // ams Ethernet1 to lon Ethernet1
  Pubkey create_dzx(bool accept = true);  // ams Ethernet2 to fra Ethernet2

  ProgramResult set_link(const Pubkey& who, const Pubkey& link, const wire::UpdateLinkArgs& args);
  ProgramResult set_link_as_z(const Pubkey& who, const Pubkey& link, const wire::UpdateLinkArgs& args);
  ProgramResult set_device(const Pubkey& who, const Pubkey& device, const wire::UpdateDeviceArgs& args);
  ProgramResult set_health(const Pubkey& who, const Pubkey& record, Health health);
  ProgramResult delete_link(const Pubkey& who, const Pubkey& link);
  ProgramResult delete_device(const Pubkey& who, const Pubkey& device);
  // As the monitor and the activator would, step by step.
  void activate(const Pubkey& record);

  bool exists(const Pubkey& at) const { return accounts.contains(at); }
  template <typename T>
  T get(const Pubkey& at) const {
    return *decode_record<T>(accounts.at(at).data, profile);
  }
  GlobalState state() const { return get<GlobalState>(wire::global_state_address(program).address); }
  ResourceExtension pool(wire::ResourceKind kind) const {
    return get<ResourceExtension>(resource_address(program, kind).address);
  }
  // Puts a record there behind the program's back, for states that no instruction reaches.
  template <typename T>
  void force(const Pubkey& at, const T& record) {
    if constexpr (requires { wire::encode(record, profile); }) {
      accounts.at(at).data = wire::encode(record, profile);
    } else {
      accounts.at(at).data = wire::encode(record);
    }
  }

  const Profile& profile;
  const ProgramOptions options;
  const Pubkey program = wire::local_program_ids().serviceability;
  const Pubkey telemetry = wire::local_program_ids().telemetry;
  std::map<Pubkey, wire::Account> accounts;
  LedgerClock clock;

 private:
  std::string fault_of(const std::map<Pubkey, wire::Account>& after, const std::vector<wire::AccountMeta>& metas,
                       const std::vector<Pubkey>& signers) const;
  unsigned __int128 permissions_of(const Pubkey& who) const;

  std::vector<std::string> log_;
  std::string fault_;
};

std::string describe(const ProgramResult& result, const std::vector<std::string>& log);

#define EXPECT_ACCEPTED(ledger, expression)                                    \
  do {                                                                         \
    const auto dz_result = (expression);                                       \
    EXPECT_TRUE(dz_result.has_value()) << describe(dz_result, (ledger).log()); \
  } while (false)
// `expected` is a ProgramError, a TelemetryError or an InstructionErrorKind.
#define EXPECT_REFUSED(ledger, expression, expected)                                                         \
  do {                                                                                                       \
    const auto dz_result = (expression);                                                                     \
    EXPECT_FALSE(dz_result.has_value());                                                                     \
    if (!dz_result) EXPECT_EQ(dz_result.error(), as_error(expected)) << describe(dz_result, (ledger).log()); \
  } while (false)

inline wire::InstructionError as_error(wire::InstructionErrorKind kind) { return {kind, 0}; }
inline wire::InstructionError as_error(wire::ProgramError code) {
  return {wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)};
}
inline wire::InstructionError as_error(wire::TelemetryError code) {
  return {wire::InstructionErrorKind::Custom, static_cast<std::uint32_t>(code)};
}

}  // namespace dz::program
