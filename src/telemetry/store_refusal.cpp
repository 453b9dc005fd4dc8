#include "telemetry/store_refusal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "telemetry/store_answer.h"

namespace dz::telemetry {
namespace {

using enum Remedy;

// ---- HTTP: what servers and the proxies before them mean, where the body does not say more

struct StatusRow {
  int status;
  Remedy remedy;
};
// 504 and 524: the answer took longer than a proxy waits. 413: of a question of ours, the proxy's word for the answer.
constexpr std::array kStatuses = {
    StatusRow{401, CheckCredentials}, StatusRow{403, CheckCredentials}, StatusRow{404, CheckNames},
    StatusRow{407, CheckCredentials}, StatusRow{408, TryLater},         StatusRow{410, CheckNames},
    StatusRow{413, AskForLess},       StatusRow{425, TryLater},         StatusRow{429, TryLater},
    StatusRow{499, TryLater},         StatusRow{501, CheckQuery},       StatusRow{504, AskForLess},
    StatusRow{524, AskForLess}};

// ---- words: the first row whose text is found, case aside

struct WordsRow {
  std::string_view words;  // in small letters
  Remedy remedy;
};

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return small;
}

template <std::size_t N>
std::optional<Remedy> by_words(const std::array<WordsRow, N>& rows, std::string_view text) {
  const auto small = in_small_letters(text);
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const WordsRow& r) { return small.find(r.words) != std::string::npos; });
  return row == rows.end() ? std::nullopt : std::optional(row->remedy);
}

// InfluxDB 1.x and 2.x: coordinator and query executor; 3: file limit and memory of DataFusion. Limits stand first, for
// "query-timeout" is one and "timeout" of a node is none.
constexpr std::array kInflux = {WordsRow{"max-select-point", AskForLess},
                                WordsRow{"max-select-series", AskForLess},
                                WordsRow{"max-select-buckets", AskForLess},
                                WordsRow{"query-timeout limit", AskForLess},
                                WordsRow{"exceed file limit", AskForLess},
                                WordsRow{"resources exhausted", AskForLess},
                                WordsRow{"allocation limit", AskForLess},
                                WordsRow{"max-concurrent-queries", TryLater},
                                WordsRow{"error parsing query", CheckQuery},
                                WordsRow{"not found", CheckNames},
                                WordsRow{"authoriz", CheckCredentials},
                                WordsRow{"authenticat", CheckCredentials},
                                WordsRow{"timeout", TryLater},
                                WordsRow{"timed out", TryLater},
                                WordsRow{"interrupted", TryLater},
                                WordsRow{"killed", TryLater},
                                WordsRow{"not executed", TryLater},
                                WordsRow{"closed", TryLater},
                                WordsRow{"shutdown", TryLater},
                                WordsRow{"disabled", TryLater},
                                WordsRow{"unavailable", TryLater},
                                WordsRow{"too many requests", TryLater}};

// Prometheus' engine and API, then those who speak its API: Mimir and Cortex, Thanos, VictoriaMetrics. Queues stand
// first: their time-outs are those of others who are in front.
constexpr std::array kPrometheus = {WordsRow{"in query queue", TryLater},
                                    WordsRow{"too many outstanding requests", TryLater},
                                    WordsRow{"-search.maxconcurrentrequests", TryLater},
                                    WordsRow{"too many samples", AskForLess},
                                    WordsRow{"exceeded maximum resolution", AskForLess},
                                    WordsRow{"query timed out", AskForLess},
                                    WordsRow{"context deadline exceeded", AskForLess},
                                    WordsRow{"err-mimir-max-", AskForLess},
                                    WordsRow{"exceeds the limit", AskForLess},
                                    WordsRow{"query exceeded the", AskForLess},
                                    WordsRow{"the query hit the max", AskForLess},
                                    WordsRow{"exceeded series limit", AskForLess},
                                    WordsRow{"exceeded chunks limit", AskForLess},
                                    WordsRow{"exceeded samples limit", AskForLess},
                                    WordsRow{"exceeded bytes limit", AskForLess},
                                    WordsRow{" violated (got ", AskForLess},
                                    WordsRow{"resourceexhausted", AskForLess},
                                    WordsRow{"either narrow down", AskForLess},
                                    WordsRow{"-search.max", AskForLess},
                                    WordsRow{"not enough memory", AskForLess},
                                    WordsRow{"timeout exceeded", AskForLess}};

