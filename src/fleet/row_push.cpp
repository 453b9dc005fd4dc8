#include "fleet/row_push.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::fleet {

std::vector<std::string> lines_of(std::string_view body) {
  std::vector<std::string> lines;
  for (; !body.empty(); body.remove_prefix(std::min(body.size(), lines.back().size() + 1)))
    lines.emplace_back(body.substr(0, body.find('\n')));
  return lines;
}

RowPush::RowPush(PushRows post, RowPushOptions options) : post_(std::move(post)), options_(options) {}

void RowPush::add(std::vector<std::string> lines) {
  for (std::string& line : lines) lines_.push_back(std::move(line));
  while (lines_.size() > options_.most_buffered) {
    lines_.pop_front();
    ++counters_.lost;
  }
}

std::vector<std::string> RowPush::flush() {
  std::vector<std::string> complaints;
  while (!lines_.empty()) {
    const std::size_t count = std::min(options_.lines_a_request, lines_.size());
    std::string body;
    for (std::size_t i = 0; i < count; ++i) body.append(lines_[i]).push_back('\n');
    ++counters_.requests;
    const auto answer = post_(body);
    if (!answer || answer->status == 429 || answer->status >= 500) {
      ++counters_.failures;
      complaints.push_back(answer ? fmt::format("HTTP {}: {}", answer->status, answer->body) : answer.error().message);
      return complaints;
    }
    lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(count));
    if (answer->status >= 400) {
      ++counters_.refused;
      complaints.push_back(fmt::format("HTTP {}: {}", answer->status, answer->body));
    } else {
      counters_.sent += count;
    }
  }
  return complaints;
}

}  // namespace dz::fleet
