#include "evidence/minute_marks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "base/keyed_hash.h"
#include "domain/interface_name.h"
#include "evidence/evidence_state.h"

namespace dz::evidence {
namespace {

// Beside the planes: octet rows of its own have arrived at some time, of a sub-interface; and in-octets, out-octets are
// below a fall that was a replay, or is not decided.
constexpr Marks kOwnCounters = 1U << kPortPlanes;
constexpr std::array<Marks, 2> kBelowAFall{1U << (kPortPlanes + 1), 1U << (kPortPlanes + 2)};
// Nobody listened to the interface.
constexpr Marks kUnheard = 1U << (kPortPlanes + 3);

struct Letter {
  char letter;
  Marks mark;
};
constexpr std::array kPortLetters{Letter{'d', 1U << kData},
                                  Letter{'i', 1U << kInOctetsRose},
                                  Letter{'o', 1U << kOutOctetsRose},
                                  Letter{'I', 1U << kInErrorsRose},
                                  Letter{'O', 1U << kOutErrorsRose},
                                  Letter{'F', 1U << kInFcsErrorsRose},
                                  Letter{'s', 1U << kStrictOnly},
                                  Letter{'n', kOwnCounters},
                                  Letter{'u', kBelowAFall[0]},
                                  Letter{'v', kBelowAFall[1]},
                                  Letter{'h', kUnheard},
                                  Letter{'P', 1U << kInDiscardsRose},
                                  Letter{'Q', 1U << kOutDiscardsRose},
                                  Letter{'q', 1U << kDiscardsStrictOnly},
                                  Letter{'C', 1U << kCarrierRose},
                                  Letter{'c', 1U << kCarrierStrictOnly}};
constexpr Marks kHeard = 1, kExcused = 2;
constexpr std::array kDeviceLetters{Letter{'p', kHeard}, Letter{'x', kExcused}, Letter{'y', 4}};
constexpr std::array kProbeLetters{Letter{'p', 1U << kProbed}, Letter{'l', 1U << kLost}};
constexpr std::array kValueLetters{Letter{'p', 1U << kHasValue}, Letter{'b', 1U << kBeyond}};
// Nobody had sent anything that came before its minute closed.
constexpr Marks kNobodyYet = 4;
constexpr std::array kSourceLetters{Letter{'c', 1U << kCovered}, Letter{'l', 1U << kCoveredLate},
                                    Letter{'n', kNobodyYet}};

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

// The planes of a table that a kind's marks are about: bit i of Marks is plane `first` + i.
struct Planes {
  int first = 0;
  int count = 0;
};

Planes planes_of(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::Interface: return {0, kPortPlanes};
    case SubjectKind::Reporting: return {kReported, 3};
    case SubjectKind::ConfigAgent: return {kConfigured, 3};
    case SubjectKind::TelemetryAgent: return {kSampled, 3};
    case SubjectKind::Probes:
    case SubjectKind::Value: return {0, 2};
    case SubjectKind::Source: return {0, 2};
  }
  return {};
}

// Of a device's kinds.
DevicePlane device_plane(SubjectKind kind) { return static_cast<DevicePlane>(planes_of(kind).first); }

// Calls use(table, subject): the table with the subject's minutes, and the subject's number in it.
template <typename State, typename Use>
auto with_table(State& state, SubjectRef ref, const Use& use) {
  switch (ref.kind) {
    case SubjectKind::Interface: return use(state.ports.minutes, ref.index);
    case SubjectKind::Probes: return use(state.directions.minutes, ref.index);
    case SubjectKind::Value: return use(state.values.minutes, ref.index);
    case SubjectKind::Source: return use(state.sources[ref.index].covered, 0U);
    case SubjectKind::Reporting:
    case SubjectKind::ConfigAgent:
    case SubjectKind::TelemetryAgent: break;
  }
  return use(state.devices.minutes, ref.index);
}

// Up to 64 minutes of a subject: the words of its planes, in the order of the bits of Marks.
struct PlaneWords {
  std::array<std::uint64_t, kPortPlanes + 4> words{};
  Marks at(MinuteIndex m) const {
    Marks marks = 0;
    for (std::size_t i = 0; i < words.size(); ++i) marks |= static_cast<Marks>((words[i] >> (m & 63) & 1) << i);
    return marks;
  }
  // The minutes, but the first, that have other marks than the one before.
  std::uint64_t turns() const {
    std::uint64_t turns = 0;
    for (const auto word : words) turns |= word ^ word << 1;
    return turns & ~std::uint64_t{1};
  }
};

PlaneWords words_of(const EvidenceState& state, SubjectRef ref, std::int32_t w) {
  auto out = with_table(state, ref, [&](const auto& table, std::uint32_t subject) {
    PlaneWords found;
    const auto planes = planes_of(ref.kind);
    const auto& word = table[subject].word(w, slot_of(w));
    for (int i = 0; i < planes.count; ++i) {
      found.words[static_cast<std::size_t>(i)] = word[static_cast<std::size_t>(planes.first + i)];
    }
    return found;
  });
  if (ref.kind == SubjectKind::Interface) {
    const auto& port = state.ports.all[ref.index];
    const auto& octets = port.counters.octets();
    if (is_sub_interface(port.name) && octets.heard()) out.words[kPortPlanes] = ~std::uint64_t{0};
    for (std::size_t c = 0; c < kBelowAFall.size(); ++c) out.words[kPortPlanes + 1 + c] = octets.below_a_fall(c, w);
    const auto since = state.ports.heard_since(state.devices.all[port.device].key, interface_key(port.name));
    out.words[kPortPlanes + 3] = minutes_before(since, w);
  }
  if (ref.kind == SubjectKind::Source && devices_send_to(static_cast<Source>(ref.index))) {
    out.words[std::countr_zero(kNobodyYet)] = minutes_before(state.sources[ref.index].heard_from, w);
  }
  return out;
}

const LateChanges& changes_of(const EvidenceState& state, SubjectRef ref) {
  switch (ref.kind) {
    case SubjectKind::Interface: return state.ports.changes[ref.index];
    case SubjectKind::Probes: return state.directions.changes[ref.index];
    case SubjectKind::Value: return state.values.changes[ref.index];
    case SubjectKind::Source: return state.sources[ref.index].changes;
    case SubjectKind::Reporting:
    case SubjectKind::ConfigAgent:
    case SubjectKind::TelemetryAgent: break;
  }
  return state.devices.changes[ref.index][signal_index(device_plane(ref.kind))];
}

std::vector<std::string_view> split(std::string_view text) {
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

std::size_t SubjectHash::operator()(const Subject& subject) const noexcept {
  std::size_t hash = KeyedHash{}(subject.key) + static_cast<std::size_t>(subject.kind);
  if (subject.kind == SubjectKind::Probes) return 31 * hash + KeyedHash{}(subject.origin);
  if (!subject.name.empty()) hash = 31 * hash + KeyedHash{}(subject.name);
  return subject.criterion.empty() ? hash : 31 * hash + KeyedHash{}(subject.criterion);
}

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
  const auto words = split(text);
  const auto kind = std::find(kKindWords.begin(), kKindWords.end(), words.front());
  Subject subject;
  subject.kind = static_cast<SubjectKind>(kind - kKindWords.begin());
  const bool value = subject.kind == SubjectKind::Value;
  const bool maybe_named = value || subject.kind == SubjectKind::Interface;  // a link's side may have no interface yet
  const std::size_t words_without_name = value || subject.kind == SubjectKind::Probes ? 3 : 2;
  const bool complete = words.size() == words_without_name || (maybe_named && words.size() == words_without_name + 1);
  if (kind == kKindWords.end() || !complete) {
    return corrupt("expected a subject of the history such as 'reporting DEVICE', found '" + std::string(text) + "'");
  }
  if (subject.kind == SubjectKind::Source) return source_subject(std::string(words[1]));
  if (value) subject.criterion = words[1];
  DZ_TRY_ASSIGN(subject.key, parse_pubkey(words[value ? 2 : 1]));
  if (subject.kind == SubjectKind::Probes) {
    DZ_TRY_ASSIGN(subject.origin, parse_pubkey(words[2]));
  }
  if (words.size() > words_without_name) subject.name = words.back();
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

bool is_answered(Marks of_source) { return (of_source & 1U << kCovered) != 0; }

bool is_excused(SubjectKind kind, Marks marks) {
  const bool of_device = letters_of(kind).data() == kDeviceLetters.data();
  return of_device && (marks & kHeard) == 0 && (marks & kExcused) != 0;
}

SubjectRef subject_ref(const Evidence& evidence, const Subject& subject) {
  const auto& state = EvidenceContents::of(evidence);
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
    const auto& interfaces = state.devices.all[ref.index].interfaces;
    const auto port = interfaces.find(subject.name);
    ref.index = port == interfaces.end() ? kNoSubject : port->second;
  }
  return ref;
}

std::vector<MarksRun> marks_of(const Evidence& evidence, SubjectRef ref, Minute from, Minute to) {
  std::vector<MarksRun> runs;
  const auto end = index_of(to);
  for (auto m = index_of(from); m < end;) {
    const auto words = words_of(EvidenceContents::of(evidence), ref, word_of(m));
    const auto turns = words.turns();
    for (const auto word_end = std::min(end, (word_of(m) + 1) * 64); m < word_end;) {
      const auto marks = words.at(m);
      if (runs.empty() || runs.back().marks != marks) runs.push_back({minute_at(m), marks});
      const auto later = turns & ~(bit_of(m) | (bit_of(m) - 1));
      m = later == 0 ? word_end : std::min(word_end, word_of(m) * 64 + std::countr_zero(later));
    }
  }
  return runs;
}

std::optional<Marks> marks_throughout(const Evidence& evidence, SubjectRef ref, Minute from, Minute to) {
  std::optional<Marks> all;
  const auto end = index_of(to);
  for (auto m = index_of(from); m < end; m = (word_of(m) + 1) * 64) {
    const auto words = words_of(EvidenceContents::of(evidence), ref, word_of(m));
    const auto marks = words.at(m);
    const bool turns = (words.turns() & mask_of(word_of(m), m, end) & ~bit_of(m)) != 0;
    if (turns || all.value_or(marks) != marks) return std::nullopt;
    all = marks;
  }
  return all;
}

std::optional<Minute> changed_from(const Evidence& evidence, SubjectRef ref) {
  return changes_of(EvidenceContents::of(evidence), ref).first();
}

std::vector<std::pair<Pubkey, QaResult>> qa_kept(const Evidence& evidence) {
  std::vector<std::pair<Pubkey, QaResult>> kept;
  const auto& state = EvidenceContents::of(evidence);
  auto count = state.qa_runs.size();
  for (const auto& device : state.devices.all) count += device.qa.size();
  kept.reserve(count);
  for (const auto& device : state.devices.all) {
    for (const auto& result : device.qa) kept.emplace_back(device.key, result);
  }
  for (const auto at : state.qa_runs) kept.emplace_back(Pubkey{}, QaResult{at, false});
  return kept;
}

SubjectRef EvidenceReplay::subject(const Subject& subject) {
  auto& state = EvidenceContents::of(evidence_);
  if (const auto found = subject_ref(evidence_, subject); found.index != kNoSubject) return found;
  switch (subject.kind) {
    case SubjectKind::Interface: state.port(state.device(subject.key), subject.name); break;
    case SubjectKind::Reporting:
    case SubjectKind::ConfigAgent:
    case SubjectKind::TelemetryAgent: state.device(subject.key); break;
    case SubjectKind::Probes: state.direction({subject.key, state.device(subject.origin)}); break;
    case SubjectKind::Value:
      if (const auto source = source_named(evidence_, subject.criterion)) {
        state.value(added_number(*source), {subject.key, subject.name});
      }
      break;
    case SubjectKind::Source: break;
  }
  return subject_ref(evidence_, subject);
}

void EvidenceReplay::put(SubjectRef ref, Minute from, Minute to, Marks marks) {
  auto& state = EvidenceContents::of(evidence_);
  if (ref.index == kNoSubject || from >= to) return;
  const auto first = index_of(from), end = index_of(to);
  ++state.late_revision;
  with_table(state, ref, [&](auto& table, std::uint32_t subject) {
    const auto planes = planes_of(ref.kind);
    for (auto w = word_of(first); w <= word_of(end - 1); ++w) {
      for (int i = 0; i < planes.count; ++i) {
        const auto bits = (marks >> i & 1) != 0 ? ~std::uint64_t{0} : 0;
        table.put(subject, planes.first + i, w, mask_of(w, first, end), bits);
      }
    }
  });
  switch (ref.kind) {
    case SubjectKind::Interface: after_put_port(ref.index, first, end, marks); break;
    case SubjectKind::Probes:
      state.directions.counts[ref.index].forget_from(first);
      if (first < state.source(Source::LatencySamples).watermark) state.directions.changes[ref.index].note(first);
      break;
    case SubjectKind::Value: state.values.counts[ref.index].forget_from(first); break;
    case SubjectKind::Source: after_put_source(static_cast<Source>(ref.index), first, end, marks); break;
    case SubjectKind::Reporting:
    case SubjectKind::ConfigAgent:
    case SubjectKind::TelemetryAgent:
      for (auto& count : state.devices.counts[ref.index]) count.forget_from(first);
      if (first < state.source(source_of(device_plane(ref.kind))).watermark) {
        ++state.coverage_revision;  // its excuses count for its ports too
      }
      break;
  }
}

void EvidenceReplay::after_put_port(std::uint32_t port, MinuteIndex first, MinuteIndex end, Marks marks) {
  auto& state = EvidenceContents::of(evidence_);
  state.ports.forget_counts(port, first);
  if (first < state.source(Source::Counters).watermark) state.ports.changes[port].note(first);
  auto& counters = state.ports.all[port].counters;
  if ((marks & kOwnCounters) != 0 && !counters.octets().heard()) {
    counters.octets().assume_heard();
    ++state.subjects_revision;
  }
  for (std::size_t c = 0; c < kBelowAFall.size(); ++c) {
    counters.octets().put_below_a_fall(c, first, end, (marks & kBelowAFall[c]) != 0);
  }
  if ((marks & kUnheard) == 0) return;
  const auto& name = state.ports.all[port].name;
  auto& named = state.ports.named[state.devices.all[state.ports.all[port].device].key][interface_key(name)];
  if (named.heard_since >= end) return;
  named.heard_since = end;
  state.ports.heard_in_part = true;
  ++state.subjects_revision;
}

void EvidenceReplay::after_put_source(Source source, MinuteIndex first, MinuteIndex end, Marks marks) {
  auto& state = EvidenceContents::of(evidence_);
  auto& of = state.source(source);
  of.heard_from = (marks & kNobodyYet) != 0 ? std::max(of.heard_from, end) : std::min(of.heard_from, first);
  if (first < of.watermark) ++state.coverage_revision;
}

void EvidenceReplay::put_qa_result(const Pubkey& device, const QaResult& result) {
  (void)evidence_.add_own_qa_result(device, result.at, result.success, result.at);
}
void EvidenceReplay::put_qa_run(Timestamp at) { (void)evidence_.add_qa_run(at, at); }

void EvidenceReplay::close(Source source, Minute watermark) {
  auto& evidence = EvidenceContents::of(evidence_).source(source);
  evidence.watermark = std::max(evidence.watermark, index_of(watermark));
}

}  // namespace dz::evidence
