#include "sim/judges_logs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "testbed/small_network.h"
#include "transparency/hand_on.h"

namespace dz::sim {
namespace {

using transparency::WitnessWord;

constexpr Duration kBetweenTries = std::chrono::seconds{6};
constexpr Duration kBetweenHandingOn = std::chrono::seconds{40};

// As it stands in a note.
std::string text_of(const std::string& note) {
  const auto opened = transparency::read_checkpoint(note);
  return opened ? opened->note.text : std::string();
}

}  // namespace

JudgesLogs::JudgesLogs(const std::vector<wire::Keypair>& judges, Later later)
    : told_(judges.size()), later_(std::move(later)) {
  std::vector<transparency::NoteKey> known;
  for (std::size_t judge = 0; judge < judges.size(); ++judge) {
    for (auto& told : told_[judge]) {
      told.database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
      auto log = transparency::Log::open(*told.database);
      auto opened =
          transparency::PublishedLog::open(*log, {.origin = name_of(judge), .key = judges[judge], .file = {}});
      told.log = std::make_unique<transparency::PublishedLog>(std::move(*opened));
    }
    known.push_back(told_[judge][0].log->verifier());
  }
  for (std::size_t i = 0; i < kWitnesses; ++i) {
    auto& [database, witness] = witnesses_[i];
    database = std::make_unique<storage::SqliteDatabase>(*storage::SqliteDatabase::open(":memory:"));
    const auto key = testbed::SmallNetwork::key(static_cast<std::uint8_t>(200 + i));
    witness = std::make_unique<transparency::Witness>(
        *transparency::Witness::open(*database, fmt::format("witness.example/{}", i), key, known));
  }
}

std::string JudgesLogs::name_of(std::size_t judge) { return fmt::format("judge.example/{}", judge); }

void JudgesLogs::state(std::size_t judge, const Bytes& to_first, const Bytes& to_second) {
  const std::array<const Bytes*, kWitnesses> entries{&to_first, &to_second};
  for (std::size_t i = 0; i < kWitnesses; ++i) {
    auto& told = told_[judge][i];
    auto log = told.log->log();
    DZ_CHECK(log.append(std::span(entries[i], 1)).has_value());
    told.entries.push_back(*entries[i]);
  }
}

void JudgesLogs::step(Timestamp now) {
  now_ = now;
  const bool hands_on = now >= next_hand_on_;
  if (hands_on) next_hand_on_ = now + kBetweenHandingOn;
  for (std::size_t judge = 0; judge < told_.size(); ++judge) {
    for (std::size_t witness = 0; witness < kWitnesses; ++witness) {
      publish(judge, witness);
      ask(judge, witness);
      if (!hands_on) continue;
      send_wrong_proof(judge, witness, 1 - witness);
      hand_on(judge, witness, 1 - witness);
    }
  }
}

void JudgesLogs::publish(std::size_t judge, std::size_t witness) {
  auto& told = told_[judge][witness];
  DZ_CHECK(told.log->publish().has_value());
  stories_.try_emplace(told.log->newest()->note.text, Story{judge, witness, told.entries.size()});
}

// As monitor/log_desk.h does.
void JudgesLogs::ask(std::size_t judge, std::size_t witness) {
  auto& told = told_[judge][witness];
  const auto& note = told.log->newest()->note;
  if (told.entries.empty() || now_ < told.next_try || told.cosigned == note.text) return;
  const auto request = told.log->ask_witness(told.seen);
  if (!request) return;  // the witness saw more of the other story
  told.next_try = now_ + kBetweenTries;
  later_([this, &told, witness, note, request = *request] {
    const auto answer = add_to(witness, request);
    const auto word = read_witness_answer(answer.status, answer.body, note, witnesses_[witness].witness->verifier());
    if (word.kind == WitnessWord::Kind::Behind) told.seen = word.other_size;
    if (word.kind != WitnessWord::Kind::Cosigned) return;
    told.cosigned = note.text;
    told.seen = transparency::parse_checkpoint(note.text)->head.size;
  });
}

std::optional<transparency::SeenLog> JudgesLogs::seen_by(std::size_t witness, std::size_t judge) const {
  const auto all = witnesses_[witness].witness->seen();
  DZ_CHECK(all.has_value());
  for (const auto& seen : *all) {
    if (seen.origin == name_of(judge)) return seen;
  }
  return std::nullopt;
}

// By whoever reads what both witnesses show. Of two trees the larger one has to go on from the smaller one.
void JudgesLogs::hand_on(std::size_t judge, std::size_t from, std::size_t to) {
  const auto shown = seen_by(from, judge);
  if (!shown) return;
  const auto opened = transparency::read_checkpoint(shown->checkpoint);
  DZ_CHECK(opened.has_value());
  const auto& log = *told_[judge][stories_.at(opened->note.text).told].log;
  later_([this, to, &log, checkpoint = *opened] {
    const auto fetch = [&log](const std::string& path) {
      return transparency::file_of(log, path).map([](const transparency::LogFile& file) { return file.body; });
    };
    const auto ask = [&](const transparency::AddCheckpoint& request) -> Result<WitnessWord> {
      const auto answer = add_to(to, request);
      return read_witness_answer(answer.status, answer.body, checkpoint.note, witnesses_[to].witness->verifier());
    };
    (void)transparency::hand_on(checkpoint, fetch, ask);
  });
}

// What anybody can send who has a checkpoint, and no right proof.
void JudgesLogs::send_wrong_proof(std::size_t judge, std::size_t from, std::size_t to) {
  const auto shown = seen_by(from, judge), known = seen_by(to, judge);
  if (!shown || !known || shown->head.size < known->head.size) return;
  for (std::size_t hashes = 0; hashes < 5; ++hashes) {
    const transparency::Proof proof(hashes, shown->head.root);
    if (check_consistency(known->head, shown->head, proof)) continue;
    const auto answer = add_to(to, {known->head.size, proof, shown->checkpoint});
    if (answer.status == 200) impossible_.push_back(fmt::format("witness {} cosigned upon a wrong proof", to));
  }
}

transparency::WitnessAnswer JudgesLogs::add_to(std::size_t witness, const transparency::AddCheckpoint& request) {
  auto answer = witnesses_[witness].witness->add_checkpoint(render_add_checkpoint(request), now_);
  if (answer.status != 200) return answer;
  const auto text = text_of(request.note);
  const auto judge = stories_.at(text).judge;
  auto& last = last_cosigned_[{judge, witness}];
  if (!last.empty() && contradict(last, text))
    impossible_.push_back(fmt::format("witness {} cosigned two stories of {}", witness, name_of(judge)));
  last = text;
  const auto& others = last_cosigned_[{judge, 1 - witness}];
  if (!others.empty() && contradict(others, text)) contradicting_.insert(judge);
  return answer;
}

// ---- the checker

// They are of two stories, and both speak of an entry that the two do not share.
bool JudgesLogs::contradict(const std::string& one, const std::string& other) const {
  const auto& a = stories_.at(one);
  const auto& b = stories_.at(other);
  if (a.judge != b.judge || a.told == b.told) return false;
  const auto& first = told_[a.judge][0].entries;
  const auto& second = told_[a.judge][1].entries;
  const auto parting = std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first;
  return static_cast<std::ptrdiff_t>(std::min(a.size, b.size)) > std::distance(first.begin(), parting);
}

std::set<std::size_t> JudgesLogs::found() const {
  std::set<std::size_t> all;
  for (const auto& witness : witnesses_) {
    const auto conflicts = witness.witness->conflicts();
    DZ_CHECK(conflicts.has_value());
    for (const auto& conflict : *conflicts) {
      const auto seen = stories_.find(text_of(conflict.seen)), found = stories_.find(text_of(conflict.found));
      if (seen == stories_.end() || found == stories_.end() || !contradict(seen->first, found->first)) continue;
      const auto& key = told_[seen->second.judge][0].log->verifier();
      if (open_checkpoint(conflict.seen, key) && open_checkpoint(conflict.found, key)) all.insert(seen->second.judge);
    }
  }
  return all;
}

std::vector<std::string> JudgesLogs::wrong(bool after_quiet) const {
  auto all = impossible_;
  const auto proven = found();
  for (std::size_t judge = 0; judge < told_.size(); ++judge) {
    if (after_quiet && contradicting_.contains(judge) && !proven.contains(judge))
      all.push_back(fmt::format("{} showed two witnesses two logs, and none of them found it", name_of(judge)));
  }
  for (const auto& witness : witnesses_) {
    const auto conflicts = witness.witness->conflicts();
    DZ_CHECK(conflicts.has_value());
    for (const auto& conflict : *conflicts) {
      const auto& log = told_[stories_.at(text_of(conflict.seen)).judge];
      if (log[0].entries == log[1].entries)
        all.push_back(fmt::format("{} told one story, and a witness accuses it: {}", conflict.origin, conflict.reason));
    }
  }
  return all;
}

}  // namespace dz::sim
