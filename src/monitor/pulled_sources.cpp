#include "monitor/pulled_sources.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "domain/interface_name.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;

constexpr std::size_t kMostStrays = 1000;
constexpr minutes kLateMemory{30}, kStrayMemory{10};
constexpr Duration kLateGoesOn = std::chrono::seconds{90};  // stores are asked once a minute
constexpr int kProgressStep = 10;                           // percent of a back-fill between two lines of the log

bool rows_are_news(const telemetry::StorePull& pull) {
  return pull.subject().role == telemetry::StorePull::Role::Serve;
}

// The record that a value of an added criterion speaks of; none when the ledger has no such record.
std::optional<evidence::AddedSubject> subject_of_value(const verdict::AddedCriterion& criterion,
                                                       const telemetry::StoreRows::AddedValue& value,
                                                       const client::Snapshot& records) {
  if (criterion.subject == verdict::AddedKind::Link) {
    const auto link = client::find_record(records.links, "link", value.link);
    if (!link) return std::nullopt;
    return evidence::AddedSubject{link->key, {}};
  }
  const auto device = client::find_record(records.devices, "device", value.device);
  if (!device) return std::nullopt;
  const bool of_port = criterion.subject == verdict::AddedKind::SideA || criterion.subject == verdict::AddedKind::SideZ;
  return evidence::AddedSubject{device->key, of_port ? interface_key(value.interface) : std::string()};
}

}  // namespace

PulledSources::PulledSources(const MonitorSettings& settings, telemetry::DurableEvidence& evidence, FileWrites& files,
                             service::LogSink log)
    : sources_(settings.sources),
      policy_(settings.policy),
      evidence_(evidence),
      files_(files),
      log_(std::move(log)),
      check_(settings.trust) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    auto& store = stores_.emplace_back();
    store.settings = &sources_[i];
    for (const auto signal : sources_[i].serves) {
      add_talk(i, {subject_of(signal), signal, nullptr, telemetry::StorePull::Role::Serve},
               std::string(to_text(signal)));
    }
    for (const auto signal : sources_[i].checks) {
      add_talk(i, {subject_of(signal), signal, nullptr, telemetry::StorePull::Role::Check},
               "check of " + std::string(to_text(signal)));
    }
    for (std::size_t r = 0; r < policy_.added.size(); ++r) {
      const auto& criterion = policy_.added[r];
      if (criterion.source != sources_[i].store.name) continue;
      add_talk(
          i, {telemetry::StoreSubject::Added, evidence::added_source(r), &criterion, telemetry::StorePull::Role::Serve},
          criterion.id);
    }
  }
}

void PulledSources::add_talk(std::size_t store, telemetry::StorePull::Subject subject, std::string about) {
  const auto& settings = sources_[store];
  auto limits = settings.limits;
  limits.history = std::max(limits.history, longest_window(policy_));
  stores_[store].talks.push_back(talks_.size());
  talks_.push_back({.source = &settings,
                    .about = std::move(about),
                    .pull = telemetry::StorePull(settings.store, limits, subject),
                    .of = subject.source});
}

Timestamp PulledSources::step(const client::Snapshot& records, Timestamp now) {
  if (!seams_.ask) return Timestamp::max();
  do {
    auto arrived = std::move(arrived_);
    arrived_.clear();
    for (auto& one : arrived) take(std::move(one), records, now);
    for (std::size_t i = 0; i < stores_.size(); ++i) {
      while (ask_next(i, now) && !stores_[i].in_flight && arrived_.empty()) {
      }
    }
  } while (!arrived_.empty());
  if (check_.forget_silent(now, policy_.max_staleness)) log_(service::LogLevel::Info, "sources_disagree_unknown", {});
  auto next = Timestamp::max();
  for (const auto& store : stores_) {
    if (store.in_flight) continue;
    for (const auto talk : store.talks) next = std::min(next, std::max(talks_[talk].pull.due(), store.next_request));
  }
  return next;
}

// Asks the store what has been due longest. True when something was due.
bool PulledSources::ask_next(std::size_t index, Timestamp now) {
  auto& store = stores_[index];
  if (store.in_flight || now < store.next_request) return false;
  std::optional<std::size_t> first;
  for (const auto talk : store.talks) {
    if (!first || talks_[talk].pull.due() < talks_[*first].pull.due()) first = talk;
  }
  if (!first || talks_[*first].pull.due() > now) return false;
  auto& talk = talks_[*first];
  const auto ask = talk.pull.next(now, evidence_.in_memory());
  say_progress(talk);
  if (!ask) return true;  // the settings cannot ask it; the conversation knows when to try again
  store.in_flight = true;
  store.next_request = now + store.settings->limits.min_interval;
  seams_.ask(*store.settings, *ask, [this, index, talk_index = *first](Result<telemetry::StoreReply> reply) {
    stores_[index].in_flight = false;
    arrived_.push_back({index, talk_index, std::move(reply)});
    if (seams_.wake) seams_.wake();
  });
  return true;
}

