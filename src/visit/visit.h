// A network that visitors may hurt, on the console's page for that (console/src/screens/simulator.tsx): what stands on
// the page, and what may be asked of it. Two programs have one: the simulation's server, and the demo.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "base/time.h"
#include "net/http_server.h"

namespace dz::visit {

inline constexpr int kFastest = 600;              // simulated seconds in a second
inline constexpr std::size_t kLongestStory = 60;  // lines that are shown, the newest
inline constexpr std::size_t kLongestLine = 300;  // bytes of a line of the story

// What stands on the page.
struct Visit {
  struct Fault {
    std::string name, title, about;
    std::optional<Timestamp> since;  // it is on
  };
  struct Process {
    std::string name;
    bool runs = true;
    std::string does;
  };
  struct Record {
    std::string kind, code, status, desired_status, health;
    std::string sentence;  // the monitor's; empty: it says nothing, for it is dead
  };
  struct Check {
    std::string rule;
    long looked_at = 0;
  };
  Timestamp now;
  std::string about;         // what there is to be hurt, in a sentence
  std::optional<int> speed;  // simulated seconds in a second; none: time is as everywhere
  std::string console;       // address of a console that shows the same; empty: there is none
  std::vector<Fault> faults;
  std::vector<Process> processes;
  std::vector<Record> records;
  std::vector<Check> checks;  // what must never happen
  std::vector<std::string> violations;
  std::vector<std::string> story;  // "2026-05-10T08:40:03Z what happened", the oldest first
};
boost::json::object to_json(const Visit& visit);

// What is hurt.
class Visited {
 public:
  virtual ~Visited() = default;
  virtual Visit look() = 0;
  // NotFound: there is no such fault.
  virtual Result<void> turn(std::string_view fault, bool on) = 0;
  // Everything off; what died comes back.
  virtual Result<void> mend() = 0;
  // From 0 to kFastest. Refused where time is as everywhere.
  virtual Result<void> set_speed(int speed) = 0;
};

// What the page asks: GET /simulation/state, POST /simulation/faults/NAME, /simulation/mend and /simulation/speed, each
// of which is answered with what stands on the page then. GET / leads to the page.
net::HttpResponse answer_visit(Visited& visited, const net::HttpRequest& request);

}  // namespace dz::visit
