#include "apps/cli/ui/filters.h"

#include <algorithm>
#include <map>

#include <fmt/ranges.h>

#include "apps/cli/ui/ledger_rules.h"
#include "apps/cli/ui/nearest.h"
#include "apps/cli/ui/words.h"
#include "client/standing.h"

namespace dz::cli {
namespace {

const std::vector<std::string> kConditions{"good", "failing", "recovering", "collecting", "held", "needs-action"};

bool is_among(const std::vector<Pubkey>& keys, const Pubkey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

template <typename Record>
std::vector<std::string> codes(const client::Records<Record>& records) {
  std::vector<std::string> all;
  for (const auto& [key, record] : records) all.push_back(record.code);
  return all;
}

// An exchange or a location: people say "ams" of both.
Result<std::vector<Pubkey>> find_metro(const client::Snapshot& snapshot, const std::string& name) {
  std::vector<Pubkey> found;
  if (const auto exchange = client::find_record(snapshot.exchanges, "exchange", name)) found.push_back(exchange->key);
  if (const auto location = client::find_record(snapshot.locations, "location", name)) found.push_back(location->key);
  if (!found.empty()) return found;
  auto known = codes(snapshot.exchanges);
  for (auto& code : codes(snapshot.locations)) known.push_back(std::move(code));
  return not_found(
      fmt::format("no metro '{}': expected the code of an exchange or a location{}", name, did_you_mean(name, known)));
}

void add_device(const client::Snapshot& snapshot, const Pubkey& key, Facts& facts) {
  const auto found = snapshot.devices.find(key);
  facts.devices.push_back(key);
  if (found == snapshot.devices.end()) return;
  facts.contributors.push_back(found->second.contributor);
  facts.metros.push_back(found->second.exchange);
  facts.metros.push_back(found->second.location);
}

using Fits = std::function<bool(const Facts&)>;

template <typename Word>
Result<Fits> word_test(Context& context, std::string_view key, Result<Word> word, Word Facts::*field) {
  if (!word) return wrong_usage(context, fmt::format("--filter {}: {}", key, word.error().message));
  return Fits([word = *word, field](const Facts& facts) { return facts.*field == word; });
}

Result<Fits> make_test(Context& context, const client::Snapshot& snapshot, RecordKind kind, const Filter& filter) {
  const auto& [key, value] = filter;
  const auto& profile = *rules_for(snapshot).profile;
  if (key == "status") return word_test(context, key, parse_status(profile, kind, value), &Facts::status);
  if (key == "desired-status")
    return word_test(context, key, parse_desired(profile, kind, value), &Facts::desired_status);
  if (key == "health") return word_test(context, key, parse_health_word(profile, kind, value), &Facts::health);
  if (key == "condition") return Fits([value](const Facts& f) { return same_spelling(f.condition, value); });
  if (key == "code") return Fits([value](const Facts& f) { return f.code.find(value) != std::string::npos; });
  if (key == "contributor") {
    DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.contributors, "contributor", value));
    return Fits([wanted = found.key](const Facts& f) { return is_among(f.contributors, wanted); });
  }
  if (key == "device") {
    DZ_TRY_ASSIGN(const auto found, client::find_record(snapshot.devices, "device", value));
    return Fits([wanted = found.key](const Facts& f) { return is_among(f.devices, wanted); });
  }
  DZ_TRY_ASSIGN(const auto metro, find_metro(snapshot, value));
  return Fits([metro](const Facts& f) {
    return std::any_of(metro.begin(), metro.end(), [&](const Pubkey& k) { return is_among(f.metros, k); });
  });
}

}  // namespace

std::vector<std::string> filter_keys() {
  return {"status", "desired-status", "health", "condition", "contributor", "device", "metro", "code"};
}

Result<Filter> parse_filter(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto keys = filter_keys();
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return same_spelling(k, name); });
  if (equals == std::string_view::npos || equals + 1 == text.size() || key == keys.end()) {
    return refused(fmt::format("expected KEY=VALUE with one of the keys {}, found '{}'{}", fmt::join(keys, ", "), text,
                               key == keys.end() ? did_you_mean(name, keys) : ""));
  }
  std::string value(text.substr(equals + 1));
  const bool wrong = *key == "condition" && std::none_of(kConditions.begin(), kConditions.end(),
                                                         [&](const auto& c) { return same_spelling(c, value); });
  if (wrong) {
    return refused(fmt::format("condition: expected one of {}, found '{}'{}", fmt::join(kConditions, ", "), value,
                               did_you_mean(value, kConditions)));
  }
  return Filter{*key, std::move(value)};
}

Facts facts_of(const client::Snapshot& snapshot, const Link& link, const News& news) {
  Facts facts{.kind = RecordKind::Link,
              .status = link.status,
              .desired_status = link.desired_status,
              .health = link.health,
              .code = link.code,
              .condition = news.state,
              .contributors = {link.contributor},
              .devices = {},
              .metros = {}};
  add_device(snapshot, link.side_a, facts);
  add_device(snapshot, link.side_z, facts);
  return facts;
}

Facts facts_of(const client::Snapshot& snapshot, const client::Found<Device>& device, const News& news) {
  const auto& record = *device.record;
  Facts facts{.kind = RecordKind::Device,
              .status = record.status,
              .desired_status = record.desired_status,
              .health = record.health,
              .code = record.code,
              .condition = news.state,
              .contributors = {record.contributor},
              .devices = {},
              .metros = {}};
  add_device(snapshot, device.key, facts);
  return facts;
}

Result<Filters> Filters::make(Context& context, const client::Snapshot& snapshot, RecordKind kind,
                              const std::vector<Filter>& filters) {
  Filters made;
  for (const auto& filter : filters) {
    DZ_TRY_ASSIGN(auto fits, make_test(context, snapshot, kind, filter));
    made.tests_.push_back({filter.key, std::move(fits)});
  }
  return made;
}

bool Filters::fit(const Facts& facts) const {
  std::map<std::string_view, bool> by_key;
  for (const auto& test : tests_) by_key[test.key] = by_key[test.key] || test.fits(facts);
  return std::all_of(by_key.begin(), by_key.end(), [](const auto& key) { return key.second; });
}

}  // namespace dz::cli
