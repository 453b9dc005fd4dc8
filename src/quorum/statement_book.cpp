#include "quorum/statement_book.h"

#include <algorithm>

#include "transparency/merkle.h"

namespace dz::quorum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kPatience = seconds{15};  // for an answer
constexpr Duration kFirstPause = seconds{1};
constexpr Duration kLongestOutage = minutes{1};    // between questions to a monitor that does not answer
constexpr Duration kLongestSilence = minutes{10};  // between questions for what it has nothing of

Duration pause_after(int failures, Duration longest) {
  return std::min<Duration>(longest, kFirstPause * (1 << std::min(failures - 1, 16)));
}

Hash root_of(std::span<const Bytes> statements) {
  std::vector<Hash> leaves;
  leaves.reserve(statements.size());
  for (const auto& bytes : statements) leaves.push_back(transparency::leaf_hash(bytes));
  return transparency::tree_root(leaves);
}

}  // namespace

std::vector<StatementBook::Question> StatementBook::ask(const Wanted& wanted, Timestamp now) {
  std::erase_if(transactions_, [&](const auto& known) { return !wanted.contains(known.first); });
  for (const auto& [signature, root] : wanted) {
    const auto [entry, is_new] = transactions_.try_emplace(signature);
    if (is_new) entry->second = {root, std::vector<Asked>(monitors_.size()), std::nullopt};
  }
  give_up_old(now);
  std::vector<Question> questions;
  for (std::size_t m = 0; m < monitors_.size(); ++m) {
    if (now < monitors_[m].next_ask) continue;
    // One that failed is asked one question until it answers.
    auto room = monitors_[m].failures > 0 ? 1 : kMostAtOnce;
    room -= std::min(room, open_at(m));
    for (auto& [signature, transaction] : transactions_) {
      auto& asked = transaction.asked[m];
      if (room == 0) break;
      if (transaction.statements || asked.asked_at || now < asked.next_ask) continue;
      asked.asked_at = now;
      questions.push_back({m, signature});
      --room;
    }
  }
  return questions;
}

void StatementBook::give_up_old(Timestamp now) {
  for (auto& [_, transaction] : transactions_) {
    for (std::size_t m = 0; m < monitors_.size(); ++m) {
      auto& asked = transaction.asked[m];
      if (!asked.asked_at || now - *asked.asked_at < kPatience) continue;
      asked.asked_at.reset();
      put_off(m, "no answer within " + duration_text(kPatience), now);
    }
  }
}

std::size_t StatementBook::open_at(std::size_t monitor) const {
  return static_cast<std::size_t>(std::count_if(transactions_.begin(), transactions_.end(), [&](const auto& entry) {
    return entry.second.asked[monitor].asked_at.has_value();
  }));
}

StatementBook::Asked* StatementBook::open_question(const Question& question) {
  const auto found = transactions_.find(question.transaction);
  if (found == transactions_.end()) return nullptr;
  auto& asked = found->second.asked[question.monitor];
  asked.asked_at.reset();
  return &asked;
}

void StatementBook::heard(const Question& question, std::vector<Bytes> statements, Timestamp now) {
  auto& monitor = monitors_[question.monitor];
  monitor.answered_at = now;
  monitor.failures = 0;
  monitor.last_error.clear();
  monitor.next_ask = {};
  auto* asked = open_question(question);
  if (asked == nullptr) return;
  auto& transaction = transactions_.at(question.transaction);
  if (!statements.empty() && root_of(statements) == transaction.root) {
    transaction.statements = std::move(statements);
    return;
  }
  asked->why = statements.empty() ? "states nothing of it" : "states what the transaction does not carry the root of";
  asked->next_ask = now + pause_after(++asked->tries, kLongestSilence);
}

void StatementBook::failed(const Question& question, std::string why, Timestamp now) {
  open_question(question);
  put_off(question.monitor, std::move(why), now);
}

void StatementBook::put_off(std::size_t number, std::string why, Timestamp now) {
  auto& monitor = monitors_[number];
  monitor.last_error = std::move(why);
  // What was asked before the first failure fails with it.
  if (now >= monitor.next_ask) monitor.next_ask = now + pause_after(++monitor.failures, kLongestOutage);
}

const std::vector<Bytes>* StatementBook::statements(const std::string& transaction) const {
  const auto found = transactions_.find(transaction);
  return found == transactions_.end() || !found->second.statements ? nullptr : &*found->second.statements;
}

std::vector<std::pair<std::size_t, std::string>> StatementBook::reasons(const std::string& transaction) const {
  std::vector<std::pair<std::size_t, std::string>> all;
  const auto found = transactions_.find(transaction);
  if (found == transactions_.end()) return all;
  for (std::size_t m = 0; m < monitors_.size(); ++m) {
    const auto& asked = found->second.asked[m];
    if (!monitors_[m].last_error.empty()) {
      all.emplace_back(m, "does not answer: " + monitors_[m].last_error);
    } else if (!asked.why.empty()) {
      all.emplace_back(m, asked.why);
    }
  }
  return all;
}

Timestamp StatementBook::next() const {
  auto next = Timestamp::max();
  for (const auto& [_, transaction] : transactions_) {
    if (transaction.statements) continue;
    for (std::size_t m = 0; m < monitors_.size(); ++m) {
      const auto& asked = transaction.asked[m];
      next = std::min(next,
                      asked.asked_at ? *asked.asked_at + kPatience : std::max(asked.next_ask, monitors_[m].next_ask));
    }
  }
  return next;
}

}  // namespace dz::quorum
