#include "telemetry/store_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "base/valid_text.h"

namespace dz::telemetry {
namespace {

constexpr std::size_t kMostWords = 300;
constexpr std::size_t kMostOddNames = 8;
constexpr std::size_t kMostShownName = 80;

// The first bytes of a text with "***" for each secret in them. One that begins there is seen whole, so that where the
// text is cut no part of it stays.
std::string without_secrets(const StoreSettings& store, std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < std::min(most, text.size());) {
    const auto rest = text.substr(at);
    std::size_t hidden = 0;
    for (const auto* secret : {&store.token, &store.password}) {
      if (rest.starts_with(*secret)) hidden = std::max(hidden, secret->size());
    }
    out.append(hidden > 0 ? "***" : rest.substr(0, 1));
    at += std::max<std::size_t>(hidden, 1);
  }
  return out;
}

// A name that nothing rests on: for people.
std::string shown_name(std::string_view name) { return valid_utf8(one_line(name, kMostShownName)); }

}  // namespace

std::string store_words(const StoreSettings& store, std::string_view text) {
  return valid_utf8(one_line(without_secrets(store, text, 4 * kMostWords), kMostWords));
}

std::string beginning_of(const StoreSettings& store, std::string_view body) {
  return body.empty() ? "nothing" : "'" + valid_utf8(one_line(without_secrets(store, body, 80), 80)) + "'";
}

std::optional<std::uint64_t> counter_of(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::uint64_t whole = 0;
  const auto [stop, failure] = std::from_chars(text.data(), end, whole);
  if (stop == end && failure == std::errc{}) return whole;
  double value = 0;
  const auto [stopped, failed] = std::from_chars(text.data(), end, value);
  if (stopped != end || failed != std::errc{}) return std::nullopt;
  return counter_of(value);
}

std::optional<std::uint64_t> counter_of(double value) {
  if (!(value >= 0) || value >= 18446744073709551616.0) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

const Pubkey* RowNames::device(std::string_view text) {
  key_.assign(text);
  const auto [entry, fresh] = devices_.try_emplace(key_);
  if (fresh) {
    if (auto key = parse_pubkey(text)) {
      entry->second = *key;
    } else if (!text.empty() && rows_.odd_names.size() < kMostOddNames) {
      rows_.odd_names.push_back(shown_name(text));
    }
  }
  return entry->second ? &*entry->second : nullptr;
}

std::optional<std::uint32_t> RowNames::port(std::string_view device_text, std::string_view interface,
                                            std::string_view host) {
  std::string key(device_text);
  key.append(1, '\0').append(interface).append(1, '\0').append(host);
  const auto [entry, fresh] = ports_.try_emplace(std::move(key));
  if (fresh) {
    auto& place = entry->second;
    const auto* key_of_device = device(device_text);
    place.readable = interface.empty() || check_name("interface", interface).has_value();
    if (key_of_device != nullptr && !interface.empty() && place.readable) {
      place.port = static_cast<std::uint32_t>(rows_.ports.size());
      rows_.ports.push_back({*key_of_device, std::string(interface), shown_name(host)});
    }
  }
  rows_.unreadable += entry->second.readable ? 0 : 1;
  return entry->second.port;
}

AddedLabels labels_of(const verdict::AddedCriterion& criterion) {
  switch (criterion.subject) {
    case verdict::AddedKind::Device: return {criterion.device_label, {}, {}};
    case verdict::AddedKind::Link: return {{}, {}, criterion.link_label};
    case verdict::AddedKind::SideA:
    case verdict::AddedKind::SideZ: return {criterion.device_label, criterion.interface_label, {}};
  }
  return {};
}

bool asked_for(const StoreQuestion& question, Minute minute) { return minute >= question.from && minute < question.to; }

void put_added_value(const StoreQuestion& question, StoreRows::AddedValue value, StoreRows& rows) {
  const auto labels = labels_of(*question.criterion);
  const bool named = (labels.device.empty() || !value.device.empty()) &&
                     (labels.interface.empty() || !value.interface.empty()) &&
                     (labels.link.empty() || !value.link.empty());
  if (!named || !asked_for(question, value.minute)) return;
  for (const auto* name : {&value.device, &value.interface, &value.link}) {
    if (name->empty() || check_name("label", *name)) continue;
    ++rows.unreadable;
    return;
  }
  rows.added_values.push_back(std::move(value));
}

Error label_missing(const StoreSettings& store, std::string_view label, std::string_view found) {
  return {ErrorKind::Corrupt,
          fmt::format("expected '{}' with every value of the query's answer, found {}; let the query "
                      "group by it, or name another label",
                      label, found.empty() ? "no names" : store_words(store, found))};
}

Error cut_off() {
  return {ErrorKind::Retry, "the store's answer breaks off before its end, nothing of it is used; it is asked again"};
}

bool may_be_empty(StoreSubject subject) {
  return subject == StoreSubject::Qa || subject == StoreSubject::Baselines || subject == StoreSubject::FutureRows;
}

void put_in_order(StoreRows& rows) {
  struct Key {
    std::uint32_t port = 0;
    Minute minute;
    std::uint32_t index = 0;
  };
  const auto earlier = [](const auto& a, const auto& b) {
    return std::tie(a.port, a.minute) < std::tie(b.port, b.minute);
  };
  if (std::is_sorted(rows.counters.begin(), rows.counters.end(), earlier)) return;
  std::vector<Key> keys;  // rows are large: sort what tells them apart, then move each once
  keys.reserve(rows.counters.size());
  for (const auto& row : rows.counters) keys.push_back({row.port, row.minute, static_cast<std::uint32_t>(keys.size())});
  std::stable_sort(keys.begin(), keys.end(), earlier);
  std::vector<StoreRows::CounterMinute> sorted;
  sorted.reserve(keys.size());
  for (const auto& key : keys) sorted.push_back(rows.counters[key.index]);
  rows.counters = std::move(sorted);
}

}  // namespace dz::telemetry