// errorType of Prometheus and of Mimir, as a whole.
constexpr std::array kPrometheusTypes = {
    WordsRow{"timeout", AskForLess},       WordsRow{"too_large_entry", AskForLess},
    WordsRow{"canceled", TryLater},        WordsRow{"unavailable", TryLater},
    WordsRow{"internal", TryLater},        WordsRow{"too_many_requests", TryLater},
    WordsRow{"not_found", CheckNames},     WordsRow{"unauthorized", CheckCredentials},
    WordsRow{"bad_data", CheckQuery},      WordsRow{"execution", CheckQuery},
    WordsRow{"not_acceptable", CheckQuery}};

// ---- ClickHouse: codes of its ErrorCodes.cpp, which never change their meaning

struct CodeRow {
  int code;
  Remedy remedy;
};
constexpr std::array kClickHouse = {CodeRow{158, AskForLess},         // TOO_MANY_ROWS
                                    CodeRow{159, AskForLess},         // TIMEOUT_EXCEEDED
                                    CodeRow{160, AskForLess},         // TOO_SLOW
                                    CodeRow{173, AskForLess},         // CANNOT_ALLOCATE_MEMORY
                                    CodeRow{191, AskForLess},         // SET_SIZE_LIMIT_EXCEEDED
                                    CodeRow{241, AskForLess},         // MEMORY_LIMIT_EXCEEDED
                                    CodeRow{290, AskForLess},         // LIMIT_EXCEEDED
                                    CodeRow{307, AskForLess},         // TOO_MANY_BYTES
                                    CodeRow{396, AskForLess},         // TOO_MANY_ROWS_OR_BYTES
                                    CodeRow{565, AskForLess},         // TOO_MANY_PARTITIONS
                                    CodeRow{95, TryLater},            // CANNOT_READ_FROM_SOCKET
                                    CodeRow{96, TryLater},            // CANNOT_WRITE_TO_SOCKET
                                    CodeRow{198, TryLater},           // DNS_ERROR
                                    CodeRow{201, TryLater},           // QUOTA_EXCEEDED, of an interval
                                    CodeRow{202, TryLater},           // TOO_MANY_SIMULTANEOUS_QUERIES
                                    CodeRow{203, TryLater},           // NO_FREE_CONNECTION
                                    CodeRow{209, TryLater},           // SOCKET_TIMEOUT
                                    CodeRow{210, TryLater},           // NETWORK_ERROR
                                    CodeRow{225, TryLater},           // NO_ZOOKEEPER
                                    CodeRow{236, TryLater},           // ABORTED
                                    CodeRow{242, TryLater},           // TABLE_IS_READ_ONLY
                                    CodeRow{243, TryLater},           // NOT_ENOUGH_SPACE
                                    CodeRow{252, TryLater},           // TOO_MANY_PARTS
                                    CodeRow{254, TryLater},           // NO_ACTIVE_REPLICAS
                                    CodeRow{279, TryLater},           // ALL_CONNECTION_TRIES_FAILED
                                    CodeRow{297, TryLater},           // SHARD_HAS_NO_CONNECTIONS
                                    CodeRow{364, TryLater},           // RECEIVED_ERROR_TOO_MANY_REQUESTS
                                    CodeRow{369, TryLater},           // ALL_REPLICAS_ARE_STALE
                                    CodeRow{373, TryLater},           // SESSION_IS_LOCKED
                                    CodeRow{394, TryLater},           // QUERY_WAS_CANCELLED
                                    CodeRow{410, TryLater},           // EXTERNAL_SERVER_IS_NOT_RESPONDING
                                    CodeRow{425, TryLater},           // SYSTEM_ERROR
                                    CodeRow{439, TryLater},           // CANNOT_SCHEDULE_TASK
                                    CodeRow{473, TryLater},           // DEADLOCK_AVOIDED
                                    CodeRow{499, TryLater},           // S3_ERROR
                                    CodeRow{519, TryLater},           // NO_REMOTE_SHARD_AVAILABLE
                                    CodeRow{700, TryLater},           // USER_SESSION_LIMIT_EXCEEDED
                                    CodeRow{745, TryLater},           // SERVER_OVERLOADED
                                    CodeRow{999, TryLater},           // KEEPER_EXCEPTION
                                    CodeRow{1000, TryLater},          // POCO_EXCEPTION: sockets, mostly
                                    CodeRow{1001, TryLater},          // STD_EXCEPTION
                                    CodeRow{1002, TryLater},          // UNKNOWN_EXCEPTION
                                    CodeRow{8, CheckNames},           // THERE_IS_NO_COLUMN
                                    CodeRow{10, CheckNames},          // NOT_FOUND_COLUMN_IN_BLOCK
                                    CodeRow{16, CheckNames},          // NO_SUCH_COLUMN_IN_TABLE
                                    CodeRow{47, CheckNames},          // UNKNOWN_IDENTIFIER
                                    CodeRow{60, CheckNames},          // UNKNOWN_TABLE
                                    CodeRow{81, CheckNames},          // UNKNOWN_DATABASE
                                    CodeRow{218, CheckNames},         // TABLE_IS_DROPPED
                                    CodeRow{192, CheckCredentials},   // UNKNOWN_USER
                                    CodeRow{193, CheckCredentials},   // WRONG_PASSWORD
                                    CodeRow{194, CheckCredentials},   // REQUIRED_PASSWORD
                                    CodeRow{195, CheckCredentials},   // IP_ADDRESS_NOT_ALLOWED
                                    CodeRow{291, CheckCredentials},   // DATABASE_ACCESS_DENIED
                                    CodeRow{497, CheckCredentials},   // ACCESS_DENIED
                                    CodeRow{516, CheckCredentials}};  // AUTHENTICATION_FAILED

