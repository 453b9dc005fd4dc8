// Fuzz targets: each hands bytes to one of the doors that take them from outside, and checks with DZ_CHECK what must
// hold whatever the bytes are. A target returns 0, keeps nothing from one call to the next, and reads no clock, so that
// the same bytes always do the same. ./dev fuzz looks for bytes that break one; replay_test.cpp runs the corpus.
#pragma once

#include <array>
#include <string_view>

#include "base/bytes.h"

namespace dz::fuzz {

// What devices and stores send.
int row_reader_target(ByteView bytes);     // a body of line protocol: rows, and rows as the journal keeps them
int line_protocol_target(ByteView bytes);  // writes through the push endpoint, and a restart
int statements_target(ByteView bytes);     // InfluxQL on /query
int influxdb_target(ByteView bytes);       // answers of the stores
int prometheus_target(ByteView bytes);
int clickhouse_target(ByteView bytes);
// What the ledger is sent, and what a node answers.
int accounts_target(ByteView bytes);
int instructions_target(ByteView bytes);
int transactions_target(ByteView bytes);
int execution_target(ByteView bytes);    // transactions in a row, on a ledger with a small network
int json_rpc_target(ByteView bytes);     // messages of one session
int rpc_answers_target(ByteView bytes);  // as clients read them
// Bytes on a socket.
int http_target(ByteView bytes);
int websocket_target(ByteView bytes);          // what a client sends
int websocket_answers_target(ByteView bytes);  // what a server sends
int gzip_target(ByteView bytes);
int zstd_target(ByteView bytes);
// A log of decisions.
int witness_target(ByteView bytes);
// Files.
int policy_target(ByteView bytes);
int settings_target(ByteView bytes);
int key_file_target(ByteView bytes);
int config_file_target(ByteView bytes);
int network_file_target(ByteView bytes);
int snapshot_target(ByteView bytes);  // the evidence as a checkpoint has it
int journal_target(ByteView bytes);   // inputs of the evidence as the journal has them

struct Target {
  std::string_view name;
  int (*run)(ByteView bytes);
};

inline constexpr std::array kTargets = {
    Target{"row_reader", row_reader_target},
    Target{"line_protocol", line_protocol_target},
    Target{"statements", statements_target},
    Target{"influxdb", influxdb_target},
    Target{"prometheus", prometheus_target},
    Target{"clickhouse", clickhouse_target},
    Target{"accounts", accounts_target},
    Target{"instructions", instructions_target},
    Target{"transactions", transactions_target},
    Target{"execution", execution_target},
    Target{"json_rpc", json_rpc_target},
    Target{"rpc_answers", rpc_answers_target},
    Target{"http", http_target},
    Target{"websocket", websocket_target},
    Target{"websocket_answers", websocket_answers_target},
    Target{"gzip", gzip_target},
    Target{"zstd", zstd_target},
    Target{"witness", witness_target},
    Target{"policy", policy_target},
    Target{"settings", settings_target},
    Target{"key_file", key_file_target},
    Target{"config_file", config_file_target},
    Target{"network_file", network_file_target},
    Target{"snapshot", snapshot_target},
    Target{"journal", journal_target},
};

}  // namespace dz::fuzz
