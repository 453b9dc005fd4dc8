// Subjects that are gone: no record of the ledger names them, and nothing came of them for longer than the rings are
// long. Nothing that is asked or shown depends on them any more, and their places are given to new ones.
#include <algorithm>

#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr Duration kSilentFor = kRingLength + std::chrono::hours{1};

template <typename Minutes>
bool any_minute_from(const Minutes& minutes, std::uint32_t subject, MinuteIndex first) {
  const auto row = minutes[subject];
  for (auto w = std::max(word_of(first), minutes.newest() - kRingWords + 1); w <= minutes.newest(); ++w) {
    const auto& planes = row.word(w, slot_of(w));
    for (std::size_t plane = 0; plane < Minutes::kPlanes; ++plane) {
      if (planes[plane] != 0) return true;
    }
  }
  return false;
}

class Forgetter {
 public:
  Forgetter(EvidenceState& state, std::span<const Pubkey> records, Timestamp now)
      : state_(state), records_(records), heard_from_(now - kSilentFor), first_(index_of(minute_of(heard_from_))) {}

  std::size_t gone() {
    each([this](auto&, std::uint32_t) { ++count_; });
    return count_ + names_not_needed();
  }

  std::size_t forget() {
    each([this](auto& subjects, std::uint32_t number) {
      drop_name(subjects, number);
      subjects.vacate(number);
      ++count_;
    });
    if (!state_.settings.hears_all()) {
      count_ += names_not_needed();
      for (auto& [_, names] : state_.ports.named) {
        std::erase_if(names, [](const auto& name) { return !name.second.by_records; });
      }
      std::erase_if(state_.ports.named, [](const auto& entry) { return entry.second.empty(); });
    }
    if (count_ > 0) ++state_.subjects_revision;
    return count_;
  }

 private:
  // Directions and ports first: a device with one of them stays. While they are only counted, it stays too, and is
  // found the next time.
  template <typename Use>
  void each(const Use& use) {
    each_of(state_.values, use, [this](std::uint32_t i) { return value_is_gone(i); });
    each_of(state_.directions, use, [this](std::uint32_t i) { return direction_is_gone(i); });
    each_of(state_.ports, use, [this](std::uint32_t i) { return port_is_gone(i); });
    note_origins();
    each_of(state_.devices, use, [this](std::uint32_t i) { return device_is_gone(i); });
  }
  template <typename Of, typename Use, typename IsGone>
  void each_of(Of& subjects, const Use& use, const IsGone& is_gone) {
    for (std::uint32_t i = 0; i < subjects.all.size(); ++i) {
      if (!subjects.vacant.contains(i) && is_gone(i)) use(subjects, i);
    }
  }

  // Of a part of the fleet: names that are heard only until now.
  std::size_t names_not_needed() const {
    if (state_.settings.hears_all()) return 0;
    std::size_t count = 0;
    for (const auto& [_, names] : state_.ports.named) {
      count += static_cast<std::size_t>(
          std::count_if(names.begin(), names.end(), [](const auto& name) { return !name.second.by_records; }));
    }
    return count;
  }
  bool is_record(const Pubkey& key) const { return std::binary_search(records_.begin(), records_.end(), key); }

  // What an interface is named by: its own name, or that of a sub-interface it may stand in for.
  bool value_is_gone(std::uint32_t i) const {
    const auto& subject = state_.values.all[i].subject;
    const bool named =
        subject.interface.empty() ? is_record(subject.key) : state_.ports.is_named(subject.key, subject.interface);
    return !named && !any_minute_from(state_.values.minutes, i, first_);
  }
  bool direction_is_gone(std::uint32_t i) const {
    const auto& key = state_.directions.all[i].key;
    const bool named = is_record(key.link) && is_record(state_.devices.all[key.origin].key);
    return !named && !any_minute_from(state_.directions.minutes, i, first_);
  }
  bool port_is_gone(std::uint32_t i) const {
    const auto& port = state_.ports.all[i];
    const auto name = interface_key(port.name);
    const auto& device = state_.devices.all[port.device].key;
    // Of a part of the fleet, what its records do not need, however lately it was heard.
    if (!state_.settings.hears_all()) return !state_.ports.is_named(device, name);
    if (port.has_late || port.counters.waiting_count() > 0 || port.heard >= heard_from_) return false;
    if (state_.ports.is_named(device, name)) return false;
    return port.heard > Timestamp{} || !any_minute_from(state_.ports.minutes, i, first_);
  }
  bool device_is_gone(std::uint32_t i) const {
    const auto& device = state_.devices.all[i];
    if (is_record(device.key) || !device.interfaces.empty() || !device.qa.empty()) return false;
    if (origins_.contains(i) || any_minute_from(state_.devices.minutes, i, first_)) return false;
    return std::none_of(state_.sources.begin(), state_.sources.end(), [&](const SourceEvidence& source) {
      const auto holds = [&](const MassSilence& silence) {
        return std::find(silence.frozen.begin(), silence.frozen.end(), i) != silence.frozen.end();
      };
      return holds(source.silence) || holds(source.silence_as_closed);
    });
  }
  void note_origins() {
    for (std::uint32_t i = 0; i < state_.directions.all.size(); ++i) {
      if (!state_.directions.vacant.contains(i)) origins_.insert(state_.directions.all[i].key.origin);
    }
  }

  void drop_name(Values& values, std::uint32_t i) {
    values.index.erase(std::pair(values.all[i].criterion, values.all[i].subject));
  }
  void drop_name(Directions& directions, std::uint32_t i) {
    for (const auto& account : directions.all[i].accounts) directions.accounts.erase(account);
    directions.index.erase(directions.all[i].key);
  }
  void drop_name(Ports& ports, std::uint32_t i) {
    state_.devices.all[ports.all[i].device].interfaces.erase(interface_key(ports.all[i].name));
    if (ports.all[i].has_late) std::erase(ports.late, i);
    ports.event_counts.erase(i);
  }
  void drop_name(Devices& devices, std::uint32_t i) {
    const auto key = devices.all[i].key;
    devices.index.erase(key);
    state_.ports.refused.erase(key);
    state_.ports.refused_more.erase(key);
  }

  EvidenceState& state_;
  std::span<const Pubkey> records_;
  Timestamp heard_from_;
  MinuteIndex first_;
  std::set<std::uint32_t> origins_;
  std::size_t count_ = 0;
};

}  // namespace

bool Evidence::has_gone(std::span<const Pubkey> records, Timestamp now) const {
  return Forgetter(*state_, records, now).gone() > 0;
}

std::size_t Evidence::forget_gone(std::span<const Pubkey> records, Timestamp now) {
  settle_ports({});
  return Forgetter(*state_, records, now).forget();
}

SubjectCounts Evidence::subject_counts() const {
  const auto live = [](const auto& subjects) { return subjects.all.size() - subjects.vacant.size(); };
  return {live(state_->devices), live(state_->ports), live(state_->directions), live(state_->values),
          state_->devices.all.size() + state_->ports.all.size() + state_->directions.all.size() +
              state_->values.all.size()};
}

}  // namespace dz::evidence
