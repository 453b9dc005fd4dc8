// What the benches of stores measure with: a monitor's conversation with a real store, and what it cost the store.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/result.h"
#include "evidence/evidence.h"
#include "net/http_client.h"
#include "stores/store_server.h"
#include "telemetry/store_pull.h"

namespace dz {

struct StoreCost {
  double rows = 0, bytes = 0;    // of the answers
  double cpu_s = 0, wall_s = 0;  // of the store; from question to evidence
  StoreCost scaled(double by) const { return {rows * by, bytes * by, cpu_s * by, wall_s * by}; }
  StoreCost& operator+=(const StoreCost& other);
};

// Ends the program with the error's words.
void must(const Result<void>& done);

// Adds the times between its making and its end.
class StoreMeter {
 public:
  StoreMeter(const stores::StoreServer& store, StoreCost& cost) : store_(store), cost_(cost), cpu_(store.cpu_time()) {}
  ~StoreMeter() {
    cost_.wall_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    cost_.cpu_s += std::chrono::duration<double>(store_.cpu_time() - cpu_).count();
  }

 private:
  const stores::StoreServer& store_;
  StoreCost& cost_;
  Duration cpu_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

Result<telemetry::StoreAnswer> ask_store(net::HttpClient& http, const telemetry::StoreRequest& request);

// The monitor's conversation about one subject, from the question to the minutes, without its disk.
class TickPuller {
 public:
  // known: everything before it is as if it had been asked for; none: a cold start.
  TickPuller(const stores::StoreServer& store, const telemetry::StoreSettings& settings, std::optional<Minute> known,
             telemetry::StorePull::Subject subject = {telemetry::StoreSubject::Counters, evidence::Source::Counters});

  // Until everything before `now` was asked for. Its pauses cost nothing here: time is an argument.
  StoreCost catch_up(Timestamp now);
  const std::vector<telemetry::StoreRequest>& requests() const { return requests_; }  // so far

 private:
  void keep(const telemetry::PulledRows& taken, Timestamp now);

  const stores::StoreServer& store_;
  telemetry::StoreSettings settings_;
  net::HttpClient http_{{.timeout = std::chrono::minutes{5}}};
  evidence::Evidence evidence_;
  telemetry::StorePull pull_;
  std::vector<telemetry::StoreRequest> requests_;
};

}  // namespace dz
