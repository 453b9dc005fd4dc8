#include "sim/world.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/check.h"

namespace dz::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Nothing is older than a window and its margin when a run begins.
constexpr minutes kBeforeStart{28 * 60};
constexpr Duration kStoreLag = seconds{60};

Timestamp start_of(std::uint64_t seed) {
  Random random(seed * 977);
  return Timestamp{std::chrono::hours{494'000}} + seconds{random.between(0, 7200)};
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "simulation: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
  return std::move(*result);
}

void must(Result<void> result) {
  if (!result) std::fprintf(stderr, "simulation: %s\n", result.error().message.c_str());
  DZ_CHECK(result.has_value());
}

const std::vector<DeviceSpec>& device_specs() {
  static const std::vector<DeviceSpec> kSpecs{
      {"ams", DeviceType::Hybrid, false, {{"Switch1/1/1"}, {"Switch1/2/1"}, {"Switch1/3/1"}, {"Switch1/31/1", true}}},
      {"fra", DeviceType::Hybrid, false, {{"Switch1/1/1"}, {"Switch1/2/1"}, {"Switch1/3/1"}, {"Switch1/31/1", true}}},
      {"lon", DeviceType::Hybrid, true, {{"Switch1/1/1"}, {"Switch1/2/1"}, {"Switch1/31/1", true}}}};
  return kSpecs;
}

testbed::SmallNetworkOptions network_options(const WorldOptions& options) {
  if (!options.live) return {};
  return {.profile = &v034_profile(), .program = {.start_provisioning = true}, .genesis_age = std::chrono::hours{30}};
}

}  // namespace

std::string to_text(const WorldOptions& o) {
  return fmt::format(
      "seed={} window={}m qa_every={}m cadence={} pass={} poll={} buffering={} newest_first={} zero_errors={} "
      "transit={} accept_dzx={} live={} monitors={} activators={} store={} prometheus={}",
      o.seed, o.window.count(), o.qa_every.count(), duration_text(o.cadence), duration_text(o.pass_interval),
      duration_text(o.ledger_poll), o.buffering, o.newest_first, o.zero_errors, o.transit, o.accept_dzx, o.live,
      o.monitors, o.activators, o.store ? telemetry::to_text(*o.store) : "none", o.prometheus);
}

World::World(const WorldOptions& options)
    : options_(options),
      random_(options.seed),
      network_(start_of(options.seed), ledger::make_memory_archive(), network_options(options)),
      origin_(number_of(network_.now() - kBeforeStart)),
      safety_(*this),
      live_safety_({network_.foundation.pubkey(), network_.monitor.pubkey(), network_.activator.pubkey()}) {
  SafetyRules rules;
  rules.window = options_.window;
  rules.foundation = network_.foundation.pubkey();
  rules.monitor = network_.monitor.pubkey();
  rules.activator = network_.activator.pubkey();
  rules.guarded = !options_.live;
  if (options_.store) {
    rules.least_behind = kStoreLag;
    rules.qa_at_the_edges = 2;
    rules.qa_most_behind = qa_max_gap();
    rules.most_behind = minutes{12};  // a source may be 10 minutes old, and a pass later
  }
  // The live program has no activator authority: whoever moves status is an admin of the network.
  if (options_.live) network_.grant(rules.activator, permission::kNetworkAdmin);
  safety_.set_added(rules);
  network_.ledger().observe(this);
  build_network();

  std::vector<std::size_t> ports;
  for (const auto& device : devices_) ports.push_back(device.spec().ports.size());
  for (int i = 0; i < options_.monitors; ++i) {
    auto host = std::make_unique<MonitorHost>(MonitorTruth(origin_, ports));
    host->name = fmt::format("monitor {}", i);
    host->line = make_line(*host);
    host->answered = {MinuteSet(origin_), MinuteSet(origin_)};
    host->database = std::make_unique<storage::SqliteDatabase>(must(storage::SqliteDatabase::open(":memory:")));
    // What is written is there at once and stays; after a crash nothing more is written. So no journal of its own.
    must(host->database->execute("PRAGMA journal_mode = OFF"));
    host->agents.resize(devices_.size() + 1);
    host->Sink::weather = &host->Host::weather;
    host->take = [this, at = host.get()](std::size_t number, const Batch& batch) { return push(*at, number, batch); };
    monitors_.push_back(std::move(host));
  }
  store_sink_.agents.resize(devices_.size() + 1);
  store_sink_.weather = &no_weather_;
  store_sink_.take = [this](std::size_t number, const Batch& batch) { return store(number, batch); };
  for (int i = 0; i < options_.activators; ++i) {
    auto host = std::make_unique<ActivatorHost>();
    host->name = fmt::format("activator {}", i);
    host->line = make_line(*host);
    activators_.push_back(std::move(host));
  }
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    after(random_.between(Duration{0}, options_.cadence), [this, i] { tick_device(i); });
  }
  after(seconds{11}, [this] { take_samples(); });
  after(seconds{41}, [this] { submit_samples(); });
  after(random_.between(Duration{0}, options_.qa_every), [this] { run_qa(); });
}