// ---- warnings of Prometheus' answers: the first row that fits

enum class Part : std::uint8_t { Beginning, AfterNumber };
struct WarningRow {
  Part part;
  std::string_view text;
};
// What says nothing of the data. PromQL's notes carry their name since 2.46; what follows is how they read without it.
constexpr std::array kNotesOnTheQuery = {
    WarningRow{Part::Beginning, "PromQL info:"},
    WarningRow{Part::Beginning, "PromQL warning:"},
    WarningRow{Part::AfterNumber, " more annotations omitted"},
    WarningRow{Part::AfterNumber, " more warning annotations omitted"},
    WarningRow{Part::AfterNumber, " more info annotations omitted"},
    WarningRow{Part::AfterNumber, " more warnings omitted"},
    WarningRow{Part::AfterNumber, " more infos omitted"},
    WarningRow{Part::Beginning, "metric might not be a counter"},
    WarningRow{Part::Beginning, "input to histogram_quantile "},
    WarningRow{Part::Beginning, "input to histogram_fraction "},
    WarningRow{Part::Beginning, "quantile value should be between 0 and 1"},
    WarningRow{Part::Beginning, "ratio value should be between -1 and 1"},
    WarningRow{Part::Beginning, "bucket label \"le\" is missing or has a malformed value"},
    WarningRow{Part::Beginning, "encountered a mix of histograms and floats"},
    WarningRow{Part::Beginning, "vector contains a mix of "},
    WarningRow{Part::Beginning, "vector contains histograms with incompatible custom buckets"},
    WarningRow{Part::Beginning, "this native histogram metric is not a "},
    WarningRow{Part::Beginning, "incompatible sample types encountered for binary operator"},
    WarningRow{Part::Beginning, "incompatible bucket layout encountered for binary operator"},
    WarningRow{Part::Beginning, "ignored histogram"}};

