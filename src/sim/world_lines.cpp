// What lies between the processes and the ledger: nodes that are behind, lines that lose, events that come late.
#include <fmt/format.h>

#include "sim/world.h"

namespace dz::sim {
namespace {

using std::chrono::seconds;

// A node whose newest block is older than half a minute is not acted on; what was signed before that lands at most a
// block hash's life later.
constexpr Duration kOldestNode = seconds{30} + seconds{70};

}  // namespace

std::unique_ptr<testbed::FaultyClient> World::make_line(Host& host) {
  host.history = std::make_unique<testbed::ForgetfulClient>(network_.client());
  host.node = std::make_unique<testbed::LaggingClient>(network_.ledger(), *host.history);
  auto line = std::make_unique<testbed::FaultyClient>(
      *host.history, [this, &host](std::string_view call) { return fault_of(host, call); }, host.node.get());
  line->keep_answers(options_.bad_lines);
  return line;
}

void World::set_node(Host& host, NodeFault fault) {
  if (fault == host.node_fault) return;
  if (fault == NodeFault::None) {
    host.node->follow();
    host.behind_since.reset();
  } else if (!host.behind_since) {
    freeze(host);
  }
  host.node_fault = fault;
  tell(fmt::format("the node of {} {}", host.name,
                   fault == NodeFault::None     ? "follows"
                   : fault == NodeFault::Behind ? "stops following"
                                                : "stops following, and answers by turns with another"));
}

void World::freeze(Host& host) {
  (void)network_.client().get_slot();  // it was at the present until now
  host.node->stop_following();
  host.behind_since = now();
}

// Nothing is acted on while the node is older than the policy allows.
void World::check_node_age(const Pubkey& signer) {
  if (signer != network_.monitor.pubkey() && signer != network_.activator.pubkey()) return;
  if (calling_ == nullptr || calling_->node_fault != NodeFault::Behind) return;
  if (now() - *calling_->behind_since <= kOldestNode) return;
  violations_.push_back(fmt::format("{} {} wrote, and its node has not followed since {}", dz::to_text(now()),
                                    calling_->name, dz::to_text(*calling_->behind_since)));
}

testbed::LineFault World::fault_of(Host& host, std::string_view call) {
  calling_ = &host;
  if (host.crashing) return testbed::LineFault::RequestLost;
  if (host.calls_to_crash > 0 && --host.calls_to_crash == 0) {
    host.crashing = true;
    if (host.stop_writing) host.stop_writing();
    tell(fmt::format("{} dies {} {}", host.name, host.crash_before ? "before" : "after", call));
    count_fault("process dies in a call");
    return host.crash_before ? testbed::LineFault::RequestLost : testbed::LineFault::AnswerLost;
  }
  const auto fault = line_fault(host);
  if (fault == testbed::LineFault::RequestLost || fault == testbed::LineFault::AnswerLost) return fault;
  const bool other =
      host.node_fault == NodeFault::Behind || (host.node_fault == NodeFault::TakesTurns && random_.chance(60));
  if (!other) return fault;
  count_fault("ledger answer of a node behind");
  return testbed::LineFault::OtherNode;
}

testbed::LineFault World::line_fault(const Host& host) {
  const auto& weather = host.weather;
  if (weather == Weather{}) return testbed::LineFault::None;
  const auto dice = random_.between(0, 99);
  const auto said = [&](const char* kind, testbed::LineFault fault) {
    count_fault(kind);
    return fault;
  };
  if (dice < weather.lost) return said("ledger request lost", testbed::LineFault::RequestLost);
  if (dice < weather.lost + weather.answer_lost) return said("ledger answer lost", testbed::LineFault::AnswerLost);
  if (dice < weather.lost + weather.answer_lost + weather.stale) {
    return said("ledger answer old", testbed::LineFault::StaleAnswer);
  }
  return testbed::LineFault::None;
}

// Events reach each process late, not at all, or twice; and so in any order.
void World::hint(const Pubkey& key) {
  const auto times = [&](const Host& host) {
    if (random_.chance(host.weather.event_lost) || host.node_fault == NodeFault::Behind) {
      count_fault("ledger event lost");
      return 0;
    }
    return random_.chance(host.weather.event_twice) ? 2 : 1;
  };
  for (auto& host : monitors_) {
    for (int n = times(*host); n > 0; --n) {
      after(random_.between(Duration{1000}, Duration{2'000'000}), [this, key, host = host.get()] {
        if (!host->monitor) return;
        host->monitor->on_ledger_event(key);
        wake_monitor(*host, now());
      });
    }
  }
  for (auto& host : activators_) {
    for (int n = times(*host); n > 0; --n) {
      after(random_.between(Duration{1000}, Duration{2'000'000}), [this, key, host = host.get()] {
        if (!host->activator) return;
        host->activator->on_event(key);
        wake_activator(*host, now());
      });
    }
  }
}

}  // namespace dz::sim
