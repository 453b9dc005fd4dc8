// Requests to the stores' own APIs, as their command-line tools make them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"
#include "stores/controller_metrics.h"

namespace dz::stores {

// For a query string.
std::string percent_encoded(std::string_view text);

// The body of a 2xx answer. Retry: no answer, 429 or 5xx. Refused: any other; with the store's words.
Result<std::string> post_to_store(net::HttpClient& http, const std::string& url, std::string_view body,
                                  const std::vector<std::pair<std::string, std::string>>& headers = {});

// One ClickHouse statement; `rows` follow an INSERT. Returns the answer's text.
Result<std::string> run_clickhouse(net::HttpClient& http, const std::string& url, std::string_view statement,
                                   std::string_view rows = "");
// Prometheus' remote write. Samples of a series in order of time; older ones than the server has are taken too.
Result<void> write_samples(net::HttpClient& http, const std::string& url, const std::vector<MetricSample>& samples);
// One InfluxQL statement that changes something.
Result<void> run_influx(net::HttpClient& http, const std::string& url, std::string_view statement);

}  // namespace dz::stores
