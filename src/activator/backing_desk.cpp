#include "activator/backing_desk.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/base64.h"
#include "base/safe_text.h"
#include "base/shown_url.h"

namespace dz::activator {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostStatements = 64;  // of one transaction: more instructions do not fit into one
constexpr std::size_t kMostOfError = 200;

}  // namespace

BackingDesk::BackingDesk(BackingOptions options, Pubkey program)
    : options_(std::move(options)), program_(program), book_(options_.monitors.size()) {}

void BackingDesk::update(const Ledger& ledger, Timestamp now) {
  if (!on()) return;
  follow(ledger);
  for (const auto& one : std::exchange(arrived_, {})) take(one, now);
  for (auto& [key, backing] : backings_) {
    if (backing.missing == control::Unproven::JudgesNotHeard) look_at(key, backing, ledger);
  }
  ask(now);
}

// Backings are there for exactly the writes of health that proofs name.
void BackingDesk::follow(const Ledger& ledger) {
  const auto write_of = [&](const Pubkey& key) -> const control::HealthWrite* {
    const auto proof = ledger.proofs.find(key);
    return proof != ledger.proofs.end() && proof->second.health ? &*proof->second.health : nullptr;
  };
  std::erase_if(backings_, [&](const auto& entry) {
    const auto* write = write_of(entry.first);
    return write == nullptr || *write != entry.second.write;
  });
  for (const auto& [key, proof] : ledger.proofs) {
    if (proof.health) backings_.try_emplace(key, control::Backing{.write = *proof.health});
  }
}

void BackingDesk::look_at(const Pubkey& key, control::Backing& backing, const Ledger& ledger) {
  const auto& write = backing.write;
  const auto record = ledger.records.find(key);
  if (record == ledger.records.end() || !ledger.genesis) return;
  if (write.root && book_.statements(write.transaction) == nullptr) {
    backing.why = silence_text(write.transaction);
    return;
  }
  const auto checked = check(key, write, record->second, {*ledger.genesis, program_});
  ++(checked ? counters_.backed : counters_.refused);
  backing.missing = checked ? std::nullopt : std::optional(control::Unproven::TooFewJudges);
  backing.why = checked ? std::string() : checked.error().message;
}

Result<void> BackingDesk::check(const Pubkey& key, const control::HealthWrite& write,
                                const control::GovernedRecord& record, const quorum::Network& network) const {
  if (!write.root) {
    return refused(fmt::format("expected {} behind the health, found a transaction that states nothing ({})",
                               wanted_text(), write.transaction));
  }
  // Without it a statement of any day could be written once more.
  if (!write.landed_at) {
    return refused(
        fmt::format("expected the time at which transaction {} landed, found that the ledger does not tell "
                    "it: name another node",
                    write.transaction));
  }
  DZ_TRY_ASSIGN(const auto statement, quorum::find_statement(*book_.statements(write.transaction), *write.root, key));
  DZ_TRY(check_statement(statement, {network, key, record.kind, record.health, write.landed_at, write.changed_at},
                         options_.rules));
  return {};
}

std::string BackingDesk::wanted_text() const {
  std::vector<std::string> keys;
  for (const auto& judge : options_.rules.judges) keys.push_back(to_text(judge));
  return fmt::format("opinions of {} of the judges {}", options_.rules.k, fmt::join(keys, ", "));
}

std::string BackingDesk::silence_text(const std::string& transaction) const {
  std::vector<std::string> said;
  for (const auto& [monitor, why] : book_.reasons(transaction))
    said.push_back(fmt::format("the monitor at {} {}", shown_url(options_.monitors[monitor]), why));
  if (said.empty()) return {};
  return fmt::format("expected {} in what transaction {} states, found nobody who has it: {}", wanted_text(),
                     transaction, fmt::join(said, ", "));
}

// ---- the monitors

void BackingDesk::ask(Timestamp now) {
  if (!seams_.ask) return;
  quorum::StatementBook::Wanted wanted;
  for (const auto& [_, backing] : backings_) {
    const bool open = backing.missing == control::Unproven::JudgesNotHeard && backing.write.root;
    if (open) wanted.emplace(backing.write.transaction, *backing.write.root);
  }
  for (const auto& question : book_.ask(wanted, now)) {
    ++counters_.questions;
    seams_.ask(options_.monitors[question.monitor] + "/api/v1/statements?transaction=" + question.transaction,
               [this, question](Result<std::string> body) {
                 arrived_.push_back({question, std::move(body)});
                 if (seams_.wake) seams_.wake();
               });
  }
}

void BackingDesk::take(const Arrived& arrived, Timestamp now) {
  auto statements =
      arrived.body ? read_statements(*arrived.body) : Result<std::vector<Bytes>>(tl::unexpected(arrived.body.error()));
  if (statements) return book_.heard(arrived.question, std::move(*statements), now);
  ++counters_.failures;
  book_.failed(arrived.question, one_line(statements.error().message, kMostOfError), now);
}

std::optional<Timestamp> BackingDesk::next_look() const {
  if (!on() || !seams_.ask) return std::nullopt;
  if (!arrived_.empty()) return Timestamp{};
  const auto next = book_.next();
  return next == Timestamp::max() ? std::nullopt : std::optional(next);
}

Result<std::vector<Bytes>> read_statements(const std::string& body) {
  const auto other = [] {
    return corrupt("expected JSON with statements, found something else: is it a monitor's API?");
  };
  boost::system::error_code error;
  const auto answer = json::parse(body, error);
  const auto* object = error ? nullptr : answer.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains("statements");
  const auto* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr || list->size() > kMostStatements) return other();
  std::vector<Bytes> statements;
  for (const auto& entry : *list) {
    const auto* fields = entry.if_object();
    const auto* text = fields == nullptr ? nullptr : fields->if_contains("statement");
    if (text == nullptr || !text->is_string()) return other();
    auto bytes = decode_base64(std::string_view(text->get_string()));
    if (!bytes) return other();
    statements.push_back(std::move(*bytes));
  }
  return statements;
}

}  // namespace dz::activator
