// The way of line-protocol lines from the devices to a monitor: buffered while it is away, sent again until it
// answers. What it refuses by name is given up and told, for sending it again would not help.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dz::fleet {

// The lines of a body.
std::vector<std::string> lines_of(std::string_view body);

struct PushAnswer {
  int status = 0;
  std::string body;
};
// Posts one body of lines. An error: no whole answer came.
using PushRows = std::function<Result<PushAnswer>(std::string_view body)>;

struct RowPushOptions {
  std::size_t lines_a_request = 5'000;
  std::size_t most_buffered = 2'000'000;  // lines; beyond it the oldest are lost
};

struct RowPushCounters {
  std::uint64_t sent = 0;  // lines answered 2xx
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;  // requests without an answer, or answered 429 or 5xx: their lines are sent again
  std::uint64_t refused = 0;   // requests answered with another 4xx; their lines may have been taken in part
  std::uint64_t lost = 0;      // lines that did not fit into the buffer
};

class RowPush {
 public:
  explicit RowPush(PushRows post, RowPushOptions options = {});

  void add(std::vector<std::string> lines);
  // Sends until the buffer is empty or a request fails. Returns what the monitor refused (its words, one a request), or
  // why it could not be reached.
  std::vector<std::string> flush();

  std::size_t buffered() const { return lines_.size(); }
  const RowPushCounters& counters() const { return counters_; }

 private:
  PushRows post_;
  RowPushOptions options_;
  std::deque<std::string> lines_;
  RowPushCounters counters_;
};

}  // namespace dz::fleet
