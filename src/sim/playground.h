// A simulated network for a visitor to hurt: faults that are on until they are turned off, while the safety checks go
// on at every transaction. Everything is in service when it begins, after a clean day; windows are short, so that what
// a fault took out of service comes back while somebody looks. ./dev sim --serve shows it in a browser.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world.h"
#include "visit/visit.h"

namespace dz::sim {

class Playground {
 public:
  static constexpr std::chrono::minutes kWindow{120};

  explicit Playground(std::uint64_t seed = 1);

  // What may be turned on and off, by name; one of several of a kind turns the others off.
  Result<void> turn(std::string_view fault, bool on);
  // Everything off; what died comes back.
  void mend();
  void run(Duration time) { world_.run(time); }

  // All that stands on the page but the speed, which is not the network's matter.
  visit::Visit look();
  std::vector<std::string> fault_names() const;
  const World& world() const { return world_; }

 private:
  struct Fault {
    std::string name, kind, title, about;  // kind: of those of one only one is on; empty: beside all others
    std::function<void(bool on)> turn;
    std::optional<Timestamp> since = {};  // it is on
  };
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void add_faults_of_sources();
  void add_faults_of_processes();
  void add_faults_of_devices();
  void switch_to(Fault& fault, bool on);
  std::vector<visit::Visit::Process> processes();
  std::vector<visit::Visit::Record> records();

  World world_;
  std::vector<Fault> faults_;
};

}  // namespace dz::sim
