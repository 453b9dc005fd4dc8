// What a monitor answers about records in every state that the console's page of a record has to show: a day of a small
// network on virtual time, told by the real monitor, a line of JSON for each answer. The page's test serves them to a
// browser (record_test.mjs).
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "monitor/monitor_api.h"
#include "testbed/small_network.h"

namespace dz {
namespace {

namespace json = boost::json;
using std::chrono::minutes;

constexpr int kMinutes = 26 * 60;
constexpr int kGapFrom = 16 * 60, kGapTo = 16 * 60 + 40;  // no monitor was running
constexpr int kErrorsAt = 20 * 60;                        // of the link that recovers

// A link by what becomes of it, which is its code.
struct Told {
  std::string code, device_a, port_a, device_z, port_z;
};
const std::vector<Told> kLinks{{"good", "ams", "Switch1/1/1", "lon", "Switch1/1/1"},
                               {"failing", "ams", "Switch1/2/1", "par", "Switch1/1/1"},
                               {"recovering", "lon", "Switch1/2/1", "par", "Switch1/2/1"},
                               {"unobserved", "ams", "Switch1/3/1", "nyc", "Switch1/1/1"},
                               {"no-data", "lon", "Switch1/3/1", "nyc", "Switch1/2/1"},
                               {"drained", "par", "Switch1/3/1", "nyc", "Switch1/3/1"},
                               {"held", "nyc", "Switch1/4/1", "fra", "Switch1/4/1"}};

class World {
 public:
  World() {
    for (const auto* code : {"ams", "lon", "nyc", "par"}) devices_[code] = network_.add_device(code, network_.alpha);
    devices_["fra"] = network_.add_device("fra", network_.beta);
    for (const auto& link : kLinks) {
      const auto type = link.device_z == "fra" ? LinkType::Dzx : LinkType::Wan;
      network_.add_link(link.code, type, link.device_a, link.port_a, link.device_z, link.port_z);
      if (type == LinkType::Dzx) network_.accept_link(link.code, link.port_z);
    }
    open();
  }

  void live() {
    for (int m = 0; m < kMinutes; ++m) {
      if (m == kGapFrom) monitor_.reset();
      if (m == kGapTo) reopen();
      if (m == kMinutes - 60) put_in_service();
      minute(m);
    }
  }
  // Everybody is silent at once.
  void fall_silent() {
    for (int m = 0; m < 8; ++m) pass();
  }
  void lose_ledger() { network_.advance(minutes{12}); }

  // The history of a record is read by passes, once it was asked for.
  void read_history() {
    for (int i = 0; i < 6; ++i) {
      for (const auto& link : kLinks) (void)ask("/api/v1/history", "record=" + link.code);
      (void)ask("/api/v1/history", "record=ams");
      pass(std::chrono::seconds{1});
    }
  }
  void tell(const std::string& name) {
    for (const auto& link : kLinks) tell_record(name, link.code);
    tell_record(name, "ams");
    for (const auto* path : {"/healthz", "/api/v1/incidents", "/api/v1/alarms", "/api/v1/openapi.json"})
      answer(name, path, "");
    answer(name, "/api/v1/assessments", "findings=0&limit=1000");
  }
  void tell_days(const std::string& name, const std::string& code) {
    for (int day = 0; day < 30; ++day)
      answer(name, "/api/v1/minutes",
             "record=" + code + "&day=" + text(network_.now() - day * minutes{1440}).substr(0, 10));
  }

 private:
  static std::string text(Timestamp t) { return to_text(t); }

