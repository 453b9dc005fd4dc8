// Prometheus exposition text, made afresh at each scrape from a daemon's own counters.
#pragma once

#include <map>
#include <memory>
#include <string>

namespace prometheus {
class Registry;
}

namespace dz::service {

class MetricsPage {
 public:
  using Labels = std::map<std::string, std::string>;

  // Every name gets this prefix: "doublezero_activator_".
  explicit MetricsPage(std::string prefix);
  ~MetricsPage();

  void counter(const std::string& name, const std::string& help, double value, const Labels& labels = {});
  void gauge(const std::string& name, const std::string& help, double value, const Labels& labels = {});
  std::string render() const;

 private:
  std::string prefix_;
  std::unique_ptr<prometheus::Registry> registry_;
};

inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace dz::service
