#include "evidence/minute_marks.h"

#include <algorithm>
#include <array>
#include <span>

#include "domain/interface_name.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

constexpr Marks kOwnCounters =
    1U << kPortPlanes;  // of a sub-interface: octet rows of its own have arrived at some time

struct Letter {
  char letter;
  Marks mark;
};
constexpr std::array kPortLetters{Letter{'d', 1U << kData},          Letter{'i', 1U << kInOctetsRose},
                                  Letter{'o', 1U << kOutOctetsRose}, Letter{'I', 1U << kInErrorsRose},
                                  Letter{'O', 1U << kOutErrorsRose}, Letter{'F', 1U << kInFcsErrorsRose},
                                  Letter{'s', 1U << kStrictOnly},    Letter{'n', kOwnCounters}};
constexpr std::array kDeviceLetters{Letter{'p', 1}, Letter{'x', 2}};
constexpr std::array kProbeLetters{Letter{'p', 1U << kProbed}, Letter{'l', 1U << kLost}};
constexpr std::array kMeasureLetters{Letter{'p', 1U << kMeasured}, Letter{'b', 1U << kBeyond}};
constexpr std::array kSourceLetters{Letter{'c', 1}};

std::span<const Letter> letters_of(HistoryKind kind) {
  switch (kind) {
    case HistoryKind::Interface: return kPortLetters;
    case HistoryKind::Reporting:
    case HistoryKind::ConfigAgent:
    case HistoryKind::TelemetryAgent: return kDeviceLetters;
    case HistoryKind::Probes: return kProbeLetters;
    case HistoryKind::Measure: return kMeasureLetters;
    case HistoryKind::Source: return kSourceLetters;
  }
  return {};
}

constexpr std::array<std::string_view, 7> kKindWords{"interface", "reporting", "config-agent", "telemetry-agent",
                                                     "probes",    "measure",   "source"};

// Of a device: the first of the two planes of the kind.
int device_plane(HistoryKind kind) { return 2 * (static_cast<int>(kind) - static_cast<int>(HistoryKind::Reporting)); }

// Up to 64 minutes of a subject: the words of its planes, in the order of the bits of Marks.
struct PlaneWords {
  std::array<std::uint64_t, 8> words{};
  Marks at(MinuteIndex m) const {
    Marks marks = 0;
    for (std::size_t i = 0; i < words.size(); ++i) marks |= static_cast<Marks>((words[i] >> (m & 63) & 1) << i);
    return marks;
  }
};

template <typename Table>
PlaneWords planes(const Table& table, std::uint32_t subject, std::int32_t w, int first, int count) {
  PlaneWords out;
  const auto& word = table[subject].word(w, slot_of(w));
  for (int i = 0; i < count; ++i) {
    out.words[static_cast<std::size_t>(i)] = word[static_cast<std::size_t>(first + i)];
  }
  return out;
}

PlaneWords planes_of(const EvidenceState& state, HistoryRef ref, std::int32_t w) {
  switch (ref.kind) {
    case HistoryKind::Interface: {
      auto out = planes(state.port_minutes, ref.index, w, 0, kPortPlanes);
      const auto& port = state.ports[ref.index];
      if (is_sub_interface(port.name) && port.counters.has_octets()) out.words[kPortPlanes] = ~std::uint64_t{0};
      return out;
    }
    case HistoryKind::Probes: return planes(state.direction_minutes, ref.index, w, 0, 2);
    case HistoryKind::Measure: return planes(state.measure_minutes, ref.index, w, 0, 2);
    case HistoryKind::Source: return planes(state.sources[ref.index].covered, 0, w, 0, 1);
    default: return planes(state.device_minutes, ref.index, w, device_plane(ref.kind), 2);
  }
}

