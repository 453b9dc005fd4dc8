#include "visitor.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "domain/profile.h"
#include "net/loop.h"

namespace dz::demo {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kAbout =
    "This is the demo itself: its devices, its daemons and its ledger, in real time. Whatever you turn on here, "
    "nothing "
    "unsafe may happen: each change of a record is looked at, in the ledger's history, beside what is wrong with the "
    "devices. Scenes that are still to come may fail by what you do.";

// What is hurt; of the demo's own network.
constexpr const char* kHurtDevice = "nyc-dz001";
constexpr const char* kHurtPort = "Switch1/1/1";  // its links' parent port
constexpr const char* kLateDevice = "lax-dz001";
constexpr const char* kWrongClock = "tyo-dz001";
constexpr const char* kFailsQa = "fra-dz001";

constexpr std::size_t kRequestsALook = 100;  // of all histories
constexpr std::size_t kStoryKept = 2 * visit::kLongestStory;

Result<json::value> answer_of(Result<net::ClientResponse> answer, int status) {
  if (!answer) return tl::unexpected(answer.error());
  boost::system::error_code error;
  auto body = json::parse(answer->body, error);
  if (answer->status != status || error)
    return refused(fmt::format("the fleet answered HTTP {}: {}", answer->status, answer->body));
  return body;
}

// What a running program does, by its name.
std::string work_of(std::string_view name) {
  if (name == "monitor") return fmt::format("judges, as {}, and writes health", kFirstJudge);
  if (name.starts_with("monitor-")) return "judges on evidence of its own";
  if (name == "activator") return "carries out what both judges hold";
  if (name == "witness") return "cosigns the log of decisions";
  if (name == "ledger") return "is the source of truth";
  return "stands for the devices";
}

std::string words_of(const std::string& code, const RecordEvent& event) {
  std::string text = code + ":";
  if (event.desired_status) text += fmt::format(" wanted {}", to_text(*event.desired_status));
  if (event.status) text += fmt::format(" {}", to_text(*event.status));
  if (event.health) text += fmt::format(" {}", to_text(*event.health));
  return text;
}

}  // namespace

Visitor::Visitor(Daemons& daemons, client::LedgerClient& ledger, const NetworkView& view)
    : daemons_(daemons),
      ledger_(ledger),
      view_(view),
      http_(net::ClientOptions{.connect_timeout = 2s, .timeout = 5s}),
      watch_(daemons.topology(), daemons.authorities()),
      faults_(faults_of(daemons.topology())),
      opened_(net::system_now()) {}

std::vector<Visitor::Fault> Visitor::faults_of(const fleet::FleetTopology& topology) const {
  const auto at = [](const char* device, const char* what) {
    return std::vector{fmt::format("{} device={}", what, device)};
  };
  std::vector<std::string> all_silent;
  for (const auto& device : topology.devices) all_silent.push_back("silence device=" + device.code);
  const auto text = [](const char* form, const char* device) { return fmt::format(fmt::runtime(form), device); };
  return {
      {"device-silent", text("{} is silent", kHurtDevice), "it sends no counters, and its agents go on",
       at(kHurtDevice, "silence")},
      {"all-silent", "Everything is silent", "all devices at once: that is the source, and no fault of theirs",
       std::move(all_silent)},
      {"port-errors",
       text("{} has errors", kHurtDevice),
       "a counter of errors rises at the port of its links",
       {fmt::format("errors device={} interface={} counter=in-errors every=10s", kHurtDevice, kHurtPort)}},
      {"late-rows", text("Rows of {} come late", kLateDevice), "they are kept back, and come when this ends",
       at(kLateDevice, "late for=24h")},
      {"wrong-clock",
       text("The clock of {} is wrong", kWrongClock),
       "its rows are dated nine minutes ahead",
       {fmt::format("wrong-clock device={} offset=9m", kWrongClock)}},
      {"qa-fails", text("QA of {} fails", kFailsQa), "its users' traffic does not get through",
       at(kFailsQa, "qa-failure")},
      {"agent-missing", text("No config agent at {}", kHurtDevice), "it asks for no configuration",
       at(kHurtDevice, "no-config-agent")},
      {.name = "monitor-dies",
       .title = "The monitor dies",
       .about = "killed at once; it comes back with its file when this ends",
       .program = "monitor"},
      {.name = "judge-dies",
       .title = "The second judge dies",
       .about = "without it nothing is raised",
       .program = fmt::format("monitor-{}", kSecondJudge)},
      {.name = "activator-dies",
       .title = "The activator dies",
       .about = "nobody carries out what the judges hold",
       .program = "activator"},
      {.name = "witness-dies",
       .title = "The witness dies",
       .about = "nobody cosigns the log of decisions",
       .program = "witness"},
      {.name = "node-dies",
       .title = "The ledger's node dies",
       .about = "nobody reads or writes a record until it is back",
       .program = "ledger"},
  };
}

// ---- looking on

void Visitor::tell(Timestamp at, std::string_view line) {
  story_.push_back(fmt::format("{} {}", to_text(at), line.substr(0, line.find('\n'))));
  if (story_.size() > kStoryKept) story_.erase(story_.begin(), story_.end() - visit::kLongestStory);
}

