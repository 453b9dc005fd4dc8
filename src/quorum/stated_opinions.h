// Opinions in the statement of a change (attest/statement.h), and whether they back it: what an activator asks before
// it acts on a healthy record. A statement has an opinion's own fields only; the others are the statement's, so an
// opinion about anything else does not verify.
#pragma once

#include "attest/statement.h"
#include "attest/verify.h"
#include "quorum/statement_proof.h"

namespace dz::quorum {

std::vector<attest::OpinionStatement> stated(std::span<const SignedOpinion> opinions);
// As they must have been signed.
std::vector<SignedOpinion> opinions_of(const attest::Statement& statement);

// What the ledger shows: which record has which health, in whose transaction the statement is said to be.
struct ShownHealth {
  Network network;
  Pubkey record;
  RecordKind kind = RecordKind::Link;
  Health health = Health::Unknown;
  std::optional<Timestamp> landed_at, changed_at;  // as in Claim
};

// The statement about the record among those of a transaction, in their order; root: as its memo has it. Refused: they
// are not those of the transaction, or not exactly one is about the record.
Result<attest::Statement> find_statement(std::span<const Bytes> statements, const Hash& root, const Pubkey& record);

// For a verifier who knows the judges: whether as many of them as the decision needs hold what is stated of it, which
// is a step of its own behind those of attest/verify.h. Without judges those that the statement names count, and who
// they are is not known. A reset needs nobody, nor does what lowers a record that carries nothing. landed_at as in
// Claim.
attest::VerifyStep judges_step(const attest::Statement& decision, const Rules& rules,
                               std::optional<Timestamp> landed_at);

// As check_claim(), of its opinions. Refused: the statement is of another network, record or health.
Result<std::size_t> check_statement(const attest::Statement& statement, const ShownHealth& shown, const Rules& rules);

}  // namespace dz::quorum
