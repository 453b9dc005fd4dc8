// A whole network in one process on virtual time: ledger, monitors, activators, devices and their agents, with
// everything between them that can fail. One seed decides all chance; a run with the same calls is the same run.
// People and faults are calls of the owner (walks, or random_walk.h); safety is checked at every transaction.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "activator/activator.h"
#include "monitor/monitor.h"
#include "net/http_server.h"
#include "sim/device.h"
#include "sim/live_safety.h"
#include "sim/promises.h"
#include "sim/random.h"
#include "sim/safety.h"
#include "sim/steady_times.h"
#include "sim/store.h"
#include "sim/truth.h"
#include "testbed/faulty_client.h"
#include "testbed/forgetful_client.h"
#include "testbed/lagging_client.h"
#include "testbed/small_network.h"
#include "wire/instructions/telemetry.h"

namespace dz::sim {

struct LinkSpec {
  std::string code;
  LinkType type = LinkType::Wan;
  std::size_t device_a = 0, port_a = 0, device_z = 0, port_z = 0;
};

struct WorldOptions {
  std::uint64_t seed = 1;
  std::chrono::minutes window{24 * 60};  // of the policy, recovery window included
  std::chrono::minutes qa_every{60};
  Duration cadence = std::chrono::seconds{20};  // of devices
  Duration pass_interval = std::chrono::seconds{60};
  Duration ledger_poll = std::chrono::seconds{30};
  bool buffering = true;      // agents keep what they could not deliver, and replay it
  bool newest_first = false;  // ... the newest first
  bool zero_errors = true;    // error counters that never rose are sent as 0
  bool transit = false;       // the third device carries no users, so QA leaves it out
  bool accept_dzx = true;     // side Z has accepted the DZX links
  bool live = false;          // profile v0.34, whose program guards nothing; records start in provisioning
  bool cyoa = false;          // the first device has an interface for users too
  std::optional<control::ChangeLimits> limits;  // of monitors; none: as of a ledger of one's own
  int monitors = 1;                             // the first writes, the others stand by
  int activators = 2;
  bool bad_lines = true;  // answers of the ledger may be old ones; what is never to happen costs nothing
  // Monitors pull counters and QA from a store of this kind, which devices write to; none: devices push. A second
  // store, a Prometheus, serves the config agents then.
  std::optional<telemetry::StoreKind> store;
  bool prometheus = false;
};
std::string to_text(const WorldOptions& options);

// The node of the ledger that a process talks to.
enum class NodeFault : std::uint8_t {
  None,
  Behind,      // answers from the slot at which it stopped following
  TakesTurns,  // that node and one that follows answer by turns
};

// What was injected, by kind.
using FaultCounts = std::map<std::string, std::uint64_t>;

// How bad the lines of one process are, in percent of calls.
struct Weather {
  int lost = 0, answer_lost = 0, stale = 0;           // of calls to the ledger
  int event_lost = 0, event_twice = 0;                // of the ledger's events
  int push_lost = 0, push_answer_lost = 0, late = 0;  // of the devices' requests to a monitor
  bool operator==(const Weather&) const = default;
};

// Has many members, for it is the whole network at once: processes, devices, people and lines share one clock and one
// random source, and each can be hurt in the middle of what another does. Its .cpp files are by these groups.
class World final : private ledger::LedgerObserver, private SafetyView {
 public:
  explicit World(const WorldOptions& options);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- time
  Timestamp now() const { return network_.now(); }
  Slot slot_at(Timestamp time) { return network_.ledger().bank().clock().slot_at(time); }
  void run(Duration time);
  void after(Duration time, std::function<void()> what);
  // The devices have run for that long before now, and their agents kept it: a monitor gets it when it first starts,
  // the ledger has the samples. Before any start.
  void backfill(Duration history);

  // ---- processes
  void start_monitor(std::size_t which, bool standby = false);
  void stop_monitor(std::size_t which);
  // Dies within the call to the ledger that is that many calls away, and comes back after `down`.
  void crash_monitor(std::size_t which, int calls, Duration down);
  bool monitor_runs(std::size_t which) const { return monitors_[which]->monitor != nullptr; }
  // Is in the call in which it dies: nothing more of it reaches its file, or anybody.
  bool monitor_dies(std::size_t which) const { return monitors_[which]->crashing; }
  // Called whenever a monitor has been opened, before its first step.
  void on_start(std::function<void(std::size_t which)> started) { on_start_ = std::move(started); }
  // What is on its disk, from start to start.
  storage::SqliteDatabase& monitor_file(std::size_t which) { return *monitors_[which]->database; }
  // When it was opened last.
  Timestamp opened_at(std::size_t which) const { return monitors_[which]->opened; }
  // When it last judged, in this life; none: not yet, or rows of minutes that it had closed have come since.
  std::optional<Timestamp> judged_at(std::size_t which) const { return monitors_[which]->judged; }
  monitor::Monitor& monitor(std::size_t which = 0) { return *monitors_[which]->monitor; }
  std::size_t monitors() const { return monitors_.size(); }
  void start_activator(std::size_t which);
  void stop_activator(std::size_t which);
  void crash_activator(std::size_t which, int calls, Duration down);
  bool activator_runs(std::size_t which) const { return activators_[which]->activator != nullptr; }
  std::size_t activators() const { return activators_.size(); }
  void start_all();  // the first monitor writes, the others stand by

