#include "stores/store_http.h"

#include <fmt/format.h>

#include "base/shown_url.h"

namespace dz::stores {

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<std::string> post_to_store(net::HttpClient& http, const std::string& url, std::string_view body,
                                  const std::vector<std::pair<std::string, std::string>>& headers) {
  DZ_TRY_ASSIGN(auto answer, http.post(url, body, headers));
  if (answer.status / 100 == 2) return std::move(answer.body);
  const bool later = answer.status == 429 || answer.status >= 500;
  return fail(later ? ErrorKind::Retry : ErrorKind::Refused,
              fmt::format("{}: expected HTTP 2xx, found {}: {}", shown_url(url), answer.status, answer.body));
}

Result<std::string> run_clickhouse(net::HttpClient& http, const std::string& url, std::string_view statement,
                                   std::string_view rows) {
  if (rows.empty()) return post_to_store(http, url + "/", statement);
  return post_to_store(http, url + "/?query=" + percent_encoded(statement), rows);
}

Result<void> write_samples(net::HttpClient& http, const std::string& url, const std::vector<MetricSample>& samples) {
  DZ_TRY(post_to_store(http, url + "/api/v1/write", encode_remote_write(samples),
                       {{"content-type", "application/x-protobuf"},
                        {"content-encoding", "snappy"},
                        {"x-prometheus-remote-write-version", "0.1.0"}}));
  return {};
}

Result<void> run_influx(net::HttpClient& http, const std::string& url, std::string_view statement) {
  DZ_TRY_ASSIGN(const std::string answer, post_to_store(http, url + "/query?q=" + percent_encoded(statement), ""));
  if (answer.find("\"error\"") != std::string::npos) return refused(fmt::format("{}: {}", statement, answer));
  return {};
}

}  // namespace dz::stores
