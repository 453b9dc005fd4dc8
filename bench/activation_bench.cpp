// From a ledger event to an activation, over real sockets and a durable ledger: how long after the notification the
// activator has sent its transaction, and how many slots later it is confirmed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "activator/activator.h"
#include "apps/ledger/node.h"
#include "client/rpc_client.h"
#include "client/subscription.h"
#include "service/loop_driver.h"
#include "testbed/faulty_client.h"
#include "testbed/small_network.h"
#include "wire/accounts.h"

namespace {

using namespace dz;

constexpr int kActivations = 100;

struct Sample {
  Timestamp event, sent;
  Slot event_slot, landed_slot;
};

double milliseconds(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

template <typename T>
T percentile(std::vector<T> values, double p) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

// The ledger on a thread of its own, as in its program.
class RunningLedger {
 public:
  RunningLedger(ledger::Ledger& ledger, const service::LogSink& quiet) : node_(loop_, ledger, quiet) {
    if (!node_.listen({"127.0.0.1", 0, 0})) std::abort();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningLedger() {
    loop_.stop();
    thread_.join();
  }
  std::string url(const char* scheme) { return fmt::format("{}://127.0.0.1:{}", scheme, node_.rpc_port()); }

 private:
  net::Loop loop_;
  ledger_main::LedgerNode node_;
  std::thread thread_;
};

// One round: drained and undrained by its contributor, judged healthy, activated.
class Rounds {
 public:
  Rounds(testbed::SmallNetwork& network, const Pubkey& link, RunningLedger& ledger)
      : link_(link),
        people_(client::http_transport(ledger.url("http")), client::system_clock()),
        alpha_({people_, client::system_clock(), network.alpha},
               {wire::local_program_ids().serviceability, network.alpha.pubkey(), false}, rfc_profile()),
        monitor_({people_, client::system_clock(), network.monitor},
                 {wire::local_program_ids().serviceability, network.monitor.pubkey(), false}, rfc_profile()),
        line_(client::http_transport(ledger.url("http")), client::system_clock(), client::without_waiting()),
        watched_(line_,
                 [this](std::string_view call) {
                   if (call == "send_transaction") sample_.sent = net::system_now();
                   return testbed::LineFault::None;
                 }),
        activator_(watched_, network.activator, {.ids = wire::local_program_ids()},
                   [this](service::LogLevel, std::string_view event, const service::LogFields& fields) {
                     on_log(event, fields);
                   }),
        driver_(loop_, [this](Timestamp now) { return activator_.step(now); }),
        events_(loop_, {ledger.url("ws"), wire::local_program_ids().serviceability},
                {.on_account = [this](const client::AccountNotification& n) { on_account(n); },
                 .on_connected =
                     [this] {
                       connected_ = true;
                       activator_.on_stream_lost();
                       driver_.wake();
                     },
                 .on_disconnected = {}}) {
    until([this] { return connected_ && activator_.last_good_poll(); });
  }

  Sample run() {
    sample_ = {};
    const auto record = [&] { return *wire::decode_link((*people_.get_account(link_))->data, rfc_profile()); };
    const auto before = record();
    if (before.status == Status::Activated) {
      if (!alpha_.drain_link({link_, &before}, Status::HardDrained, {})) std::abort();
      const auto drained = record();
      if (!alpha_.undrain_link({link_, &drained}, {})) std::abort();
    }
    // The events of that are over, and a new block hash makes this round's transactions other than the last round's.
    const auto later = net::system_now() + ledger::kDefaultSlotLength + std::chrono::milliseconds{50};
    until([&] { return net::system_now() >= later; });
    done_ = false;
    if (!monitor_.set_link_health(link_, Health::Healthy)) std::abort();
    until([this] { return done_; });
    return sample_;
  }

 private:
  template <typename Condition>
  void until(Condition condition) {
    while (!condition()) loop_.run_for(std::chrono::milliseconds{5});
  }
  void on_account(const client::AccountNotification& n) {
    if (n.key == link_ && wire::decode_link(n.account.data, rfc_profile())->health == Health::Healthy &&
        sample_.event == Timestamp{}) {
      sample_.event = net::system_now();
      sample_.event_slot = n.slot;
    }
    activator_.on_event(n.key);
    driver_.wake();
  }
  void on_log(std::string_view event, const service::LogFields& fields) {
    if (event != "status_changed") return;
    for (const auto& [name, value] : fields) {
      if (name == "slot") sample_.landed_slot.value = std::stoull(value);
    }
    done_ = true;
  }

  Pubkey link_;
  Sample sample_;
  bool connected_ = false, done_ = false;
  client::RpcClient people_;
  client::Provisioner alpha_, monitor_;
  net::Loop loop_;
  client::RpcClient line_;
  testbed::FaultyClient watched_;
  activator::Activator activator_;
  service::LoopDriver driver_;
  client::ProgramSubscription events_;
};

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("activation-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  {
    auto archive = ledger::open_sqlite_archive((folder / "ledger.db").string());
    if (!archive) return std::fprintf(stderr, "Error: %s\n", archive.error().message.c_str()), 1;
    testbed::SmallNetwork network(net::system_now(), std::move(*archive));
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    const auto link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
    RunningLedger ledger(network.ledger(), [](service::LogLevel, std::string_view, const service::LogFields&) {});
    Rounds rounds(network, link, ledger);
    std::vector<Duration> sent;
    std::vector<std::uint64_t> slots;
    for (int i = 0; i < kActivations; ++i) {
      const auto sample = rounds.run();
      sent.push_back(sample.sent - sample.event);
      slots.push_back(sample.landed_slot.value - sample.event_slot.value);
    }
    fmt::print(
        "activations: {}\nevent received to transaction sent: median {:.2f} ms, p99 {:.2f} ms, most {:.2f} ms\n"
        "confirmed, in slots after the event's: median {}, p99 {}, most {}\n",
        kActivations, milliseconds(percentile(sent, 0.5)), milliseconds(percentile(sent, 0.99)),
        milliseconds(percentile(sent, 1)), percentile(slots, 0.5), percentile(slots, 0.99), percentile(slots, 1));
  }
  std::filesystem::remove_all(folder);
  return 0;
}
