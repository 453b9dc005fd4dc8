// What clients of InfluxDB say on /query before they write: Telegraf's output creates its database first. There is one
// database here, whatever it is called, so that is answered as InfluxDB 1.8 answers it. Nothing else can be asked: no
// series are kept that a query could read. Text in, text out.
#pragma once

#include <string>
#include <string_view>

namespace dz::telemetry {

struct StatementRequest {
  std::string_view statements;  // InfluxQL, the parameter q of the query or of the form
  std::string_view token;       // as in WriteRequest
  bool read_only = false;       // asked by GET
};

struct StatementAnswer {
  int status = 200;
  std::string body;   // JSON
  std::string error;  // in words; empty with 200
};

// 200 with a result for each CREATE DATABASE; 400 for anything else.
StatementAnswer answer_statements(const StatementRequest& request);

}  // namespace dz::telemetry
