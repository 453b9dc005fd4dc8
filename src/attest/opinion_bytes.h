// The bytes that a judge signs when it holds something of a record: every field, so that no two opinions have the same
// (docs/formats/opinion.md). A statement has the fields of its own that an opinion in it leaves out. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "attest/statement.h"

namespace dz::attest {

inline constexpr std::string_view kOpinionBegin = "doublezero opinion 1\n";

// Numbers that no profile changes: an opinion means the same to a reader that does not know the ledger's program.
std::uint8_t opinion_number(Health health);
std::optional<Health> opinion_health(std::uint8_t number);

// Whose network, about what, and what is held of it.
struct OpinionFields {
  Hash genesis{};
  Pubkey program, judge;
  RecordKind kind = RecordKind::Link;
  Pubkey record;
  Hash account{};
  Health health = Health::Unknown;
  Minute window_end;
  Hash policy{};
  Timestamp made_at;
};
Bytes opinion_bytes(const OpinionFields& fields);

// As the opinion in a statement must have been signed.
Bytes opinion_bytes(const Statement& statement, const OpinionStatement& opinion);

}  // namespace dz::attest
