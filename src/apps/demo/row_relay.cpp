#include "row_relay.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

namespace dz::demo {
namespace {

constexpr std::size_t kLargestBody = 64U << 20;
constexpr Duration kPushEvery = std::chrono::seconds{1};

std::string write_target(const std::string& query) { return "/write" + (query.empty() ? "" : "?" + query); }

}  // namespace

bool is_lost(const LostRows& lost, std::string_view line) {
  const auto port = fmt::format(",host={},intf={},", lost.device, lost.interface);
  if (line.find(port) == std::string_view::npos) return false;
  const auto stamp = line.substr(line.rfind(' ') + 1);
  std::int64_t nanoseconds = 0;
  const auto [end, error] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), nanoseconds);
  if (error != std::errc{} || end != stamp.data() + stamp.size()) return false;
  const Timestamp at{std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{nanoseconds})};
  return at >= lost.from && at < lost.to;
}

Result<std::unique_ptr<RowRelay>> RowRelay::start(Ways ways) {
  std::unique_ptr<RowRelay> relay(new RowRelay(std::move(ways)));
  RowRelay& self = *relay;
  const auto target = self.ways_.second + write_target("db=doublezero-local&precision=ns");
  self.second_ = std::make_unique<fleet::RowPush>([&self, target](std::string_view body) -> Result<fleet::PushAnswer> {
    DZ_TRY_ASSIGN(auto answer, self.to_second_.post(target, body, {}));
    return fleet::PushAnswer{answer.status, std::move(answer.body)};
  });
  const net::ServerHandlers handlers{.on_request = [&self](const net::HttpRequest& r) { return self.take(r); }};
  DZ_TRY_ASSIGN(self.server_, net::HttpServer::listen(self.loop_, {.max_body = kLargestBody}, handlers));
  self.second_loop_.every(kPushEvery, [&self] { self.second_->flush(); });  // what is not taken now is sent again
  self.thread_ = std::thread([&self] { self.loop_.run(); });
  self.second_thread_ = std::thread([&self] { self.second_loop_.run(); });
  return relay;
}

RowRelay::~RowRelay() {
  if (thread_.joinable()) {
    loop_.stop();
    thread_.join();
  }
  if (second_thread_.joinable()) {
    second_loop_.stop();
    second_thread_.join();
  }
}

std::string RowRelay::url() const { return fmt::format("http://127.0.0.1:{}", server_->port()); }

void RowRelay::hand_in() {
  loop_.post([this] {
    loses_ = false;
    pass_on(std::exchange(lost_, {}));
  });
}

void RowRelay::pass_on(std::vector<std::string> lines) {
  second_loop_.post([this, lines = std::move(lines)]() mutable { second_->add(std::move(lines)); });
}

net::HttpResponse RowRelay::take(const net::HttpRequest& request) {
  if (request.path != "/write") return {404, "text/plain", "expected /write", {}};
  const auto answer = to_first_.post(ways_.first + write_target(request.query), request.body, {});
  if (!answer) return {503, "text/plain", answer.error().message, {}};
  if (answer->status / 100 == 2) {
    auto lines = fleet::lines_of(request.body);
    const auto reaches = [&](const std::string& line) { return !loses_ || !is_lost(ways_.lost_to_second, line); };
    const auto lost = std::stable_partition(lines.begin(), lines.end(), reaches);
    lost_.insert(lost_.end(), std::make_move_iterator(lost), std::make_move_iterator(lines.end()));
    lines.erase(lost, lines.end());
    pass_on(std::move(lines));
  }
  return {answer->status, "text/plain", answer->body, {}};
}

}  // namespace dz::demo