// With those that have ended: they are in the evidence.
Result<void> Visitor::read_faults(Timestamp now) {
  DZ_TRY_ASSIGN(const auto list, answer_of(http_.get(faults_url(), {}), 200));
  std::vector<fleet::Fault> known;
  for (const auto& one : list.is_array() ? list.get_array() : json::array()) {
    DZ_TRY_ASSIGN(auto fault, fleet::parse_fault(json::value_to<std::string>(one.at("fault")), now));
    known.push_back(std::move(fault));
  }
  known_faults_ = std::move(known);
  return {};
}

void Visitor::follow(Timestamp now) {
  if (!read_faults(now)) return;
  for (const auto& [code, record] : view_.records)
    followed_.try_emplace(record.key,
                          Followed{code, client::RecordTrail(record.key, wire::local_program_ids(), rfc_profile())});
  auto requests = kRequestsALook;
  for (auto& [key, followed] : followed_) follow_record(followed, requests, now);
}

// From its creation on: what was read of it before that is known is looked at then.
void Visitor::follow_record(Followed& followed, std::size_t& requests, Timestamp now) {
  const auto done = [](const Result<bool>& read) { return read && *read; };
  auto& trail = followed.trail;
  if (followed.given_up || !done(trail.catch_up(ledger_, requests))) return;
  while (!trail.exhausted()) {
    if (!done(trail.reach_back(ledger_, requests))) return;
  }
  const auto& [events, whole] = trail.known();
  if (!whole) {
    followed.given_up = true;
    return tell(now, followed.code + ": the ledger does not have its whole history, so its changes are not looked at");
  }
  for (; followed.looked_at < events.size(); ++followed.looked_at) {
    const auto& event = events[followed.looked_at];
    const auto at = event.time.value_or(now);
    watch_.look_at(followed.code, event, at, known_faults_);
    if (at >= opened_) tell(at, words_of(followed.code, event));
  }
}

visit::Visit Visitor::look() {
  visit::Visit visit{.now = net::system_now(), .about = std::string(kAbout), .console = daemons_.monitor_url() + "/"};
  for (const auto& f : faults_) visit.faults.push_back({f.name, f.title, f.about, f.since});
  for (const auto& name : daemons_.names()) {
    const bool runs = daemons_.runs(name);
    visit.processes.push_back({name, runs, runs ? work_of(name) : "is dead"});
  }
  const bool monitor_runs = daemons_.runs("monitor");
  for (const auto kind : {RecordKind::Device, RecordKind::Link}) {
    for (const auto& [code, record] : view_.records) {
      if (record.kind != kind) continue;
      visit.records.push_back({std::string(to_text(kind)), code, std::string(to_text(record.status)),
                               std::string(to_text(record.desired)), std::string(to_text(record.health)),
                               monitor_runs ? record.sentence : ""});
    }
  }
  visit.checks = watch_.checks();
  visit.violations = watch_.violations();
  visit.story = story_;
  return visit;
}

// ---- hurting

// All of it, or nothing.
Result<void> Visitor::begin(Fault& fault) {
  if (fault.since) return {};
  fault.since = net::system_now();
  if (auto on = switch_on(fault); !on) {
    (void)end(fault);  // where that fails too it is shown as on
    return on;
  }
  tell(*fault.since, fault.title + ": begins");
  return {};
}

Result<void> Visitor::switch_on(Fault& fault) {
  if (!fault.program.empty()) DZ_TRY(daemons_.end(fault.program));
  for (const auto& text : fault.of_fleet) {
    DZ_TRY_ASSIGN(const auto made, answer_of(http_.post(faults_url(), text, {}), 201));
    fault.ids.push_back(json::value_to<std::uint64_t>(made.at("id")));
  }
  return {};
}

Result<void> Visitor::end(Fault& fault) {
  if (!fault.since) return {};
  if (!fault.program.empty()) DZ_TRY(daemons_.start_again(fault.program));
  while (!fault.ids.empty()) {
    DZ_TRY(answer_of(http_.send("DELETE", fmt::format("{}/{}", faults_url(), fault.ids.back()), "", {}), 200));
    fault.ids.pop_back();
  }
  fault.since.reset();
  tell(net::system_now(), fault.title + ": ends");
  return {};
}

Result<void> Visitor::turn(std::string_view name, bool on) {
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const auto& f) { return f.name == name; });
  if (found == faults_.end()) return not_found(fmt::format("expected a fault of the list, found '{}'", name));
  return on ? begin(*found) : end(*found);
}

// The last first: the others are better started when the ledger's node is there. What cannot be ended keeps no other
// on.
Result<void> Visitor::mend() {
  Result<void> all;
  for (auto fault = faults_.rbegin(); fault != faults_.rend(); ++fault) {
    if (auto ended = end(*fault); !ended && all) all = std::move(ended);
  }
  return all;
}

Result<void> Visitor::set_speed(int) { return refused("the demo runs in real time: its speed cannot be set"); }

}  // namespace dz::demo
