// Several judges of one link, some of them faulty, on virtual time: honest ones judge by a rule of this world, ask each
// other over a network that delays and loses, and write health to a ledger in memory when quorum/ says so, with what
// they state behind it. The activator of the product, which requires a quorum, acts on what is written. Faulty judges
// are silent, lie, repeat what is old, say two things at once, forge, all in one another's favour; and whoever stole
// the health key writes healthy with all that can be had of others. The checker looks at the truth
// (sim/judges_truth.h) and at what honest judges held, and knows nothing of how agreement is found or proven.
//
// What judges state is in logs of theirs, which witnesses cosign (sim/judges_logs.h): one that equivocates shows each
// witness another log. On a ledger that guards nothing (profile v0.34) those that write take a health back before they
// judge anew, as the monitor does there (control/reset.h).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "activator/activator.h"
#include "attest/statement.h"
#include "quorum/peer_book.h"
#include "sim/judges_logs.h"
#include "sim/judges_truth.h"
#include "sim/random.h"
#include "testbed/small_network.h"

namespace dz::sim {

enum class JudgeFault : std::uint8_t { None, Silent, Lying, Stale, Equivocating, Forging };

// What whoever stole the health key puts behind a health of healthy.
enum class Theft : std::uint8_t {
  Nothing,      // no statement
  NoOpinions,   // a statement of its own
  Forged,       // opinions in every judge's name, signed by itself
  Copied,       // one judge's signature under every name
  Colluding,    // the opinions of all faulty judges, and forged ones of the others
  TooFew,       // true ones of k - 1 judges, honest ones among them where they hold it
  Doubled,      // a true one, k times
  Old,          // true ones of k judges, of some minutes ago, in a statement of now
  Backdated,    // the same, in a statement of then
  Replayed,     // the whole statement of an earlier write, with k opinions
  OtherRecord,  // what all judges truly hold of another link
};
inline constexpr std::array kThefts{Theft::Nothing,   Theft::NoOpinions, Theft::Forged,     Theft::Copied,
                                    Theft::Colluding, Theft::TooFew,     Theft::Doubled,    Theft::Old,
                                    Theft::Backdated, Theft::Replayed,   Theft::OtherRecord};

struct JudgesOptions {
  std::uint64_t seed = 0;
  int judges = 4;
  std::uint32_t k = 2;
  int faulty = 1;                             // of them, each with a fault of its own
  std::optional<JudgeFault> only_fault = {};  // all with this one
  bool stolen_key = false;                    // somebody else writes health too, while there is trouble
  std::optional<Theft> only_theft = {};       // in this way alone
  bool past_promise = false;                  // checks also where k or more are faulty, and nothing is promised
  bool live = false;                          // profile v0.34
};

class JudgesWorld {
 public:
  explicit JudgesWorld(const JudgesOptions& options);
  ~JudgesWorld();

  // Some trouble of every kind, then quiet: a good link that is wanted in service, and then a bad one.
  void run();
  // What the checker found wrong, with time and seed; empty: nothing.
  const std::vector<std::string>& wrong() const { return wrong_; }
  int raised() const { return raised_; }        // by honest judges
  int activated() const { return activated_; }  // by the activator
  int stolen() const { return stolen_; }        // writes with the stolen key that landed
  const JudgesLogs& logs() const { return logs_; }
  // Why the activator left the link alone, each once.
  const std::set<std::string>& held() const { return held_; }

 private:
  struct Record {
    Status status = Status::HardDrained;
    DesiredStatus desired = DesiredStatus::Activated;
    Health health = Health::Unknown;
    quorum::Hash account{};
  };
  struct Held {
    Timestamp at;
    quorum::Hash account;
    Health health;
  };
  struct Served {
    int by = 0;  // the judge that wrote it; kThief
    std::vector<attest::Statement> statements;
  };
  struct Judge;

