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
constexpr std::array kValueLetters{Letter{'p', 1U << kMeasured}, Letter{'b', 1U << kBeyond}};
constexpr std::array kSourceLetters{Letter{'c', 1}};

std::span<const Letter> letters_of(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::Interface: return kPortLetters;
    case SubjectKind::Reporting:
    case SubjectKind::ConfigAgent:
    case SubjectKind::TelemetryAgent: return kDeviceLetters;
    case SubjectKind::Probes: return kProbeLetters;
    case SubjectKind::Value: return kValueLetters;
    case SubjectKind::Source: return kSourceLetters;
  }
  return {};
}

constexpr std::array<std::string_view, 7> kKindWords{"interface", "reporting", "config-agent", "telemetry-agent",
                                                     "probes",    "measure",   "source"};

// Of a device: the first of the two planes of the kind.
int device_plane(SubjectKind kind) { return 2 * (static_cast<int>(kind) - static_cast<int>(SubjectKind::Reporting)); }

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

PlaneWords planes_of(const EvidenceState& state, SubjectRef ref, std::int32_t w) {
  switch (ref.kind) {
    case SubjectKind::Interface: {
      auto out = planes(state.port_minutes, ref.index, w, 0, kPortPlanes);
      const auto& port = state.ports[ref.index];
      if (is_sub_interface(port.name) && port.counters.has_octets()) out.words[kPortPlanes] = ~std::uint64_t{0};
      return out;
    }
    case SubjectKind::Probes: return planes(state.direction_minutes, ref.index, w, 0, 2);
    case SubjectKind::Value: return planes(state.value_minutes, ref.index, w, 0, 2);
    case SubjectKind::Source: return planes(state.sources[ref.index].covered, 0, w, 0, 1);
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

Subject interface_subject(const Pubkey& device, std::string_view name) {
  return {SubjectKind::Interface, device, {}, "", interface_key(name)};
}
Subject device_subject(SubjectKind kind, const Pubkey& device) { return {kind, device, {}, "", ""}; }
Subject probes_subject(const Pubkey& link, const Pubkey& origin) { return {SubjectKind::Probes, link, origin, "", ""}; }
Subject added_subject(std::string criterion, const Pubkey& key, std::string_view interface) {
  return {SubjectKind::Value, key, {}, std::move(criterion), interface.empty() ? "" : interface_key(interface)};
}
Subject source_subject(std::string name) { return {SubjectKind::Source, {}, {}, std::move(name), ""}; }

std::string to_text(const Subject& subject) {
  std::string text(kKindWords[static_cast<std::size_t>(subject.kind)]);
  if (!subject.criterion.empty()) text += ' ' + subject.criterion;
  if (subject.kind != SubjectKind::Source) text += ' ' + to_text(subject.key);
  if (subject.kind == SubjectKind::Probes) text += ' ' + to_text(subject.origin);
  if (!subject.name.empty()) text += ' ' + subject.name;
  return text;
}

Result<Subject> parse_subject(std::string_view text) {
  const auto words = words_of(text);
  const auto kind = std::find(kKindWords.begin(), kKindWords.end(), words.front());
  Subject subject;
  subject.kind = static_cast<SubjectKind>(kind - kKindWords.begin());
  const bool three = subject.kind == SubjectKind::Interface || subject.kind == SubjectKind::Probes;
  const bool value = subject.kind == SubjectKind::Value;
  const bool complete = value ? words.size() == 3 || words.size() == 4 : words.size() == (three ? 3U : 2U);
  if (kind == kKindWords.end() || !complete) {
    return corrupt("expected a subject of the history such as 'reporting DEVICE', found '" + std::string(text) + "'");
  }
  if (subject.kind == SubjectKind::Source) return source_subject(std::string(words[1]));
  if (value) subject.criterion = words[1];
  DZ_TRY_ASSIGN(subject.key, parse_pubkey(words[value ? 2 : 1]));
  if (subject.kind == SubjectKind::Probes) {
    DZ_TRY_ASSIGN(subject.origin, parse_pubkey(words[2]));
  }
  if (subject.kind == SubjectKind::Interface) subject.name = words[2];
  if (value && words.size() == 4) subject.name = words[3];
  return subject;
}

std::string lasting_name(const Evidence& evidence, Source source) {
  return is_added(source) ? evidence.added()[added_number(source)] : std::string(to_text(source));
}

std::vector<Source> sources_of(const Evidence& evidence) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < kNamedSources + evidence.added().size(); ++i) sources.push_back(static_cast<Source>(i));
  return sources;
}

