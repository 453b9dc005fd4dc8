#include "history/history_recorder.h"

#include <algorithm>
#include <array>

#include "control/record_changes.h"
#include "history/record_subjects.h"
#include "wire/accounts.h"

namespace dz::history {
namespace {

constexpr std::chrono::hours kWholeEvery{24};
constexpr std::size_t kSubjectsAPiece = 10'000;  // some 3 ms

// Counts change with every user that comes or goes, and nothing is judged by them.
Device without_counts(Device device) {
  device.reference_count = 0;
  device.users_count = device.unicast_users_count = device.multicast_subscribers_count = 0;
  device.multicast_publishers_count = device.reserved_seats = 0;
  return device;
}

Minute ring_start(Minute watermark) { return std::max(Minute{}, watermark - evidence::kRingLength); }

}  // namespace

std::optional<HistoryPass> HistoryRecorder::record(const control::MonitorInputs& inputs, const Profile& profile) {
  HistoryPass pass;
  pass.at = newest_ ? std::max(inputs.now, *newest_ + Duration{1}) : inputs.now;
  pass.could_write = inputs.can_write;
  pass.whole = !whole_since_ || pass.at - *whole_since_ >= kWholeEvery;
  if (pass.whole) {
    tracked_.clear();
    wanted_.clear();
    through_.clear();
    known_.clear();
    qa_.clear();
    qa_looked_at_.clear();
    records_revision_.reset();
    answers_revision_.reset();
    windows_.clear();
    if (!started_) pass.start = start_;
  }
  record_windows(inputs.policy, pass);
  record_records(inputs, profile, pass);
  track(inputs);
  record_minutes(inputs, pass);
  const bool silent =
      pass.watermarks.empty() && pass.runs.empty() && pass.records.empty() && pass.qa.empty() && pass.windows.empty();
  const bool same_minute = newest_ && minute_of(*newest_) == minute_of(pass.at);
  if (!pass.whole && silent && same_minute && could_write_ == pass.could_write) {
    silent_ = pass.at;
    return std::nullopt;
  }
  pass.previous = std::exchange(silent_, std::nullopt);
  newest_ = pass.at;
  could_write_ = pass.could_write;
  if (pass.whole) whole_since_ = pass.at;
  started_ = true;
  return pass;
}

void HistoryRecorder::complete(HistoryPass& pass, const control::RecordBook& book) {
  if (!pass.whole) return;
  const auto memories = book.memories();
  for (auto& record : pass.records) {
    const auto memory = memories.find(record.key);
    if (memory != memories.end()) record.own_health = memory->second.own_health;
  }
}

std::optional<std::vector<Pubkey>> HistoryRecorder::changed_records(const control::MonitorInputs& inputs) const {
  const auto* changes = inputs.changes;
  if (!records_revision_ || changes == nullptr || changes->revision() != inputs.records_revision) return std::nullopt;
  return changes->since(*records_revision_);
}

void HistoryRecorder::record_records(const control::MonitorInputs& inputs, const Profile& profile, HistoryPass& pass) {
  if (records_revision_ == inputs.records_revision) return;
  const auto note = [&](const Pubkey& key, RecordKind kind, Bytes account) {
    const auto known = known_.find(key);
    if (known != known_.end() && known->second.account == account) return;
    pass.records.push_back({key, kind, profile.version, account, {}});
    known_.insert_or_assign(key, Known{kind, std::move(account)});
  };
  const auto note_link = [&](const Pubkey& key, const Link& link) {
    note(key, RecordKind::Link, wire::encode(link, profile));
  };
  const auto note_device = [&](const Pubkey& key, const Device& device) {
    note(key, RecordKind::Device, wire::encode(without_counts(device), profile));
  };
  const auto is_gone = [&](const auto& entry) {
    if (inputs.links.contains(entry.first) || inputs.devices.contains(entry.first)) return false;
    pass.records.push_back({entry.first, entry.second.kind, profile.version, {}, {}});
    return true;
  };
  const auto changed = changed_records(inputs);
  if (!changed) {
    for (const auto& [key, link] : inputs.links) note_link(key, link);
    for (const auto& [key, device] : inputs.devices) note_device(key, device);
    std::erase_if(known_, is_gone);
    return;
  }
  for (const auto& key : *changed) {
    const auto link = inputs.links.find(key);
    const auto device = inputs.devices.find(key);
    if (link != inputs.links.end()) note_link(key, link->second);
    if (device != inputs.devices.end()) note_device(key, device->second);
    if (const auto known = known_.find(key); known != known_.end() && is_gone(*known)) known_.erase(known);
  }
}

void HistoryRecorder::record_windows(const verdict::Policy& policy, HistoryPass& pass) {
  for (const auto* window : {&policy.window, &policy.recovery_window}) {
    if (window->slots == 0 || !window->known() || windows_[window->slots] == window->length) continue;
    windows_[window->slots] = window->length;
    pass.windows.emplace_back(window->slots, window->length);
  }
}

// A subject that nothing was ever heard of has no minutes to record: it is tracked from its first row on.
void HistoryRecorder::want(const evidence::Evidence& rings, const evidence::Subject& subject) {
  const auto ref = subject_ref(rings, subject);
  if (ref.index == evidence::kNoSubject || !wanted_.insert(subject).second) return;
  tracked_.push_back({subject, ref, *source_of(rings, subject), {}});
  answers_revision_.reset();  // it has minutes that were not looked at
}

// Whatever a criterion may read of the records as they are; what was tracked once stays until the next whole pass.
void HistoryRecorder::track(const control::MonitorInputs& inputs) {
  const auto& rings = inputs.evidence;
  const bool same_subjects = subjects_revision_ == rings.subjects_revision();
  if (records_revision_ == inputs.records_revision && same_subjects) return;
  const auto changed = same_subjects ? changed_records(inputs) : std::nullopt;
  records_revision_ = inputs.records_revision;
  subjects_revision_ = rings.subjects_revision();
  const auto want_it = [&](const evidence::Subject& subject) { want(rings, subject); };
  const auto look_at = [&](const Pubkey& key) {
    const auto link = inputs.links.find(key);
    const auto device = inputs.devices.find(key);
    const bool beside =
        link != inputs.links.end() && (inputs.owns(link->second.side_a) || inputs.owns(link->second.side_z));
    if (!inputs.owns(key) && !beside) return;  // nothing that is judged here reads it
    if (link != inputs.links.end()) each_subject(inputs.policy, key, link->second, want_it);
    if (device != inputs.devices.end()) each_subject(inputs.policy, key, device->second, want_it);
  };
  const auto known = tracked_.size();
  if (changed) {
    std::for_each(changed->begin(), changed->end(), look_at);
    if (tracked_.size() != known) in_order_of_memory();
    return;
  }
  std::erase_if(tracked_, [&](Tracked& tracked) {
    tracked.ref = subject_ref(rings, tracked.subject);  // an interface may have lost its place, and have one again
    const bool gone = tracked.ref.index == evidence::kNoSubject;
    if (gone) wanted_.erase(tracked.subject);
    return gone;
  });
  for (const auto source : sources_of(rings)) want(rings, evidence::source_subject(lasting_name(rings, source)));
  for (const auto& [key, _] : inputs.links) look_at(key);
  for (const auto& [key, _] : inputs.devices) look_at(key);
  in_order_of_memory();
}

// Each pass looks at all of them, and what it looks at lies in the order of the numbers that subjects have.
void HistoryRecorder::in_order_of_memory() {
  const auto before = [](const Tracked& a, const Tracked& b) {
    return std::pair(a.ref.kind, a.ref.index) < std::pair(b.ref.kind, b.ref.index);
  };
  std::sort(tracked_.begin(), tracked_.end(), before);
}

void HistoryRecorder::record_minutes(const control::MonitorInputs& inputs, HistoryPass& pass) {
  const auto& rings = inputs.evidence;
  std::array<Through, evidence::kSourceCount> sources{};
  for (const auto source : sources_of(rings)) {
    const auto said = through_.find(source);
    sources[static_cast<std::size_t>(source)] = {rings.state(source).watermark,
                                                 said != through_.end() ? std::optional(said->second) : std::nullopt};
  }
  const bool moved =
      std::any_of(sources.begin(), sources.end(), [](const Through& s) { return s.watermark != s.said; });
  if (!moved && answers_revision_ == rings.answers_revision()) return;
  answers_revision_ = rings.answers_revision();
  std::size_t work = 0;
  for (auto& tracked : tracked_) {
    record_subject(rings, sources[static_cast<std::size_t>(tracked.source)], tracked, pass);
    if (++work % kSubjectsAPiece == 0 && inputs.pause) inputs.pause();
  }
  for (const auto source : sources_of(rings)) {
    const auto& [watermark, said] = sources[static_cast<std::size_t>(source)];
    if (!watermark || said == watermark) continue;
    through_.insert_or_assign(source, *watermark);
    pass.watermarks.emplace_back(lasting_name(rings, source), *watermark);
  }
  record_qa(rings, pass);
}

void HistoryRecorder::record_subject(const evidence::Evidence& rings, const Through& source, Tracked& tracked,
                                     HistoryPass& pass) {
  const auto& [watermark, said] = source;
  if (!watermark) return;
  const auto through = said && tracked.last ? *said : ring_start(*watermark);
  const auto add = [&](const std::vector<evidence::MarksRun>& runs, std::size_t i, std::optional<Minute> end) {
    const auto until = i + 1 < runs.size() ? std::optional(runs[i + 1].from) : end;
    pass.runs.push_back({tracked.subject, runs[i].from, until, runs[i].marks});
  };
  if (const auto changed = changed_from(rings, tracked.ref); changed && *changed < through && tracked.last) {
    const auto runs = marks_of(rings, tracked.ref, std::max(*changed, ring_start(*watermark)), through);
    for (std::size_t i = 0; i < runs.size(); ++i) add(runs, i, through);
  }
  const auto from = std::max(through, ring_start(*watermark));
  if (tracked.last && marks_throughout(rings, tracked.ref, from, *watermark) == tracked.last) return;
  const auto runs = marks_of(rings, tracked.ref, from, *watermark);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0 || tracked.last != runs[i].marks) add(runs, i, std::nullopt);
    if (i + 1 == runs.size()) tracked.last = runs[i].marks;
  }
}

void HistoryRecorder::record_qa(const evidence::Evidence& rings, HistoryPass& pass) {
  auto kept = qa_kept(rings);
  if (kept == qa_looked_at_) return;
  qa_looked_at_ = std::move(kept);
  for (const auto& [device, result] : qa_looked_at_) {
    const auto [known, fresh] = qa_.try_emplace({device, result.at}, result.success);
    if (!fresh && known->second == result.success) continue;
    known->second = result.success;
    pass.qa.push_back({device, result});
  }
}

}  // namespace dz::history
