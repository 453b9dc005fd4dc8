// ClickHouse over HTTP, as a lake is written and read: blocking calls, for threads that may wait.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lake/lake_settings.h"
#include "net/http_client.h"

namespace dz::lake {

class LakeClient {
 public:
  // stop ends the call under way, and every later one.
  LakeClient(const LakeSettings& settings, std::stop_token stop);

  // The answer's body. Retry: no answer, or one of those that mean "later". Refused: the server's own words.
  Result<std::string> ask(std::string_view statement);
  // rows: of a format that the statement names. Returns once all servers that take a part of them have it.
  Result<void> insert(std::string_view statement, std::string_view rows);

 private:
  Result<std::string> send(const std::string& query, std::string_view body);

  std::string url_;
  std::vector<std::pair<std::string, std::string>> headers_;
  net::HttpClient http_;
};

// Makes what is missing, with rows that end where the server can do that.
Result<void> make_tables(LakeClient& client, const LakeSettings& settings);

}  // namespace dz::lake