  // ---- faults
  DeviceFaults& faults(std::size_t device) { return devices_[device].faults; }
  void reset_counters(std::size_t device, std::size_t port) {
    devices_[device].reset(port);
    resets_[{device, port}] = now();
  }
  // When its counters last began from 0 again; none: never.
  std::optional<Timestamp> reset_of(std::size_t device, std::size_t port) const {
    const auto found = resets_.find({device, port});
    return found == resets_.end() ? std::nullopt : std::optional(found->second);
  }
  void set_delivery(std::size_t monitor, bool up);  // of everything, as when the source is down
  void set_delivery(std::size_t monitor, std::size_t device, bool up);
  void set_ledger_line(bool up) { agents_reach_ledger_ = up; }  // of the telemetry agents
  void set_monitor_weather(std::size_t which, const Weather& weather) { monitors_[which]->Host::weather = weather; }
  void set_activator_weather(std::size_t which, const Weather& weather) { activators_[which]->weather = weather; }
  void set_monitor_clock(std::size_t which, Duration ahead) { monitors_[which]->skew = ahead; }
  Duration monitor_clock(std::size_t which) const { return monitors_[which]->skew; }
  void set_monitor_node(std::size_t which, NodeFault fault) { set_node(*monitors_[which], fault); }
  void set_activator_node(std::size_t which, NodeFault fault) { set_node(*activators_[which], fault); }
  // The node behind stops following now; who asks it, the calls above say.
  void freeze_activator_node(std::size_t which) { freeze(*activators_[which]); }
  testbed::ForgetfulClient& monitor_history(std::size_t which) { return *monitors_[which]->history; }
  testbed::ForgetfulClient& activator_history(std::size_t which) { return *activators_[which]->history; }
  void set_store(StoreFault fault);
  const FaultCounts& fault_counts() const { return fault_counts_; }
  void count_fault(const std::string& kind) { ++fault_counts_[kind]; }

  // ---- people. False when the ledger refused.
  enum class Person : std::uint8_t { Alpha, Beta, Foundation };
  bool drain_link(std::size_t link, Status status, Person by = Person::Alpha);
  bool undrain_link(std::size_t link, Person by = Person::Alpha);
  bool want_link(std::size_t link, DesiredStatus desired, Person by = Person::Alpha);
  bool drain_device(std::size_t device, Status status, Person by = Person::Alpha);
  bool undrain_device(std::size_t device, Person by = Person::Alpha);
  bool override_link(std::size_t link, Status status);  // by the foundation, whatever the table says
  bool override_device(std::size_t device, Status status);
  bool accept_link(std::size_t link);
  bool delete_link(std::size_t link, Person by = Person::Alpha);
  // Past the monitors.
  bool write_health(std::size_t link, Health health, Person by = Person::Foundation);
  // A lamport to the link's account: a transaction of its trail that says nothing.
  wire::Signature pay_link(std::size_t link);
  // A request to a monitor's doors.
  net::HttpResponse request(std::size_t monitor, const net::HttpRequest& request);
  // Who wanted a record out of service last, and when; null: nobody did.
  struct Drain {
    Person by;
    Timestamp at;
  };
  Pubkey key_of(Person person) const { return keypair_of(person).pubkey(); }
  // Tells every monitor that runs that a link, or a device with its links, is worked on from now to then.
  bool tell_maintenance(const Pubkey& record, Timestamp to, std::string why, Person by);
  const std::vector<control::Maintenance>& maintenances() const { return maintenances_; }
  const Drain* drain_of(const Pubkey& record) const {
    const auto found = drains_.find(record);
    return found == drains_.end() ? nullptr : &found->second;
  }

