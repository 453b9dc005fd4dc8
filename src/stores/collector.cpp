#include "stores/collector.h"

#include <fmt/format.h>

namespace dz::stores {
namespace {

constexpr std::size_t kLargestBody = 64U << 20;
constexpr Duration kPushEvery = std::chrono::seconds{1};

}  // namespace

Result<std::unique_ptr<Collector>> Collector::start(telemetry::StoreKind kind, std::unique_ptr<StoreWriter> writer) {
  std::unique_ptr<Collector> collector(new Collector(kind, std::move(writer)));
  Collector& self = *collector;
  self.rest_ = std::make_unique<fleet::RowPush>([&self](std::string_view body) -> Result<fleet::PushAnswer> {
    DZ_TRY_ASSIGN(auto answer, self.http_.post(self.monitor_, body, {}));
    return fleet::PushAnswer{answer.status, std::move(answer.body)};
  });
  const net::ServerHandlers handlers{.on_request = [&self](const net::HttpRequest& r) { return self.take(r); }};
  DZ_TRY_ASSIGN(self.server_, net::HttpServer::listen(self.loop_, {.max_body = kLargestBody}, handlers));
  self.loop_.every(kPushEvery, [&self] {
    if (!self.monitor_.empty()) self.rest_->flush();  // what is not taken now is sent again
  });
  self.thread_ = std::thread([&self] { self.loop_.run(); });
  return collector;
}

Collector::~Collector() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

std::string Collector::url() const { return fmt::format("http://127.0.0.1:{}", server_->port()); }

void Collector::push_rest_to(std::string write_url) {
  loop_.post([this, url = std::move(write_url)] { monitor_ = url; });
}

net::HttpResponse Collector::take(const net::HttpRequest& request) {
  if (request.path != "/write") return {404, "text/plain", "expected /write", {}};
  const SplitLines lines = split_for_store(kind_, request.body);
  if (!lines.served.empty()) {
    if (const auto written = writer_->write(lines.served, net::system_now()); !written)
      return {written.error().kind == ErrorKind::Refused ? 400 : 503, "text/plain", written.error().message, {}};
  }
  rest_->add(fleet::lines_of(lines.rest));
  return {204, "text/plain", "", {}};
}

}  // namespace dz::stores
