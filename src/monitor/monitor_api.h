// The monitor's HTTP interface as plain functions: evidence in (/write, /api/v2/write, /query, /ping), and for people
// and scrapers /metrics, /healthz and /api/v1/. docs/operating/monitor.md lists them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "monitor/monitor.h"
#include "net/http_server.h"
#include "service/routes.h"

namespace dz::monitor {

// The answer to one request, in pieces of some milliseconds, so that others may be served between.
class MonitorAnswer {
 public:
  virtual ~MonitorAnswer() = default;
  // The next piece; the answer, when it is whole.
  virtual std::optional<net::HttpResponse> go_on(Timestamp now) = 0;
  // After an answer: rows of the write wait for the ledger to be asked about their devices, or a history for its
  // transactions to be read. Once it was, go_on() makes another answer.
  virtual bool waits() const { return false; }
  // Who asked does not need it at once, and it may wait for the disk together with others.
  virtual bool at_leisure() const { return false; }
  // After an answer that stays open: the number of the last event that it has told.
  virtual std::optional<std::uint64_t> stays_open_after() const { return std::nullopt; }
  // The request is one for whoever makes backtests; what is answered is for when nobody does.
  virtual bool is_for_backtests() const { return false; }
  virtual std::size_t holds() const { return 0; }  // bytes, of an answer that is being made
};

// What is answered, by method and path.
std::span<const service::RouteName> monitor_routes();

// The request outlives the answer's first whole one.
std::unique_ptr<MonitorAnswer> begin_answer(Monitor& monitor, const net::HttpRequest& request, Timestamp now);
// All pieces at once.
net::HttpResponse answer_monitor_request(Monitor& monitor, const net::HttpRequest& request, Timestamp now);

}  // namespace dz::monitor