template <typename Table>
void put_planes(Table& table, std::uint32_t subject, MinuteIndex m, int first, int count, Marks marks) {
  auto* word = table.word_for(subject, m);
  if (word == nullptr) return;
  for (int i = 0; i < count; ++i) {
    auto& plane = (*word)[static_cast<std::size_t>(first + i)];
    plane = (marks >> i & 1) != 0 ? plane | bit_of(m) : plane & ~bit_of(m);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (words.size() < 4) {
    const auto end = text.find(' ');
    words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

}  // namespace

HistorySubject interface_subject(const Pubkey& device, std::string_view name) {
  return {HistoryKind::Interface, device, {}, "", interface_key(name)};
}
HistorySubject device_subject(HistoryKind kind, const Pubkey& device) { return {kind, device, {}, "", ""}; }
HistorySubject probes_subject(const Pubkey& link, const Pubkey& origin) {
  return {HistoryKind::Probes, link, origin, "", ""};
}
HistorySubject measure_subject(std::string rule, const Pubkey& key, std::string_view interface) {
  return {HistoryKind::Measure, key, {}, std::move(rule), interface.empty() ? "" : interface_key(interface)};
}
HistorySubject source_subject(std::string name) { return {HistoryKind::Source, {}, {}, std::move(name), ""}; }

std::string to_text(const HistorySubject& subject) {
  std::string text(kKindWords[static_cast<std::size_t>(subject.kind)]);
  if (!subject.rule.empty()) text += ' ' + subject.rule;
  if (subject.kind != HistoryKind::Source) text += ' ' + to_text(subject.key);
  if (subject.kind == HistoryKind::Probes) text += ' ' + to_text(subject.origin);
  if (!subject.name.empty()) text += ' ' + subject.name;
  return text;
}

Result<HistorySubject> parse_history_subject(std::string_view text) {
  const auto words = words_of(text);
  const auto kind = std::find(kKindWords.begin(), kKindWords.end(), words.front());
  HistorySubject subject;
  subject.kind = static_cast<HistoryKind>(kind - kKindWords.begin());
  const bool three = subject.kind == HistoryKind::Interface || subject.kind == HistoryKind::Probes;
  const bool measure = subject.kind == HistoryKind::Measure;
  const bool complete = measure ? words.size() == 3 || words.size() == 4 : words.size() == (three ? 3U : 2U);
  if (kind == kKindWords.end() || !complete) {
    return corrupt("expected a subject of the history such as 'reporting DEVICE', found '" + std::string(text) + "'");
  }
  if (subject.kind == HistoryKind::Source) return source_subject(std::string(words[1]));
  if (measure) subject.rule = words[1];
  DZ_TRY_ASSIGN(subject.key, parse_pubkey(words[measure ? 2 : 1]));
  if (subject.kind == HistoryKind::Probes) {
    DZ_TRY_ASSIGN(subject.origin, parse_pubkey(words[2]));
  }
  if (subject.kind == HistoryKind::Interface) subject.name = words[2];
  if (measure && words.size() == 4) subject.name = words[3];
  return subject;
}

std::string history_name(const EvidenceStore& store, Source source) {
  return is_rule(source) ? store.rules()[rule_of(source)] : std::string(to_text(source));
}

std::vector<Source> sources_of(const EvidenceStore& store) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < kNamedSources + store.rules().size(); ++i) sources.push_back(static_cast<Source>(i));
  return sources;
}

std::optional<Source> source_named(const EvidenceStore& store, std::string_view name) {
  for (const auto source : sources_of(store)) {
    if (history_name(store, source) == name) return source;
  }
  return std::nullopt;
}

std::optional<Source> source_of(const EvidenceStore& store, const HistorySubject& subject) {
  switch (subject.kind) {
    case HistoryKind::Interface:
    case HistoryKind::Reporting: return Source::Counters;
    case HistoryKind::ConfigAgent: return Source::ConfigAgent;
    case HistoryKind::TelemetryAgent:
    case HistoryKind::Probes: return Source::LatencySamples;
    case HistoryKind::Measure:
    case HistoryKind::Source: return source_named(store, subject.rule);
  }
  return std::nullopt;
}

std::string marks_text(HistoryKind kind, Marks marks) {
  std::string text;
  for (const auto& [letter, mark] : letters_of(kind)) {
    if ((marks & mark) != 0) text += letter;
  }
  return text.empty() ? "-" : text;
}