  // ---- rows that take another way than an agent's. The truth knows of them.
  // What the device reads from now on is kept back; other rows go their way meanwhile.
  void hold_rows(std::size_t device, bool hold) { held_[device].holds = hold; }
  // What was kept back arrives now, each request once or twice.
  enum class Order : std::uint8_t { OldestFirst, NewestFirst, Random };
  void deliver_held(std::size_t device, Order order = Order::OldestFirst, int times = 1);
  // One row of a port with a time of its own.
  void show(std::size_t device, const PortRow& row);
  // Before the device first reads: the error counter stands there already.
  void start_errors(std::size_t device, std::size_t port, std::uint64_t value) { devices_[device].start(port, value); }

  // ---- looks
  const std::vector<LinkSpec>& links() const { return link_specs_; }
  std::size_t devices() const { return devices_.size(); }
  const SimDevice& device(std::size_t which) const { return devices_[which]; }
  const Pubkey& link_key(std::size_t which) const { return link_keys_[which]; }
  const Link* link(std::size_t which) const { return safety_.link(link_keys_[which]); }  // null: deleted
  const Device* device_record(std::size_t which) const { return safety_.device(devices_[which].key()); }
  const Safety& safety() const { return safety_; }
  // Of a live network.
  const LiveSafety& live_safety() const { return live_safety_; }
  // Of both, and of times that slid.
  std::vector<std::string> violations() const;
  // What that monitor was given.
  const MonitorTruth& truth(std::size_t monitor = 0) const { return monitors_[monitor]->truth; }
  // Minutes whose samples of that origin are on the ledger, and those with lost ones.
  // Of a source that it pulls ("counters", "config-agent"): the newest minute that its store answered for.
  std::optional<MinuteNumber> last_answered(std::size_t monitor, std::string_view source) const;
  const MinuteSet& sampled(std::size_t origin) const { return sampled_[origin]; }
  const MinuteSet& lost_probes(std::size_t origin) const { return lost_[origin]; }
  // From now on, until something new goes wrong: every time that the writing monitor names has to come true.
  void watch_promises() { watching_ = true; }
  const Promises& promises() const { return promises_; }
  const SteadyTimes& steady_times() const { return steady_times_; }
  std::string explain_link(std::size_t which);
  std::string explain_device(std::size_t which);
  const WorldOptions& options() const { return options_; }
  Random& random() { return random_; }
  // Everything that was done and happened, one line each; for a failing run.
  const std::vector<std::string>& story() const { return story_; }
  void tell(std::string line);

 private:
  struct Host {
    std::string name;
    Weather weather;
    std::unique_ptr<testbed::ForgetfulClient> history;
    std::unique_ptr<testbed::LaggingClient> node;
    std::unique_ptr<testbed::FaultyClient> line;
    NodeFault node_fault = NodeFault::None;
    std::optional<Timestamp> behind_since;
    std::uint64_t wake = 0;         // counts schedules: an older one is void
    std::optional<Timestamp> next;  // none: nothing is scheduled
    int calls_to_crash = -1;
    bool crashing = false, crash_before = false;
    std::function<void()> stop_writing;  // its disk, from the crash on
    Duration down{};
  };
  struct Agent {
    std::deque<std::shared_ptr<const Batch>> queue;
    bool up = true;
  };
  enum class Push : std::uint8_t { Taken, Refused, Failed };
  // Where agents deliver to: a monitor's endpoint, or the store.
  struct Sink {
    std::vector<Agent> agents;  // one for each device, and one for QA
    bool delivery = true;
    const Weather* weather = nullptr;
    std::function<Push(std::size_t number, const Batch& batch)> take;
  };
  struct MonitorHost : Host, Sink {
    explicit MonitorHost(MonitorTruth t) : truth(std::move(t)) {}
    MonitorTruth truth;
    std::uint64_t life = 0;                                         // counts starts
    std::vector<bool> read;                                         // rows of the store, by their numbers
    std::array<MinuteSet, 2> answered{MinuteSet(0), MinuteSet(0)};  // for counters and config agents
    std::unique_ptr<storage::SqliteDatabase> database;
    std::unique_ptr<monitor::Monitor> monitor;
    bool standby = false, started = false;
    Duration skew{};
    std::array<std::optional<MinuteNumber>, 2> last_answered;  // the newest of them
    Timestamp opened;
    std::optional<Timestamp> judged;
    Timestamp covers_since;   // the same, as of the first pass by a clock that is believed
    Timestamp accepts_since;  // without a break: a clock that is not believed is one
    MinuteNumber running_through = 0, accepted_through = 0, covered_through = 0;
  };
  struct ActivatorHost : Host {
    std::optional<Slot> kept;  // the highest slot that it saw, on its disk
    std::unique_ptr<activator::Activator> activator;
  };
  struct Direction {
    std::size_t link, origin;
    wire::LatencyPath path;
    Pubkey account;
    std::uint64_t epoch = UINT64_MAX;
    std::vector<Timestamp> pending;
    std::vector<Timestamp> written;
  };
  void build_network();
  void set_node(Host& host, NodeFault fault);
  void freeze(Host& host);
  service::LogSink log_of(const Host& host);
  void check_node_age(const Pubkey& signer);
  void on_slot(Slot) override {}
  void on_processed(const ledger::TransactionRecord& record,
                    const std::vector<std::pair<Pubkey, const wire::Account*>>& accounts) override;
  void on_durable(const ledger::Batch&) override {}

