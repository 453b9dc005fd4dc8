// From what a pass finds bad to the causes behind it. The pass notes the symptoms of every record that it judges; then
// each symptom is traced to what explains it, and the symptoms of one cause are taken together. Pure.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "control/cause.h"
#include "control/gather.h"

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

class CauseFinder {
 public:
  // Outlives the finder.
  explicit CauseFinder(const MonitorInputs& inputs) : inputs_(inputs) {}

  // What was found bad in the newest closed minutes, and what cannot be known. A device's links are noted before it.
  void note(const Pubkey& key, const Link& link, const LinkSubjects& subjects, const verdict::Assessment& assessment);
  void note(const Pubkey& key, const Device& device, const DeviceSubjects& subjects,
            const verdict::Assessment& assessment);

  // The causes of all that was noted, and of what is known without it; what explains more first.
  std::vector<FoundCause> find();

 private:
  struct Symptom {
    Pubkey record;
    bool gates = false;
    Cause cause;  // as the record alone shows it
  };
  struct Group {
    Cause cause;
    bool gates = false;
    std::set<Pubkey> records;
  };
  using Groups = std::map<std::string, Group>;  // by subject

  void add(const Pubkey& record, const verdict::Finding& finding, Cause cause);
  void note_source(const Pubkey& record, const verdict::Finding& finding);
  void note_port(const Pubkey& record, const verdict::Finding& finding, const Pubkey& device, const std::string& port,
                 evidence::InterfaceRef ref);
  void note_link_end(const Pubkey& record, const verdict::Finding& finding, const Link& link,
                     const LinkSubjects& subjects);
  void note_known(Groups& groups) const;
  void join(Groups& groups, const Cause& cause, const Pubkey& record, bool gates) const;
  std::optional<Cause> times_back(const Pubkey& device) const;
  Cause behind(const Cause& symptom) const;
  bool is_heard_again(const Cause& symptom) const;
  void hand_on_to_devices(Groups& groups) const;
  void take_ports_together(Groups& groups) const;
  static std::vector<FoundCause> ordered(Groups groups);

  const MonitorInputs& inputs_;
  std::vector<Symptom> symptoms_;
  std::map<Pubkey, std::map<CauseKind, Cause>> of_device_;  // what device records show of their device itself
  std::vector<std::pair<Pubkey, Pubkey>> devices_by_link_;  // devices that are held back by a link, and the link
};

}  // namespace dz::control