World::~World() = default;

void World::build_network() {
  for (const auto& spec : device_specs()) {
    auto own = spec;
    if (options_.transit && own.of_beta) own.type = DeviceType::Transit;
    const auto key = network_.add_device(own.code, own.of_beta ? network_.beta : network_.alpha, own.type);
    if (options_.cyoa && devices_.empty()) {
      own.ports.push_back({"Switch1/32/1", false, true});
      network_.add_user_port(own.code, own.ports.back().name);
    }
    devices_.emplace_back(own, key, random_.next(), options_.zero_errors);
    troubled_.emplace_back(origin_);
    std::vector<std::string> ports;
    for (const auto& port : own.ports) ports.push_back(port.name);
    store_.add_device(key, own.code, std::move(ports));
    sampled_.emplace_back(origin_);
    lost_.emplace_back(origin_);
    held_.emplace_back();
  }
  link_specs_ = {{"ams-fra", LinkType::Wan, 0, 0, 1, 0},
                 {"ams-lon", LinkType::Dzx, 0, 1, 2, 1},
                 {"fra-lon", LinkType::Dzx, 1, 1, 2, 0},
                 {"ams-fra-2", LinkType::Wan, 0, 2, 1, 2}};
  for (std::size_t i = 0; i < link_specs_.size(); ++i) {
    const auto& s = link_specs_[i];
    const auto& a = devices_[s.device_a].spec();
    const auto& z = devices_[s.device_z].spec();
    link_keys_.push_back(
        network_.add_link(s.code, s.type, a.code, a.ports[s.port_a].name, z.code, z.ports[s.port_z].name));
    if (s.type == LinkType::Dzx && options_.accept_dzx) accept_link(i);
    const wire::LatencyPath forth{devices_[s.device_a].key(), devices_[s.device_z].key(), link_keys_.back()};
    const wire::LatencyPath back{forth.target_device, forth.origin_device, forth.link};
    directions_.push_back({i, s.device_a, forth, {}, UINT64_MAX, {}, {}});
    directions_.push_back({i, s.device_z, back, {}, UINT64_MAX, {}, {}});
  }
}

// ---- time

void World::after(Duration time, std::function<void()> what) {
  agenda_.emplace(std::pair{now() + time, agenda_count_++}, std::move(what));
}

void World::run(Duration time) {
  const auto until = now() + time;
  while (!agenda_.empty() && agenda_.begin()->first.first <= until) {
    auto next = agenda_.extract(agenda_.begin());
    if (next.key().first > now()) network_.advance(next.key().first - now());
    next.mapped()();
  }
  network_.advance(until - now());
}

void World::tell(std::string line) { story_.push_back(dz::to_text(now()) + " " + std::move(line)); }

// ---- what the ledger did