bool fits(const WarningRow& row, std::string_view warning) {
  if (row.part == Part::Beginning) return warning.starts_with(row.text);
  const auto digits = std::min(warning.find_first_not_of("0123456789"), warning.size());
  return digits > 0 && warning.substr(digits) == row.text;
}

ErrorKind kind_of(Remedy remedy) {
  switch (remedy) {
    case AskForLess: return ErrorKind::TooMuch;
    case TryLater: return ErrorKind::Retry;
    case CheckNames: return ErrorKind::NotFound;
    case CheckCredentials:
    case CheckQuery: break;
  }
  return ErrorKind::Refused;
}

// What it means, and what to do about it besides what we do ourselves.
struct Sentence {
  std::string_view what, advice;
};
Sentence sentence_of(Remedy remedy) {
  switch (remedy) {
    case AskForLess: return {"the question is too much for the store", ""};
    case TryLater: return {"the store is in trouble", ""};
    case CheckNames:
      return {"the store has no such thing", "; check the source's url, database and tables, or the rule's query"};
    case CheckCredentials:
      return {"the store does not accept the credentials",
              "; check the source's token or username and password, and what they may read"};
    case CheckQuery: break;
  }
  return {"the store declines the query", ""};
}

Error error_of(const StoreSettings& store, Remedy remedy, std::string_view status, std::string_view words) {
  auto text = store_words(store, words);
  if (text.empty()) text = "(no words)";
  const auto sentence = sentence_of(remedy);
  return {kind_of(remedy), fmt::format("{}{}: {}{}", sentence.what, status, text, sentence.advice)};
}

}  // namespace

Remedy remedy_of_status(int status) {
  const auto row = std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& r) { return r.status == status; });
  if (row != kStatuses.end()) return row->remedy;
  return status >= 500 ? TryLater : CheckQuery;
}

std::optional<Remedy> influx_remedy(std::string_view words) { return by_words(kInflux, words); }

std::optional<Remedy> prometheus_remedy(std::string_view error_type, std::string_view words) {
  if (const auto said = by_words(kPrometheus, words)) return said;
  const auto row = std::find_if(kPrometheusTypes.begin(), kPrometheusTypes.end(),
                                [&](const WordsRow& r) { return r.words == error_type; });
  return row == kPrometheusTypes.end() ? std::nullopt : std::optional(row->remedy);
}

std::optional<Remedy> clickhouse_remedy(int code) {
  const auto row = std::find_if(kClickHouse.begin(), kClickHouse.end(), [&](const auto& r) { return r.code == code; });
  return row == kClickHouse.end() ? std::nullopt : std::optional(row->remedy);
}

Error refusal(const StoreSettings& store, Remedy remedy, std::string_view words) {
  return error_of(store, remedy, "", words);
}

Error status_refusal(const StoreSettings& store, int status, std::optional<Remedy> remedy, std::string_view words) {
  if (status >= 300 && status < 400) {
    return {ErrorKind::Refused, fmt::format("expected the store's answer, found a redirection (HTTP {}); give the "
                                            "source's url as the store itself serves it",
                                            status)};
  }
  return error_of(store, remedy.value_or(remedy_of_status(status)), fmt::format(", HTTP {}", status), words);
}

bool speaks_of_missing_data(std::string_view warning) {
  return std::none_of(kNotesOnTheQuery.begin(), kNotesOnTheQuery.end(),
                      [&](const WarningRow& row) { return fits(row, warning); });
}

}  // namespace dz::telemetry
