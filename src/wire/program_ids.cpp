#include "wire/program_ids.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dz::wire {

std::span<const Environment> known_environments() {
  const auto ids = [](std::string_view serviceability, std::string_view telemetry) {
    return ProgramIds{pubkey_literal(serviceability), pubkey_literal(telemetry)};
  };
  static const std::array<Environment, 4> environments = {{
      {"local", "l",
       ids("7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX", "C9xqH76NSm11pBS6maNnY163tWHT8Govww47uyEmSnoG"),
       "http://localhost:8899", "ws://localhost:8899"},
      {"devnet", "d",
       ids("GYhQDKuESrasNZGyhMJhGYFtbzNijYhcrN9poSqCQVah", "C9xqH76NSm11pBS6maNnY163tWHT8Govww47uyEmSnoG"), "", ""},
      {"testnet", "t",
       ids("DZtnuQ839pSaDMFG5q1ad2V95G82S5EC4RrB3Ndw2Heb", "3KogTMmVxc5eUHtjZnwm136H5P8tvPwVu4ufbGPvM7p1"), "", ""},
      {"mainnet-beta", "m",
       ids("ser2VaTMAcYTaauMrTSfSrxBaUDq7BLNs2xfUugTAGv", "tE1exJ5VMyoC9ByZeSmgtNzJCFF74G9JAv338sJiqkC"), "", ""},
  }};
  return environments;
}

const ProgramIds& local_program_ids() { return known_environments().front().ids; }

const Pubkey& compute_budget_program_id() {
  static const Pubkey id = pubkey_literal("ComputeBudget111111111111111111111111111111");
  return id;
}

const Pubkey& lookup_table_program_id() {
  static const Pubkey id = pubkey_literal("AddressLookupTab1e1111111111111111111111111");
  return id;
}

const Pubkey& memo_program_id() {
  static const Pubkey id = pubkey_literal("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
  return id;
}

const Pubkey& old_memo_program_id() {
  static const Pubkey id = pubkey_literal("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");
  return id;
}

Result<const Environment*> find_environment(std::string_view name) {
  std::string folded(name.substr(0, 40));
  std::transform(folded.begin(), folded.end(), folded.begin(), [](unsigned char c) { return std::tolower(c); });
  if (folded == "localnet") folded = "local";
  if (folded == "mainnet") folded = "mainnet-beta";
  for (const auto& environment : known_environments()) {
    if (folded == environment.name || folded == environment.alias) return &environment;
  }
  return refused("environment '" + std::string(name.substr(0, 40)) +
                 "': expected one of local, devnet, testnet, mainnet-beta");
}

}  // namespace dz::wire
