#include "scenes.h"

#include <memory>

#include <fmt/format.h>

#include "net/http_client.h"

namespace dz::demo {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLinksBy = 4min, kDevicesBy = 6min, kHeldUntil = 6min + 30s, kEnd = 9min + 30s;
constexpr Duration kMendedAt = 4min + 30s;
constexpr const char* kHeldLink = "ams-dz001:lon-dz001";
constexpr const char* kDisputedLink = "fra-dz001:fra-dz-001-x";  // the judges differ about it

using Codes = std::vector<std::string>;

Codes onboarding_links(const fleet::FleetTopology& topology) {
  Codes codes;
  for (const fleet::TopologyLink& link : topology.links) {
    if (link.code != kHeldLink && link.code != kDisputedLink) codes.push_back(link.code);
  }
  return codes;
}

// A record's state as found, with the monitor's one sentence.
std::string found_text(const NetworkView& view, const std::string& code) {
  const RecordView* record = view.find(code);
  if (record == nullptr) return fmt::format("{} is not on the ledger", code);
  return fmt::format("{} is {}, desired {}, {}; {}", code, to_text(record->status), to_text(record->desired),
                     to_text(record->health), record->sentence.empty() ? "not assessed yet" : record->sentence);
}

Check all_were_activated(Codes codes) {
  return [codes = std::move(codes)](const NetworkView& view) -> std::string {
    for (const std::string& code : codes) {
      if (!view.first_activated.contains(code)) return found_text(view, code);
    }
    return "";
  };
}

Check is(std::string code, Status status, Health health) {
  return [code = std::move(code), status, health](const NetworkView& view) -> std::string {
    const RecordView* record = view.find(code);
    const bool holds = record != nullptr && record->status == status && record->health == health;
    return holds ? "" : found_text(view, code);
  };
}

// The criterion is not met, in that mode.
Check not_met(std::string code, std::string id, std::string mode) {
  return [code = std::move(code), id = std::move(id), mode = std::move(mode)](const NetworkView& view) -> std::string {
    const RecordView* record = view.find(code);
    const FindingView* finding = record == nullptr ? nullptr : record->finding(id);
    if (finding == nullptr) return fmt::format("no finding {} of {}", id, code);
    if (finding->judgement != "met" && finding->mode == mode) return "";
    return fmt::format("{} of {} is {} ({}): {}", id, code, finding->judgement, finding->mode, finding->detail);
  };
}

// Of the enforced evidence criteria this one alone is not met: it holds the record back.
Check held_by(std::string code, std::string id) {
  return [code = std::move(code), id = std::move(id)](const NetworkView& view) -> std::string {
    const RecordView* record = view.find(code);
    if (record == nullptr || record->findings.empty()) return found_text(view, code);
    std::string unmet;
    for (const FindingView& finding : record->findings) {
      if (finding.mode == "enforce" && finding.judgement != "met")
        unmet += fmt::format("{}{}", unmet.empty() ? "" : ", ", finding.id);
    }
    return unmet == id ? "" : fmt::format("{} is held by: {}", code, unmet);
  };
}

Check both(Check a, Check b) {
  return [a = std::move(a), b = std::move(b)](const NetworkView& view) {
    std::string found = a(view);
    return found.empty() ? b(view) : found;
  };
}

Check is_gone(std::string code) {
  return [code = std::move(code)](const NetworkView& view) {
    return view.find(code) == nullptr ? "" : found_text(view, code);
  };
}

// What a person types, and what the command must answer.
struct Command {
  std::string key;  // whose: "contributor-alder"
  std::vector<std::string> arguments;
  int exit_code = 0;
  std::string says = "";  // a part of the output
};

Act run_cli(Daemons& daemons, Command command, std::string expected) {
  auto action = [&daemons, command = std::move(command)]() -> Result<std::string> {
    auto argv = daemons.cli(command.key);
    std::string shown = "$ doublezero";
    for (const std::string& one : command.arguments) {
      argv.push_back(one);
      shown += " " + one;
    }
    DZ_TRY_ASSIGN(const stores::CommandOutput output, stores::run_command(argv));
    if (output.exit_code != command.exit_code || output.text.find(command.says) == std::string::npos) {
      return refused(
          fmt::format("{}: exit code {} instead of {}: {}", shown, output.exit_code, command.exit_code, output.text));
    }
    return fmt::format("{}   (by {})\n{}", shown, command.key, output.text);
  };
  return {.expected = std::move(expected), .action = std::move(action)};
}

Act switch_fault(Daemons& daemons, std::string fault) {
  auto action = [&daemons, fault]() -> Result<std::string> {
    net::HttpClient http;
    DZ_TRY_ASSIGN(const auto answer, http.post(daemons.fleet_url() + "/faults", fault, {}));
    if (answer.status != 201) return refused(fmt::format("HTTP {}: {}", answer.status, answer.body));
    return "fault switched on: " + fault;
  };
  return {.expected = "the fleet takes the fault", .action = std::move(action)};
}

Scene links_scene(const fleet::FleetTopology& topology) {
  const Codes links = onboarding_links(topology);
  return {"seven links go hard-drained -> activated as their last minute arrives and both judges agree",
          {Reach{.expected = "all seven activated", .check = all_were_activated(links), .by = kLinksBy}}};
}

Scene shadow_scene() {
  const std::string half = kDisputedLink, none = "fra-dz-001-x:prg-dz-001-x";
  return {"two of them have faulty probes: shadow findings, shown and not gating",
          {Reach{.expected = half + " activated, its direction from side Z without probes",
                 .check = both(all_were_activated({half}), not_met(half, "link.za.probes", "shadow")),
                 .by = kDevicesBy},
           Reach{.expected = none + " activated, both directions without probes",
                 .check = both(all_were_activated({none}), both(not_met(none, "link.az.probes", "shadow"),
                                                                not_met(none, "link.za.probes", "shadow"))),
                 .by = kDevicesBy}}};
}

Scene devices_scene() {
  return {"fra-dz001, tyo-dz001, nyc-dz001, lax-dz001 and lon-dz001 are activated",
          {Reach{.expected = "all five activated",
                 .check = all_were_activated({"fra-dz001", "tyo-dz001", "nyc-dz001", "lax-dz001", "lon-dz001"}),
                 .by = kDevicesBy}}};
}

// Stays pending and hard-drained, held by one criterion alone.
std::vector<Step> held_steps(const std::string& code, const std::string& id) {
  const Check held = both(is(code, Status::HardDrained, Health::Pending), held_by(code, id));
  return {Reach{.expected = fmt::format("{} held by {} alone", code, id), .check = held, .by = kDevicesBy},
          Stay{.expected = fmt::format("{} hard-drained and pending, held by {}", code, id),
               .check = held,
               .until = kHeldUntil}};
}

Scene errors_scene() {
  std::vector<Step> steps = held_steps(kHeldLink, "link.a.errors");
  const Check earliest = [](const NetworkView& view) -> std::string {
    const RecordView* record = view.find(kHeldLink);
    const FindingView* finding = record == nullptr ? nullptr : record->finding("link.a.errors");
    return finding != nullptr && !finding->earliest.empty() ? "" : "link.a.errors without an earliest time";
  };
  steps.push_back(Reach{.expected = "its earliest time is shown", .check = earliest, .within = 30s});
  return {"ams-dz001:lon-dz001 had errors three hours ago: pending, with its earliest time", std::move(steps)};
}

Check is_disputed(std::string code) {
  return [code = std::move(code)](const NetworkView& view) -> std::string {
    const RecordView* record = view.find(code);
    return record != nullptr && !record->dispute.empty() ? "" : found_text(view, code);
  };
}

// The monitor's own words name the minutes that one of the judges lost; they are kept in `said`.
Check names_the_lost_minutes(const Daemons& daemons, std::shared_ptr<std::string> said) {
  return [&daemons, said = std::move(said)](const NetworkView& view) -> std::string {
    const auto& lost = daemons.lost_rows();
    const auto minutes = fmt::format("{} minutes {} to {} of counters", (lost.to - lost.from) / 1min,
                                     to_text(lost.from), to_text(lost.to - 1min));
    const RecordView* record = view.find(kDisputedLink);
    if (record == nullptr || record->dispute.find(minutes) == std::string::npos)
      return minutes + " are not named: " + found_text(view, kDisputedLink);
    *said = record->dispute;
    return "";
  };
}

Scene judges_scene(Daemons& daemons) {
  const std::string link = kDisputedLink;
  const auto said = std::make_shared<std::string>();
  const auto hand_in = [&daemons]() -> Result<std::string> {
    daemons.hand_in_lost_rows();
    const auto& lost = daemons.lost_rows();
    const auto clock = [](Timestamp at) { return to_text(at).substr(11, 5); };
    return fmt::format("the minutes in which they differ, {} to {} at {} {}, are handed in to {}", clock(lost.from),
                       clock(lost.to - 1min), lost.device, lost.interface, kSecondJudge);
  };
  return {fmt::format("{} lost twenty minutes of {}: it is not raised until both judges agree", kSecondJudge, link),
          {Reach{.expected = fmt::format("{} would write something else of {}", kSecondJudge, link),
                 .check = is_disputed(link),
                 .by = kLinksBy},
           Reach{.expected = "the minutes in which they differ are named",
                 .check = names_the_lost_minutes(daemons, said),
                 .within = 45s},
           Act{"they are told", [said] { return Result<std::string>(*said); }},
           Stay{.expected = link + " hard-drained and pending",
                .check = is(link, Status::HardDrained, Health::Pending),
                .until = kMendedAt},
           Act{"the lost rows are handed in", hand_in},
           Reach{.expected = link + " activated", .check = all_were_activated({link}), .by = kDevicesBy}}};
}

Scene impaired_scene(Daemons& daemons) {
  const std::string link = "lon-dz001:fra-dz001";
  return {
      "an activated link goes bad live and becomes impaired; it keeps carrying traffic",
      {Reach{.expected = link + " activated", .check = all_were_activated({link}), .by = kLinksBy},
       switch_fault(daemons, "errors device=fra-dz001 interface=Switch1/1/1 counter=in-errors every=10s"),
       Reach{.expected = link + " activated and impaired, by link.z.errors",
             .check = both(is(link, Status::Activated, Health::Impaired), not_met(link, "link.z.errors", "enforce")),
             .by = kEnd}}};
}

Scene drain_scene(Daemons& daemons) {
  const std::string link = "tyo-dz001:lax-dz001";
  return {"a contributor drains and undrains tyo-dz001:lax-dz001",
          {Reach{.expected = link + " activated", .check = all_were_activated({link}), .by = kLinksBy},
           run_cli(daemons, {.key = "contributor-alder", .arguments = {"link", "drain", "--pubkey", link, "--hard"}},
                   "the drain is taken"),
           Reach{.expected = link + " hard-drained, its old judgement gone",
                 .check = is(link, Status::HardDrained, Health::Impaired),
                 .within = 10s},
           run_cli(daemons, {.key = "contributor-alder", .arguments = {"link", "undrain", "--pubkey", link}},
                   "the undrain is taken"),
           Reach{.expected = link + " activated again, judged anew",
                 .check = is(link, Status::Activated, Health::Healthy),
                 .by = kEnd}}};
}

Scene delete_scene(Daemons& daemons) {
  const std::string link = "lax-dz001:nyc-dz001";
  const auto remove = [&](int exit_code, const char* says, const char* expected) {
    return run_cli(daemons,
                   {.key = "contributor-alder",
                    .arguments = {"link", "delete", "--pubkey", link},
                    .exit_code = exit_code,
                    .says = says},
                   expected);
  };
  return {
      "the delete of lax-dz001:nyc-dz001 is refused, then, hard-drained, done",
      {Reach{.expected = link + " activated", .check = all_were_activated({link}), .by = kLinksBy},
       remove(1, "link drain", "the delete is refused, and says what to do first"),
       run_cli(daemons, {.key = "contributor-alder", .arguments = {"link", "drain", "--pubkey", link, "--hard"}},
               "the drain is taken"),
       Reach{
           .expected = link + " hard-drained", .check = is(link, Status::HardDrained, Health::Impaired), .within = 10s},
       remove(0, "", "the delete is done"), Reach{.expected = link + " gone", .check = is_gone(link), .within = 10s}}};
}

}  // namespace

std::vector<Scene> demo_scenes(Daemons& daemons) {
  std::vector<Scene> scenes;
  scenes.push_back(links_scene(daemons.topology()));
  scenes.push_back(shadow_scene());
  scenes.push_back(judges_scene(daemons));
  scenes.push_back(devices_scene());
  scenes.push_back(errors_scene());
  scenes.push_back({"ams-dz001 waits for it, through device.link_up", held_steps("ams-dz001", "device.link_up")});
  scenes.push_back(
      {"fra-dz-001-x is held by its telemetry agent", held_steps("fra-dz-001-x", "device.telemetry_agent")});
  scenes.push_back(
      {"prg-dz-001-x is held by its telemetry agent", held_steps("prg-dz-001-x", "device.telemetry_agent")});
  scenes.push_back({"sin-dz001 fails QA", held_steps("sin-dz001", "device.qa")});
  scenes.push_back(impaired_scene(daemons));
  scenes.push_back(drain_scene(daemons));
  scenes.push_back(delete_scene(daemons));
  for (Scene& scene : scenes) scene.put_off(daemons.later());
  return scenes;
}

}  // namespace dz::demo
