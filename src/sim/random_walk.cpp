#include "sim/random_walk.h"

#include <array>

#include <fmt/format.h>

#include "sim/recording.h"

namespace dz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Person = World::Person;

// What may go wrong in a run: each group is on or off by the seed, so that some runs are nearly calm.
struct Groups {
  bool weather = false, crashes = false, sources = false, devices = false, people = false, clocks = false,
       takeovers = false, nodes = false, history = false, stores = false;
};

struct Plan {
  WorldOptions world;
  Groups groups;
  Duration history{}, chaos{};
};

Plan plan_of(std::uint64_t seed, bool live) {
  Random random(seed * 0x9e3779b97f4a7c15ULL + 1);
  Plan plan;
  auto& w = plan.world;
  w.seed = seed;
  const bool whole_day = seed % 6 == 0;
  w.window = whole_day ? minutes{24 * 60} : minutes{random.between(60, 120)};
  w.qa_every = whole_day ? minutes{60} : minutes{12};
  w.ledger_poll =
      whole_day ? seconds{30} : seconds{std::array{10, 10, 20, 30}[static_cast<std::size_t>(random.between(0, 3))]};
  if (whole_day) w.cadence = seconds{30};
  w.pass_interval =
      whole_day ? seconds{60} : seconds{std::array{10, 20, 60}[static_cast<std::size_t>(random.between(0, 2))]};
  w.buffering = random.chance(60);
  w.newest_first = random.chance(30);
  w.zero_errors = random.chance(50);
  w.transit = random.chance(25);
  w.monitors = random.chance(40) ? 2 : 1;
  w.activators = random.chance(70) ? 2 : 1;
  plan.groups = {random.chance(60),
                 random.chance(60),
                 random.chance(60),
                 random.chance(65),
                 random.chance(75),
                 random.chance(40),
                 w.monitors > 1 && random.chance(70)};
  // Of a source of its own, so that what was chosen before stays what it was.
  Random more(seed * 0xd1342543de82ef95ULL + 7);
  plan.groups.nodes = more.chance(40);
  plan.groups.history = live && more.chance(40);
  if (more.chance(30)) {
    w.store = more.chance(50) ? telemetry::StoreKind::InfluxDb : telemetry::StoreKind::ClickHouse;
    w.prometheus = more.chance(40);
    plan.groups.stores = more.chance(75);
  }
  w.live = live;
  w.bad_lines = plan.groups.weather;
  const auto window = Duration{w.window};
  plan.history = random.chance(25) ? Duration{} : random.between(window / 2, window + minutes{10});
  plan.chaos = whole_day ? random.between(hours{1}, hours{3}) : random.between(hours{2}, hours{5});
  return plan;
}

class Chaos {
 public:
  explicit Chaos(World& world, const Groups& groups, Timestamp end)
      : world_(world), random_(world.random()), groups_(groups), end_(end) {}

  void next() {
    if (world_.now() >= end_) return;
    act();
    if ((groups_.nodes || groups_.history || groups_.stores) && random_.chance(35)) act_further();
    world_.after(random_.between(seconds{5}, minutes{7}), [this] { next(); });
  }

 private:
  void act() {
    switch (random_.between(0, 9)) {
      case 0: return groups_.weather ? change_weather() : void();
      case 1: return groups_.crashes ? crash() : void();
      case 2: return groups_.sources ? lose_source() : void();
      case 3:
      case 4: return groups_.devices ? hurt_device() : void();
      case 5:
      case 6:
      case 7: return groups_.people ? somebody_acts() : void();
      case 8: return groups_.clocks ? shift_clock() : void();
      default: return groups_.takeovers ? take_over() : void();
    }
  }

  // What is far away and shared by many: nodes of the ledger, what they keep, and stores.
  void act_further() {
    switch (random_.between(0, 3)) {
      case 0:
      case 1: return groups_.nodes ? lose_node() : void();
      case 2: return groups_.history ? lose_history() : void();
      default: return groups_.stores ? hurt_store() : void();
    }
  }

  void lose_node() {
    const auto fault = random_.chance(60) ? NodeFault::Behind : NodeFault::TakesTurns;
    const auto time = random_.between(seconds{20}, minutes{12});
    world_.count_fault("node stops following");
    if (random_.chance(50)) {
      const auto which = one_of(world_.monitors());
      world_.set_monitor_node(which, fault);
      later(time, [this, which] { world_.set_monitor_node(which, NodeFault::None); });
      if (random_.chance(30)) world_.crash_monitor(which, static_cast<int>(random_.between(1, 8)), seconds{20});
    } else {
      const auto which = one_of(world_.activators());
      world_.set_activator_node(which, fault);
      later(time, [this, which] { world_.set_activator_node(which, NodeFault::None); });
      if (random_.chance(50)) world_.crash_activator(which, static_cast<int>(random_.between(1, 8)), seconds{20});
    }
  }