  void open() {
    monitor_ = *monitor::Monitor::open(network_.client(), database_,
                                       {.settings = settings_,
                                        .ids = wire::local_program_ids(),
                                        .key = network_.monitor,
                                        .log = [](service::LogLevel, std::string_view, const service::LogFields&) {}},
                                       network_.now());
    pass(std::chrono::seconds{1});
  }
  // Devices send again what they could not while no monitor was running; those of one link do not.
  void reopen() {
    open();
    std::string rows;
    for (int m = kGapFrom; m < kGapTo; ++m) rows += rows_of(m, network_.now() - minutes{kGapTo - m});
    write(rows);
  }
  void pass(Duration after = minutes{1}) {
    network_.advance(after);
    monitor_->on_events_missed();
    monitor_->step(network_.now());
  }
  void write(const std::string& rows) {
    (void)monitor_->write({telemetry::WriteApi::V1, rows, "", ""}, network_.now());
  }
  std::string rows_of(int m, Timestamp at) const {
    std::string rows;
    for (const auto& link : kLinks) {
      if (link.code == "no-data") continue;
      if (link.code == "unobserved" && m >= kGapFrom && m < kGapTo) continue;
      for (const bool a : {true, false}) {
        const auto octets = 1'000'000'000'000 + std::int64_t{m} * 7'500'000'000;
        rows += fmt::format("intfCounters,dzd_pubkey={},intf={} in-octets={}i,out-octets={}i{} {}\n",
                            to_text(devices_.at(a ? link.device_a : link.device_z)), a ? link.port_a : link.port_z,
                            octets, octets / 2, a ? errors_of(link, m) : "", at.time_since_epoch().count() * 1'000);
      }
    }
    return rows;
  }
  static std::string errors_of(const Told& link, int m) {
    if (link.code == "failing" && m >= kMinutes - 7) return fmt::format(",in-errors={}i", 10 + m);
    if (link.code != "recovering") return m == 0 ? ",in-errors=4i" : "";
    if (m < kErrorsAt) return m == 0 ? ",in-errors=4i" : "";
    return m < kErrorsAt + 3 ? fmt::format(",in-errors={}i", 5 + m - kErrorsAt) : "";
  }
  void minute(int m) {
    if (!monitor_) return network_.advance(minutes{1});
    write(rows_of(m, network_.now()));
    pass();
  }
  client::Found<Link> found(const std::string& code) {
    read_ = network_.read();
    return *client::find_record(read_.links, "link", code);
  }
  // As an activator does it; then one is drained by its contributor, and one that waits for evidence is held by it.
  void put_in_service() {
    for (const auto* code : {"good", "drained"}) {
      (void)network_.as(network_.activator)
          .update_link(found(code), {.status = Status::Activated}, network_.side_of(network_.activator, code));
    }
    (void)network_.as(network_.alpha).drain_link(found("drained"), Status::HardDrained, std::nullopt);
    (void)network_.as(network_.beta)
        .update_link(found("held"), {.desired_status = DesiredStatus::HardDrained},
                     network_.side_of(network_.beta, "held"));
  }

  net::HttpResponse ask(const std::string& path, const std::string& query) {
    return answer_monitor_request(*monitor_, {"GET", path, query, {}, "", "127.0.0.1"}, network_.now());
  }
  json::value answer(const std::string& world, const std::string& path, const std::string& query) {
    const auto response = ask(path, query);
    auto body = json::parse(response.body);
    std::puts(json::serialize(json::object{{"world", world},
                                           {"now", text(network_.now())},
                                           {"path", path + (query.empty() ? "" : "?" + query)},
                                           {"status", response.status},
                                           {"body", body}})
                  .c_str());
    return body;
  }
  // The page reads the counters of the minute that has to age out, or of the last bad one, or of the newest.
  void tell_record(const std::string& world, const std::string& code) {
    answer(world, "/api/v1/assessments/" + code, "");
    answer(world, "/api/v1/decisions", "record=" + code + "&limit=50");
    answer(world, "/api/v1/history", "record=" + code);
    const auto told = answer(world, "/api/v1/minutes", "record=" + code);
    std::set<std::string> wanted;
    for (const auto& line : told.at("lines").as_array()) {
      if (line.at("ages_out").is_string()) wanted.insert(std::string(line.at("ages_out").as_string()));
      const auto& faults = line.at("faults").as_array();
      if (!faults.empty()) wanted.insert(before(faults.back().at("to")));
      wanted.insert(before(line.at("to")));
    }
    for (const auto& minute : wanted) answer(world, "/api/v1/readings", "record=" + code + "&minute=" + minute);
  }
  static std::string before(const json::value& time) {
    return text(*parse_timestamp(std::string(time.as_string())) - minutes{1});
  }

  testbed::SmallNetwork network_{*parse_timestamp("2026-11-29T20:00:00Z")};
  client::Snapshot read_;
  std::map<std::string, Pubkey> devices_;
  monitor::MonitorSettings settings_;
  storage::SqliteDatabase database_ = *storage::SqliteDatabase::open(":memory:");
  std::unique_ptr<monitor::Monitor> monitor_;
};

}  // namespace
}  // namespace dz

int main() {
  dz::World world;
  world.live();
  world.read_history();
  world.tell("states");
  world.tell_days("states", "recovering");
  world.fall_silent();
  world.tell("suspect");
  world.lose_ledger();
  world.tell("ledger-gone");
  return 0;
}
