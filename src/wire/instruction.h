// One instruction of a transaction, before it is compiled into a message.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/pubkey.h"

namespace dz::wire {

struct AccountMeta {
  Pubkey key;
  bool signer = false;
  bool writable = false;
  bool operator==(const AccountMeta&) const = default;
};

struct Instruction {
  Pubkey program;
  std::vector<AccountMeta> accounts;
  Bytes data;
  bool operator==(const Instruction&) const = default;
};

}  // namespace dz::wire
