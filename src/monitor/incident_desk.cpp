#include "monitor/incident_desk.h"

namespace dz::monitor {

Result<IncidentDesk> IncidentDesk::open(storage::SqliteDatabase& database, FileWrites& files, Timestamp started) {
  DZ_TRY_ASSIGN(auto archive, IncidentArchive::open(database));
  IncidentDesk desk(archive, files);
  DZ_TRY_ASSIGN(auto restored, desk.archive_.load(desk.damage_));
  for (const auto& incident : restored) desk.saved_.emplace(incident.subject, incident);
  *desk.book_ = control::IncidentBook(std::move(restored), started);
  return desk;
}

std::vector<Pubkey> IncidentDesk::follow(const control::MonitorPlan& plan, const control::RecordBook& records,
                                         const control::MonitorInputs& inputs) {
  auto moved = book_->follow(plan.causes, records.verdicts(), inputs);
  save();
  return moved;
}

void IncidentDesk::follow_clock(const std::string& problem, std::span<const control::RecordVerdict> verdicts,
                                Timestamp now) {
  if (problem.empty()) return book_->clock_is_right();
  book_->clock_is_wrong(problem, verdicts, now);
}

void IncidentDesk::save() {
  std::map<std::string, control::Incident> standing;
  std::vector<const control::Incident*> changed;
  for (const auto& incident : book_->all()) {
    standing.emplace(incident.subject, incident);
    const auto saved = saved_.find(incident.subject);
    if (saved == saved_.end() || saved->second != incident) changed.push_back(&incident);
  }
  std::vector<std::string> over;
  for (const auto& [subject, _] : saved_) {
    if (!standing.contains(subject)) over.push_back(subject);
  }
  if (files_->kept(archive_.save(changed, over), "incidents")) saved_ = std::move(standing);
}

}  // namespace dz::monitor
