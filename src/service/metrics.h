// Prometheus exposition text, made afresh at each scrape from a daemon's own counters. A sample is written as text when
// it is added, so that a page of a large fleet costs its bytes and no more (ADR 29).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/histogram.h"

namespace dz::service {

class MetricsPage {
 public:
  using Labels = std::map<std::string, std::string>;

  // Every name gets this prefix: "doublezero_activator_".
  explicit MetricsPage(std::string prefix) : prefix_(std::move(prefix)) {}

  // Whoever adds takes care that a name always comes with one help and one kind, and a name and its labels once.
  void counter(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  void gauge(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  // In seconds.
  void histogram(std::string_view name, std::string_view help, const Histogram& histogram, const Labels& labels = {});
  std::string render() const;
  std::size_t size() const { return size_; }  // bytes that render() gives

 private:
  struct Family {
    std::string head, samples;
  };
  Family& family(std::string_view name, std::string_view help, std::string_view type);
  void sample(Family& family, std::string_view name, const Labels& labels, double value);

  std::string prefix_;
  std::size_t size_ = 0;
  std::map<std::string, Family, std::less<>> families_;  // by name
};

inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace dz::service