  void lose_history() {
    world_.count_fault("history forgotten or not shown");
    const bool of_monitor = random_.chance(50);
    const auto which = one_of(of_monitor ? world_.monitors() : world_.activators());
    auto& history = of_monitor ? world_.monitor_history(which) : world_.activator_history(which);
    switch (random_.between(0, 3)) {
      case 0: history.hide_all(true); break;
      case 1: history.list_at_most(static_cast<std::size_t>(random_.between(1, 6))); break;
      case 2: {
        const auto link = one_of(world_.links().size());
        if (world_.link(link) == nullptr) return;
        const auto signature = world_.pay_link(link);
        history.hide(signature, random_.chance(50) ? testbed::NotShown::Null : testbed::NotShown::Refused);
        break;
      }
      default: history.prune_before(world_.slot_at(world_.now() - random_.between(minutes{1}, minutes{90}))); break;
    }
    world_.tell(fmt::format("the history of {} {} is not all shown", of_monitor ? "monitor" : "activator", which));
    later(random_.between(minutes{1}, minutes{30}), [&history] { history.remember(); });
  }

  void hurt_store() {
    world_.set_store(kStoreFaults[one_of(kStoreFaults.size())]);
    const auto time =
        random_.chance(70) ? random_.between(seconds{30}, minutes{6}) : random_.between(minutes{6}, minutes{40});
    later(time, [this] { world_.set_store(StoreFault::None); });
  }