void PulledSources::take(Arrived arrived, const client::Snapshot& records, Timestamp now) {
  auto& talk = talks_[arrived.talk];
  const auto rows = talk.pull.state().rows, bytes = talk.pull.state().bytes;
  auto outcome =
      talk.pull.on_reply(std::move(arrived.reply), now, seams_.jitter ? seams_.jitter() : 1, evidence_.in_memory());
  talk.last_rows = talk.pull.state().rows - rows;
  talk.last_bytes = talk.pull.state().bytes - bytes;
  say_outcome(talk, outcome);
  if (outcome) keep(talk, *outcome, records, now);
}

// Once: what has no columns of carrier transitions and discards cannot show them.
void PulledSources::say_lacking(Talk& talk) {
  const bool lacks = talk.pull.state().lacks_events;
  if (lacks && !talk.told_lacking) {
    log_(service::LogLevel::Warn, "source_lacks_columns",
         {{"source", talk.source->store.name},
          {"what",
           "expected carrier_transitions, in_discards and out_discards beside the other counters; without them no "
           "transition and no discard is seen: add the columns, or set mode = \"off\" for the criteria of carrier and "
           "discards"}});
  }
  talk.told_lacking = lacks;
}

void PulledSources::say_outcome(Talk& talk, const Result<telemetry::PulledRows>& outcome) {
  say_lacking(talk);
  const bool failing = !outcome.has_value(), smallest = talk.pull.state().too_much_at_smallest;
  if (talk.failing == failing && (!smallest || talk.told_smallest)) return;
  talk.failing = failing;
  talk.told_smallest = smallest;
  service::LogFields fields{{"source", talk.source->store.name}, {"subject", talk.about}};
  if (failing) {
    fields.emplace_back("error", outcome.error().message);
    log_(service::LogLevel::Warn, "source_failed", fields);
  } else {
    log_(service::LogLevel::Info, "source_answers", fields);
  }
}

void PulledSources::say_progress(Talk& talk) {
  const auto& progress = talk.pull.state().back_fill;
  if (!progress) {
    talk.told_percent.reset();
    return;
  }
  const auto total = std::max<std::int64_t>(1, (progress->to - progress->from).count());
  const int percent = static_cast<int>((progress->at - progress->from).count() * 100 / total);
  if (talk.told_percent && percent < *talk.told_percent + kProgressStep) return;
  talk.told_percent = percent;
  log_(service::LogLevel::Info, "back_fill",
       {{"source", talk.source->store.name},
        {"subject", talk.about},
        {"done", duration_text(progress->at - progress->from)},
        {"of", duration_text(progress->to - progress->from)}});
}

void PulledSources::note_unreadable(Talk& talk, const telemetry::StoreRows& rows) {
  if (rows.unreadable == 0) return;
  if (talk.unreadable_rows == 0) {
    log_(service::LogLevel::Warn, "rows_unreadable",
         {{"source", talk.source->store.name},
          {"subject", talk.about},
          {"rows", std::to_string(rows.unreadable)},
          {"what",
           "expected names of 1 to 255 bytes of UTF-8 without control characters; rows with others are left "
           "out: mend them in the store"}});
  }
  talk.unreadable_rows += rows.unreadable;
}

void PulledSources::keep(Talk& talk, telemetry::PulledRows& taken, const client::Snapshot& records, Timestamp now) {
  if (taken.subject == telemetry::StoreSubject::FutureRows) return note_ahead(taken.rows, now);
  note_unreadable(talk, taken.rows);
  note_strays(taken.rows, records, now);
  if (!rows_are_news(talk.pull)) {
    const auto* serving = server_of(sources_, talk.of);
    DZ_CHECK(serving != nullptr);
    const CheckAnswer answer{talk.of, serving->store.name, talk.source->store.name, taken.rows};
    if (!check_.compare(answer, evidence_.in_memory(), records, now)) return;
    const bool begins = check_.standing().contains(talk.of);
    log_(begins ? service::LogLevel::Warn : service::LogLevel::Info,
         begins ? "sources_disagree" : "sources_agree_again",
         {{"signal", std::string(to_text(talk.of))},
          {"serving", serving->store.name},
          {"checking", talk.source->store.name}});
    return;
  }
  auto batch =
      taken.subject == telemetry::StoreSubject::Added ? values(talk, taken.rows, records) : std::move(taken.batch);
  talk.unknown_rows += drop_unknown(batch, records);
  drop_unheard(batch, evidence_.in_memory(), now);  // which are not late, but told again
  note_late(batch, talk.of, now);
  Result<void> kept;
  if (batch.rows() > 0) {
    if (const auto report = evidence_.ingest(batch, now); !report) kept = tl::unexpected(report.error());
  }
  for (const auto& [from, to] : taken.answered) {
    if (kept) kept = evidence_.answered(talk.of, from, to, now);
  }
  if (!files_.kept(kept, "evidence of " + talk.source->store.name)) {
    talk.told_values.clear();
    talk.pull.not_kept(now);
  }
}

