// The ledger in which cases run, with names for its accounts, and its accounts as text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "program/cases/case_script.h"
#include "program/test_ledger.h"

namespace dz::program::cases {

class World {
 public:
  explicit World(const Profile& profile);

  // "wan.status=soft-drained": one field of the accounts before; after "live " or "guarded " only in that program.
  // False when there is no such account or field.
  bool give(std::string_view change);
  // The instruction of a case; nothing when a name or a value in it is none.
  std::optional<wire::Instruction> instruction(const Case& one) const;
  // Runs it. The result as the cases write it.
  std::string run(const wire::Instruction& instruction);
  // Every account that differs from `before`, as the cases write it, sorted.
  std::vector<std::string> changes_since(const std::map<Pubkey, wire::Account>& before) const;

  TestLedger ledger;

 private:
  void name_accounts();
  void name_pools();
  std::optional<Pubkey> find(std::string_view name) const;
  std::string name_of(const Pubkey& key) const;
  std::optional<Bytes> encode(std::string_view tokens) const;

  using Fields = std::vector<std::pair<std::string, std::string>>;
  Fields fields_of(const wire::Account& account) const;

  std::map<std::string, Pubkey, std::less<>> names_;
};

}  // namespace dz::program::cases
