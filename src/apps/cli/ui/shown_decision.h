// Decisions as the CLI fetches, verifies and shows them: attest/verify.h over the ledger and a monitor, or over a file.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "apps/cli/ui/context.h"
#include "attest/verify.h"

namespace dz::cli {

// What the monitor states of one transaction, in the order of its instructions.
Result<std::vector<attest::Statement>> statements_of(Context& context, const wire::Signature& transaction);

// What the monitor has of the statement with this index: a bundle without the transaction. NotFound: it is not kept.
Result<attest::Bundle> bundle_at(Context& context, std::int64_t index);

// Everything that shows a decision: what the monitor has of it, and the transaction from the ledger. which: the place
// of the statement in its transaction.
Result<attest::Bundle> fetch_bundle(Context& context, const wire::Signature& transaction, std::size_t which);
Result<std::string> read_bundle_file(const std::string& path);
Result<void> write_bundle_file(const std::string& path, const std::string& text);

// Before the steps of a bundle: that the ledger has the transaction, and that it succeeded there.
Result<attest::Landed> fetch_landed(Context& context, const wire::Signature& transaction);

std::string render_steps(const attest::Verification& verification);
boost::json::value to_json(const attest::Verification& verification);
boost::json::value to_json(const attest::Statement& statement);
std::string render_statement(const attest::Statement& statement);

}  // namespace dz::cli