void World::on_processed(const ledger::TransactionRecord& record,
                         const std::vector<std::pair<Pubkey, const wire::Account*>>& accounts) {
  if (options_.live) live_safety_.on_transaction(record, now());
  if (!record.error) check_node_age(record.addresses.front());
  for (const auto& [key, account] : accounts) {
    const bool ours = account->owner == wire::local_program_ids().serviceability || safety_.link(key) != nullptr ||
                      safety_.device(key) != nullptr;
    if (!ours) continue;
    const auto changes = safety_.counts().changes + safety_.counts().deletions;
    safety_.on_account(key, *account, record.addresses.front(), now());
    if (safety_.counts().changes + safety_.counts().deletions == changes) continue;
    if (const auto* link = safety_.link(key)) {
      tell(fmt::format("  link {}: {}, desired {}, health {}", link->code, to_text(link->status),
                       to_text(link->desired_status), to_text(link->health)));
    } else if (const auto* device = safety_.device(key)) {
      tell(fmt::format("  device {}: {}, desired {}, health {}", device->code, to_text(device->status),
                       to_text(device->desired_status), to_text(device->health)));
    }
    hint(key);
  }
}

// ---- processes

service::LogSink World::log_of(const Host& host) {
  return [this, &host](service::LogLevel level, std::string_view event, const service::LogFields& fields) {
    if (level == service::LogLevel::Debug) return;
    std::string line = fmt::format("    {}: {}", host.name, event);
    for (const auto& [name, value] : fields) line += fmt::format(" {}={}", name, value);
    tell(std::move(line));
  };
}

void World::wake_monitor(MonitorHost& host, Timestamp at) {
  if (host.next && *host.next <= at) return;
  host.next = at;
  after(at - now(), [this, &host, number = ++host.wake] {
    if (host.monitor && host.next && number == host.wake) step_monitor(host);
  });
}

void World::wake_activator(ActivatorHost& host, Timestamp at) {
  if (host.next && *host.next <= at) return;
  host.next = at;
  after(at - now(), [this, &host, number = ++host.wake] {
    if (host.activator && host.next && number == host.wake) step_activator(host);
  });
}

void World::start_monitor(std::size_t which, bool standby) {
  auto& host = *monitors_[which];
  if (host.monitor) return;
  const auto settings = monitor_settings(standby);
  host.standby = standby;
  host.opened = host.accepts_since = host.covers_since = now() + host.skew;
  host.line->restart();
  host.node->restart();
  ++host.life;
  host.running_through = host.accepted_through = host.covered_through = number_of(host.opened);
  host.judged.reset();
  host.stop_writing = [&host] { must(host.database->execute("PRAGMA query_only = ON")); };
  host.monitor = must(monitor::Monitor::open(*host.line, *host.database,
                                             {.settings = settings,
                                              .ids = wire::local_program_ids(),
                                              .key = standby ? std::nullopt : std::optional(network_.monitor),
                                              .log = log_of(host),
                                              .steady = [this] { return now().time_since_epoch(); }},
                                             host.opened));
  if (options_.store) {
    host.monitor->connect_sources({[this, &host](const monitor::SourceSettings& source, const telemetry::StoreAsk& ask,
                                                 auto done) { ask_store(host, source.store, ask, std::move(done)); },
                                   [this] { return static_cast<double>(random_.between(0, 100)) / 100; }, [] {}});
  }
  tell(fmt::format("{} starts{}", host.name, standby ? " as a standby" : ""));
  on_start_(which);
  if (!host.started) {
    host.started = true;
    const auto weather = std::exchange(host.Host::weather, {});
    step_monitor(host);
    if (!options_.store) {
      for (const auto& [agent, batch] : history_) DZ_CHECK(push(host, agent, *batch) == Push::Taken);
    }
    host.Host::weather = weather;
  }
  wake_monitor(host, now());
}

monitor::MonitorSettings World::monitor_settings(bool standby) const {
  monitor::MonitorSettings settings;
  if (options_.live) settings.policy = verdict::default_policy(v034_profile());
  settings.policy.window = settings.policy.recovery_window = options_.window;
  settings.policy.of(verdict::CriterionId::DeviceQa).window = options_.window;
  settings.policy.qa.max_gap = qa_max_gap();
  settings.pass_interval = options_.pass_interval;
  settings.ledger_poll = options_.ledger_poll;
  if (options_.limits) settings.limits = *options_.limits;
  if (standby) settings.write_mode = control::WriteMode::Standby;
  if (!options_.store) return settings;
  using evidence::Source;
  auto& main = settings.sources.emplace_back();
  main.store = {.name = "main", .kind = *options_.store, .url = "http://127.0.0.1:1", .database = "d"};
  main.limits.lag = kStoreLag;
  main.serves = {Source::Counters, Source::Qa};
  if (options_.prometheus) {
    auto& second = settings.sources.emplace_back();
    second.store = {.name = "second", .kind = telemetry::StoreKind::Prometheus, .url = "http://127.0.0.1:2"};
    second.limits.lag = kStoreLag;
    second.serves = {Source::ConfigAgent};
  } else {
    main.serves.push_back(Source::ConfigAgent);
  }
  pull_from(settings.sources, settings.policy, settings.evidence);
  return settings;
}

