// What the dialects share on the way out: addresses, forms, credentials, and the placeholders of an operator's query.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/store_query.h"

namespace dz::telemetry {

// The address of an API below the settings' url: "https://host/api/prom" and "/api/v1/query_range".
std::string api_url(const StoreSettings& store, std::string_view path);

// "a=1&b=x%20y", for a query string as well as for a form.
using FormFields = std::vector<std::pair<std::string_view, std::string_view>>;
std::string form_text(const FormFields& fields);

// Adds Authorization: the token after `scheme` ("Token", "Bearer"), or name and password; nothing without either.
void authorize(const StoreSettings& store, std::string_view scheme, StoreRequest& request);

// The query with "$from" and the like replaced; a longer word ("$fromage") is left alone.
struct Placeholder {
  std::string_view name;  // "$from"
  std::string text;
};
std::string fill_in(std::string_view query, std::span<const Placeholder> placeholders);

// `text` between two `quote`s, each quote and backslash in it escaped by a backslash. InfluxQL and ClickHouse read
// their names ("...", `...`) and texts ('...') so.
std::string in_quotes(std::string_view text, char quote);

std::int64_t seconds_of(Minute minute);  // since the epoch

}  // namespace dz::telemetry
