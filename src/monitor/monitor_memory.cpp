#include "monitor/monitor_memory.h"

#include <utility>

namespace dz::monitor {
namespace {

constexpr Duration kCheckpointEvery = std::chrono::minutes{10};
constexpr std::size_t kCheckpointBytes = 64U << 20;  // of the journal
constexpr Duration kTryAgainAfter = std::chrono::minutes{1};
constexpr Duration kForgetEvery = std::chrono::hours{1};

StoredMemory stored_form(const verdict::RecordMemory& memory, Timestamp now) {
  return {memory.evidence_known_at == now ? std::nullopt : memory.evidence_known_at,
          memory.own_health,
          memory.tried_health,
          memory.seen ? std::optional(memory.status) : std::nullopt,
          memory.seen ? std::optional(memory.desired_status) : std::nullopt,
          memory.own_written,
          memory.reset};
}

}  // namespace

Result<MonitorMemory> MonitorMemory::open(storage::SqliteDatabase& database, MemoryOptions options, FileWrites& files) {
  DZ_TRY_ASSIGN(auto archive, MonitorArchive::open(database));
  DZ_TRY_ASSIGN(auto clock, ForgetClock::open(database, history::HistoryWriter(database).newest()));
  MonitorMemory memory(database, archive, std::move(clock), std::move(options), files);
  DZ_TRY_ASSIGN(memory.saved_, archive.memories().load(memory.damage_));
  files.kept(archive.statements().interrupt_open(), "statements");
  return memory;
}

MonitorMemory::MonitorMemory(storage::SqliteDatabase& database, MonitorArchive archive, ForgetClock clock,
                             MemoryOptions options, FileWrites& files)
    : database_(&database),
      archive_(archive),
      history_(database),
      recorder_(std::move(options.start), history_.newest()),
      forget_clock_(std::move(clock)),
      files_(files),
      keep_(options.keep) {}

control::RecordBook::Memories MonitorMemory::restored(std::optional<Timestamp> last_pass) const {
  control::RecordBook::Memories memories;
  for (const auto& [key, saved] : saved_) {
    auto& memory = memories[key];
    memory.evidence_known_at = saved.evidence_known_at ? saved.evidence_known_at : last_pass;
    memory.own_health = saved.own_health;
    memory.tried_health = saved.tried_health;
    memory.own_written = saved.own_written;
    memory.reset = saved.reset;
    memory.seen = saved.status && saved.desired_status;
    memory.status = saved.status.value_or(memory.status);
    memory.desired_status = saved.desired_status.value_or(memory.desired_status);
  }
  return memories;
}

bool MonitorMemory::save(const control::RecordBook::Memories& memories, Timestamp now) {
  Stored changed;
  std::vector<Pubkey> gone;
  for (const auto& [key, memory] : memories) add_if_other(key, memory, now, changed);
  for (const auto& [key, memory] : saved_) {
    if (!memories.contains(key)) gone.push_back(key);
  }
  return write(std::move(changed), gone);
}

bool MonitorMemory::save(control::RecordBook& book, Timestamp now) {
  const auto unsaved = book.unsaved();
  bool saved = false;
  if (unsaved) {
    Stored changed;
    for (const auto& key : *unsaved) add_if_other(key, book.memory_of(key), now, changed);
    saved = write(std::move(changed), {});
  } else {
    saved = save(book.memories(), now);
  }
  if (saved) book.saved();
  return saved;
}

void MonitorMemory::add_if_other(const Pubkey& key, const verdict::RecordMemory& memory, Timestamp now,
                                 Stored& changed) const {
  auto form = stored_form(memory, now);
  const auto saved = saved_.find(key);
  if (saved == saved_.end() || saved->second != form) changed.emplace_back(key, std::move(form));
}

bool MonitorMemory::write(Stored changed, const std::vector<Pubkey>& gone) {
  if (!files_.kept(archive_.memories().save(changed, gone), "memory")) return false;
  for (auto& [key, form] : changed) saved_.insert_or_assign(key, form);
  for (const auto& key : gone) saved_.erase(key);
  return true;
}

bool MonitorMemory::record(history::HistoryPass news, const control::RecordBook& book) {
  history::HistoryRecorder::complete(news, book);
  const bool kept = files_.kept(history_.add(news), "history");
  if (!kept) recorder_.lost();
  return kept;
}

client::KeptSlots MonitorMemory::slots() {
  return {.load = [this](const wire::Blockhash& genesis) { return archive_.load_slot(genesis); },
          .save = [this](const wire::Blockhash& genesis, Slot slot) { return archive_.save_slot(genesis, slot); }};
}

void MonitorMemory::add(const std::vector<Decision>& decisions) {
  files_.kept(archive_.decisions().add(decisions), "decisions");
}

Result<StatementArchive::Added> MonitorMemory::add_statements(std::span<const attest::Stated> stated) {
  auto added = archive_.statements().add(stated);
  files_.kept(added ? Result<void>{} : Result<void>(tl::unexpected(added.error())), "statements");
  return added;
}

void MonitorMemory::settle(std::span<const StatementArchive::Outcome> outcomes) {
  files_.kept(archive_.statements().settle(outcomes), "statements");
}

void MonitorMemory::keep_policy(std::string_view text) {
  files_.kept(archive_.statements().keep_policy(text), "statements");
}

void MonitorMemory::keep_house(telemetry::DurableEvidence& evidence, Timestamp now) {
  if (!last_checkpoint_) last_checkpoint_ = now;
  const bool due = now < *last_checkpoint_ || now - *last_checkpoint_ >= kCheckpointEvery;
  if (due || evidence.journal_bytes() >= kCheckpointBytes) {
    const bool kept = files_.kept(evidence.checkpoint(), "checkpoint");
    last_checkpoint_ = kept ? now : now - kCheckpointEvery + kTryAgainAfter;
  }
  if (!files_.kept(forget_clock_.pass(now), "lived time")) return;
  if (!last_forgotten_ || now < *last_forgotten_ || now - *last_forgotten_ >= kForgetEvery) {
    const auto oldest = oldest_kept();
    files_.kept(archive_.forget_before(oldest), "decisions");
    files_.kept(history_.forget_before(oldest), "history");
    last_forgotten_ = now;
  }
}

Timestamp MonitorMemory::oldest_kept() const {
  const auto oldest = forget_clock_.older_than(keep_);
  if (!elsewhere_.through) return oldest;
  const auto there = elsewhere_.through().value_or(Timestamp{});
  return std::max(std::min(oldest, there), std::min(oldest, forget_clock_.older_than(elsewhere_.hold)));
}

}  // namespace dz::monitor
