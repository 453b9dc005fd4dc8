// The minutes of a source: which it answered for, which are closed, and in which mass silence stood.
#include <algorithm>
#include <utility>

#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr int kSlack = 4;  // minutes beyond its lag in which a source that was not away answers for something new

}  // namespace

// Those who write to a store that was away hand in what they kept one after the other when it is back.
void SourceEvidence::note_answer(MinuteIndex now, int lag) {
  const bool was_away = answered_in == kNoMinute || std::int64_t{now} - answered_in > lag + kSlack;
  back_in = was_away ? now : std::min(back_in, now);  // a clock that was ahead once is right again
  answered_in = now;
}

void EvidenceState::cover(Source s, MinuteIndex from, MinuteIndex to) {
  auto& evidence = source(s);
  for (auto m = std::max(from, to - kRingMinutes); m < to; ++m) {
    if (m < 0 || evidence.covered.test(0, kCovered, m)) continue;
    const bool closed = m < evidence.watermark;
    evidence.covered.set(0, kCovered, m);
    if (closed || m < evidence.back_in) evidence.covered.set(0, kCoveredLate, m);
    if (!closed) continue;
    ++coverage_revision;
    evidence.changes.note(m);
    evidence.silence_changed.note(m);
  }
}

MinuteIndex SourceEvidence::unsuspected_back(MinuteIndex m) const {
  const auto oldest = m - kRingMinutes;
  while (m > oldest && suspected.test(0, 0, m - 1)) --m;
  return m;
}

MinuteIndex SourceEvidence::covered_back(MinuteIndex m, int count) const {
  auto from = m;
  while (count > 0 && from > m - kRingMinutes) {
    --from;
    if (covered.test(0, kCovered, from)) --count;
  }
  return from;
}

void EvidenceState::close(Source s, MinuteIndex watermark) {
  auto& evidence = source(s);
  watermark = std::max(watermark, evidence.watermark);
  if (s != Source::Qa && !is_added(s)) {
    judge_mass_silence_as_closed(s, watermark);
    judge_mass_silence(s, watermark);
  }
  evidence.watermark = watermark;
}

void EvidenceState::judge_mass_silence_as_closed(Source s, MinuteIndex watermark) {
  auto& evidence = source(s);
  for (auto m = std::max(evidence.watermark, watermark - kRingMinutes); m < watermark; ++m) {
    if (!evidence.covered.test(0, kCovered, m)) continue;
    judge_silence_as_closed(evidence.silence_as_closed, devices.minutes, sent_plane(s),
                            {evidence.covered_back(m, kSilenceActiveMinutes), m});
  }
}

void EvidenceState::judge_mass_silence(Source s, MinuteIndex watermark) {
  auto& evidence = source(s);
  const auto sent = sent_plane(s);
  const auto changed = std::exchange(evidence.silence_changed, {});
  auto m = std::max(evidence.watermark, watermark - kRingMinutes);
  auto silence = evidence.silence;
  if (changed.any()) {
    m = evidence.unsuspected_back(std::max(changed.first, watermark - kRingMinutes));
    if (silence.since >= m) silence = {};  // otherwise it stands for longer than the rings are long
  }
  int unchanged = 0;  // minutes in a row, behind the last that changed
  for (; m < watermark; ++m) {
    const bool closed = m < evidence.watermark;
    if (evidence.covered.test(0, kCovered, m)) {
      const SilenceMinute judged{evidence.covered_back(m, kSilenceActiveMinutes), m};
      const auto devices_changed = judge_silence(silence, devices.minutes, sent, judged);
      if (closed && !devices_changed.empty()) ++coverage_revision;  // excuses of a device count for its ports too
      for (const auto device : devices_changed) {
        if (closed) devices.changes[device][signal_index(sent)].note(m);
      }
      ++unchanged;
    }
    const bool stood = closed && evidence.suspected.test(0, 0, m);
    if (m <= changed.last || stood != silence.suspected()) unchanged = 0;
    if (silence.suspected()) {
      evidence.suspected.set(0, 0, m);
    } else {
      evidence.suspected.clear(0, 0, m);
    }
    // Nobody's activity of a minute that changed is asked for any more: from here on all is as it was.
    if (closed && unchanged > kSilenceActiveMinutes && !stood) {
      m = evidence.watermark - 1;
      silence = evidence.silence;
    }
  }
  evidence.silence = std::move(silence);
}

std::vector<Pubkey> Evidence::suspected_silent(Source source) const {
  const auto& evidence = state_->source(source);
  if (!evidence.silence.suspected()) return {};
  const auto newest = evidence.watermark - 1;
  std::vector<Pubkey> silent;
  for (const auto device : evidence.silence.frozen) {
    if (!state_->devices.minutes.test(device, sent_plane(source), newest))
      silent.push_back(state_->devices.all[device].key);
  }
  std::sort(silent.begin(), silent.end());
  return silent;
}

}  // namespace dz::evidence
