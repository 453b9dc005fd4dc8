// An account of the ledger as clients read it and programs change it: money, owner and bytes.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/pubkey.h"

namespace dz::wire {

// Owner zero (the system program) and no data: a plain wallet, or nothing at all when lamports is 0 too.
struct Account {
  std::uint64_t lamports = 0;
  Bytes data;
  Pubkey owner;
  bool executable = false;
  bool operator==(const Account&) const = default;
  bool exists() const { return lamports > 0 || !data.empty(); }
};

}  // namespace dz::wire
