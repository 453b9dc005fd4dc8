// What a store's refusal asks of us: to ask for less, to ask later, or to put the question right. Decided by one table
// for each store and one for HTTP (store_refusal.cpp), from the codes and words that the servers document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/store_query.h"

namespace dz::telemetry {

enum class Remedy : std::uint8_t {
  AskForLess,  // the question is too large for the store, however often it is asked
  TryLater,    // it may be answered as it is
  // The question is wrong: in what it names, in who asks, in itself.
  CheckNames,
  CheckCredentials,
  CheckQuery,
};

// Of a status other than success, from the store or from a proxy before it.
Remedy remedy_of_status(int status);
// None: the table does not know the words, the kind, the code.
std::optional<Remedy> influx_remedy(std::string_view words);
std::optional<Remedy> prometheus_remedy(std::string_view error_type, std::string_view words);
std::optional<Remedy> clickhouse_remedy(int code);

// The error for a refusal; `words` is what the store says about it. TooMuch, Retry, NotFound for what is named, else
// Refused.
Error refusal(const StoreSettings& store, Remedy remedy, std::string_view words);
// The same with its status. `remedy`: what the store's own words ask for, when they are known.
Error status_refusal(const StoreSettings& store, int status, std::optional<Remedy> remedy, std::string_view words);

// Whether a warning beside Prometheus' answer says that data is missing. Notes of PromQL on the query, and how many
// more of them were left out, do not; Thanos names the stores that did not answer, Prometheus the remote reads that
// failed, and a warning nobody knows is believed.
bool speaks_of_missing_data(std::string_view warning);

}  // namespace dz::telemetry
