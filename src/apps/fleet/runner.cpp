#include "runner.h"

#include <algorithm>

#include <fmt/format.h>

namespace dz::fleet_main {
namespace {

constexpr Duration kTick = std::chrono::seconds{1};
constexpr Duration kFollow = std::chrono::seconds{5};
// An agent that was away for less than this goes on where the ledger's samples end: so the demo's history of samples
// joins the live ones without a gap.
constexpr Duration kGoOn = std::chrono::minutes{10};
// A monitor that is away or refuses rows does so every second; that is logged once in this time.
constexpr Duration kSayAgain = std::chrono::minutes{1};
constexpr std::size_t kLongestReason = 500;

}  // namespace

Runner::Runner(RunnerParts parts, RunnerOptions options, service::LogSink log)
    : fleet_(parts.fleet),
      rows_(parts.rows),
      samples_(parts.samples),
      read_ledger_(std::move(parts.read_ledger)),
      options_(options),
      log_(std::move(log)) {}

// What was due several times while a call took long is done once.
Timestamp Runner::step(Timestamp now) {
  if (!next_rows_) start(now);
  if (now >= *next_rows_) {
    push_rows(now, options_.cadence);
    next_rows_ = now + kTick;
  }
  if (now >= next_look_) {
    follow_ledger(now);
    next_look_ = now + kFollow;
  }
  if (samples_ != nullptr && now >= next_submission_) {
    submit_samples(now);
    next_submission_ = now + fleet::kSubmitInterval;
  }
  const auto next = std::min(*next_rows_, next_look_);
  return samples_ == nullptr ? next : std::min(next, next_submission_);
}

void Runner::start(Timestamp now) {
  follow_ledger(now);
  if (samples_ != nullptr) find_sample_ends(now);
  push_rows(now, options_.history_cadence);
  log_(service::LogLevel::Info, "history_sent",
       {{"lines", std::to_string(rows_.counters().sent)}, {"buffered", std::to_string(rows_.buffered())}});
  next_rows_ = now + kTick;
  next_look_ = now + kFollow;
  next_submission_ = now + fleet::kSubmitInterval;
}

FleetStatus Runner::status() const { return {&rows_, written_, samples_ == nullptr ? 0 : samples_->pending()}; }

void Runner::push_rows(Timestamp now, Duration cadence) {
  rows_.add(fleet_.lines_until(now, cadence));
  const auto complaints = rows_.flush();
  if (complaints.empty()) {
    if (complained_) log_(service::LogLevel::Info, "rows_accepted_again", {});
    complained_.reset();
    return;
  }
  if (complained_ && now - *complained_ < kSayAgain) return;
  complained_ = now;
  log_(service::LogLevel::Warn, "rows_not_taken",
       {{"reason", complaints.front().substr(0, kLongestReason)}, {"buffered", std::to_string(rows_.buffered())}});
}

void Runner::follow_ledger(Timestamp now) {
  const auto snapshot = read_ledger_();
  if (!snapshot) {
    if (!ledger_away_) log_(service::LogLevel::Warn, "ledger_away", {{"reason", snapshot.error().message}});
    ledger_away_ = true;
    return;
  }
  ledger_away_ = false;
  LinkActivity activity = link_activity(*snapshot);
  for (const fleet::TopologyLink& link : fleet_.topology().links) {
    const bool carries = activity.carrying.contains(link.code);
    if (carries == carrying_.contains(link.code)) continue;
    fleet_.set_carrying(link.code, carries, now);
    log_(service::LogLevel::Info, "traffic", {{"link", link.code}, {"carrying", carries ? "true" : "false"}});
  }
  carrying_ = std::move(activity.carrying);
  probed_ = std::move(activity.probed);
}

void Runner::find_sample_ends(Timestamp now) {
  for (std::size_t i = 0; i < samples_->routes(); ++i) {
    const auto end = samples_->end_on_ledger(i);
    const bool goes_on = end && *end && now - **end < kGoOn;
    sampled_to_.push_back(goes_on ? **end : now);
  }
}

void Runner::collect_samples(Timestamp now) {
  for (std::size_t i = 0; i < samples_->routes(); ++i) {
    const fleet::Direction& direction = samples_->direction(i);
    if (!probed_ || probed_->contains(direction.link)) {
      samples_->add(i, fleet_.samples(direction, sampled_to_[i], now));
    }
    sampled_to_[i] = std::max(sampled_to_[i], now);
  }
}

void Runner::submit_samples(Timestamp now) {
  collect_samples(now);
  const fleet::SubmitReport report = samples_->submit();
  written_ += report.written;
  log_(service::LogLevel::Debug, "samples_submitted", {{"written", std::to_string(report.written)}});
  for (const std::string& words : report.complaints)
    log_(service::LogLevel::Warn, "samples_refused", {{"reason", words}});
}

}  // namespace dz::fleet_main
