// From what a pass finds bad to the causes behind it. The pass notes the symptoms of every record that it judges, and
// those of the others stand; each symptom is traced to what explains it, and the symptoms of one cause are taken
// together. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "control/cause.h"
#include "control/gather.h"
#include "control/pauses.h"

namespace dz::control {

// A cause that stands, and whom it concerns.
struct FoundCause {
  Cause cause;
  bool gates = false;  // some record's health depends on it; else only criteria show it that gate nothing
  struct Record {
    Pubkey key;
    bool leads = false;  // it is the first of that record's causes
    bool operator==(const Record&) const = default;
  };
  std::vector<Record> records;  // ordered by key
  bool operator==(const FoundCause&) const = default;
};

// What one record shows, as it was judged last.
struct RecordSymptoms {
  struct Symptom {
    Cause cause;  // as the record alone shows it
    bool gates = false;
    bool of_device = false;  // a device shows it of itself
    bool operator==(const Symptom&) const = default;
  };
  Pubkey record;
  std::vector<Symptom> symptoms;
  std::optional<Pubkey> held_back_by;  // of a device: the link that does

  bool any() const { return !symptoms.empty() || held_back_by; }
  bool operator==(const RecordSymptoms&) const = default;
};
// Of the records that show something, by a number that orders links before devices, and each kind by key.
using Symptoms = std::map<std::size_t, RecordSymptoms>;

// What causes are found from besides symptoms and records.
struct CauseGround {
  struct Suspicion {  // a mass silence
    evidence::Source source{};
    Minute since;
    int active = 0;
    std::vector<Pubkey> silent;
    bool operator==(const Suspicion&) const = default;
  };
  std::vector<Suspicion> suspicions;
  // As KnownFacts has them.
  std::map<Pubkey, Duration> clock_ahead, rows_late;
  std::map<Pubkey, TimesBack> times_back;
  std::map<Pubkey, Pubkey> old_pubkey;
  // Devices that show themselves silent, but rows of them have come that are newer than every minute that is closed:
  // what they were silent in is past.
  std::set<Pubkey> heard_again;

  // Something stands for records that show nothing.
  bool concerns_others() const { return !suspicions.empty() || !clock_ahead.empty() || !rows_late.empty(); }
  bool operator==(const CauseGround&) const = default;
};

class CauseFinder {
 public:
  // Outlives the finder.
  explicit CauseFinder(const MonitorInputs& inputs) : inputs_(inputs), pauses_(inputs.pause) {}

  // What was found bad in the newest closed minutes, and what cannot be known.
  RecordSymptoms symptoms_of(const Pubkey& key, const Link& link, const LinkSubjects& subjects,
                             const verdict::Assessment& assessment) const;
  RecordSymptoms symptoms_of(const Pubkey& key, const DeviceSubjects& subjects,
                             const verdict::Assessment& assessment) const;

  CauseGround ground_of(const Symptoms& all) const;
  // The causes of all symptoms, and of what is known without any; what explains more first. The same again from the
  // same symptoms, ground, records and policy. Pauses as the inputs say, and rests on nothing that a pause may change.
  std::vector<FoundCause> find(const Symptoms& all, const CauseGround& ground);

 private:
  struct Group {
    Cause cause;
    bool gates = false;
    std::set<Pubkey> records;
  };
  using Groups = std::map<std::string, Group>;  // by subject

  static void add(const verdict::Finding& finding, Cause cause, RecordSymptoms& shown);
  void note_source(const verdict::Finding& finding, RecordSymptoms& shown) const;
  // The port of a device, as a record has it.
  struct NamedPort {
    const Pubkey& device;
    const std::string& port;
    evidence::InterfaceRef ref;
  };
  void note_port(const verdict::Finding& finding, const NamedPort& named, RecordSymptoms& shown) const;
  void note_link_end(const verdict::Finding& finding, const Link& link, const LinkSubjects& subjects,
                     RecordSymptoms& shown) const;
  void note_known(const CauseGround& ground, Groups& groups);
  void join(Groups& groups, const Cause& cause, const Pubkey& record, bool gates) const;
  static std::optional<Cause> times_back(const CauseGround& ground, const Pubkey& device);
  Cause behind(const Cause& symptom, const CauseGround& ground) const;
  void hand_on_to_devices(Groups& groups) const;
  void take_ports_together(Groups& groups);
  std::vector<FoundCause> ordered(Groups groups);

  const MonitorInputs& inputs_;
  Pauses pauses_;
  std::map<Pubkey, std::map<CauseKind, Cause>> of_device_;  // what device records show of their device itself
  std::vector<std::pair<Pubkey, Pubkey>> devices_by_link_;  // devices that are held back by a link, and the link
};

}  // namespace dz::control
