#include "service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/safe_text.h"

namespace dz::service {

namespace {
// The serializer escapes what its format needs; a terminal needs more.
MetricsPage::Labels escaped_labels(MetricsPage::Labels labels) {
  for (auto& [name, value] : labels) value = escaped(value);
  return labels;
}
}  // namespace

MetricsPage::MetricsPage(std::string prefix)
    : prefix_(std::move(prefix)),
      registry_(std::make_unique<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}
MetricsPage::~MetricsPage() = default;

void MetricsPage::counter(const std::string& name, const std::string& help, double value, const Labels& labels) {
  prometheus::BuildCounter()
      .Name(prefix_ + name)
      .Help(help)
      .Register(*registry_)
      .Add(escaped_labels(labels))
      .Increment(value);
}

void MetricsPage::gauge(const std::string& name, const std::string& help, double value, const Labels& labels) {
  prometheus::BuildGauge().Name(prefix_ + name).Help(help).Register(*registry_).Add(escaped_labels(labels)).Set(value);
}

std::string MetricsPage::render() const { return prometheus::TextSerializer{}.Serialize(registry_->Collect()); }

}  // namespace dz::service