  // Ends with the chaos at the latest.
  void later(Duration time, std::function<void()> what) {
    world_.after(std::min(time, end_ - world_.now()), std::move(what));
  }
  std::size_t one_of(std::size_t count) {
    return static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(count) - 1));
  }
  int up_to(int most) { return static_cast<int>(random_.between(0, most)); }

  void change_weather() {
    Weather weather;
    if (!random_.chance(25)) {
      weather = {up_to(30), up_to(20), up_to(30), up_to(60), up_to(20), up_to(15), up_to(10), up_to(15)};
    }
    if (random_.chance(60)) {
      world_.set_monitor_weather(one_of(world_.monitors()), weather);
    } else {
      world_.set_activator_weather(one_of(world_.activators()), weather);
    }
  }

  void crash() {
    const auto down =
        random_.chance(70) ? random_.between(seconds{1}, minutes{2}) : random_.between(minutes{2}, minutes{40});
    const auto calls = static_cast<int>(random_.between(1, 14));
    if (random_.chance(60)) {
      world_.crash_monitor(one_of(world_.monitors()), calls, down);
    } else {
      world_.crash_activator(one_of(world_.activators()), calls, down);
    }
  }

  void lose_source() {
    const auto time =
        random_.chance(60) ? random_.between(seconds{10}, minutes{4}) : random_.between(minutes{4}, minutes{50});
    const auto monitor = one_of(world_.monitors());
    if (random_.chance(20)) {
      world_.set_ledger_line(false);
      later(time, [this] { world_.set_ledger_line(true); });
    } else if (random_.chance(50)) {
      world_.set_delivery(monitor, false);
      later(time, [this, monitor] { world_.set_delivery(monitor, true); });
    } else {
      const auto device = one_of(world_.devices());
      world_.set_delivery(monitor, device, false);
      later(time, [this, monitor, device] { world_.set_delivery(monitor, device, true); });
    }
  }

  // A switch of a device, thrown for a while.
  template <typename Value>
  void fault(std::string_view name, std::size_t device, Value DeviceFaults::*what, Value value, Duration time) {
    world_.tell(fmt::format("device {} {} for {}", device, name, duration_text(time)));
    world_.count_fault("device fault");
    world_.faults(device).*what = value;
    later(time, [this, device, what] { world_.faults(device).*what = Value{}; });
  }
  // with: what comes along and is in shadow.
  void port_fault(std::string_view name, std::size_t device, bool PortFaults::*what, Duration time,
                  bool PortFaults::*with = nullptr) {
    const auto port = one_of(world_.device(device).spec().ports.size());
    world_.tell(fmt::format("device {} port {} {} for {}", device, port, name, duration_text(time)));
    world_.count_fault("port fault");
    const auto turn = [this, device, port, what, with](bool on) {
      auto& faults = world_.faults(device).ports[port];
      faults.*what = on;
      if (with != nullptr) faults.*with = on;
    };
    turn(true);
    later(time, [turn] { turn(false); });
  }

  void hurt_device() {
    const auto device = one_of(world_.devices());
    const auto time =
        random_.chance(70) ? random_.between(seconds{10}, minutes{5}) : random_.between(minutes{5}, minutes{30});
    switch (random_.between(0, 10)) {
      case 0: return fault("is silent", device, &DeviceFaults::silent, true, time);
      case 1: return fault("has no config agent", device, &DeviceFaults::no_config_agent, true, time);
      case 2: return fault("has no telemetry agent", device, &DeviceFaults::no_telemetry_agent, true, time);
      case 3: return fault("fails QA", device, &DeviceFaults::qa_fails, true, time + minutes{30});
      case 4: {
        const auto ahead = seconds{random_.between(-900, 400)};
        return fault(fmt::format("has a clock {} s ahead", ahead.count()), device, &DeviceFaults::clock_ahead,
                     Duration{ahead}, time);
      }
      case 5: return fault("loses probes", device, &DeviceFaults::probes_lost, true, time);
      case 6: return port_fault("is silent", device, &PortFaults::silent, time);
      case 7: return port_fault("is idle and discards", device, &PortFaults::idle, time, &PortFaults::discards);
      case 8: return port_fault("replays", device, &PortFaults::replay, time);
      case 9: {
        const auto port = one_of(world_.device(device).spec().ports.size());
        world_.tell(fmt::format("device {} port {} resets", device, port));
        world_.count_fault("counters reset");
        return world_.reset_counters(device, port);
      }
      default: return port_fault("has errors and flaps", device, &PortFaults::errors, time, &PortFaults::flaps);
    }
  }

  void somebody_acts() {
    constexpr std::array kPeople{Person::Alpha, Person::Alpha, Person::Beta, Person::Foundation};
    const auto person = kPeople[one_of(kPeople.size())];
    const auto drained = random_.chance(50) ? Status::SoftDrained : Status::HardDrained;
    const auto link = one_of(world_.links().size());
    const auto device = one_of(world_.devices());
    switch (random_.between(0, 11)) {
      case 0: (void)world_.want_link(link, DesiredStatus::SoftDrained, person); return;
      case 1: (void)world_.want_link(link, DesiredStatus::HardDrained, person); return;
      case 2: (void)world_.drain_device(device, drained, person); return;
      case 3:
      case 4: (void)world_.undrain_device(device, person); return;
      case 5: (void)world_.delete_link(3, person); return;
      case 6:
        if (random_.chance(30)) (void)world_.override_link(link, Status::Activated);
        return;
      case 7: (void)world_.drain_link(link, drained, person); return;
      case 8: {
        // Drained and back within seconds.
        (void)world_.drain_link(link, drained, person);
        later(random_.between(seconds{1}, seconds{90}),
              [this, link, person] { (void)world_.undrain_link(link, person); });
        return;
      }
      default: (void)world_.undrain_link(link, person); return;
    }
  }

  void shift_clock() {
    const auto ahead = random_.between(seconds{-5}, seconds{5});
    world_.count_fault("clock step");
    world_.set_monitor_clock(one_of(world_.monitors()), ahead);
  }

  // The writer goes, and the standby takes its place; the old one comes back as a standby.
  void take_over() {
    const auto from = writer_, to = 1 - writer_;
    if (!world_.monitor_runs(from) || !world_.monitor_runs(to)) return;
    world_.stop_monitor(from);
    world_.stop_monitor(to);
    writer_ = to;
    const auto gap = random_.between(seconds{1}, minutes{3});
    world_.after(gap, [this, to] { world_.start_monitor(to, false); });
    world_.after(gap + minutes{1}, [this, from] { world_.start_monitor(from, true); });
  }

  World& world_;
  Random& random_;
  Groups groups_;
  Timestamp end_;
  std::size_t writer_ = 0;
};

// What everybody wants in the end.
void settle_wishes(World& world) {
  auto& random = world.random();
  for (std::size_t i = 0; i < world.links().size(); ++i) {
    if (world.link(i) == nullptr) continue;
    if (random.chance(15)) {
      (void)world.want_link(i, random.chance(50) ? DesiredStatus::SoftDrained : DesiredStatus::HardDrained,
                            Person::Foundation);
    } else {
      (void)world.undrain_link(i, Person::Foundation);
    }
  }
  for (std::size_t i = 0; i < world.devices(); ++i) {
    // A device that was never in service gets into it from hard-drained only.
    if (!world.options().live && world.device_record(i)->status == Status::SoftDrained) {
      (void)world.drain_device(i, Status::HardDrained, Person::Foundation);
    }
    (void)world.undrain_device(i, Person::Foundation);
  }
}