  std::unique_ptr<testbed::FaultyClient> make_line(Host& host);
  testbed::LineFault fault_of(Host& host, std::string_view call);
  testbed::LineFault line_fault(const Host& host);
  void wake_monitor(MonitorHost& host, Timestamp at);
  void wake_activator(ActivatorHost& host, Timestamp at);
  void step_monitor(MonitorHost& host);
  void note_covered(MonitorHost& host);
  void step_activator(ActivatorHost& host);
  void hint(const Pubkey& key);

  void tick_device(std::size_t device);
  void run_qa();
  void take_samples();
  void submit_samples();
  void write_samples();
  void write_samples(Direction& direction, std::vector<wire::Instruction>& out);
  std::vector<Sink*> sinks();
  void send(Sink& sink, std::size_t agent, std::shared_ptr<const Batch> batch);
  void flush(Sink& sink, std::size_t agent);
  Push push(MonitorHost& host, std::size_t number, const Batch& batch);
  Push store(std::size_t number, const Batch& batch);
  void ask_store(MonitorHost& host, const telemetry::StoreSettings& store, const telemetry::StoreAsk& ask,
                 std::function<void(Result<telemetry::StoreReply>)> done);
  void note_answer(MonitorHost& host, const telemetry::StoreQuestion& question, Minute end);
  monitor::MonitorSettings monitor_settings(bool standby) const;
  std::chrono::minutes qa_max_gap() const { return std::min(options_.qa_every * 13 / 2, options_.window); }
  void note(MonitorHost& host, std::size_t number, const Batch& batch);
  Batch qa_batch(Timestamp at);

  const wire::Keypair& keypair_of(Person person) const;
  template <typename Act>
  bool as(Person person, std::string_view what, const std::string& code, Act act);

  // SafetyView
  const MonitorTruth* judging_truth() const override;
  std::vector<PortPlace> ports_of_link(const Pubkey& link) const override;
  std::vector<Pubkey> links_of_device(const Pubkey& device) const override;
  std::optional<std::size_t> number_of_device(const Pubkey& device) const override;
  std::vector<std::size_t> dia_ports(std::size_t device) const override;
  int dark_sample_minutes(std::size_t device, MinuteNumber from, MinuteNumber to) const override;
  bool troubled(std::size_t device, MinuteNumber m) const override { return troubled_[device].has(m); }

  WorldOptions options_;
  Random random_;
  testbed::SmallNetwork network_;
  MinuteNumber origin_;
  Safety safety_;
  LiveSafety live_safety_;
  Promises promises_;
  SteadyTimes steady_times_;
  bool watching_ = false;
  std::map<std::pair<Timestamp, std::uint64_t>, std::function<void()>> agenda_;
  std::uint64_t agenda_count_ = 0;

  struct Held {
    bool holds = false;
    std::vector<std::shared_ptr<const Batch>> batches;
  };

  std::vector<SimDevice> devices_;
  std::map<std::pair<std::size_t, std::size_t>, Timestamp> resets_;
  std::vector<Held> held_;
  std::vector<LinkSpec> link_specs_;
  std::vector<Pubkey> link_keys_;
  std::vector<MinuteSet> troubled_;
  std::vector<Direction> directions_;
  std::vector<MinuteSet> sampled_, lost_;  // by origin
  std::map<Pubkey, Drain> drains_;
  std::vector<control::Maintenance> maintenances_;  // that monitors were told of
  bool agents_reach_ledger_ = true;
  std::vector<std::unique_ptr<MonitorHost>> monitors_;
  std::vector<std::unique_ptr<ActivatorHost>> activators_;
  std::vector<std::pair<std::size_t, std::shared_ptr<const Batch>>> history_;  // of backfill(): agent and request
  const MonitorHost* stepping_ = nullptr;
  const Host* calling_ = nullptr;  // whose call the ledger answers
  SimStore store_;
  Sink store_sink_;
  Weather no_weather_;
  StoreFault store_fault_ = StoreFault::None;
  std::function<void(std::size_t)> on_start_ = [](std::size_t) {};
  FaultCounts fault_counts_;
  std::vector<std::string> violations_;
  std::vector<std::string> story_;
};

}  // namespace dz::sim
