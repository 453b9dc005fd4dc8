// The values of added criteria: which minutes of which subject had one, and which had one out of bounds.
#include <algorithm>

#include "base/check.h"
#include "domain/interface_name.h"
#include "evidence/evidence.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

// The number that each of `names` had among the old ones; none for a new one.
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
  const auto old_index = std::move(state.values.index);
  state.values.index.clear();
  for (const auto& [key, index] : old_index) {
    const auto now = std::find(old_of.begin(), old_of.end(), std::optional<std::size_t>(key.first));
    if (now == old_of.end()) {
      state.values.vacate(index);
      continue;
    }
    auto& value = state.values.all[index];
    value.criterion = static_cast<std::uint8_t>(now - old_of.begin());
    state.values.index.emplace(std::pair(value.criterion, value.subject), index);
  }
}

}  // namespace

void Evidence::set_added(std::span<const std::string> names) {
  auto& state = *state_;
  DZ_CHECK(names.size() <= kMostAdded);
  if (std::equal(names.begin(), names.end(), state.values.criteria.begin(), state.values.criteria.end())) return;
  const auto old_of = old_numbers(state.values.criteria, names);
  std::array<SourceEvidence, kMostAdded> sources;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (old_of[i]) sources[i] = std::move(state.source(added_source(*old_of[i])));
  }
  std::move(sources.begin(), sources.end(), state.sources.begin() + kNamedSources);
  number_anew(state, old_of);
  state.values.criteria.assign(names.begin(), names.end());
  ++state.subjects_revision;
}

std::span<const std::string> Evidence::added() const { return state_->values.criteria; }

RowOutcome Evidence::add_value(std::size_t criterion, const AddedSubject& subject, const ValueRow& row, Timestamp now) {
  auto& state = *state_;
  auto& values = state.values;
  DZ_CHECK(criterion < values.criteria.size());
  const auto outcome = outcome_of(state.settings, row.at, now);
  if (outcome != RowOutcome::Taken) return outcome;
  const auto index = state.value(criterion, subject);
  const auto first = index_of(minute_of(row.at));
  state.write_down(StoredKind::Value, index);
  for (auto m = first; m < first + row.minutes; ++m) {
    values.minutes.set(index, kHasValue, m);
    if (!row.in_bounds) values.minutes.set(index, kBeyond, m);
  }
  values.counts[index].forget_from(first);
  if (first < state.source(added_source(criterion)).watermark) {
    values.changes[index].note(first);
    ++state.late_revision;
  }
  return RowOutcome::Taken;
}

AddedRef Evidence::find_added(std::size_t criterion, const Pubkey& key, std::string_view interface,
                              bool absent_is_bad) const {
  AddedRef ref;
  ref.criterion = static_cast<std::uint8_t>(criterion);
  ref.absent_is_bad = absent_is_bad;
  const auto find = [&](std::string name) {
    const auto it = state_->values.index.find({ref.criterion, AddedSubject{key, std::move(name)}});
    return it == state_->values.index.end() ? kNoSubject : it->second;
  };
  ref.index = find(interface.empty() ? std::string() : interface_key(interface));
  if (ref.index != kNoSubject || interface.empty() || !is_sub_interface(interface)) return ref;
  ref.index = find(interface_key(parent_port(interface)));
  ref.parent_port = ref.index != kNoSubject;
  return ref;
}

}  // namespace dz::evidence