template <typename Record>
void check_settled(const Record& record, std::string_view kind, std::vector<std::string>& out) {
  const auto complain = [&](std::string_view expected) {
    out.push_back(fmt::format("{} {}: expected {}, found {}, desired {}, health {}", kind, record.code, expected,
                              to_text(record.status), to_text(record.desired_status), to_text(record.health)));
  };
  // What never was in service is not drained either: it stays where it is until it is wanted activated.
  if (is_provisioning(record.status) && record.desired_status != DesiredStatus::Activated) return;
  switch (record.desired_status) {
    case DesiredStatus::Activated:
      if (record.status != Status::Activated || record.health != Health::Healthy) complain("activated and healthy");
      return;
    case DesiredStatus::SoftDrained:
      if (record.status != Status::SoftDrained) complain("soft-drained");
      return;
    case DesiredStatus::HardDrained:
    case DesiredStatus::Deleted:
      if (record.status != Status::HardDrained) complain("hard-drained");
      return;
    case DesiredStatus::Pending: return;
    case DesiredStatus::Drained:
      if (record.status != Status::Drained) complain("drained");
      return;
  }
}

void judge_again(World& world, WalkReport& report) {
  auto decisions = recorded_decisions(world);
  if (!decisions) {
    report.problems.push_back("decisions cannot be read: " + decisions.error().message);
    return;
  }
  report.decisions = std::move(*decisions);
  for (auto& differs : differ_when_judged_again(report.decisions)) report.problems.push_back(std::move(differs));
}

}  // namespace

void calm(World& world) {
  world.tell("calm");
  for (std::size_t i = 0; i < world.monitors(); ++i) {
    world.set_monitor_weather(i, {});
    world.set_monitor_clock(i, Duration{});
    world.set_delivery(i, true);
    for (std::size_t d = 0; d < world.devices(); ++d) world.set_delivery(i, d, true);
  }
  for (std::size_t i = 0; i < world.activators(); ++i) world.set_activator_weather(i, {});
  for (std::size_t i = 0; i < world.monitors(); ++i) {
    world.set_monitor_node(i, NodeFault::None);
    world.monitor_history(i).remember();
  }
  for (std::size_t i = 0; i < world.activators(); ++i) {
    world.set_activator_node(i, NodeFault::None);
    world.activator_history(i).remember();
  }
  world.set_store(StoreFault::None);
  world.set_ledger_line(true);
  for (std::size_t d = 0; d < world.devices(); ++d) {
    auto& faults = world.faults(d);
    const auto ports = faults.ports.size();
    faults = {};
    faults.ports.resize(ports);
  }
}

std::vector<std::string> unsettled(const World& world) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < world.links().size(); ++i) {
    if (const auto* link = world.link(i)) check_settled(*link, "link", out);
  }
  for (std::size_t i = 0; i < world.devices(); ++i) check_settled(*world.device_record(i), "device", out);
  return out;
}

WalkReport random_walk(std::uint64_t seed, bool live) {
  const auto plan = plan_of(seed, live);
  const auto& g = plan.groups;
  WalkReport report;
  report.options = fmt::format(
      "{} history={} chaos={} weather={} crashes={} sources={} devices={} people={} clocks={} takeovers={} "
      "nodes={} trails={} stores={}",
      to_text(plan.world), duration_text(plan.history), duration_text(plan.chaos), g.weather, g.crashes, g.sources,
      g.devices, g.people, g.clocks, g.takeovers, g.nodes, g.history, g.stores);

  World world(plan.world);
  const auto begun = world.now() - plan.history;
  if (plan.history > Duration{}) world.backfill(plan.history);
  world.start_all();
  Chaos chaos(world, g, world.now() + plan.chaos);
  chaos.next();
  // Whoever was to come back after a crash is back an hour after the last one.
  world.run(plan.chaos);
  calm(world);
  // By then what came late to a store was found there, and QA has run once more, and so handed over the results that it
  // could not deliver before.
  world.run(std::max(minutes{45}, plan.world.qa_every + minutes{5}));
  world.watch_promises();
  settle_wishes(world);
  world.run(plan.world.window + minutes{40});
  report.problems = world.violations();
  report.problems.insert(report.problems.end(), world.promises().broken().begin(), world.promises().broken().end());
  auto late = unsettled(world);
  report.problems.insert(report.problems.end(), late.begin(), late.end());
  const auto settled = world.now();
  world.run(minutes{15});
  if (world.safety().last_change() > settled) {
    report.problems.push_back("records still change an hour after the last fault and wish");
  }
  if (!late.empty()) {
    for (std::size_t i = 0; i < world.links().size(); ++i) world.tell(world.explain_link(i));
    for (std::size_t i = 0; i < world.devices(); ++i) world.tell(world.explain_device(i));
  }
  judge_again(world, report);
  report.story = world.story();
  report.counts = world.safety().counts();
  report.simulated = world.now() - begun;
  report.faults = world.fault_counts();
  report.promises_kept = world.promises().kept();
  return report;
}

}  // namespace dz::sim
