// What monitors were heard to state of transactions, and whom to ask for which next: pure. Statements are believed of
// nobody: those that have the root that the transaction carries are its own, whoever gives them. A monitor that does
// not answer is asked later after each failure, and one that has nothing of a transaction is asked for that one ever
// more rarely; nothing else waits for either.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "quorum/opinion.h"

namespace dz::quorum {

class StatementBook {
 public:
  static constexpr std::size_t kMostAtOnce = 8;  // questions to one monitor

  struct Monitor {
    std::optional<Timestamp> answered_at;  // last
    Timestamp next_ask;                    // after a failure
    int failures = 0;                      // in a row
    std::string last_error;                // empty: it answers, or was never asked
  };
  struct Question {
    std::size_t monitor = 0;
    std::string transaction;  // its signature
  };
  // Transactions whose statements are wanted, by signature, with the root that each carries.
  using Wanted = std::map<std::string, Hash>;

  explicit StatementBook(std::size_t monitors) : monitors_(monitors) {}

  // What is to be asked now; it counts as asked. What is not wanted is forgotten.
  std::vector<Question> ask(const Wanted& wanted, Timestamp now);
  // The statements that it has of the transaction, or why it said nothing.
  void heard(const Question& question, std::vector<Bytes> statements, Timestamp now);
  void failed(const Question& question, std::string why, Timestamp now);

  // Null: nobody gave them yet.
  const std::vector<Bytes>* statements(const std::string& transaction) const;
  // What the monitors say instead, each once: its number, and why. Those that were not heard are left out.
  std::vector<std::pair<std::size_t, std::string>> reasons(const std::string& transaction) const;
  const std::vector<Monitor>& monitors() const { return monitors_; }
  // When ask() has something to do at the latest.
  Timestamp next() const;

 private:
  struct Asked {
    std::optional<Timestamp> asked_at;  // the question that is not answered yet
    Timestamp next_ask;
    int tries = 0;    // that brought nothing
    std::string why;  // of the last of them
  };
  struct Transaction {
    Hash root{};
    std::vector<Asked> asked;  // one a monitor
    std::optional<std::vector<Bytes>> statements;
  };

  Asked* open_question(const Question& question);
  void give_up_old(Timestamp now);
  std::size_t open_at(std::size_t monitor) const;
  void put_off(std::size_t monitor, std::string why, Timestamp now);

  std::vector<Monitor> monitors_;
  std::map<std::string, Transaction> transactions_;
};

}  // namespace dz::quorum
