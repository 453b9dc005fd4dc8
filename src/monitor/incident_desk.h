// The incidents of the monitor, from pass to pass and from start to start (control/incident.h): what stands is on disk
// when a pass ends.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/plan_monitor.h"
#include "monitor/file_writes.h"
#include "monitor/incident_archive.h"

namespace dz::monitor {

class IncidentDesk {
 public:
  // Files outlive the desk. started: when this process began to listen.
  static Result<IncidentDesk> open(storage::SqliteDatabase& database, FileWrites& files, Timestamp started);

  // What a pass found; kept at once. Returns the records that another incident leads now than before.
  std::vector<Pubkey> follow(const control::MonitorPlan& plan, const control::RecordBook& records,
                             const control::MonitorInputs& inputs);

  // Of the clock of this machine; empty: it is right. What is kept follows with the next pass.
  void follow_clock(const std::string& problem, std::span<const control::RecordVerdict> verdicts, Timestamp now);
  void save();

  const control::IncidentBook& book() const { return *book_; }
  // What the start found damaged, in sentences.
  const std::vector<std::string>& damage() const { return damage_; }

 private:
  IncidentDesk(IncidentArchive archive, FileWrites& files) : archive_(archive), files_(&files) {}

  IncidentArchive archive_;
  FileWrites* files_;
  // Where it stays while the desk is handed on: inputs of passes refer to it.
  std::unique_ptr<control::IncidentBook> book_ = std::make_unique<control::IncidentBook>();
  std::map<std::string, control::Incident> saved_;  // by subject, as they are in the file
  std::vector<std::string> damage_;
};

}  // namespace dz::monitor
