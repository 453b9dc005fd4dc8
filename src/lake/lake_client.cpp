#include "lake/lake_client.h"

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/shown_url.h"
#include "lake/schema.h"
#include "telemetry/store_request.h"

namespace dz::lake {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostWords = 400;  // of the server's, in an error

net::ClientOptions options(std::stop_token stop) {
  return {.connect_timeout = seconds{5},
          .timeout = seconds{120},
          .patience = seconds{30},
          .max_body = 256U << 20,
          .stop = std::move(stop)};
}

}  // namespace

LakeClient::LakeClient(const LakeSettings& settings, std::stop_token stop)
    : url_(settings.url), http_(options(std::move(stop))) {
  if (settings.username.empty()) return;
  headers_ = {{"X-ClickHouse-User", settings.username}, {"X-ClickHouse-Key", settings.password}};
}

Result<std::string> LakeClient::ask(std::string_view statement) { return send("", statement); }

Result<void> LakeClient::insert(std::string_view statement, std::string_view rows) {
  // Without this a Distributed table answers before the other servers have their rows, and keeps them on its own disk.
  DZ_TRY(send("?" + telemetry::form_text({{"insert_distributed_sync", "1"}, {"query", statement}}), rows));
  return {};
}

Result<std::string> LakeClient::send(const std::string& query, std::string_view body) {
  auto answer = http_.post(url_ + "/" + query, body, headers_);
  if (!answer) return with_context("ClickHouse at " + shown_url(url_), std::move(answer).error());
  if (answer->status / 100 == 2) return std::move(answer->body);
  // It says 500 of most of what it refuses, and which of them mend themselves only its words tell: all are tried again.
  return fail(ErrorKind::Retry, fmt::format("ClickHouse at {}: expected HTTP 200, found {}: {}", shown_url(url_),
                                            answer->status, escaped(one_line(valid_utf8(answer->body), kMostWords))));
}

Result<void> make_tables(LakeClient& client, const LakeSettings& settings) {
  DZ_TRY_ASSIGN(const auto version, client.ask("SELECT version()"));
  for (const auto& statement : schema_statements(settings, knows_ttl(version))) DZ_TRY(client.ask(statement));
  return {};
}

}  // namespace dz::lake
