// Closed minutes, to be kept for later and put back: what a minute of a subject holds, as a few bits that are written
// as letters ("dio": data, in-octets and out-octets rose; docs/formats/monitor-store.md lists them). Evidence that is
// put back answers every query about those minutes exactly as the evidence that they were taken from did.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/evidence.h"

namespace dz::evidence {

enum class SubjectKind : std::uint8_t { Interface, Reporting, ConfigAgent, TelemetryAgent, Probes, Value, Source };

struct Subject {
  SubjectKind kind = SubjectKind::Interface;
  Pubkey key;             // of the device; of Probes the link; of Value whatever it is about; none for Source
  Pubkey origin;          // Probes: the device that sends them
  std::string criterion;  // Value: the added criterion. Source: its name, or that of the added criterion
  std::string name;       // Interface, and Value of one: as interface_key() gives it
  auto operator<=>(const Subject&) const = default;
};
struct SubjectHash {  // keyed: base/keyed_hash.h
  std::size_t operator()(const Subject& subject) const noexcept;
};
Subject interface_subject(const Pubkey& device, std::string_view name);
Subject device_subject(SubjectKind kind, const Pubkey& device);
Subject probes_subject(const Pubkey& link, const Pubkey& origin);
Subject added_subject(std::string criterion, const Pubkey& key, std::string_view interface);
Subject source_subject(std::string name);

// "interface <device> switch1/1/1", "reporting <device>", "probes <link> <origin>", "measure device.ntp <device>",
// "source counters". A value keeps the word "measure" that the history on disk has had from the first.
std::string to_text(const Subject& subject);
Result<Subject> parse_subject(std::string_view text);

// Sources by the names that last: the number of an added criterion changes when the policy's list does.
std::string lasting_name(const Evidence& evidence, Source source);
std::optional<Source> source_named(const Evidence& evidence, std::string_view name);  // none: no such criterion now
// All sources of an Evidence: the named ones and those of its added criteria.
std::vector<Source> sources_of(const Evidence& evidence);
// By whose watermark a subject's minutes close; none as above.
std::optional<Source> source_of(const Evidence& evidence, const Subject& subject);

// One minute of one subject. Written as letters, "-" for none of them.
using Marks = std::uint16_t;
std::string marks_text(SubjectKind kind, Marks marks);
Result<Marks> parse_marks(SubjectKind kind, std::string_view letters);

// The source answered throughout the minute.
bool is_answered(Marks of_source);
// Of a device's signal: it was silent, and a mass silence of the source excuses it, so the minute is unobserved.
bool is_excused(SubjectKind kind, Marks marks);

// Where an Evidence keeps a subject; safe for its life.
struct SubjectRef {
  SubjectKind kind = SubjectKind::Interface;
  std::uint32_t index = kNoSubject;
};
// kNoSubject when it was never heard of.
SubjectRef subject_ref(const Evidence& evidence, const Subject& subject);

// Minutes from `from` on are alike, until the next run begins.
struct MarksRun {
  Minute from;
  Marks marks = 0;
  bool operator==(const MarksRun&) const = default;
};
// What the closed minutes [from, to) hold; the first run begins at `from`. Empty when from >= to.
std::vector<MarksRun> marks_of(const Evidence& evidence, SubjectRef ref, Minute from, Minute to);
// The same, quickly, where it is one run; none where it is not.
std::optional<Marks> marks_throughout(const Evidence& evidence, SubjectRef ref, Minute from, Minute to);
// The first closed minute of the subject that changed since Evidence::forget_changes(): a late row, samples found
// later.
std::optional<Minute> changed_from(const Evidence& evidence, SubjectRef ref);

// Every QA result that is kept; a run that took place, whoever's, as {zero key, {at, false}}.
std::vector<std::pair<Pubkey, QaResult>> qa_kept(const Evidence& evidence);

// Evidence that is filled with recorded minutes instead of rows.
class EvidenceReplay {
 public:
  // empty: with the settings of the evidence that was recorded, and without evidence.
  explicit EvidenceReplay(Evidence empty) : evidence_(std::move(empty)) {}
  const Evidence& evidence() const { return evidence_; }
  void configure(const EvidenceSettings& settings) { evidence_.configure(settings); }  // the monitor was started anew

  // Created when new; kNoSubject for an added criterion that is not judged. Ask again after set_added().
  SubjectRef subject(const Subject& subject);
  // Of the criteria that are judged from now on; what is recorded of others is left out.
  void set_added(std::span<const std::string> names) { evidence_.set_added(names); }

  // The minutes [from, to) hold exactly these marks, whatever they held. Of minutes not yet closed: before close().
  void put(SubjectRef ref, Minute from, Minute to, Marks marks);
  void put_qa_result(const Pubkey& device, const QaResult& result);
  void put_qa_run(Timestamp at);
  // The source was complete through here. Never moves back.
  void close(Source source, Minute watermark);

 private:
  // The minutes [first, end) of a port or a source were put.
  void after_put_port(std::uint32_t port, std::int32_t first, std::int32_t end, Marks marks);
  void after_put_source(Source source, std::int32_t first, std::int32_t end, Marks marks);

  Evidence evidence_;
};

}  // namespace dz::evidence
