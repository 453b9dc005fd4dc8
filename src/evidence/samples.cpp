// Latency samples carry no times of their own. Those first seen at a read cover the time back to the previous read
// that brought any, if they are enough for it (n intervals and one submit interval), else n intervals back. The same
// holds for all samples since an earlier read together: a backlog closes a hole behind the first few that came after
// it. When nobody read for a while, and there are too few, nothing tells which minutes are without: the newest are
// taken for these, so that what is silent stays in the windows for as long as it may be. Only where there was no
// previous read do the account's derived times serve: start + i * interval, which runs early after an outage.
#include <algorithm>
#include <vector>

#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr std::chrono::minutes kOneMinute{1};

struct NewSamples {
  std::uint32_t direction = 0;
  std::uint64_t epoch = 0;
  const SampleRead* read = nullptr;
  std::uint32_t skip = 0;  // of read->samples.rtt_us, already counted

  std::span<const std::uint32_t> rtt() const { return std::span(read->samples.rtt_us).subspan(skip); }
  Duration interval() const {
    constexpr std::uint64_t kMost = 3'600'000'000;  // an hour; nonsense must not overflow
    return Duration{static_cast<std::int64_t>(std::clamp<std::uint64_t>(read->samples.sampling_interval_us, 1, kMost))};
  }
};

class SampleReader {
 public:
  SampleReader(EvidenceState& state, Timestamp read_at) : state_(state), read_at_(read_at) {}

  void take(std::span<const SampleRead> reads) {
    std::vector<NewSamples> found;
    for (const auto& read : reads) note(read, found);
    std::sort(found.begin(), found.end(), [](const NewSamples& a, const NewSamples& b) {
      return std::tie(a.direction, a.epoch, a.read->account) < std::tie(b.direction, b.epoch, b.read->account);
    });
    for (auto it = found.begin(); it != found.end();) {
      const auto end = std::find_if(it, found.end(), [&](const auto& s) { return s.direction != it->direction; });
      take_direction({it, end});
      it = end;
    }
  }

 private:
  // Finds out what of one account is new; counts it as seen.
  void note(const SampleRead& read, std::vector<NewSamples>& found) {
    const auto& samples = read.samples;
    auto account = state_.directions.accounts.find(read.account);
    const auto seen = account == state_.directions.accounts.end() ? 0U : account->second.seen;
    const auto end = read.first_index + static_cast<std::uint32_t>(samples.rtt_us.size());
    if (read.first_index > seen || end <= seen) return;  // a hole before it, or nothing new
    if (account != state_.directions.accounts.end() && !is_of(account->second, samples)) return;
    const auto direction = state_.direction({samples.link, state_.device(samples.origin_device)});
    if (account != state_.directions.accounts.end()) {
      account->second.seen = end;
    } else {
      remember(read.account, {.epoch = samples.epoch, .direction = direction, .seen = end});
    }
    found.push_back({direction, samples.epoch, &read, seen - read.first_index});
  }

  // An account's address is made of its direction: one that claims another than it did is not what it seems, and
  // nothing of it counts.
  bool is_of(const SampleAccount& account, const LatencySamples& samples) const {
    const auto& key = state_.directions.all[account.direction].key;
    return key.link == samples.link && state_.devices.all[key.origin].key == samples.origin_device;
  }

  // Samples are written to the current epoch and, for a while, the one before; older accounts are forgotten.
  void remember(const Pubkey& account, const SampleAccount& seen) {
    constexpr std::size_t kMostAccounts = 4;
    state_.directions.accounts[account] = seen;
    auto& accounts = state_.directions.all[seen.direction].accounts;
    accounts.push_back(account);
    std::sort(accounts.begin(), accounts.end(), [&](const Pubkey& a, const Pubkey& b) {
      return std::pair(state_.directions.accounts[a].epoch, a) < std::pair(state_.directions.accounts[b].epoch, b);
    });
    if (accounts.size() <= kMostAccounts) return;
    state_.directions.accounts.erase(accounts.front());
    accounts.erase(accounts.begin());
  }

  void take_direction(std::span<const NewSamples> found) {
    auto& direction = state_.directions.all[found.front().direction];
    const auto known_epoch = direction.newest_epoch;
    const bool is_known = !direction.marks.empty();
    std::vector<NewSamples> following;
    for (const auto& samples : found) {
      const bool first_sight = samples.skip == 0 && samples.read->first_index == 0;
      const bool derive = first_sight && (!is_known || samples.epoch < known_epoch);
      if (derive) {
        place_derived(direction, samples);
      } else if (is_known) {
        following.push_back(samples);
      }
      direction.newest_epoch = std::max(direction.newest_epoch, samples.epoch);
    }
    if (!following.empty()) place_back(direction, following);
    if (!is_known) remember_read(direction, Duration{0});
  }

