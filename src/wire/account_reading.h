// What the decoders of accounts share.
#pragma once

#include <string_view>

#include <fmt/format.h>

#include "wire/accounts.h"
#include "wire/borsh.h"

namespace dz::wire {

// Decodes one record whose layout is the function template fields(io, record) beside it. The account type is checked
// after the fields are read, as the ledger does; `fields` may mark the reader broken.
template <typename Record, typename Layout>
Result<Record> decode_account(ByteView bytes, AccountType expected, std::string_view name, Layout&& layout) {
  AccountReader in(bytes);
  Record record;
  std::uint8_t type = 0;
  in(type);
  layout(in, record);
  if (type != static_cast<std::uint8_t>(expected)) {
    return corrupt(
        fmt::format("expected a {} account (type {}), found type {}", name, static_cast<int>(expected), type));
  }
  if (in.broken()) return corrupt(fmt::format("the {} account contradicts its own lengths", name));
  return record;
}

}  // namespace dz::wire
