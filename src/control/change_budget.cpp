#include "control/change_budget.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dz::control {
namespace {

constexpr Duration kMinute = std::chrono::minutes{1}, kHour = std::chrono::hours{1};

template <typename Number>
Result<std::optional<Number>> parse_limit(const std::string& text, Number least, Number most, std::string_view what) {
  if (text == "unlimited") return std::optional<Number>();
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // Written so that a number which is none (nan) is refused too.
  if (error != std::errc{} || stop != end || !(number >= least && number <= most)) {
    return refused("expected " + std::string(what) + " or unlimited, found '" + text.substr(0, 60) + "'");
  }
  return std::optional(number);
}

std::string of_limit(std::size_t used, const std::optional<std::size_t>& limit) {
  return std::to_string(used) + (limit ? " of " + std::to_string(*limit) : "");
}

}  // namespace

ChangeLimits default_change_limits(bool own_ledger) {
  return own_ledger ? ChangeLimits{} : ChangeLimits{.writes_per_minute = 10, .fleet_percent_per_hour = 5};
}

Result<std::optional<std::uint32_t>> parse_writes_per_minute(const std::string& text) {
  return parse_limit<std::uint32_t>(text, 1, 1'000'000, "a number of writes, at least 1,");
}

Result<std::optional<double>> parse_fleet_percent(const std::string& text) {
  return parse_limit<double>(text, 0, 100, "per cent of the fleet, 0 to 100,");
}

std::string_view to_text(Deferral deferral) {
  switch (deferral) {
    case Deferral::WritesNotKnown: return "what this key wrote in the last hour is not known yet";
    case Deferral::PerMinute: return "too many writes in a minute";
    case Deferral::PerHour: return "too much of the fleet in an hour";
  }
  return "";
}

ChangeBudget::ChangeBudget(ChangeLimits limits) : limits_(limits), restored_(limits == ChangeLimits{}) {}

void ChangeBudget::restore(std::span<const BudgetWrite> writes, Timestamp now) {
  restored_ = true;
  now_ = now;
  for (const auto& write : writes) count(write);
  std::stable_sort(writes_.begin(), writes_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  forget_old();
}

bool ChangeBudget::is_enough(std::span<const BudgetWrite> newest_first, std::size_t fleet, Timestamp now) const {
  const auto limit = records_an_hour(fleet);
  const auto reach = limit ? kHour : kMinute;
  if (!limit && !limits_.writes_per_minute) return true;
  std::set<Pubkey> records;
  std::size_t in_minute = 0;
  for (const auto& write : newest_first) {
    if (write.at <= now - reach) return true;
    records.insert(write.record);
    in_minute += write.at > now - kMinute ? 1 : 0;
    const bool past_minute = write.at <= now - kMinute || !limits_.writes_per_minute;
    if ((!limit || records.size() >= *limit) && (past_minute || in_minute >= *limits_.writes_per_minute)) return true;
  }
  return false;
}

void ChangeBudget::begin_pass(std::size_t fleet, Timestamp now) {
  if (deferred_.empty()) deferred_since_.reset();
  deferred_.clear();
  reason_.reset();
  fleet_ = fleet;
  now_ = std::max(now_, now);
  forget_old();
}

bool ChangeBudget::take(const Pubkey& record) {
  if (const auto deferral = deferral_of(record)) {
    deferred_.insert(record);
    if (!reason_) reason_ = deferral;
    if (!deferred_since_) deferred_since_ = now_;
    return false;
  }
  count({now_, record});
  return true;
}

std::optional<Deferral> ChangeBudget::deferral_of(const Pubkey& record) const {
  if (!restored_) return Deferral::WritesNotKnown;
  if (limits_.writes_per_minute && written_in_minute() >= *limits_.writes_per_minute) return Deferral::PerMinute;
  const auto limit = records_an_hour();
  if (limit && newest_.size() >= *limit && !newest_.contains(record)) return Deferral::PerHour;
  return std::nullopt;
}

void ChangeBudget::give_back(const Pubkey& record) {
  const auto last = std::find_if(writes_.rbegin(), writes_.rend(), [&](const auto& w) { return w.record == record; });
  if (last == writes_.rend()) return;
  writes_.erase(std::next(last).base());
  newest_.erase(record);
  for (const auto& write : writes_) {
    if (write.record == record) newest_[record] = write.at;
  }
}

void ChangeBudget::count(const BudgetWrite& write) {
  writes_.push_back(write);
  auto& newest = newest_.try_emplace(write.record, write.at).first->second;
  newest = std::max(newest, write.at);
}

void ChangeBudget::forget_old() {
  while (!writes_.empty() && writes_.front().at <= now_ - kHour) {
    const auto old = newest_.find(writes_.front().record);
    if (old != newest_.end() && old->second <= now_ - kHour) newest_.erase(old);
    writes_.pop_front();
  }
}

std::size_t ChangeBudget::written_in_minute() const {
  return static_cast<std::size_t>(
      std::count_if(writes_.begin(), writes_.end(), [&](const auto& w) { return w.at > now_ - kMinute; }));
}

std::optional<std::size_t> records_an_hour(const ChangeLimits& limits, std::size_t fleet) {
  if (!limits.fleet_percent_per_hour) return std::nullopt;
  const double share = std::floor(static_cast<double>(fleet) * *limits.fleet_percent_per_hour / 100);
  return std::max<std::size_t>(1, static_cast<std::size_t>(share));
}

std::optional<std::size_t> ChangeBudget::records_an_hour(std::size_t fleet) const {
  return control::records_an_hour(limits_, fleet);
}

// What was written longest ago leaves first.
std::optional<Timestamp> ChangeBudget::opens_at() const {
  if (!restored_ || deferred_.empty()) return std::nullopt;
  std::optional<Timestamp> opens;
  const auto in_minute = written_in_minute();
  if (limits_.writes_per_minute && in_minute >= *limits_.writes_per_minute) {
    opens = writes_[writes_.size() - *limits_.writes_per_minute].at + kMinute;
  }
  const auto limit = records_an_hour();
  if (limit && newest_.size() >= *limit) {
    std::vector<Timestamp> times;
    for (const auto& [record, at] : newest_) times.push_back(at);
    std::sort(times.begin(), times.end());
    const auto frees = times[times.size() - *limit] + kHour;
    opens = opens ? std::max(*opens, frees) : frees;
  }
  return opens;
}

std::string ChangeBudget::sentence() const {
  std::optional<std::size_t> a_minute;
  if (limits_.writes_per_minute) a_minute = *limits_.writes_per_minute;
  std::string text = of_limit(written_in_minute(), a_minute) + " writes in the last minute, " +
                     of_limit(records_in_hour(), records_an_hour()) + " records in the last hour";
  if (!deferred_.empty()) {
    text += "; " + std::to_string(deferred_.size()) + " more are held";
    if (reason_) text += ": " + std::string(to_text(*reason_));
  }
  return text;
}

std::string ChangeBudget::why_deferred(std::string_view what, Timestamp now) const {
  auto text = std::string(what) + " is held back by the change budget";
  if (reason_) text += " (" + std::string(to_text(*reason_)) + ")";
  if (const auto opens = opens_at()) text += ", until " + clock_text(*opens, now) + " at the earliest";
  return text;
}

}  // namespace dz::control