void World::stop_monitor(std::size_t which) {
  auto& host = *monitors_[which];
  if (!host.monitor) return;
  tell(fmt::format("{} stops", host.name));
  host.monitor.reset();
  host.next.reset();
  host.calls_to_crash = -1;
}

void World::crash_monitor(std::size_t which, int calls, Duration down) {
  auto& host = *monitors_[which];
  host.calls_to_crash = calls;
  host.crash_before = random_.chance(50);
  host.down = down;
}

void World::step_monitor(MonitorHost& host) {
  host.next.reset();
  stepping_ = &host;
  const auto local = now() + host.skew;
  for (; begin_of(host.running_through + 1) <= local; ++host.running_through) {
    if (begin_of(host.running_through) >= host.opened) host.truth.running.add(host.running_through);
  }
  const bool was_right = host.monitor->clock_problem().empty();
  const auto next = host.monitor->step(local);
  stepping_ = nullptr;
  if (!was_right || !host.monitor->clock_problem().empty()) host.covers_since = local;
  note_covered(host);
  if (host.crashing) {
    const bool standby = host.standby;
    host.monitor.reset();
    host.crashing = false;
    host.next.reset();
    must(host.database->execute("PRAGMA query_only = OFF"));
    const auto which = static_cast<std::size_t>(
        std::find_if(monitors_.begin(), monitors_.end(), [&](const auto& m) { return m.get() == &host; }) -
        monitors_.begin());
    after(host.down, [this, which, standby] { start_monitor(which, standby); });
    return;
  }
  host.judged = now();
  // A store is asked about one thing after the other, a moment apart: a time is named once all have answered.
  const bool all_answered = !options_.store || next - local >= seconds{1};
  // And whether anything is known of the minute in which the endpoint opened is seen once it has closed.
  const bool settled = local >= host.opened + minutes{2};
  // A time is named on QA that goes on; results that did not get through are sent again with the next run only.
  const auto& qa = (options_.store ? store_sink_ : host).agents.back();
  if (watching_ && !host.standby && all_answered && settled && qa.queue.empty()) {
    promises_.look(*host.monitor, local);
  }
  // Until it is right again; that is heard in the next step.
  if (!host.monitor->clock_problem().empty()) host.accepts_since = next;
  if (!host.standby) {
    const auto life = host.life * 2 + (monitors_[0].get() == &host ? 1 : 0);
    steady_times_.look(*host.monitor, life, safety_);
  }
  const SafetyRules rules;
  for (; !options_.store && begin_of(host.accepted_through + 1) + rules.lateness <= local; ++host.accepted_through) {
    if (begin_of(host.accepted_through) >= host.accepts_since) host.truth.accepting.add(host.accepted_through);
  }
  wake_monitor(host, now() + std::max(next - local, Duration{1000}));
}

// By the time of the last pass that was written down, which may be before the call in which it died.
void World::note_covered(MonitorHost& host) {
  const auto passed = host.monitor->evidence().last_pass();
  if (!passed || options_.store) return;
  for (; begin_of(host.covered_through + 1) <= *passed; ++host.covered_through) {
    if (begin_of(host.covered_through) >= host.covers_since) host.truth.covered.add(host.covered_through);
  }
}

