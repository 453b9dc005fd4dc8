// The values of added criteria: which minutes of which subject had one, and which had one out of bounds.
#include <algorithm>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

// The old number of each new rule; none for a new one.
std::vector<std::optional<std::size_t>> old_numbers(const std::vector<std::string>& old,
                                                    std::span<const std::string> names) {
  std::vector<std::optional<std::size_t>> numbers;
  for (const auto& name : names) {
    const auto found = std::find(old.begin(), old.end(), name);
    numbers.push_back(found == old.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - old.begin())));
  }
  return numbers;
}

void number_anew(EvidenceState& state, const std::vector<std::optional<std::size_t>>& old_of) {
  auto values = std::move(state.value_index);
  state.value_index.clear();
  for (const auto& [key, index] : values) {
    const auto now = std::find(old_of.begin(), old_of.end(), std::optional<std::size_t>(key.first));
    auto& value = state.values[index];
    value.criterion = static_cast<std::uint8_t>(now == old_of.end() ? kMostAdded : now - old_of.begin());
    if (now != old_of.end()) state.value_index.emplace(std::pair(value.criterion, value.subject), index);
  }
}

}  // namespace

void Evidence::set_added(std::span<const std::string> names) {
  auto& state = *state_;
  DZ_CHECK(names.size() <= kMostAdded);
  if (std::equal(names.begin(), names.end(), state.added.begin(), state.added.end())) return;
  const auto old_of = old_numbers(state.added, names);
  std::array<SourceEvidence, kMostAdded> sources;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (old_of[i]) sources[i] = std::move(state.source(added_source(*old_of[i])));
  }
  std::move(sources.begin(), sources.end(), state.sources.begin() + kNamedSources);
  number_anew(state, old_of);
  state.added.assign(names.begin(), names.end());
  ++state.subjects_revision;
}

std::span<const std::string> Evidence::added() const { return state_->added; }

RowOutcome Evidence::add_value(std::size_t criterion, const AddedSubject& subject, Timestamp at, int minutes,
                               bool in_bounds, Timestamp now) {
  auto& state = *state_;
  DZ_CHECK(criterion < state.added.size());
  if (at > now + state.settings.ahead) return RowOutcome::TooFarAhead;
  if (at < now - kRingLength || at < Timestamp{}) return RowOutcome::TooOld;
  const auto [it, is_new] = state.value_index.emplace(std::pair(static_cast<std::uint8_t>(criterion), subject),
                                                      static_cast<std::uint32_t>(state.values.size()));
  const auto index = it->second;
  if (is_new) {
    state.values.push_back({static_cast<std::uint8_t>(criterion), subject});
    state.make_places();
    ++state.subjects_revision;
  }
  const auto first = index_of(minute_of(at));
  for (auto m = first; m < first + minutes; ++m) {
    state.value_minutes.set(index, kMeasured, m);
    if (!in_bounds) state.value_minutes.set(index, kBeyond, m);
  }
  state.value_counts[index].forget_from(first);
  if (first < state.source(added_source(criterion)).watermark) {
    state.changed.values[index] = std::min(state.changed.values[index], first);
  }
  return RowOutcome::Taken;
}

AddedRef Evidence::find_added(std::size_t criterion, const Pubkey& key, std::string_view interface,
                              bool absent_is_bad) const {
  AddedRef ref;
  ref.criterion = static_cast<std::uint8_t>(criterion);
  ref.absent_is_bad = absent_is_bad;
  const auto find = [&](std::string name) {
    const auto it = state_->value_index.find({ref.criterion, AddedSubject{key, std::move(name)}});
    return it == state_->value_index.end() ? kNoSubject : it->second;
  };
  ref.index = find(interface.empty() ? std::string() : interface_key(interface));
  if (ref.index != kNoSubject || interface.empty() || !is_sub_interface(interface)) return ref;
  ref.index = find(interface_key(parent_port(interface)));
  ref.parent_port = ref.index != kNoSubject;
  return ref;
}

}  // namespace dz::evidence
