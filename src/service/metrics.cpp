#include "service/metrics.h"

#include <cmath>

#include <fmt/format.h>

#include "base/safe_text.h"

namespace dz::service {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

// Safe for a terminal first, then as the format wants it: there a backslash, a quote and an end of line are escaped.
void append_label(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += "=\"";
  for (const char c : escaped(value)) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  text += '"';
}

}  // namespace

MetricsPage::Family& MetricsPage::family(std::string_view name, std::string_view help, std::string_view type) {
  const auto found = families_.find(name);
  if (found != families_.end()) return found->second;
  auto& made = families_[std::string(name)];
  made.head = fmt::format("# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n", prefix_, name, help, type);
  size_ += made.head.size();
  return made;
}

void MetricsPage::sample(Family& family, std::string_view name, const Labels& labels, double value) {
  auto& text = family.samples;
  const auto before = text.size();
  text += prefix_;
  text += name;
  char next = '{';
  for (const auto& [label, of] : labels) {
    text += next;
    append_label(text, label, of);
    next = ',';
  }
  text += labels.empty() ? " " : "} ";
  text += number(value);
  text += '\n';
  size_ += text.size() - before;
}

void MetricsPage::counter(std::string_view name, std::string_view help, double value, const Labels& labels) {
  sample(family(name, help, "counter"), name, labels, value);
}

void MetricsPage::gauge(std::string_view name, std::string_view help, double value, const Labels& labels) {
  sample(family(name, help, "gauge"), name, labels, value);
}

void MetricsPage::histogram(std::string_view name, std::string_view help, const Histogram& histogram,
                            const Labels& labels) {
  auto& into = family(name, help, "histogram");
  const std::string bucket = std::string(name) + "_bucket";
  auto with_bound = labels;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    so_far += histogram.counts()[i];
    with_bound["le"] = i < Histogram::kBounds.size() ? number(seconds(Histogram::kBounds[i])) : "+Inf";
    sample(into, bucket, with_bound, static_cast<double>(so_far));
  }
  sample(into, std::string(name) + "_sum", labels, seconds(histogram.sum()));
  sample(into, std::string(name) + "_count", labels, static_cast<double>(histogram.count()));
}

std::string MetricsPage::render() const {
  std::string page;
  page.reserve(size_);
  for (const auto& [name, family] : families_) {
    page += family.head;
    page += family.samples;
  }
  return page;
}

}  // namespace dz::service
