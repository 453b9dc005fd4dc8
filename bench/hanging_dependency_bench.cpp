// How long /write and /healthz of the monitor take while everything that it depends on hangs: the ledger's RPC node, a
// store that it pulls from, and a webhook accept and never answer. The real program, over real sockets.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/json.hpp>

#include "ledger/rpc.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "stores/child.h"
#include "testbed/small_network.h"

namespace {

using namespace dz;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kMeasured = seconds{15};    // every call of the monitor hangs for 10 s
constexpr int kRowsABody = 200;                // one of each port
constexpr Duration kPause = milliseconds{20};  // between writes: as 50 devices send, every second
constexpr double kGoalMs = 20;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "Error: %s\n", why.c_str());
  std::exit(1);
}

// Everything that the monitor asks: the ledger answers until it is told to hang, the others never do.
class Dependencies {
 public:
  explicit Dependencies(testbed::SmallNetwork& network) : network_(network) {
    server_ =
        net::HttpServer::listen(loop_, {},
                                {.on_exchange = [this](const net::HttpRequest& request,
                                                       net::Answer answer) { exchange(request, std::move(answer)); }})
            .value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Dependencies() {
    loop_.stop();
    thread_.join();
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}", server_->port()); }
  void hang() { hangs_ = true; }
  bool holds_ledger() const { return ledger_ > 0; }
  bool holds_others() const { return store_ > 0 && hook_ > 0; }

 private:
  void exchange(const net::HttpRequest& request, net::Answer answer) {
    const bool of_store = request.path.starts_with("/store"), of_hook = request.path.starts_with("/hook");
    if (!of_store && !of_hook && !hangs_) {
      network_.ledger().advance(net::system_now());
      net::HttpResponse response;
      response.body = ledger::handle_rpc(request.body, network_.ledger());
      return answer(std::move(response));
    }
    ++(of_store ? store_ : of_hook ? hook_ : ledger_);
    held_.push_back(std::move(answer));
  }

  testbed::SmallNetwork& network_;
  net::Loop loop_;
  std::vector<net::Answer> held_;
  std::unique_ptr<net::HttpServer> server_;
  std::atomic<bool> hangs_ = false;
  std::atomic<int> ledger_ = 0, store_ = 0, hook_ = 0;
  std::thread thread_;
};

template <typename Condition>
void until(const char* what, Condition condition) {
  for (int i = 0; i < 300; ++i, std::this_thread::sleep_for(milliseconds{100})) {
    if (condition()) return;
  }
  give_up(fmt::format("expected within 30 s: {}", what));
}

std::string settings_of(const std::string& dependencies) {
  return fmt::format(
      "[ledger]\nurl = \"{0}/\"\npoll = \"1s\"\n[listen]\nport = 0\n"
      "[[source]]\nname = \"lake\"\nkind = \"influxdb\"\nurl = \"{0}/store\"\ndatabase = \"dz\"\nserves = [\"qa\"]\n"
      "[[notify]]\nname = \"people\"\nkind = \"json\"\nurl = \"{0}/hook\"\nall = true\nobserver = true\ngroup = "
      "\"1s\"\n",
      dependencies);
}

std::uint16_t port_in(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  boost::system::error_code error;
  const auto ports = boost::json::parse(text, error);
  return error ? std::uint16_t{0} : static_cast<std::uint16_t>(ports.at("http").as_int64());
}

class Agent {
 public:
  Agent(std::string url, Pubkey device) : url_(std::move(url)), device_(device) {}

  net::ClientResponse write() {
    std::string body;
    const auto now = net::system_now().time_since_epoch().count() * 1000;
    for (int i = 0; i < kRowsABody; ++i, ++octets_) {
      body += fmt::format("intfCounters,dzd_pubkey={},intf=Ethernet{}/1 in-octets={}i,out-octets={}i {}\n",
                          to_text(device_), i, octets_, octets_, now + i);
    }
    return http_.post(url_ + "/write?db=dz", body, {}).value_or(net::ClientResponse{});
  }
  net::ClientResponse get(const std::string& path) {
    return http_.get(url_ + path, {}).value_or(net::ClientResponse{});
  }

 private:
  std::string url_;
  Pubkey device_;
  net::HttpClient http_;
  std::uint64_t octets_ = 0;
};

double milliseconds_of(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

template <typename Call>
void timed(std::vector<double>& times, Call call, int expected) {
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = call();
  times.push_back(milliseconds_of(std::chrono::steady_clock::now() - begin));
  const bool page = expected == 200 && answer.status == 503;  // /healthz says that the ledger is silent
  if (answer.status != expected && !page) give_up(fmt::format("found status {}: {}", answer.status, answer.body));
}

double percentile(std::vector<double> times, double p) {
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(p * static_cast<double>(times.size() - 1))];
}

void print(const char* what, const std::vector<double>& times) {
  fmt::print("  {:<22} {:>6} requests: p50 {:.2f} ms, p99 {:.2f} ms, most {:.2f} ms\n", what, times.size(),
             percentile(times, 0.5), percentile(times, 0.99), percentile(times, 1));
}

void measure(Agent& agent) {
  std::vector<double> writes, pages;
  const auto end = std::chrono::steady_clock::now() + kMeasured;
  while (std::chrono::steady_clock::now() < end) {
    timed(
        writes, [&] { return agent.write(); }, 204);
    timed(
        pages, [&] { return agent.get(writes.size() % 2 == 0 ? "/healthz" : "/metrics"); }, 200);
    std::this_thread::sleep_for(kPause);
  }
  fmt::print("monitor while ledger, store and webhook hang, {} rows a write\n", kRowsABody);
  print("/write", writes);
  print("/healthz and /metrics", pages);
  fmt::print("  goal: p99 of /write at most {} ms: {}\n", kGoalMs,
             percentile(writes, 0.99) <= kGoalMs ? "met" : "missed");
}

}  // namespace

int main(int, char** argv) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("hanging-dependency-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  {
    testbed::SmallNetwork network(net::system_now());
    const auto device = network.add_device("ams", network.alpha);
    Dependencies dependencies(network);
    std::ofstream(folder / "monitor.toml") << settings_of(dependencies.url());
    const auto binary = std::filesystem::path(argv[0]).parent_path().parent_path() / "bin" / "doublezero-monitor";
    auto monitor = stores::Child::start(
        "monitor",
        {binary.string(), "--config", (folder / "monitor.toml").string(), "--store", (folder / "monitor.db").string(),
         "--ports-file", (folder / "ports").string(), "--dry-run"},
        (folder / "monitor.log").string());
    if (!monitor) give_up(monitor.error().message);
    until("the monitor listens", [&] { return port_in(folder / "ports") != 0; });
    Agent agent(fmt::format("http://127.0.0.1:{}", port_in(folder / "ports")), device);
    until("rows are taken", [&] { return agent.write().status == 204; });
    network.add_device("fra", network.alpha);  // there is something to tell
    until("store and webhook hang", [&] { return dependencies.holds_others(); });
    dependencies.hang();
    until("the ledger hangs", [&] { return dependencies.holds_ledger(); });
    measure(agent);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
