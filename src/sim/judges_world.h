// Several judges of one link, some of them faulty, on virtual time: honest ones judge by a rule of this file, ask each
// other over a network that delays and loses, and write health when quorum/ says so; an activator acts on what is
// written. Faulty ones are silent, lie, repeat what is old, say two things at once, forge, all in one another's favour,
// and may hold a stolen health key. The checker looks at the truth and at what honest judges held, and knows nothing of
// how agreement is found.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quorum/peer_book.h"
#include "quorum/statement_proof.h"
#include "sim/random.h"

namespace dz::sim {

enum class JudgeFault : std::uint8_t { None, Silent, Lying, Stale, Equivocating, Forging };

struct JudgesOptions {
  std::uint64_t seed = 0;
  int judges = 4;
  std::uint32_t k = 2;
  int faulty = 1;             // of them, each with a fault of its own
  bool stolen_key = false;    // the faulty write health too
  bool past_promise = false;  // checks also where k or more are faulty, and nothing is promised
};

class JudgesWorld {
 public:
  explicit JudgesWorld(const JudgesOptions& options);
  ~JudgesWorld();

  // Some trouble of every kind, then quiet: a good link that is wanted in service, and then a bad one.
  void run();
  // What the checker found wrong, with time and seed; empty: nothing.
  const std::vector<std::string>& wrong() const { return wrong_; }
  int raised() const { return raised_; }
  int activated() const { return activated_; }
  int stopped() const { return stopped_; }  // writes with a stolen key that the activator did not act on

 private:
  struct Record {
    Status status = Status::HardDrained;
    DesiredStatus desired = DesiredStatus::Activated;
    Health health = Health::Pending;
    int edits = 0;
    bool operator==(const Record&) const = default;
  };
  struct Written {
    quorum::Matter matter;
    Timestamp judged_at, landed_at, changed_at;
    std::vector<quorum::SignedOpinion> opinions;
  };
  struct Held {
    Timestamp at;
    quorum::Hash account;
    Health health;
  };
  struct Judge;

  void advance(Duration by, bool in_trouble);
  void trouble();
  void pass(Judge& judge);
  void ask(Judge& judge);
  std::vector<quorum::SignedOpinion> answer(Judge& judge, const Judge& asker);
  std::vector<quorum::SignedOpinion> faulty_answer(Judge& judge, const Judge& asker);
  quorum::Opinion opinion_of(const Judge& judge, Health health, const Record& record) const;
  quorum::Opinion lie(const Judge& judge) const;
  void write(const Judge& judge, const quorum::Agreement& found);
  void steal();
  void land(const Record& judged, Health to, Written written);
  void act();
  void change(const std::function<void(Record&)>& edit);
  void later(Duration least, Duration most, std::function<void()> what);
  void complain(const std::string& what);
  // Of the checker.
  int honest_that_held(const quorum::Hash& account, Health health) const;
  bool was_good(Timestamp at) const;
  bool is_promised() const;
  void check_write(Health from, Health to, Status status, const quorum::Hash& account);
  void check_activation();

  JudgesOptions options_;
  Random random_;
  Timestamp now_;
  Record record_;
  std::map<Minute, bool> bad_;  // the truth; as it was before, where it says nothing
  std::vector<std::unique_ptr<Judge>> judges_;
  quorum::Rules rules_;
  std::multimap<Timestamp, std::function<void()>> due_;
  std::optional<Written> behind_;  // the health that stands now
  std::vector<Written> old_;       // what a thief may write again
  Timestamp changed_at_;           // of the record, health aside
  bool loses_ = true;              // the network, messages
  std::vector<std::string> wrong_;
  int raised_ = 0, activated_ = 0, stopped_ = 0;
};

}  // namespace dz::sim
