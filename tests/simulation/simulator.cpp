// simulator [--port N] [--seed N]: a simulated network in a browser, for visitors to hurt; it prints its address.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "apps/console/built_console.h"
#include "net/loop.h"
#include "sim/playground.h"
#include "visit/visit.h"

namespace dz::sim {
namespace {

constexpr Duration kTick = std::chrono::milliseconds{200};
constexpr Duration kStep = std::chrono::seconds{5};  // of simulated time

struct Flags {
  std::uint16_t port = 0;  // 0: chosen by the system
  std::uint64_t seed = 1;
};

class Served : public visit::Visited {
 public:
  explicit Served(std::uint64_t seed) : playground_(seed) {}

  visit::Visit look() override {
    auto visit = playground_.look();
    visit.speed = speed_;
    return visit;
  }
  Result<void> turn(std::string_view fault, bool on) override { return playground_.turn(fault, on); }
  Result<void> mend() override {
    playground_.mend();
    return {};
  }
  Result<void> set_speed(int speed) override {
    speed_ = speed;
    return {};
  }
  void go_on();

 private:
  Playground playground_;
  int speed_ = 60;
};

// As fast as is asked, or as half of a processor can: who asks is answered between.
void Served::go_on() {
  const auto until = std::chrono::steady_clock::now() + kTick / 2;
  for (auto left = kTick * speed_; left > Duration{} && std::chrono::steady_clock::now() < until; left -= kStep)
    playground_.run(std::min(left, kStep));
}

// Until it is terminated. Returns the exit code.
int serve(const Flags& options) {
  auto& loop = net::Loop::of_process();
  Served served(options.seed);
  const auto answer = [&](const net::HttpRequest& request) {
    if (request.path != "/") {
      if (auto page = monitor::answer_console(console::built_console(), request)) return std::move(*page);
    }
    return visit::answer_visit(served, request);
  };
  const auto server =
      net::HttpServer::listen(loop, {.port = options.port, .gzip_answers = true}, {.on_request = answer});
  if (!server) {
    std::fprintf(stderr, "simulation: %s\n", server.error().message.c_str());
    return 1;
  }
  loop.every(kTick, [&] { served.go_on(); });
  loop.on_terminate([&] { loop.stop(); });
  std::printf("http://127.0.0.1:%d/\n", (*server)->port());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace
}  // namespace dz::sim

int main(int argc, char** argv) {
  dz::sim::Flags flags;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const bool known = name == "--port" || name == "--seed";
    if (!known || i + 1 == argc) {
      std::fprintf(stderr, "simulator: expected --port N or --seed N, found '%s'\n", argv[i]);
      return 2;
    }
    const auto number = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--port") flags.port = static_cast<std::uint16_t>(number);
    if (name == "--seed") flags.seed = number;
  }
  return dz::sim::serve(flags);
}