  void place_derived(DirectionEvidence& direction, const NewSamples& samples) {
    const auto start =
        static_cast<std::int64_t>(std::min<std::uint64_t>(samples.read->samples.start_timestamp_us, INT64_MAX / 2));
    if (start == 0) return;
    const auto rtt = samples.rtt();
    const auto step = samples.interval();
    const Timestamp first{Duration{start}};
    const auto oldest = read_at_ - kRingLength;
    MinuteIndex marked = kNoMinute;
    const auto skipped = first < oldest ? static_cast<std::size_t>((oldest - first) / step) : 0;
    for (auto i = skipped; i < rtt.size(); ++i) {
      const auto at = first + step * static_cast<std::int64_t>(i);
      if (at >= read_at_) break;
      const auto m = index_of(minute_of(at));
      if (m != marked || rtt[i] == 0) mark(direction, m, rtt[i] == 0);
      marked = m;
    }
    const auto until = index_of(minute_of(read_at_)) + 1;
    direction.derived_until = until;
    ++state_.late_revision;
    auto& device = state_.devices.all[direction.key.origin];
    device.derived_until = std::max(device.derived_until, until);
  }

  void place_back(DirectionEvidence& direction, const std::vector<NewSamples>& found) {
    Duration span{0};
    for (const auto& samples : found) {
      span += std::min<Duration>(samples.interval() * static_cast<std::int64_t>(samples.rtt().size()), kRingLength);
    }
    const auto last = direction.marks.back();
    if (read_at_ <= last.at) return;
    const auto slack = state_.settings.submit_interval;
    auto from = read_at_ - span, to = read_at_;
    if (last.at >= from - slack) {
      from = std::min(from, last.at);
    } else if (nobody_read()) {
      from = last.at;
      to = from + span;
    }
    spread(direction, found, from, to);

    const auto sampled = last.sampled + span;
    for (auto it = direction.marks.begin(); it != direction.marks.end(); ++it) {
      if (read_at_ - it->at > sampled - it->sampled + slack) continue;
      from = std::min(from, it->at);
      to = read_at_;
      direction.marks.erase(it, direction.marks.end());
      break;
    }
    for (auto m = index_of(minute_of(from)); minute_at(m) < to; ++m) mark(direction, m, false);
    remember_read(direction, sampled);
  }

  // For longer than it takes an agent to write. The watermark tells of the last whole read, to the minute.
  bool nobody_read() const {
    const auto watermark = minute_at(state_.source(Source::LatencySamples).watermark);
    return read_at_ - (watermark + state_.settings.samples_lag) > state_.settings.submit_interval + kOneMinute;
  }

  void remember_read(DirectionEvidence& direction, Duration sampled) {
    constexpr std::size_t kMostMarks = 8;
    direction.marks.push_back({read_at_, sampled});
    if (direction.marks.size() > kMostMarks) direction.marks.erase(direction.marks.begin());
  }

  // Puts the samples, in order, evenly over [from, to): marks the minutes that saw a loss.
  void spread(DirectionEvidence& direction, const std::vector<NewSamples>& found, Timestamp from, Timestamp to) {
    std::int64_t count = 0;
    for (const auto& samples : found) count += static_cast<std::int64_t>(samples.rtt().size());
    const auto each = (to - from) / count;
    auto at = from + each / 2;
    for (const auto& samples : found) {
      for (const auto rtt : samples.rtt()) {
        if (rtt == 0) mark(direction, index_of(minute_of(at)), true);
        at += each;
      }
    }
  }

  void mark(const DirectionEvidence& direction, MinuteIndex m, bool lost) {
    auto& directions = state_.directions;
    const auto index = static_cast<std::uint32_t>(&direction - directions.all.data());
    const bool changes =
        !directions.minutes.test(index, kProbed, m) || (lost && !directions.minutes.test(index, kLost, m));
    if (changes && m < state_.source(Source::LatencySamples).watermark) {
      directions.changes[index].note(m);
      ++state_.late_revision;
    }
    directions.minutes.set(index, kProbed, m);
    if (lost) directions.minutes.set(index, kLost, m);
    directions.counts[index].forget_from(m);
    state_.mark_device(direction.key.origin, kSampled, m);
  }

  EvidenceState& state_;
  Timestamp read_at_;
};

}  // namespace

void take_samples(EvidenceState& state, Timestamp read_at, std::span<const SampleRead> reads) {
  SampleReader(state, read_at).take(reads);
  if (!state.first_sample_read) state.first_sample_read = read_at;
  const auto watermark = index_of(minute_of(read_at - state.settings.samples_lag));
  // The first read proves nothing about the time before it.
  const auto first_whole = index_of(minute_of(*state.first_sample_read + std::chrono::minutes{1} - Duration{1}));
  const auto from = std::max(first_whole, state.source(Source::LatencySamples).watermark);
  state.cover(Source::LatencySamples, from, watermark);
  state.close(Source::LatencySamples, watermark);
}

}  // namespace dz::evidence
