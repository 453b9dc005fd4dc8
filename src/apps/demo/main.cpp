// doublezero-demo: the whole system on this machine, a real network onboarded in front of the viewer. ./dev demo.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/console/built_console.h"
#include "client/rpc_client.h"
#include "daemons.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "network_view.h"
#include "proof.h"
#include "scene.h"
#include "scenes.h"
#include "screen.h"
#include "service/stderr_log.h"
#include "visitor.h"

namespace dz::demo {
namespace {

struct Flags {
  bool check = false;
  std::string programs, network = "data/network/testnet-2025.toml", data, store;
  std::string go_verifier = "tests/conformance/go/bundle";
};

Result<DemoPlace> prepare(const Flags& flags) {
  std::error_code error;
  DemoPlace place{.programs = flags.programs,
                  .network_path = std::filesystem::absolute(flags.network, error).string(),
                  .data = flags.data.empty() ? "" : std::filesystem::absolute(flags.data, error).string(),
                  .store = telemetry::parse_store_kind(flags.store)};
  if (place.programs.empty()) {
    place.programs = std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
  }
  if (place.data.empty()) {
    std::string pattern = (std::filesystem::temp_directory_path(error) / "doublezero-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return refused("making a folder for the demo's data: " + pattern);
    place.data = pattern;
  }
  std::filesystem::create_directories(place.data, error);
  if (error || !std::filesystem::is_empty(place.data, error)) {
    return refused("--data: expected an empty or a new folder, found " + place.data);
  }
  return place;
}

bool all_settled(std::span<const Scene> scenes) {
  return std::none_of(scenes.begin(), scenes.end(), [](const Scene& s) { return s.state() == SceneState::Running; });
}
bool all_passed(const std::vector<Scene>& scenes) {
  return std::all_of(scenes.begin(), scenes.end(), [](const Scene& s) { return s.state() == SceneState::Passed; });
}

void say_urls(const Daemons& daemons, const NetworkView& view, const std::string& hurt_url) {
  const std::string held = "ams-dz001:lon-dz001";
  const RecordView* record = view.find(held);
  fmt::print(
      "\nEverything keeps running until Ctrl-C:\n"
      "  console     {1}/   (in a browser)\n"
      "  hurt it     {12}   (in a browser)\n"
      "  ledger      {0}\n"
      "  monitor     {1}/api/v1/assessments   {1}/api/v1/decisions   {1}/metrics\n"
      "  judge {9}  {10}/   (it judges on evidence of its own, and writes nothing)\n"
      "  witness     {11}/checkpoints\n"
      "  activator   {2}/metrics\n"
      "  why not?    curl {1}/api/v1/assessments/{3}   ({4})\n"
      "  commands    {5}/doublezero --url {0} --monitor-url {1} --keypair {6} link list\n"
      "  check it    {5}/doublezero decision verify --bundle {8}/bundles/0.bundle\n"
      "  faults      curl -d 'silence device=nyc-dz001 for=5m' {7}/faults\n"
      "  keys, logs  {8}\n",
      daemons.ledger_url(), daemons.monitor_url(), daemons.activator_url(),
      record == nullptr ? "" : to_text(record->key), held, daemons.place().programs,
      daemons.key_path("contributor-alder"), daemons.fleet_url(), daemons.place().data, kSecondJudge,
      daemons.second_judge_url(), daemons.witness_url(), hurt_url);
  std::fflush(stdout);
}

// One look a second until stopped, or with --check until every scene has its verdict. Visitors may hurt what runs, if
// they are let in.
class Stage {
 public:
  Stage(Daemons& daemons, Screen& screen, Timestamp began, const Flags& flags)
      : daemons_(daemons),
        screen_(screen),
        ledger_(client::http_transport(daemons.ledger_url(), {.timeout = std::chrono::seconds{10}}),
                client::system_clock(), client::without_waiting()),
        reader_(ledger_, daemons.monitor_url()),
        scenes_(demo_scenes(daemons)),
        began_(began),
        check_(flags.check) {
    scenes_.push_back(proof_scene(daemons, flags.go_verifier));
  }

  // The address of the page where it may be hurt.
  Result<std::string> let_visitors_in() {
    visitor_ = std::make_unique<Visitor>(daemons_, ledger_, view_);
    const auto answer = [this](const net::HttpRequest& request) {
      if (request.path != "/") {
        if (auto page = monitor::answer_console(console::built_console(), request)) return std::move(*page);
      }
      return visit::answer_visit(*visitor_, request);
    };
    DZ_TRY_ASSIGN(page_, net::HttpServer::listen(loop_, {.gzip_answers = true}, {.on_request = answer}));
    return hurt_url();
  }

  int run() {
    loop_.on_terminate([this] { loop_.stop(); });
    loop_.every(std::chrono::seconds{1}, [this] { look(); });
    loop_.run();
    return all_alive_ && violations_told_ == 0 && all_passed(scenes_) ? 0 : 1;
  }

 private:
  std::string hurt_url() const { return page_ ? fmt::format("http://127.0.0.1:{}/", page_->port()) : ""; }

  void tell(const std::string& line, Timestamp now) {
    screen_.say(line, now - began_);
    if (visitor_) visitor_->tell(now, line);
  }

  void look_on(Timestamp now) {
    visitor_->follow(now);
    for (const auto& all = visitor_->violations(); violations_told_ < all.size(); ++violations_told_)
      tell("UNSAFE: " + all[violations_told_], now);
  }

  void look() {
    const Timestamp now = net::system_now();
    const Duration elapsed = now - began_;
    if (const std::string casualty = daemons_.casualty(); !casualty.empty()) {
      screen_.say(casualty, elapsed);
      all_alive_ = false;
      if (!summed_up_) finish(elapsed);
      loop_.stop();
      return;
    }
    (void)reader_.refresh(view_, now, elapsed);  // a miss shows as a step that is late
    if (visitor_) look_on(now);
    screen_.show(view_, scenes_, elapsed);
    if (summed_up_) return;
    const std::span<Scene> others(scenes_.data(), scenes_.size() - 1);
    const auto told = [&](const std::string& line) { tell(line, now); };
    for (Scene& scene : others) scene.look(view_, elapsed, told);
    if (all_settled(others)) scenes_.back().look(view_, elapsed, told);
    if (!all_settled(scenes_)) return;
    screen_.show(view_, scenes_, elapsed);
    finish(elapsed);
    if (check_) {
      loop_.stop();
    } else {
      say_urls(daemons_, view_, hurt_url());
    }
  }

  void finish(Duration elapsed) {
    summed_up_ = true;
    screen_.summary(view_, scenes_, elapsed);
    if (!all_passed(scenes_)) std::printf("\n%s", daemons_.logs().c_str());
    std::fflush(stdout);
  }

  Daemons& daemons_;
  Screen& screen_;
  client::RpcClient ledger_;  // which waits for no node that is dead
  NetworkReader reader_;
  std::vector<Scene> scenes_;  // the last one begins when the others have their verdict
  NetworkView view_;
  net::Loop loop_;
  std::unique_ptr<Visitor> visitor_;       // null: nobody is let in
  std::unique_ptr<net::HttpServer> page_;  // for visitors
  std::size_t violations_told_ = 0;
  Timestamp began_;
  bool check_, summed_up_ = false, all_alive_ = true;
};

Result<int> run(const Flags& flags) {
  const Timestamp began = net::system_now();
  Screen screen(!flags.check && isatty(STDOUT_FILENO) == 1);
  DZ_TRY_ASSIGN(const DemoPlace place, prepare(flags));
  // Commands of the demo must not read the viewer's own configuration of the CLI.
  setenv("DOUBLEZERO_CONFIG_FILE", (place.data + "/cli.yml").c_str(), 1);
  screen.say("data and logs in " + place.data, Duration{0});
  DZ_TRY_ASSIGN(auto daemons, Daemons::start(place, began, [&](const std::string& line) {
                  screen.say(line, net::system_now() - began);
                }));
  Stage stage(*daemons, screen, began, flags);
  std::string hurt_url;
  if (!flags.check) {
    DZ_TRY_ASSIGN(hurt_url, stage.let_visitors_in());
    screen.say("hurt it, in a browser: " + hurt_url, net::system_now() - began);
  }
  screen.show_pages(daemons->monitor_url() + "/", hurt_url);
  const int code = stage.run();
  screen.say("stopping", net::system_now() - began);
  daemons.reset();
  if (code == 0 && flags.check && flags.data.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(place.data, ignored);
  }
  return code;
}

int parse_and_run(int argc, char** argv) {
  Flags flags;
  CLI::App app("A real network onboarded, kept honest and offboarded on this machine.", "doublezero-demo");
  app.add_flag("--check", flags.check, "No terminal: assert every scene, stop everything, exit 0 or 1");
  app.add_option("--network", flags.network, "Network file; the demo's keys take the place of its own")
      ->capture_default_str();
  app.add_option("--programs", flags.programs, "Folder of the binaries; by default this program's");
  app.add_option("--store", flags.store, "A real store between the devices and the monitor")
      ->check(CLI::IsMember({"influxdb", "prometheus", "clickhouse"}));
  app.add_option("--go-verifier", flags.go_verifier, "Folder of the verifier in Go")->capture_default_str();
  app.add_option("--data", flags.data, "New folder for keys, logs and stores; by default a temporary one");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto code = run(flags);
  if (code) return *code;
  service::say_error(code.error());
  return 1;
}

}  // namespace
}  // namespace dz::demo

int main(int argc, char** argv) { return dz::demo::parse_and_run(argc, argv); }