// Returns how many rows.
std::size_t PulledSources::drop_unknown(telemetry::RowBatch& batch, const client::Snapshot& records) const {
  return take_rows_of(batch, [&](const Pubkey& key) { return !records.devices.contains(key); }).rows();
}

// Values that were told within the overlap are not told again.
telemetry::RowBatch PulledSources::values(Talk& talk, const telemetry::StoreRows& rows,
                                          const client::Snapshot& records) {
  const auto& criterion = *talk.pull.subject().criterion;
  telemetry::RowBatch batch;
  batch.added = {criterion.id};
  std::set<std::tuple<evidence::AddedSubject, Minute, bool>> told;
  for (const auto& value : rows.added_values) {
    const auto subject = subject_of_value(criterion, value, records);
    if (!subject) {
      ++talk.unknown_rows;
      continue;
    }
    const std::tuple key{*subject, value.minute, criterion.holds(value.value)};
    if (!talk.told_values.contains(key)) {
      batch.values.push_back({0, *subject, Timestamp{value.minute}, static_cast<std::uint32_t>(criterion.every.count()),
                              criterion.holds(value.value)});
    }
    told.insert(key);
  }
  talk.told_values = std::move(told);
  return batch;
}

void PulledSources::note_strays(const telemetry::StoreRows& rows, const client::Snapshot& records, Timestamp now) {
  const auto note = [&](const Pubkey& key, const std::string& host) {
    if (records.devices.contains(key)) {
      notes_.strays.erase(key);
      return;
    }
    if (notes_.strays.size() >= kMostStrays && !notes_.strays.contains(key)) return;
    auto& stray = notes_.strays[key];
    if (!host.empty()) stray.host = host;
    ++stray.rows;
    stray.seen = now;
  };
  for (const auto& row : rows.counters) note(rows.ports[row.port].device, rows.ports[row.port].host);
  for (const auto& row : rows.getconfigs) note(row.device, "");
  std::erase_if(notes_.strays, [&](const auto& entry) { return now - entry.second.seen > kStrayMemory; });
}

// Rows of minutes that were closed without them.
void PulledSources::note_late(const telemetry::RowBatch& batch, evidence::Source source, Timestamp now) {
  const auto watermark = evidence_.in_memory().state(source).watermark;
  const auto oldest = minute_of(now) - kLateMemory;
  if (!watermark || *watermark < oldest) return;
  std::map<Pubkey, Timestamp> newest;
  for (const auto& row : batch.counters) {
    const auto minute = minute_of(row.row.at);
    if (minute >= *watermark || minute < oldest) continue;
    const auto& device = batch.ports[row.port].device;
    if (notes_.late[device].insert(minute).second) newest[device] = std::max(newest[device], row.row.at);
  }
  for (const auto& [device, at] : newest) {
    auto& late = notes_.late_now[device];
    if (now - late.seen > kLateGoesOn) late.lag.forget();
    late.seen = now;
    late.by = now - at;
    late.lag.found(late.by, now);
  }
  for (auto& [device, late] : notes_.late) late.erase(late.begin(), late.lower_bound(oldest));
  std::erase_if(notes_.late, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(notes_.late_now, [this](const auto& entry) { return !notes_.late.contains(entry.first); });
}

void PulledSources::note_ahead(const telemetry::StoreRows& rows, Timestamp now) {
  std::map<Pubkey, Timestamp> farthest;
  for (const auto& row : rows.future_rows) {
    auto& at = farthest[row.device];
    at = std::max(at, row.at);
  }
  notes_.ahead.clear();
  notes_.ahead_at = now;
  for (const auto& [device, at] : farthest) {
    const auto before = farthest_.find(device);
    if (before == farthest_.end() || at > before->second) notes_.ahead.emplace(device, at);
  }
  farthest_ = std::move(farthest);
}

std::uint32_t PulledSources::disputed() const {
  std::uint32_t bits = 0;
  for (const auto& [source, found] : check_.standing()) bits |= 1U << static_cast<unsigned>(source);
  return bits;
}

std::string PulledSources::trouble_of(evidence::Source source) const {
  for (const auto& talk : talks_) {
    if (talk.of != source || !rows_are_news(talk.pull)) continue;
    const auto& state = talk.pull.state();
    if (!state.last_error.empty()) return fmt::format("store {}: {}", talk.source->store.name, state.last_error);
    if (!state.answered_at) return fmt::format("store {} has not answered yet", talk.source->store.name);
    return fmt::format("store {} answers, but has no newer rows", talk.source->store.name);
  }
  return {};
}

}  // namespace dz::monitor