void World::start_activator(std::size_t which) {
  auto& host = *activators_[which];
  if (host.activator) return;
  activator::ActivatorOptions options;
  options.ids = wire::local_program_ids();
  options.view.kept = {[&host](const wire::Blockhash&) { return Result<std::optional<Slot>>(host.kept); },
                       [&host](const wire::Blockhash&, Slot slot) {
                         host.kept = slot;
                         return Result<void>();
                       }};
  host.line->restart();
  host.node->restart();
  host.activator = std::make_unique<activator::Activator>(*host.line, network_.activator, options, log_of(host));
  tell(fmt::format("{} starts", host.name));
  wake_activator(host, now());
}

void World::stop_activator(std::size_t which) {
  auto& host = *activators_[which];
  if (!host.activator) return;
  tell(fmt::format("{} stops", host.name));
  host.activator.reset();
  host.next.reset();
  host.calls_to_crash = -1;
}

void World::crash_activator(std::size_t which, int calls, Duration down) {
  auto& host = *activators_[which];
  host.calls_to_crash = calls;
  host.crash_before = random_.chance(50);
  host.down = down;
}

void World::step_activator(ActivatorHost& host) {
  host.next.reset();
  const auto next = host.activator->step(now());
  if (!host.crashing) return wake_activator(host, std::max(next, now() + Duration{1000}));
  host.activator.reset();
  host.crashing = false;
  host.next.reset();
  const auto which = static_cast<std::size_t>(
      std::find_if(activators_.begin(), activators_.end(), [&](const auto& a) { return a.get() == &host; }) -
      activators_.begin());
  after(host.down, [this, which] { start_activator(which); });
}

void World::start_all() {
  for (std::size_t i = 0; i < monitors_.size(); ++i) start_monitor(i, i > 0);
  for (std::size_t i = 0; i < activators_.size(); ++i) start_activator(i);
}

// ---- what the checks ask

const MonitorTruth* World::judging_truth() const { return stepping_ != nullptr ? &stepping_->truth : nullptr; }

std::vector<PortPlace> World::ports_of_link(const Pubkey& link) const {
  for (std::size_t i = 0; i < link_keys_.size(); ++i) {
    const auto& s = link_specs_[i];
    if (link_keys_[i] == link) return {{s.device_a, s.port_a}, {s.device_z, s.port_z}};
  }
  return {};
}

std::vector<Pubkey> World::links_of_device(const Pubkey& device) const {
  std::vector<Pubkey> links;
  for (std::size_t i = 0; i < link_keys_.size(); ++i) {
    const auto& s = link_specs_[i];
    if (devices_[s.device_a].key() == device || devices_[s.device_z].key() == device) links.push_back(link_keys_[i]);
  }
  return links;
}

std::optional<std::size_t> World::number_of_device(const Pubkey& device) const {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (devices_[i].key() == device) return i;
  }
  return std::nullopt;
}

std::vector<std::size_t> World::dia_ports(std::size_t device) const {
  std::vector<std::size_t> ports;
  const auto& specs = devices_[device].spec().ports;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].dia) ports.push_back(i);
  }
  return ports;
}

int World::dark_sample_minutes(std::size_t device, MinuteNumber from, MinuteNumber to) const {
  constexpr int kShifted = 4;  // a submit interval, a poll, and the samples' own spacing
  int dark = 0, run = 0;
  for (auto m = from; m < to; ++m) {
    if (!sampled_[device].has(m)) {
      ++run;
      continue;
    }
    dark += std::max(0, run - kShifted);
    run = 0;
  }
  return dark + std::max(0, run - kShifted);
}

std::vector<std::string> World::violations() const {
  auto all = violations_;
  all.insert(all.end(), safety_.violations().begin(), safety_.violations().end());
  all.insert(all.end(), steady_times_.broken().begin(), steady_times_.broken().end());
  all.insert(all.end(), live_safety_.violations().begin(), live_safety_.violations().end());
  return all;
}

std::string World::explain_link(std::size_t which) {
  for (auto& host : monitors_) {
    if (host->monitor && !host->standby) return host->monitor->explain(link_keys_[which]).value_or("no explanation");
  }
  return "no monitor";
}

std::string World::explain_device(std::size_t which) {
  for (auto& host : monitors_) {
    if (host->monitor && !host->standby)
      return host->monitor->explain(devices_[which].key()).value_or("no explanation");
  }
  return "no monitor";
}

}  // namespace dz::sim
