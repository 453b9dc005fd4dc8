#include "lake/outbox.h"

#include <random>

#include <fmt/format.h>

#include "lake/row_binary.h"
#include "storage/row_checks.h"
#include "transparency/log.h"

namespace dz::lake {
namespace {

// Reads the places of one stream, in their order.
class Places {
 public:
  static Result<Places> open(storage::SqliteDatabase& database, const Stream& stream, std::int64_t after) {
    Places places(database, stream);
    const auto& first = stream.tables.front();
    auto where = fmt::format("{0} > ?1", first.cut);
    if (!stream.not_yet.empty()) {
      where += fmt::format(" AND {0} < coalesce((SELECT min({0}) FROM {1} WHERE {2}), 9223372036854775807)", first.cut,
                           first.name, stream.not_yet);
    }
    DZ_TRY_ASSIGN(places.next_,
                  database.prepare(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY 1", first.cut, first.name, where)));
    places.next_->bind(1, after);
    for (const auto& table : stream.tables) {
      DZ_TRY_ASSIGN(auto rows, database.prepare(fmt::format("SELECT {} FROM {} WHERE {} = ? ORDER BY {}",
                                                            column_list(table), table.name, table.cut, table.key)));
      places.rows_.push_back(std::move(rows));
    }
    return places;
  }

  Result<std::optional<std::int64_t>> next() {
    DZ_TRY_ASSIGN(const bool more, next_->step());
    return more ? std::optional(next_->integer(0)) : std::nullopt;
  }

  Result<void> add_rows(std::int64_t place, std::string_view store, Batch& batch) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].bind(1, place);
      for (;;) {
        DZ_TRY_ASSIGN(const bool more, rows_[i].step());
        if (!more) break;
        Bytes entry;
        if (is_of_log(i)) {
          DZ_TRY_ASSIGN(entry, entries_.at(static_cast<std::uint64_t>(place)));
        }
        add_row(batch.rows[i], store, stream_->tables[i], rows_[i], entry);
        ++batch.numbers[i];
      }
    }
    return {};
  }

 private:
  Places(storage::SqliteDatabase& database, const Stream& stream) : entries_(database), stream_(&stream) {}

  // Of the present row.
  bool is_of_log(std::size_t table) const {
    for (int i = 0; const auto& column : stream_->tables[table].columns) {
      if (column.of_log && rows_[table].blob(i).empty()) return true;
      ++i;
    }
    return false;
  }

  transparency::LogEntries entries_;
  const Stream* stream_;
  std::optional<storage::SqliteStatement> next_;
  std::vector<storage::SqliteStatement> rows_;
};

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& rows : batch.rows) bytes += rows.size();
  return bytes;
}

Result<std::optional<Batch>> next_of(storage::SqliteDatabase& database, std::string_view store, const Stream& stream,
                                     std::int64_t after, std::size_t most_bytes) {
  Batch batch{.stream = &stream,
              .through = after,
              .rows = std::vector<std::string>(stream.tables.size()),
              .numbers = std::vector<std::size_t>(stream.tables.size())};
  DZ_TRY_ASSIGN(auto places, Places::open(database, stream, after));
  while (bytes_of(batch) < most_bytes) {
    DZ_TRY_ASSIGN(const auto place, places.next());
    if (!place) break;
    DZ_TRY(places.add_rows(*place, store, batch));
    batch.through = *place;
  }
  return batch.through > after ? std::optional(std::move(batch)) : std::nullopt;
}

}  // namespace

Result<std::string> store_id(storage::SqliteDatabase& database) {
  DZ_TRY(database.execute(
      "CREATE TABLE IF NOT EXISTS lake_store(one INTEGER PRIMARY KEY CHECK(one = 1), id TEXT NOT NULL)"));
  DZ_TRY_ASSIGN(auto put, database.prepare("INSERT OR IGNORE INTO lake_store VALUES(1, ?)"));
  std::random_device random;
  DZ_TRY(put.bind(1, fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random())).run());
  DZ_TRY_ASSIGN(const auto id, stored_id(database));
  if (!id) return corrupt("monitor store: expected a row in lake_store, found none");
  return *id;
}

Result<std::optional<std::string>> stored_id(storage::SqliteDatabase& database) {
  DZ_TRY_ASSIGN(const bool made, storage::has_column(database, "lake_store", "id"));
  if (!made) return std::optional<std::string>();
  DZ_TRY_ASSIGN(auto get, database.prepare("SELECT id FROM lake_store"));
  DZ_TRY_ASSIGN(const bool found, get.step());
  auto id = found ? std::optional(std::string(get.text(0))) : std::nullopt;
  get.reset();
  return id;
}

Result<std::optional<Batch>> next_batch(storage::SqliteDatabase& database, std::string_view store, const Sent& sent,
                                        std::size_t most_bytes) {
  // One view of all tables: whatever the monitor writes meanwhile.
  DZ_TRY(database.execute("BEGIN"));
  Result<std::optional<Batch>> found = std::optional<Batch>();
  for (const auto& stream : streams()) {
    const auto at = sent.find(stream.name);
    found = next_of(database, store, stream, at == sent.end() ? -1 : at->second, most_bytes);
    if (!found || *found) break;
  }
  database.rollback();
  return found;
}

}  // namespace dz::lake
