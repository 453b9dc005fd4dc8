#include "stores/controller_metrics.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace dz::stores {
namespace {

std::int64_t milliseconds(Timestamp t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// A field of protobuf's wire type 2.
void put_bytes(std::string& out, int field, std::string_view bytes) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3 | 2);
  put_varint(out, bytes.size());
  out.append(bytes);
}

std::string encode_label(std::string_view name, std::string_view value) {
  std::string out;
  put_bytes(out, 1, name);
  put_bytes(out, 2, value);
  return out;
}

std::string encode_sample(const MetricSample& sample) {
  std::string out{1 << 3 | 1};
  const auto bits = std::bit_cast<std::uint64_t>(sample.value);
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(bits >> shift));
  out.push_back(2 << 3 | 0);
  put_varint(out, static_cast<std::uint64_t>(milliseconds(sample.at)));
  return out;
}

// Snappy's block format, everything as literals.
std::string snappy_literals(std::string_view bytes) {
  constexpr std::size_t kMost = 65'536;
  std::string out;
  put_varint(out, bytes.size());
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kMost, bytes.size()))) {
    const std::size_t length = std::min(kMost, bytes.size());
    out.push_back(static_cast<char>(61 << 2));  // the length less one follows, in two bytes
    out.push_back(static_cast<char>((length - 1) & 0xFF));
    out.push_back(static_cast<char>((length - 1) >> 8));
    out.append(bytes.substr(0, length));
  }
  return out;
}

std::vector<MetricSample> by_series(std::vector<MetricSample> samples) {
  std::stable_sort(samples.begin(), samples.end(), [](const MetricSample& a, const MetricSample& b) {
    return std::tie(a.name, a.labels, a.at) < std::tie(b.name, b.labels, b.at);
  });
  return samples;
}

}  // namespace

void ControllerMetrics::calls(const Pubkey& device, std::uint64_t rendered, std::uint64_t failed) {
  Device& of = devices_[device];
  of.requests[of.status] += rendered + failed;
  of.render_errors += failed;
}

void ControllerMetrics::set_status(const Pubkey& device, std::string status) {
  devices_[device].status = std::move(status);
}

void ControllerMetrics::restart() {
  for (auto& [key, device] : devices_) {
    device.requests.clear();
    device.render_errors = 0;
  }
}

void ControllerMetrics::scrape(Timestamp at, std::vector<MetricSample>& out) const {
  for (const auto& [key, device] : devices_) {
    const std::string pubkey = to_text(key);
    for (const auto& [status, count] : device.requests) {
      out.push_back({.name = "controller_grpc_getconfig_requests_total",
                     .labels = {{"pubkey", pubkey}, {"device_status", status}, {"component", "controller"}},
                     .at = at,
                     .value = static_cast<double>(count)});
    }
    // A counter with labels appears in a scrape only after the first error.
    if (device.render_errors > 0) {
      out.push_back({.name = "controller_grpc_getconfig_render_errors_total",
                     .labels = {{"pubkey", pubkey}, {"component", "controller"}},
                     .at = at,
                     .value = static_cast<double>(device.render_errors)});
    }
  }
}

std::string render_openmetrics(std::vector<MetricSample> samples) {
  constexpr std::string_view kTotal = "_total";
  std::string out, name;
  for (const MetricSample& sample : by_series(std::move(samples))) {
    if (sample.name != name) {
      name = sample.name;
      const bool counter = name.ends_with(kTotal);
      out += fmt::format("# TYPE {} {}\n", counter ? name.substr(0, name.size() - kTotal.size()) : name,
                         counter ? "counter" : "gauge");
    }
    std::string labels;
    for (const auto& [key, value] : sample.labels)
      labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", key, value);
    const auto ms = milliseconds(sample.at);
    out += fmt::format("{}{{{}}} {} {}.{:03}\n", name, labels, sample.value, ms / 1000, ms % 1000);
  }
  return out + "# EOF\n";
}

std::string encode_remote_write(const std::vector<MetricSample>& samples) {
  std::string request, series;
  const MetricSample* last = nullptr;
  const auto close = [&] {
    if (!series.empty()) put_bytes(request, 1, series);
    series.clear();
  };
  const auto sorted = by_series(samples);
  for (const MetricSample& sample : sorted) {
    if (last == nullptr || last->name != sample.name || last->labels != sample.labels) {
      close();
      put_bytes(series, 1, encode_label("__name__", sample.name));  // labels in order of their names
      for (const auto& [key, value] : sample.labels) put_bytes(series, 1, encode_label(key, value));
    }
    put_bytes(series, 2, encode_sample(sample));
    last = &sample;
  }
  close();
  return snappy_literals(request);
}

}  // namespace dz::stores
