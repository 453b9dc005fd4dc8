// Judges that would write another health than this monitor, and where their minutes differ from its own: pure. Each is
// asked for its minutes now and then while it disagrees, and nobody waits for it. What it gives is not signed: it is
// for people, who look there; what it states once it writes is (attest/statement.h).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attest/differences.h"

namespace dz::quorum {

class Disputes {
 public:
  static constexpr std::size_t kMost = 32;

  struct Question {
    Pubkey judge, record;
    auto operator<=>(const Question&) const = default;
  };
  struct Dispute {
    std::optional<Timestamp> asked_at;  // the question that is not answered yet
    Timestamp next_ask;
    std::optional<std::vector<Bytes>> theirs;        // heard, and not compared yet
    std::optional<attest::Differences> differences;  // of the last comparison
    std::string problem;                             // why there is none; empty: it was not asked or did not answer yet
    bool open = true;                                // in the pass under way
  };

  // A pass: what it does not find again is forgotten at its end.
  void begin_pass();
  // own: the leaves of this monitor's minutes of the record; made when they are needed.
  void disagree(const Question& about, const std::function<std::vector<Bytes>()>& own);
  void end_pass();

  // What is to be asked now; it counts as asked.
  std::vector<Question> ask(Timestamp now);
  void heard(const Question& question, Result<std::vector<Bytes>> minutes, Timestamp now);
  // When ask() has something to do at the latest.
  Timestamp next() const;

  // Null: they do not disagree, or too many do.
  const Dispute* of(const Question& about) const;

 private:
  std::map<Question, Dispute> disputes_;
};

}  // namespace dz::quorum
