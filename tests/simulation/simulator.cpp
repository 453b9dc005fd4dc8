// simulator [--port N] [--seed N]: a simulated network in a browser, for visitors to hurt; it prints its address.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "apps/console/built_console.h"
#include "net/loop.h"
#include "service/routes.h"
#include "sim/playground.h"

namespace dz::sim {
namespace {

namespace json = boost::json;

constexpr Duration kTick = std::chrono::milliseconds{200};
constexpr Duration kStep = std::chrono::seconds{5};  // of simulated time
constexpr int kFastest = 600;                        // simulated seconds in a second

struct Flags {
  std::uint16_t port = 0;  // 0: chosen by the system
  std::uint64_t seed = 1;
};

struct Visit {
  explicit Visit(std::uint64_t seed) : playground(seed) {}
  Playground playground;
  int speed = 60;
};

using Request = const net::HttpRequest&;
using Rest = std::string_view;
using Route = service::Route<Visit>;

net::HttpResponse tell(Visit& visit) {
  auto state = visit.playground.state();
  state["speed"] = visit.speed;
  return {200, "application/json", json::serialize(state), {{"Cache-Control", "no-store"}}};
}

template <typename T>
std::optional<T> member_of(const net::HttpRequest& request, std::string_view name) {
  boost::system::error_code error;
  const auto body = json::parse(request.body, error);
  const auto* value = !error && body.is_object() ? body.get_object().if_contains(name) : nullptr;
  if (value == nullptr) return std::nullopt;
  auto read = json::try_value_to<T>(*value);
  return read ? std::optional(*read) : std::nullopt;
}

net::HttpResponse turn(Visit& visit, Request request, Rest name) {
  const auto on = member_of<bool>(request, "on");
  if (!on) return net::error_response(400, R"(expected {"on":true} or {"on":false})");
  if (const auto turned = visit.playground.turn(name, *on); !turned)
    return net::error_response(404, turned.error().message);
  return tell(visit);
}

net::HttpResponse mend(Visit& visit, Request, Rest) {
  visit.playground.mend();
  return tell(visit);
}

net::HttpResponse set_speed(Visit& visit, Request request, Rest) {
  const auto speed = member_of<int>(request, "speed");
  if (!speed || *speed < 0 || *speed > kFastest)
    return net::error_response(400, fmt::format(R"(expected {{"speed":N}}, from 0 to {})", kFastest));
  visit.speed = *speed;
  return tell(visit);
}

constexpr std::array kRoutes{
    Route{{"GET", "/simulation/state", "/simulation/state"}, [](Visit& v, Request, Rest) { return tell(v); }},
    Route{{"POST", "/simulation/faults/*", ""}, turn},
    Route{{"POST", "/simulation/mend", ""}, mend},
    Route{{"POST", "/simulation/speed", ""}, set_speed},
    Route{{"GET", "/", ""},
          [](Visit&, Request, Rest) {
            return net::HttpResponse{302, "text/plain", "", {{"Location", "simulator"}}};
          }},
};

// As fast as is asked, or as half of a processor can: who asks is answered between.
void go_on(Visit& visit) {
  const auto until = std::chrono::steady_clock::now() + kTick / 2;
  for (auto left = kTick * visit.speed; left > Duration{} && std::chrono::steady_clock::now() < until; left -= kStep)
    visit.playground.run(std::min(left, kStep));
}

// Until it is terminated. Returns the exit code.
int serve(const Flags& options) {
  auto& loop = net::Loop::of_process();
  Visit visit(options.seed);
  const auto answer = [&](const net::HttpRequest& request) {
    if (request.path != "/") {
      if (auto page = monitor::answer_console(console::built_console(), request)) return std::move(*page);
    }
    return service::answer_by<Visit>(kRoutes, visit, request);
  };
  const auto server =
      net::HttpServer::listen(loop, {.port = options.port, .gzip_answers = true}, {.on_request = answer});
  if (!server) {
    std::fprintf(stderr, "simulation: %s\n", server.error().message.c_str());
    return 1;
  }
  loop.every(kTick, [&] { go_on(visit); });
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
