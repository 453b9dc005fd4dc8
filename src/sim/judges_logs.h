// The logs of decisions of a world of judges, and two honest witnesses that know all of them. A judge tells both
// witnesses of one log; one that equivocates keeps two under one name and key, and each witness hears of one of them.
// People hand on what one witness cosigned to the other, with a proof out of the log as it is shown there; strangers
// send the same with proofs that are wrong. The checker knows what was stated in which log, and nothing of trees.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "storage/sqlite.h"
#include "transparency/published_log.h"
#include "transparency/witness.h"
#include "wire/keypair.h"

namespace dz::sim {

class JudgesLogs {
 public:
  // Does something in a moment, or never where messages get lost.
  using Later = std::function<void(std::function<void()>)>;

  JudgesLogs(const std::vector<wire::Keypair>& judges, Later later);

  // The judge states it; what the second witness is to hear of may be something else.
  void state(std::size_t judge, const Bytes& to_first, const Bytes& to_second);
  // Publishes what is new, asks the witnesses, and now and then hands on what they cosigned.
  void step(Timestamp now);

  // Judges of whom the two witnesses cosigned what contradicts itself, and those of whom a witness can prove it.
  const std::set<std::size_t>& contradicting() const { return contradicting_; }
  std::set<std::size_t> found() const;
  // What must never be; after_quiet: nothing was lost for some minutes, so that every contradiction is to be found.
  std::vector<std::string> wrong(bool after_quiet) const;

 private:
  static constexpr std::size_t kWitnesses = 2;

  // What one witness hears of, of one judge.
  struct Told {
    std::unique_ptr<storage::SqliteDatabase> database;
    std::unique_ptr<transparency::PublishedLog> log;
    std::vector<Bytes> entries;  // for the checker
    std::uint64_t seen = 0;      // by the witness, by its own word
    std::string cosigned;        // the text of the last checkpoint that it cosigned
    Timestamp next_try{};
  };
  struct Witness {
    std::unique_ptr<storage::SqliteDatabase> database;
    std::unique_ptr<transparency::Witness> witness;
  };
  // Which log a checkpoint is of, by its text.
  struct Story {
    std::size_t judge = 0, told = 0;
    std::uint64_t size = 0;
  };

  static std::string name_of(std::size_t judge);
  void publish(std::size_t judge, std::size_t witness);
  void ask(std::size_t judge, std::size_t witness);
  void hand_on(std::size_t judge, std::size_t from, std::size_t to);
  void send_wrong_proof(std::size_t judge, std::size_t from, std::size_t to);
  transparency::WitnessAnswer add_to(std::size_t witness, const transparency::AddCheckpoint& request);
  std::optional<transparency::SeenLog> seen_by(std::size_t witness, std::size_t judge) const;
  bool contradict(const std::string& one, const std::string& other) const;

  std::vector<std::array<Told, kWitnesses>> told_;
  std::array<Witness, kWitnesses> witnesses_;
  Later later_;
  Timestamp now_, next_hand_on_;
  std::map<std::string, Story> stories_;
  std::map<std::pair<std::size_t, std::size_t>, std::string> last_cosigned_;  // by judge and witness
  std::set<std::size_t> contradicting_;
  std::vector<std::string> impossible_;
};

}  // namespace dz::sim
