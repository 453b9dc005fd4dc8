// What a transaction that writes health says of the statements it makes true: the root over their hashes, in the order
// of its instructions, as a memo "dzd1:" and 44 letters of base64. Pure; docs/formats/decision.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transparency/merkle.h"
#include "wire/transaction.h"

namespace dz::attest {

std::string memo_text(const transparency::Hash& root);
// Refused: not a memo of this form.
Result<transparency::Hash> parse_memo(std::string_view text);

// Of the one memo of this form in a transaction. keys: all its accounts. NotFound: it has none; Corrupt: it has several,
// so it is not known which counts.
Result<transparency::Hash> root_in(const wire::Message& message, std::span<const Pubkey> keys);

}  // namespace dz::attest
