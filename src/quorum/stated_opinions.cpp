#include "quorum/stated_opinions.h"

#include <fmt/format.h>

#include "transparency/merkle.h"

namespace dz::quorum {
namespace {

Network network_of(const attest::Statement& s) { return {wire::Blockhash{s.genesis}, s.program}; }

}  // namespace

std::vector<attest::OpinionStatement> stated(std::span<const SignedOpinion> opinions) {
  std::vector<attest::OpinionStatement> all;
  for (const auto& [opinion, signature] : opinions)
    all.push_back({opinion.judge, opinion.window_end, opinion.made_at, signature});
  return all;
}

std::vector<SignedOpinion> opinions_of(const attest::Statement& s) {
  std::vector<SignedOpinion> all;
  for (const auto& told : s.opinions) {
    all.push_back(
        {{network_of(s), told.key, s.record, s.kind, s.account, s.to, told.window_end, s.policy, told.made_at},
         told.signature});
  }
  return all;
}

Result<attest::Statement> find_statement(std::span<const Bytes> statements, const Hash& root, const Pubkey& record) {
  std::vector<Hash> leaves;
  for (const auto& bytes : statements) leaves.push_back(transparency::leaf_hash(bytes));
  if (leaves.empty() || transparency::tree_root(leaves) != root)
    return refused("expected the statements that the transaction has the root of, found others");
  std::optional<attest::Statement> found;
  for (const auto& bytes : statements) {
    DZ_TRY_ASSIGN(auto statement, attest::decode_statement(bytes));
    if (statement.record != record) continue;
    if (found) return refused("expected one statement about the record in its transaction, found several");
    found = std::move(statement);
  }
  if (!found) return refused("expected a statement about the record in its transaction, found none");
  return std::move(*found);
}

attest::VerifyStep judges_step(const attest::Statement& s, const Rules& given, std::optional<Timestamp> landed_at) {
  constexpr std::string_view kPart = "judges";
  if (s.reset || opinions_needed(s.from, s.to, s.status, given.k) < given.k)
    return {kPart, true, s.reset ? "a reset needs none" : "one is enough to lower what carries nothing"};
  auto rules = given;
  std::set<Pubkey> named;
  for (const auto& o : s.opinions) named.insert(o.key);
  if (rules.judges.empty()) rules.judges = named;
  const auto checked = check_statement(s, {network_of(s), s.record, s.kind, s.to, landed_at, std::nullopt}, rules);
  if (checked) {
    const auto whose = given.judges.empty() ? " that it names, whoever they are," : "";
    return {kPart, true,
            fmt::format("{} of {} judges{} agreed; {} had to", *checked, rules.judges.size(), whose, rules.k)};
  }
  auto says = checked.error().message;
  for (const auto& judge : rules.judges) {
    if (!named.contains(judge)) says += fmt::format("; no opinion of judge {}", dz::to_text(judge));
  }
  return {kPart, false, std::move(says)};
}

Result<std::size_t> check_statement(const attest::Statement& s, const ShownHealth& shown, const Rules& rules) {
  if (network_of(s) != shown.network)
    return refused("expected a statement about this network, found one about another");
  if (s.record != shown.record || s.kind != shown.kind)
    return refused("expected a statement about the record, found one about another");
  if (s.to != shown.health) {
    return refused(fmt::format("expected a statement that the record is {}, found one that it is {}",
                               dz::to_text(shown.health), dz::to_text(s.to)));
  }
  if (s.opinions.size() > kMostOpinions) return refused("expected at most 64 opinions, found more");
  const auto opinions = opinions_of(s);
  return check_claim({{network_of(s), s.record, s.kind, s.account, s.to, std::nullopt, s.policy},
                      s.at,
                      opinions,
                      shown.landed_at,
                      shown.changed_at},
                     rules);
}

}  // namespace dz::quorum
