#include "lake/schema.h"

#include <charconv>

#include <fmt/format.h>

#include "lake/tables.h"

namespace dz::lake {
namespace {

constexpr std::string_view kHere = "_here";  // the rows of one server of a cluster

std::string type_of(const Column& column) {
  const std::string type = column.kind == ColumnKind::Integer ? "Int64" : "String";
  return column.nullable ? "Nullable(" + type + ")" : type;
}

std::string columns_of(const Table& table) {
  std::string text = "`store` String";
  for (const auto& column : table.columns) text += fmt::format(", `{}` {}", column.name, type_of(column));
  return text;
}

std::string key_of(const Table& table) {
  std::string key = "`store`";
  for (std::string_view rest = table.key; !rest.empty();) {
    const auto end = std::min(rest.find(", "), rest.size());
    key += fmt::format(", `{}`", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return key;
}

// version: of two rows with one key the one that has more in this column stays; empty: the one that came last.
std::string engine_of(const LakeSettings& lake, std::string_view name, std::string_view version) {
  if (!lake.replicated) return fmt::format("ReplacingMergeTree({})", version);
  return fmt::format("ReplicatedReplacingMergeTree('/clickhouse/tables/{{shard}}/{}/{}', '{{replica}}'{}{})",
                     lake.database, name, version.empty() ? "" : ", ", version);
}

// What is the same for rows that belong together: they go to one server, and going there again finds them there.
std::string shard_of(std::string_view stream_key, bool has_time) {
  constexpr std::int64_t kHour = 3'600'000'000;  // microseconds
  return has_time ? fmt::format("cityHash64(`store`, intDiv(`at`, {}))", kHour)
                  : fmt::format("cityHash64(`store`, {})", stream_key);
}

class Schema {
 public:
  Schema(const LakeSettings& lake, bool with_ttl) : lake_(lake), with_ttl_(with_ttl) {
    add(fmt::format("CREATE DATABASE IF NOT EXISTS `{}`", lake.database));
  }

  void add_table(std::string_view name, const std::string& columns, const std::string& key, bool has_time,
                 std::string_view version = "") {
    const bool spread = !lake_.cluster.empty();
    const auto here = std::string(name) + (spread ? std::string(kHere) : "");
    const std::string day = "toDate(toDateTime(intDiv(`at`, 1000000)))";
    auto text = fmt::format("CREATE TABLE IF NOT EXISTS `{}`.`{}` ({}) ENGINE = {}", lake_.database, here, columns,
                            engine_of(lake_, here, version));
    if (has_time) text += fmt::format(" PARTITION BY toYYYYMM({})", day);
    text += fmt::format(" ORDER BY ({})", key);
    const auto days = std::chrono::duration_cast<std::chrono::hours>(lake_.keep).count() / 24;
    if (has_time && with_ttl_ && days > 0) text += fmt::format(" TTL {} + toIntervalDay({})", day, days);
    add(std::move(text));
    if (!spread) return;
    add(fmt::format("CREATE TABLE IF NOT EXISTS `{}`.`{}` ({}) ENGINE = Distributed({}, {}, {}, {})", lake_.database,
                    name, columns, lake_.cluster, lake_.database, here, shard_of(first_of(key), has_time)));
  }

  std::vector<std::string> take() { return std::move(statements_); }

 private:
  // The first column of a key behind the store.
  static std::string first_of(const std::string& key) {
    const auto begin = key.find(", ") + 2;
    return key.substr(begin, key.find(", ", begin) - begin);
  }
  void add(std::string statement) { statements_.push_back(std::move(statement)); }

  const LakeSettings& lake_;
  bool with_ttl_;
  std::vector<std::string> statements_;
};

}  // namespace

bool knows_ttl(std::string_view version) {
  int major = 0, minor = 0;
  const auto* end = version.data() + version.size();
  const auto [dot, error] = std::from_chars(version.data(), end, major);
  if (error != std::errc{} || dot == end) return false;
  std::from_chars(dot + 1, end, minor);
  return major > 19 || (major == 19 && minor >= 6);
}

std::vector<std::string> schema_statements(const LakeSettings& lake, bool with_ttl) {
  Schema schema(lake, with_ttl);
  for (const auto& stream : streams()) {
    for (const auto& table : stream.tables) {
      schema.add_table(table.name, columns_of(table), key_of(table), table.has_time);
    }
  }
  schema.add_table(kSentTable, "`store` String, `stream` String, `through` Int64", "`store`, `stream`", false,
                   "through");
  return schema.take();
}

}  // namespace dz::lake
