// Puts the input into a real store as the store's own collectors would: the past in large pieces, then part by part.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "scenario_network.h"
#include "stores/controller_metrics.h"
#include "stores/store_server.h"
#include "stores/store_writer.h"

namespace dz {

inline constexpr const char* kScenarioDatabase = "doublezero-test";

class StoreLoader {
 public:
  virtual ~StoreLoader() = default;
  // Starts the store with the input before `to` in it. Null, with a failure told, when it cannot.
  static std::unique_ptr<StoreLoader> start(telemetry::StoreKind kind, const ScenarioNetwork& network, Timestamp to);

  virtual void load(const InputPart& part) = 0;  // a part that is later than `to`
  stores::StoreServer& server() { return *server_; }
  telemetry::StoreSettings settings() const;  // how a monitor reaches it

 protected:
  std::unique_ptr<stores::StoreServer> server_;
};

// The controller and the agents as Prometheus sees them. Calls come from the lines; what lines cannot say is added
// here: rendering fails for "render-z" while the lines hold no call of it, the status of "churn-a" changes, which
// begins new series, and the controller restarts, which begins all series anew.
class ControllerWatch {
 public:
  explicit ControllerWatch(const ScenarioNetwork& network);
  // Every scrape up to the part's time.
  std::vector<stores::MetricSample> scrapes(const InputPart& part);

 private:
  void plant(Timestamp at);
  void scrape(Timestamp at, std::vector<stores::MetricSample>& out) const;

  const ScenarioNetwork& network_;
  stores::ControllerMetrics controller_;
  std::map<Pubkey, Timestamp> called_;  // last
  Timestamp next_scrape_, next_planted_;
};

}  // namespace dz
