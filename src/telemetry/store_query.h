// What a store is asked and what its answer means: a question becomes one HTTP request, an answer becomes rows. Text
// in, text out: no sockets, no clock, no state, so every store's dialect is tested against the answers it documents.
//
// A question asks for the whole fleet at once. Counters come as one aggregate a minute and interface, made by the
// store.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pubkey.h"
#include "base/result.h"
#include "base/time.h"
#include "verdict/added_criterion.h"

namespace dz::telemetry {

enum class StoreKind : std::uint8_t { InfluxDb, Prometheus, ClickHouse };
std::string_view to_text(StoreKind kind);  // "influxdb", "prometheus", "clickhouse"
std::optional<StoreKind> parse_store_kind(std::string_view text);

// How a store is reached and what its tables are called. Names default to those of the DoubleZero stack.
struct StoreSettings {
  std::string name;  // for people; unique
  StoreKind kind = StoreKind::InfluxDb;
  std::string url;       // "https://host:8086", with a path in front of the API's if there is one ("/api/prom")
  std::string database;  // InfluxDB: db (and bucket); ClickHouse: database. Prometheus has none
  // At most one of token and username. Secrets: never logged, never in an error.
  std::string token, username, password;
  // InfluxDB measurements, ClickHouse tables; empty: the stack's own name.
  std::string counters_table, getconfig_table, qa_table, qa_runs_table;
  // Prometheus: the query for getconfig successes, per pubkey, over $range; empty: requests less render errors.
  std::string config_agent_query;
  std::string device_label = "pubkey";          // of that query's answer
  std::chrono::seconds config_agent_range{60};  // $range: at least two scrapes long
  bool operator==(const StoreSettings&) const = default;
};

enum class StoreSubject : std::uint8_t {
  Counters,     // per minute and interface, of [from, to)
  Baselines,    // the last value of each sparse counter in [from, to), per interface: fetched once before the window
  ConfigAgent,  // getconfig successes, per minute and device
  Qa,           // results and runs
  Added,        // an added criterion
  FutureRows,   // counter rows stamped in [from, to), which is ahead of the clock: per device, the farthest
};

struct StoreQuestion {
  StoreSubject subject = StoreSubject::Counters;
  Minute from, to;                                     // half-open; of an added criterion, multiples of its `every`
  const verdict::AddedCriterion* criterion = nullptr;  // of Added; outlives the question
  bool events = false;  // of Counters and Baselines: discards and carrier transitions too; a store may know none
};

struct StoreRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // credentials included
  std::string body;
};

struct StoreAnswer {
  int status = 0;
  std::string body;
};

// Values of one cumulative counter in one minute; none when the store had no value of it.
struct CounterSpan {
  std::uint64_t first = 0, most = 0, last = 0;
  bool operator==(const CounterSpan&) const = default;
};

struct StoreRows {
  struct Port {
    Pubkey device;
    std::string interface;  // as the store spells it
    std::string host;       // the switch's own name, where the store has it
    bool operator==(const Port&) const = default;
  };
  struct CounterMinute {
    std::uint32_t port = 0;  // index into ports
    Minute minute;
    std::optional<CounterSpan> in_octets, out_octets, in_errors, out_errors, in_fcs_errors;
    std::optional<CounterSpan> in_discards{}, out_discards{}, carrier_transitions{};
    bool operator==(const CounterMinute&) const = default;
  };
  struct Baseline {  // the last value and, where the store tells, its time (else the question's `to`)
    std::uint32_t port = 0;
    Timestamp at;
    std::optional<std::uint64_t> in_errors, out_errors, in_fcs_errors;
    std::optional<std::uint64_t> in_discards{}, out_discards{}, carrier_transitions{};
    bool has_any() const {
      return in_errors || out_errors || in_fcs_errors || in_discards || out_discards || carrier_transitions;
    }
    bool operator==(const Baseline&) const = default;
  };
  struct Getconfig {
    Pubkey device;
    Minute minute;
    std::uint64_t count = 0;
    bool operator==(const Getconfig&) const = default;
  };
  struct Qa {
    Pubkey device;
    Timestamp at;
    bool success = false;
    bool operator==(const Qa&) const = default;
  };
  struct AddedValue {
    std::string device, interface, link;  // as labelled; what the criterion's subject does not use is empty
    Minute minute;
    double value = 0;
    bool operator==(const AddedValue&) const = default;
  };
  struct FutureRow {
    Pubkey device;
    Timestamp at;
    bool operator==(const FutureRow&) const = default;
  };

  std::vector<Port> ports;
  std::vector<CounterMinute> counters;  // by port, then minute
  std::vector<Baseline> baselines;
  std::vector<Getconfig> getconfigs;
  std::vector<Qa> qa_results;
  std::vector<Timestamp> qa_runs;
  std::vector<AddedValue> added_values;
  std::vector<FutureRow> future_rows;
  std::vector<std::string> odd_names;  // tags that are no pubkey, the first few
  std::size_t unreadable = 0;          // rows left out: a name of theirs is none (base/valid_text.h)
  std::size_t rows = 0;                // of the answer, usable or not
  bool operator==(const StoreRows&) const = default;
};

// Whether the store can be asked that at all: Prometheus has no counters and no QA.
bool serves(StoreKind kind, StoreSubject subject);

// Refused: the store does not serve the subject, the settings lack what it needs, or the span holds no whole step.
Result<StoreRequest> render_question(const StoreSettings& store, const StoreQuestion& question);

// Whether an error that read_answer() gave speaks of a counter of events: the store has no such column, and may be
// asked without.
bool speaks_of_events(const Error& error);

// Retry: the store is in trouble (5xx, 429, an answer cut off, marked partial or with warnings that data is missing).
// Refused: credentials or query are wrong (its words are passed on). NotFound: no such database or table. Corrupt: an
// answer that is not what the store documents. A good answer without rows is a good answer.
Result<StoreRows> read_answer(const StoreSettings& store, const StoreQuestion& question, const StoreAnswer& answer);

}  // namespace dz::telemetry
