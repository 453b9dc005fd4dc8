#include "lake/tables.h"

#include <algorithm>

#include "base/check.h"

namespace dz::lake {
namespace {

constexpr auto kInteger = ColumnKind::Integer;
constexpr auto kText = ColumnKind::Text;
constexpr auto kBlob = ColumnKind::Blob;
constexpr Column kSum{"sum", kInteger};

std::vector<Stream> make_streams() {
  return {
      {"subjects", {{"history_subject", {{"id"}, {"subject", kText}, kSum}, "id", "id"}}, ""},
      {"passes",
       {{"history_pass",
         {{"at"},
          {"previous", kInteger, true},
          {"whole"},
          {"could_write"},
          {"watermarks", kText},
          {"windows", kText},
          {"sum", kInteger, true}},
         "at",
         "at",
         true},
        {"history_start", {{"at"}, {"policy", kText}, {"writes_health"}, {"evidence", kBlob}}, "at", "at", true},
        {"history_minutes",
         {{"at"}, {"subject"}, {"first"}, {"until", kInteger, true}, {"marks", kText}},
         "at, subject, first",
         "at",
         true},
        {"history_record",
         {{"at"}, {"pubkey", kBlob}, {"kind"}, {"version"}, {"account", kBlob, true}, {"own_health", kInteger, true}},
         "at, pubkey",
         "at",
         true},
        {"history_qa", {{"at"}, {"device", kBlob}, {"result_at"}, {"success"}}, "at, device, result_at", "at", true}},
       ""},
      {"policies", {{"statement_policy", {{"hash", kBlob}, {"text", kText}, kSum}, "hash", "rowid"}}, ""},
      {"statements",
       {{"statement",
         {{"id"}, {"at"}, {"pubkey", kBlob}, {"hash", kBlob}, {"bytes", kBlob, false, true}, kSum},
         "id",
         "id"},
        {"statement_minutes", {{"id"}, {"leaves", kBlob}, kSum}, "id", "id"}},
       ""},
      {"outcomes",
       {{"statement_outcome", {{"id"}, {"outcome"}, {"signature", kText}, kSum}, "id", "id"}},
       "outcome = 0"},
      {"decisions",
       {{"decision",
         {{"id"},
          {"at"},
          {"slot"},
          {"pubkey", kBlob},
          {"kind"},
          {"code", kText},
          {"from_health"},
          {"to_health"},
          {"reason", kText},
          {"sentence", kText},
          {"findings", kText},
          {"signature", kText},
          {"policy", kText},
          kSum},
         "id",
         "id",
         true}},
       ""},
  };
}

}  // namespace

const std::vector<Stream>& streams() {
  static const auto all = make_streams();
  return all;
}

const Table& table_named(std::string_view name) {
  for (const auto& stream : streams()) {
    for (const auto& table : stream.tables) {
      if (table.name == name) return table;
    }
  }
  DZ_CHECK(false && "a table of the lake");
  return streams().front().tables.front();
}

std::string column_list(const Table& table) {
  std::string list;
  for (const auto& column : table.columns) {
    list += (list.empty() ? "`" : ", `") + std::string(column.name) + "`";
  }
  return list;
}

}  // namespace dz::lake
