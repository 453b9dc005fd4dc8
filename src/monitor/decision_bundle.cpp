#include "monitor/decision_bundle.h"

#include <fmt/format.h>

namespace dz::monitor {
namespace {

Result<void> add_place(const LogDesk& desk, attest::Bundle& bundle) {
  const auto* published = desk.published();
  if (published == nullptr)
    return not_found("this monitor has no key to sign a log of decisions with, so it publishes none");
  const auto& shown = published->shown();
  if (!shown || shown->checkpoint.head.size <= bundle.index)
    return fail(ErrorKind::Retry,
                fmt::format("statement {} is under no checkpoint yet: ask again in some seconds", bundle.index));
  DZ_TRY_ASSIGN(bundle.inclusion, published->log().inclusion_proof(bundle.index, shown->checkpoint.head.size));
  bundle.checkpoint = transparency::render_note(shown->note);
  for (const auto& witness : desk.witnesses()) {
    DZ_TRY_ASSIGN(const auto known, transparency::find_signature(shown->note, witness.address.key));
    if (known) bundle.witnesses.push_back(to_text(witness.address.key));
  }
  return {};
}

}  // namespace

Result<attest::Bundle> bundle_of(Monitor& monitor, const StoredStatement& stored) {
  if (stored.signature.empty())
    return not_found(fmt::format("statement {} is behind no transaction that is known", stored.index));
  auto& archive = monitor.statements();
  attest::Bundle bundle;
  bundle.index = static_cast<std::uint64_t>(stored.index);
  DZ_TRY_ASSIGN(const auto together, archive.of_transaction(stored.signature));
  for (const auto& one : together) {
    if (one.index == stored.index) bundle.decision = bundle.statements.size();
    bundle.statements.push_back(one.bytes);
  }
  DZ_TRY_ASSIGN(auto grounds, monitor.grounds(stored.index));
  bundle.account = std::move(grounds.account);
  bundle.minutes = std::move(grounds.leaves);
  DZ_TRY_ASSIGN(const auto statement, attest::decode_statement(stored.bytes));
  DZ_TRY_ASSIGN(bundle.policy, archive.policy(statement.policy));
  DZ_TRY(add_place(monitor.log_desk(), bundle));
  return bundle;
}

}  // namespace dz::monitor
