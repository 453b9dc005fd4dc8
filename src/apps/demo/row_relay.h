// What carries the devices' rows to both judges, as a Telegraf with two outputs does: rows that the first place took
// go to the second judge too. It can lose some of these on the way, and hand them in later. Runs on threads of its own
// until it is destroyed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "fleet/row_push.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"

namespace dz::demo {

// Rows of one port in a span of time.
struct LostRows {
  std::string device, interface;
  Timestamp from, to;  // [from, to)
};
// Whether a line of line protocol is one of them; times are in nanoseconds.
bool is_lost(const LostRows& lost, std::string_view line);

class RowRelay {
 public:
  struct Ways {
    std::string first;        // before /write: of a monitor, or of what writes into a store
    std::string second;       // of the second judge
    LostRows lost_to_second;  // until they are handed in
  };
  static Result<std::unique_ptr<RowRelay>> start(Ways ways);
  ~RowRelay();
  RowRelay(const RowRelay&) = delete;
  RowRelay& operator=(const RowRelay&) = delete;

  std::string url() const;  // devices write below it
  // Gives the second judge what it did not get; nothing is lost from now on.
  void hand_in();

 private:
  explicit RowRelay(Ways ways) : ways_(std::move(ways)) {}

  net::HttpResponse take(const net::HttpRequest& request);
  void pass_on(std::vector<std::string> lines);

  Ways ways_;
  // The first one's thread runs loop_, on which these are used.
  net::Loop loop_;
  net::HttpClient to_first_;
  std::unique_ptr<net::HttpServer> server_;
  std::vector<std::string> lost_;
  bool loses_ = true;
  // The second one's thread runs second_loop_, on which these are used: a judge that takes its time keeps no other
  // waiting.
  net::Loop second_loop_;
  net::HttpClient to_second_;
  std::unique_ptr<fleet::RowPush> second_;
  std::thread thread_, second_thread_;
};

}  // namespace dz::demo