Result<Marks> parse_marks(HistoryKind kind, std::string_view text) {
  Marks marks = 0;
  if (text == "-") return marks;
  for (const char c : text) {
    const auto letters = letters_of(kind);
    const auto found = std::find_if(letters.begin(), letters.end(), [&](const Letter& l) { return l.letter == c; });
    if (found == letters.end()) {
      return corrupt("history of " + std::string(kKindWords[static_cast<std::size_t>(kind)]) +
                     ": expected the letters that docs/formats/monitor-store.md lists, found '" + std::string(text) +
                     "'; was it written by a newer version?");
    }
    marks |= found->mark;
  }
  return marks;
}

HistoryRef history_ref(const EvidenceStore& store, const HistorySubject& subject) {
  const auto& state = store.contents();
  HistoryRef ref{subject.kind, kNoSubject};
  if (subject.kind == HistoryKind::Source || subject.kind == HistoryKind::Measure) {
    const auto source = source_named(store, subject.rule);
    if (!source) return ref;
    if (subject.kind == HistoryKind::Source) {
      ref.index = static_cast<std::uint32_t>(*source);
    } else {
      const auto found = store.find_measure(rule_of(*source), subject.key, subject.name, true);
      if (!found.parent_port) ref.index = found.index;
    }
  } else if (subject.kind == HistoryKind::Probes) {
    ref.index = store.find_direction(subject.key, subject.origin).index;
  } else {
    ref.index = store.find_device(subject.key).index;
    if (subject.kind != HistoryKind::Interface || ref.index == kNoSubject) return ref;
    const auto& interfaces = state.devices[ref.index].interfaces;
    const auto port = interfaces.find(subject.name);
    ref.index = port == interfaces.end() ? kNoSubject : port->second;
  }
  return ref;
}

std::vector<MarksRun> marks_of(const EvidenceStore& store, HistoryRef ref, Minute from, Minute to) {
  std::vector<MarksRun> runs;
  const auto end = index_of(to);
  for (auto m = index_of(from); m < end;) {
    const auto planes = planes_of(store.contents(), ref, word_of(m));
    for (const auto word_end = std::min(end, (word_of(m) + 1) * 64); m < word_end; ++m) {
      const auto marks = planes.at(m);
      if (runs.empty() || runs.back().marks != marks) runs.push_back({minute_at(m), marks});
    }
  }
  return runs;
}

std::optional<Minute> changed_from(const EvidenceStore& store, HistoryRef ref) {
  const auto& changed = store.contents().changed;
  auto first = kUnchanged;
  switch (ref.kind) {
    case HistoryKind::Interface: first = changed.ports[ref.index]; break;
    case HistoryKind::Probes: first = changed.directions[ref.index]; break;
    case HistoryKind::Measure: first = changed.measures[ref.index]; break;
    case HistoryKind::Source: first = changed.covered[ref.index]; break;
    default: first = changed.devices[ref.index][static_cast<std::size_t>(device_plane(ref.kind) / 2)];
  }
  return first == kUnchanged ? std::nullopt : std::optional(minute_at(first));
}

void forget_changes(const EvidenceStore& store) {
  auto& changed = store.contents().changed;
  std::fill(changed.ports.begin(), changed.ports.end(), kUnchanged);
  std::fill(changed.directions.begin(), changed.directions.end(), kUnchanged);
  std::fill(changed.measures.begin(), changed.measures.end(), kUnchanged);
  for (auto& device : changed.devices) device.fill(kUnchanged);
  changed.covered.fill(kUnchanged);
}

std::vector<std::pair<Pubkey, QaResult>> qa_kept(const EvidenceStore& store) {
  std::vector<std::pair<Pubkey, QaResult>> kept;
  for (const auto& device : store.contents().devices) {
    for (const auto& result : device.qa) kept.emplace_back(device.key, result);
  }
  for (const auto at : store.contents().qa_runs) kept.emplace_back(Pubkey{}, QaResult{at, false});
  return kept;
}