  void advance(Duration by, bool in_trouble);
  void trouble();
  void pass(Judge& judge);
  void ask(Judge& judge);
  std::vector<quorum::SignedOpinion> answer(Judge& judge, const Judge& asker);
  quorum::Opinion opinion_of(const Judge& judge, Health health, const Record& record) const;
  quorum::SignedOpinion say(const Judge& judge, const quorum::Opinion& opinion);
  bool owes_reset(Judge& judge) const;
  bool write(const Judge& judge, const quorum::Agreement& found);
  bool send_health(Health to, const std::optional<lifecycle::JudgedState>& judged, Served served);
  void read_link();
  void change(const wire::UpdateLinkArgs& edit);
  void drain();
  void undrain() { change({.desired_status = DesiredStatus::Activated}); }
  void start_activator();
  void act();
  void later(Duration least, Duration most, std::function<void()> what);
  void complain(const std::string& what);

  // judges_faulty.cpp
  quorum::Opinion lie(const Judge& judge) const;
  std::vector<quorum::SignedOpinion> faulty_answer(Judge& judge, const Judge& asker);
  void state_two_things(const Judge& judge, const quorum::Opinion& one, const quorum::Opinion& other);
  std::optional<std::string> served_by(const Judge& judge, const std::string& transaction);
  void steal();
  std::optional<std::vector<attest::Statement>> loot(Theft theft);
  attest::Statement statement_of(const quorum::Opinion& opinion, const std::vector<quorum::SignedOpinion>& held) const;
  std::vector<quorum::SignedOpinion> in_every_name(const quorum::Opinion& opinion, Theft theft);
  std::vector<quorum::SignedOpinion> true_ones(std::size_t most);
  std::vector<quorum::SignedOpinion> overheard(const Pubkey& record, Timestamp newest) const;

  // Of the checker.
  int honest_that_held(const quorum::Hash& account, Health health) const;
  bool is_promised() const;
  void check_write(Health from, Health to, Status status, const quorum::Hash& account);
  void check_activation();

  static constexpr int kThief = -1;

  JudgesOptions options_;
  const Profile& profile_;
  Random random_;
  testbed::SmallNetwork network_;
  Timestamp now_;
  Pubkey link_, other_;
  quorum::Network ledger_;
  quorum::Hash other_account_{};
  Link shown_;     // as the ledger has it
  Record record_;  // of that
  JudgesTruth truth_;
  std::vector<std::unique_ptr<Judge>> judges_;
  JudgesLogs logs_;
  quorum::Rules rules_;
  std::multimap<Timestamp, std::function<void()>> due_;
  std::map<std::string, Served> served_;         // by transaction
  std::deque<quorum::SignedOpinion> overheard_;  // what honest judges said to anybody
  std::vector<attest::Statement> raising_;       // of honest writes of healthy
  std::vector<JudgesTruth::Named> behind_;       // what is named behind the health that stands
  std::unique_ptr<activator::Activator> activator_;
  int activator_number_ = 0;  // answers to one that is gone are nobody's
  Timestamp next_step_;
  Timestamp health_at_;  // when health was written last
  bool loses_ = true;    // the network, messages
  std::vector<std::string> wrong_;
  std::set<std::string> held_;
  int raised_ = 0, activated_ = 0, stolen_ = 0;
};

struct JudgesWorld::Judge {
  wire::Keypair key;
  int number = 0;
  JudgeFault fault = JudgeFault::None;
  bool writes = false;
  Duration lag{};
  quorum::PeerBook book;
  std::optional<Record> seen{};
  std::optional<Record> judged{};  // of the last pass, as it was seen
  bool owes_reset = false;
  Timestamp next_pass{}, next_read{};
  std::optional<quorum::SignedOpinion> said{};  // of the last pass, once somebody asked
  std::optional<quorum::Opinion> holds{};       // of the last pass
  std::vector<Held> held{};                     // for the checker
  std::vector<quorum::SignedOpinion> kept{};    // by one that is stale
};

}  // namespace dz::sim