std::optional<Source> source_named(const Evidence& evidence, std::string_view name) {
  for (const auto source : sources_of(evidence)) {
    if (lasting_name(evidence, source) == name) return source;
  }
  return std::nullopt;
}

std::optional<Source> source_of(const Evidence& evidence, const Subject& subject) {
  switch (subject.kind) {
    case SubjectKind::Interface:
    case SubjectKind::Reporting: return Source::Counters;
    case SubjectKind::ConfigAgent: return Source::ConfigAgent;
    case SubjectKind::TelemetryAgent:
    case SubjectKind::Probes: return Source::LatencySamples;
    case SubjectKind::Value:
    case SubjectKind::Source: return source_named(evidence, subject.criterion);
  }
  return std::nullopt;
}

std::string marks_text(SubjectKind kind, Marks marks) {
  std::string text;
  for (const auto& [letter, mark] : letters_of(kind)) {
    if ((marks & mark) != 0) text += letter;
  }
  return text.empty() ? "-" : text;
}

Result<Marks> parse_marks(SubjectKind kind, std::string_view text) {
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

SubjectRef subject_ref(const Evidence& evidence, const Subject& subject) {
  const auto& state = evidence.contents();
  SubjectRef ref{subject.kind, kNoSubject};
  if (subject.kind == SubjectKind::Source || subject.kind == SubjectKind::Value) {
    const auto source = source_named(evidence, subject.criterion);
    if (!source) return ref;
    if (subject.kind == SubjectKind::Source) {
      ref.index = static_cast<std::uint32_t>(*source);
    } else {
      const auto found = evidence.find_added(added_number(*source), subject.key, subject.name, true);
      if (!found.parent_port) ref.index = found.index;
    }
  } else if (subject.kind == SubjectKind::Probes) {
    ref.index = evidence.find_direction(subject.key, subject.origin).index;
  } else {
    ref.index = evidence.find_device(subject.key).index;
    if (subject.kind != SubjectKind::Interface || ref.index == kNoSubject) return ref;
    const auto& interfaces = state.devices[ref.index].interfaces;
    const auto port = interfaces.find(subject.name);
    ref.index = port == interfaces.end() ? kNoSubject : port->second;
  }
  return ref;
}

std::vector<MarksRun> marks_of(const Evidence& evidence, SubjectRef ref, Minute from, Minute to) {
  std::vector<MarksRun> runs;
  const auto end = index_of(to);
  for (auto m = index_of(from); m < end;) {
    const auto planes = planes_of(evidence.contents(), ref, word_of(m));
    for (const auto word_end = std::min(end, (word_of(m) + 1) * 64); m < word_end; ++m) {
      const auto marks = planes.at(m);
      if (runs.empty() || runs.back().marks != marks) runs.push_back({minute_at(m), marks});
    }
  }
  return runs;
}

std::optional<Minute> changed_from(const Evidence& evidence, SubjectRef ref) {
  const auto& changed = evidence.contents().changed;
  auto first = kUnchanged;
  switch (ref.kind) {
    case SubjectKind::Interface: first = changed.ports[ref.index]; break;
    case SubjectKind::Probes: first = changed.directions[ref.index]; break;
    case SubjectKind::Value: first = changed.values[ref.index]; break;
    case SubjectKind::Source: first = changed.covered[ref.index]; break;
    default: first = changed.devices[ref.index][static_cast<std::size_t>(device_plane(ref.kind) / 2)];
  }
  return first == kUnchanged ? std::nullopt : std::optional(minute_at(first));
}

void forget_changes(const Evidence& evidence) {
  auto& changed = evidence.contents().changed;
  std::fill(changed.ports.begin(), changed.ports.end(), kUnchanged);
  std::fill(changed.directions.begin(), changed.directions.end(), kUnchanged);
  std::fill(changed.values.begin(), changed.values.end(), kUnchanged);
  for (auto& device : changed.devices) device.fill(kUnchanged);
  changed.covered.fill(kUnchanged);
}

std::vector<std::pair<Pubkey, QaResult>> qa_kept(const Evidence& evidence) {
  std::vector<std::pair<Pubkey, QaResult>> kept;
  for (const auto& device : evidence.contents().devices) {
    for (const auto& result : device.qa) kept.emplace_back(device.key, result);
  }
  for (const auto at : evidence.contents().qa_runs) kept.emplace_back(Pubkey{}, QaResult{at, false});
  return kept;
}

SubjectRef EvidenceReplay::subject(const Subject& subject) {
  auto& state = *evidence_.state_;
  if (const auto found = subject_ref(evidence_, subject); found.index != kNoSubject) return found;
  if (subject.kind == SubjectKind::Interface) {
    (void)evidence_.interface_for_rows(subject.key, subject.name);  // a recorded one was among the first 256
  } else if (subject.kind == SubjectKind::Probes) {
    const DirectionKey key{subject.key, subject.origin};
    state.direction_index.emplace(key, static_cast<std::uint32_t>(state.directions.size()));
    const auto origin = state.device(subject.origin);
    auto& direction = state.directions.emplace_back();
    direction.key = key;
    direction.origin = origin;
    state.make_places();
    ++state.subjects_revision;
  } else if (subject.kind == SubjectKind::Value) {
    const auto source = source_named(evidence_, subject.criterion);
    if (!source) return {subject.kind, kNoSubject};
    const ValueEvidence value{static_cast<std::uint8_t>(added_number(*source)), {subject.key, subject.name}};
    state.value_index.emplace(std::pair(value.criterion, value.subject), state.values.size());
    state.values.push_back(value);
    state.make_places();
    ++state.subjects_revision;
  } else if (subject.kind != SubjectKind::Source) {
    state.device(subject.key);
  }
  return subject_ref(evidence_, subject);
}

void EvidenceReplay::put(SubjectRef ref, Minute from, Minute to, Marks marks) {
  auto& state = *evidence_.state_;
  if (ref.index == kNoSubject || from >= to) return;
  const auto first = index_of(from), end = index_of(to);
  for (auto m = first; m < end; ++m) {
    switch (ref.kind) {
      case SubjectKind::Interface: put_planes(state.port_minutes, ref.index, m, 0, kPortPlanes, marks); break;
      case SubjectKind::Probes: put_planes(state.direction_minutes, ref.index, m, 0, 2, marks); break;
      case SubjectKind::Value: put_planes(state.value_minutes, ref.index, m, 0, 2, marks); break;
      case SubjectKind::Source: put_planes(state.sources[ref.index].covered, 0, m, 0, 1, marks); break;
      default: put_planes(state.device_minutes, ref.index, m, device_plane(ref.kind), 2, marks);
    }
  }
  if (ref.kind == SubjectKind::Interface) {
    for (auto& count : state.port_counts[ref.index]) count.forget_from(first);
    if (first < state.source(Source::Counters).watermark) ++state.port_rewrites[ref.index];
    auto& counters = state.ports[ref.index].counters;
    if ((marks & kOwnCounters) != 0 && !counters.has_octets()) {
      counters.assume_octets();
      ++state.subjects_revision;
    }
  } else if (ref.kind == SubjectKind::Probes) {
    state.direction_counts[ref.index].forget_from(first);
    if (first < state.source(Source::LatencySamples).watermark) ++state.direction_rewrites[ref.index];
  } else if (ref.kind == SubjectKind::Value) {
    state.value_counts[ref.index].forget_from(first);
  } else if (ref.kind == SubjectKind::Source) {
    if (first < state.sources[ref.index].watermark) ++state.coverage_revision;
  } else {
    for (auto& count : state.device_counts[ref.index]) count.forget_from(first);
    if (first < state.source(source_of(static_cast<DevicePlane>(device_plane(ref.kind)))).watermark) {
      ++state.coverage_revision;  // its excuses count for its ports too
    }
  }
}

void EvidenceReplay::put_qa_result(const Pubkey& device, const QaResult& result) {
  (void)evidence_.add_qa_result(device, result.at, result.success, result.at);
}
void EvidenceReplay::put_qa_run(Timestamp at) { (void)evidence_.add_qa_run(at, at); }

void EvidenceReplay::close(Source source, Minute watermark) {
  auto& evidence = evidence_.state_->source(source);
  evidence.watermark = std::max(evidence.watermark, index_of(watermark));
}

}  // namespace dz::evidence