HistoryRef EvidenceReplay::subject(const HistorySubject& subject) {
  auto& state = *store_.state_;
  if (const auto found = history_ref(store_, subject); found.index != kNoSubject) return found;
  if (subject.kind == HistoryKind::Interface) {
    (void)store_.interface_for_rows(subject.key, subject.name);  // a recorded one was among the first 256
  } else if (subject.kind == HistoryKind::Probes) {
    const DirectionKey key{subject.key, subject.origin};
    state.direction_index.emplace(key, static_cast<std::uint32_t>(state.directions.size()));
    const auto origin = state.device(subject.origin);
    auto& direction = state.directions.emplace_back();
    direction.key = key;
    direction.origin = origin;
    state.make_places();
    ++state.subjects_revision;
  } else if (subject.kind == HistoryKind::Measure) {
    const auto source = source_named(store_, subject.rule);
    if (!source) return {subject.kind, kNoSubject};
    const MeasureEvidence measure{static_cast<std::uint8_t>(rule_of(*source)), {subject.key, subject.name}};
    state.measure_index.emplace(std::pair(measure.rule, measure.subject), state.measures.size());
    state.measures.push_back(measure);
    state.make_places();
    ++state.subjects_revision;
  } else if (subject.kind != HistoryKind::Source) {
    state.device(subject.key);
  }
  return history_ref(store_, subject);
}

void EvidenceReplay::put(HistoryRef ref, Minute from, Minute to, Marks marks) {
  auto& state = *store_.state_;
  if (ref.index == kNoSubject || from >= to) return;
  const auto first = index_of(from), end = index_of(to);
  for (auto m = first; m < end; ++m) {
    switch (ref.kind) {
      case HistoryKind::Interface: put_planes(state.port_minutes, ref.index, m, 0, kPortPlanes, marks); break;
      case HistoryKind::Probes: put_planes(state.direction_minutes, ref.index, m, 0, 2, marks); break;
      case HistoryKind::Measure: put_planes(state.measure_minutes, ref.index, m, 0, 2, marks); break;
      case HistoryKind::Source: put_planes(state.sources[ref.index].covered, 0, m, 0, 1, marks); break;
      default: put_planes(state.device_minutes, ref.index, m, device_plane(ref.kind), 2, marks);
    }
  }
  if (ref.kind == HistoryKind::Interface) {
    for (auto& count : state.port_counts[ref.index]) count.forget_from(first);
    if (first < state.source(Source::Counters).watermark) ++state.port_rewrites[ref.index];
    auto& counters = state.ports[ref.index].counters;
    if ((marks & kOwnCounters) != 0 && !counters.has_octets()) {
      counters.assume_octets();
      ++state.subjects_revision;
    }
  } else if (ref.kind == HistoryKind::Probes) {
    state.direction_counts[ref.index].forget_from(first);
    if (first < state.source(Source::LatencySamples).watermark) ++state.direction_rewrites[ref.index];
  } else if (ref.kind == HistoryKind::Measure) {
    state.measure_counts[ref.index].forget_from(first);
  } else if (ref.kind == HistoryKind::Source) {
    if (first < state.sources[ref.index].watermark) ++state.coverage_revision;
  } else {
    for (auto& count : state.device_counts[ref.index]) count.forget_from(first);
    if (first < state.source(source_of(static_cast<DevicePlane>(device_plane(ref.kind)))).watermark) {
      ++state.coverage_revision;  // its excuses count for its ports too
    }
  }
}

void EvidenceReplay::put_qa_result(const Pubkey& device, const QaResult& result) {
  (void)store_.add_qa_result(device, result.at, result.success, result.at);
}
void EvidenceReplay::put_qa_run(Timestamp at) { (void)store_.add_qa_run(at, at); }

void EvidenceReplay::close(Source source, Minute watermark) {
  auto& evidence = store_.state_->source(source);
  evidence.watermark = std::max(evidence.watermark, index_of(watermark));
}

}  // namespace dz::evidence
