#include "monitor/memory_archive.h"

#include <fmt/format.h>

#include "monitor/archive_columns.h"

namespace dz::monitor {
namespace {

template <typename T, typename ToNumber>
void bind_optional(storage::SqliteStatement& statement, int position, const std::optional<T>& value,
                   ToNumber to_number) {
  if (value) {
    statement.bind(position, static_cast<std::int64_t>(to_number(*value)));
  } else {
    statement.bind_null(position);
  }
}

template <typename Word>
std::optional<Word> word_of(const storage::SqliteStatement& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return static_cast<Word>(query.integer(column));
}
template <typename Word>
int number_of(Word word) {
  return static_cast<int>(word);
}

}  // namespace

Result<std::map<Pubkey, StoredMemory>> MemoryArchive::load(std::vector<std::string>& damage) {
  DZ_TRY_ASSIGN(auto query, database_->prepare(fmt::format("SELECT {}, {} FROM memory", kMemoryTable.columns,
                                                           intact_sql(kMemoryTable))));
  std::map<Pubkey, StoredMemory> memories;
  bool all_intact = true;
  for (;;) {
    DZ_TRY_ASSIGN(const bool more, query.step());
    if (!more) break;
    const auto key = pubkey_of(query.blob(0));
    if (!key || query.integer(9) == 0) {
      all_intact = false;
      damage.push_back(
          fmt::format("what was remembered of record {} is damaged; the record is looked at as if it had "
                      "never been seen",
                      key ? to_text(*key) : "unknown"));
      continue;
    }
    auto& memory = memories[*key];
    if (!query.is_null(1)) memory.evidence_known_at = from_micros(query.integer(1));
    memory.own_health = word_of<Health>(query, 2);
    memory.tried_health = word_of<Health>(query, 3);
    memory.status = word_of<Status>(query, 4);
    memory.desired_status = word_of<DesiredStatus>(query, 5);
    memory.own_written = query.integer(6) != 0;
    if (const auto to = word_of<Health>(query, 7))
      memory.reset =
          verdict::Reset{*to, word_of<verdict::HealthReason>(query, 8).value_or(verdict::HealthReason::LeftService)};
  }
  if (!all_intact) DZ_TRY(database_->execute("DELETE FROM memory WHERE NOT " + intact_sql(kMemoryTable)));
  return memories;
}

Result<void> MemoryArchive::save(const std::vector<std::pair<Pubkey, StoredMemory>>& memories,
                                 const std::vector<Pubkey>& gone) {
  if (memories.empty() && gone.empty()) return {};
  return in_transaction(*database_, [&]() -> Result<void> {
    DZ_TRY_ASSIGN(auto save, database_->prepare(insert_sql(kMemoryTable, "INSERT OR REPLACE")));
    for (const auto& [key, memory] : memories) {
      save.bind(1, key.view());
      bind_optional(save, 2, memory.evidence_known_at, micros);
      bind_optional(save, 3, memory.own_health, number_of<Health>);
      bind_optional(save, 4, memory.tried_health, number_of<Health>);
      bind_optional(save, 5, memory.status, number_of<Status>);
      bind_optional(save, 6, memory.desired_status, number_of<DesiredStatus>);
      save.bind(7, std::int64_t{memory.own_written});
      const auto reset_to = memory.reset ? std::optional(memory.reset->to) : std::nullopt;
      const auto reset_reason = memory.reset ? std::optional(memory.reset->reason) : std::nullopt;
      bind_optional(save, 8, reset_to, number_of<Health>);
      bind_optional(save, 9, reset_reason, number_of<verdict::HealthReason>);
      DZ_TRY(save.run());
    }
    DZ_TRY_ASSIGN(auto forget, database_->prepare("DELETE FROM memory WHERE pubkey = ?"));
    for (const auto& key : gone) DZ_TRY(forget.bind(1, key.view()).run());
    return {};
  });
}

}  // namespace dz::monitor
