// A store that devices and agents write to and monitors pull from, as InfluxDB, ClickHouse or Prometheus answer: the
// monitor's own questions, answered in the store's own words. What is wrong with it is a switch that the run turns.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/pubkey.h"
#include "sim/device.h"
#include "telemetry/store_pull.h"

namespace dz::sim {

enum class StoreFault : std::uint8_t {
  None,
  Unreachable,  // no answer
  Trouble,      // 503
  Refuses,      // the credentials, for a while
  TooMuch,      // whatever asks for more than a few minutes, in the words of its kind
  CutOff,       // the answer ends in its middle
  Partial,      // the answer says that it is not whole
  Old,          // answers without the newest minutes
  Slow,         // answers after a while, or too late
  Annotated,    // answers well, and says that it left notes out
};
inline constexpr std::array kStoreFaults{StoreFault::Unreachable, StoreFault::Trouble, StoreFault::Refuses,
                                         StoreFault::TooMuch,     StoreFault::CutOff,  StoreFault::Partial,
                                         StoreFault::Old,         StoreFault::Slow,    StoreFault::Annotated};
std::string_view to_text(StoreFault fault);

class SimStore {
 public:
  struct Row {
    std::size_t device = 0;
    PortRow row;
    Timestamp landed;
    std::uint64_t number = 0;  // in the order of their coming
  };
  struct Getconfig {
    std::size_t device = 0;
    Timestamp at, landed;
  };
  struct Qa {
    Batch::Qa run;
    Timestamp landed;
  };

  // The devices, in the order of their numbers, and their ports' names.
  void add_device(const Pubkey& key, std::string code, std::vector<std::string> ports);

  void take(std::size_t device, const Batch& batch, Timestamp now);

  // What it says to that. Old: without the last minutes before `now`.
  telemetry::StoreReply answer(telemetry::StoreKind kind, const telemetry::StoreQuestion& question, StoreFault fault,
                               Timestamp now) const;
  // Where the newest minutes end that such an answer holds.
  static Minute end_of(const telemetry::StoreQuestion& question, StoreFault fault, Timestamp now);

  // What was written with a time of its own in that minute.
  const std::vector<Row>& rows(MinuteNumber m) const;
  const std::vector<Getconfig>& getconfigs(MinuteNumber m) const;
  const std::vector<Qa>& qa() const { return qa_; }

 private:
  struct Device {
    Pubkey key;
    std::string code;
    std::vector<std::string> ports;
  };
  telemetry::StoreRows find(const telemetry::StoreQuestion& question, Minute end) const;
  void find_counters(MinuteNumber from, MinuteNumber to, telemetry::StoreRows& out) const;
  void find_baselines(MinuteNumber from, MinuteNumber to, telemetry::StoreRows& out) const;

  std::vector<Device> devices_;
  std::map<MinuteNumber, std::vector<Row>> rows_;
  std::uint64_t count_ = 0;
  std::map<MinuteNumber, std::vector<Getconfig>> getconfigs_;
  std::vector<Qa> qa_;
};

// The rows in the words of such a store. Prometheus serves getconfigs alone.
std::string words_of(telemetry::StoreKind kind, const telemetry::StoreQuestion& question,
                     const telemetry::StoreRows& rows);

}  // namespace dz::sim
