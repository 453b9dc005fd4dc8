#include "lake/lake_reader.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "lake/lake_writer.h"
#include "lake/row_binary.h"
#include "lake/tables.h"

namespace dz::lake {
namespace {

std::int64_t micros(Timestamp t) { return t.time_since_epoch().count(); }
Timestamp from_micros(std::int64_t n) { return Timestamp{Duration{n}}; }

constexpr Duration kAtOnce = std::chrono::hours{6};  // of passes in one answer: of a large fleet some 100 MB at most

class Reading {
 public:
  Reading(LakeClient& client, const LakeSettings& settings, std::string_view store, storage::SqliteDatabase& into)
      : client_(client), settings_(settings), store_(store), into_(into) {}

  // A time of a table's rows, such as max(`at`); none: there is no such row (the answer is then 0).
  Result<std::optional<std::int64_t>> time(std::string_view what, std::string_view table, std::string_view where) {
    DZ_TRY_ASSIGN(const auto text,
                  client_.ask(fmt::format("SELECT {} FROM `{}`.{} WHERE store = '{}' AND {} FORMAT TSV", what,
                                          settings_.database, table, store_, where)));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return corrupt("the lake's answer: expected a number, found '" + text + "'");
    return value == 0 ? std::nullopt : std::optional(value);
  }

  Result<void> copy(const Table& table, std::string_view where) {
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i) marks += i == 0 ? "?" : ", ?";
    DZ_TRY_ASSIGN(auto insert, into_.prepare(fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES({})", table.name,
                                                         column_list(table), marks)));
    DZ_TRY_ASSIGN(const auto rows,
                  client_.ask(fmt::format("SELECT {} FROM `{}`.`{}` WHERE store = '{}' AND {} FORMAT RowBinary",
                                          column_list(table), settings_.database, table.name, store_, where)));
    for (std::string_view rest = rows; !rest.empty();) {
      DZ_TRY(take_row(rest, table, insert));
      DZ_TRY(insert.run());
    }
    return {};
  }

 private:
  LakeClient& client_;
  const LakeSettings& settings_;
  std::string_view store_;
  storage::SqliteDatabase& into_;
};

const Stream& stream_named(std::string_view name) {
  return *std::find_if(streams().begin(), streams().end(), [&](const Stream& one) { return one.name == name; });
}

}  // namespace

Result<std::optional<std::pair<Timestamp, Timestamp>>> lake_bounds(LakeClient& client, const LakeSettings& settings,
                                                                   std::string_view store) {
  using Bounds = std::optional<std::pair<Timestamp, Timestamp>>;
  DZ_TRY_ASSIGN(const auto sent, read_sent(client, settings, store));
  const auto passes = sent.find("passes");
  if (passes == sent.end()) return Bounds();
  DZ_TRY_ASSIGN(auto memory, storage::SqliteDatabase::open(":memory:"));
  Reading reading(client, settings, store, memory);
  DZ_TRY_ASSIGN(const auto first, reading.time("min(`at`)", "history_pass", "`whole` = 1"));
  if (!first) return Bounds();
  return Bounds(std::pair(from_micros(*first), from_micros(passes->second)));
}

Result<void> read_rows(LakeClient& client, const LakeSettings& settings, std::string_view store, const Table& table,
                       std::string_view where, storage::SqliteDatabase& into) {
  return in_transaction(into, [&] { return Reading(client, settings, store, into).copy(table, where); });
}

Result<void> read_lake(LakeClient& client, const LakeSettings& settings, std::string_view store, Timestamp from,
                       Timestamp to, storage::SqliteDatabase& into,
                       const std::function<Result<void>(Timestamp)>& progress) {
  Reading reading(client, settings, store, into);
  const auto whole_until = [](Timestamp at) { return fmt::format("`whole` = 1 AND `at` <= {}", micros(at)); };
  DZ_TRY_ASSIGN(auto whole, reading.time("max(`at`)", "history_pass", whole_until(from)));
  if (!whole) {
    DZ_TRY_ASSIGN(whole, reading.time("min(`at`)", "history_pass", whole_until(to)));
  }
  if (!whole) {
    return not_found(fmt::format(
        "expected passes of the time before {} in ClickHouse, found none of this monitor's file", to_text(to)));
  }
  const auto& passes = stream_named("passes");
  DZ_TRY_ASSIGN(const auto start, reading.time("max(`at`)", "history_start", fmt::format("`at` <= {}", *whole)));
  return in_transaction(into, [&]() -> Result<void> {
    for (const auto& table : stream_named("subjects").tables) DZ_TRY(reading.copy(table, "1"));
    if (start) DZ_TRY(reading.copy(table_named("history_start"), fmt::format("`at` = {}", *start)));
    for (auto at = from_micros(*whole); at <= to; at += kAtOnce) {
      const auto until = std::min(at + kAtOnce, to + Duration{1});
      const auto span = fmt::format("`at` >= {} AND `at` < {}", micros(at), micros(until));
      for (const auto& table : passes.tables) DZ_TRY(reading.copy(table, span));
      DZ_TRY(reading.copy(table_named("decision"), span));
      DZ_TRY(progress(until));
    }
    return {};
  });
}

}  // namespace dz::lake
