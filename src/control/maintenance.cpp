#include "control/maintenance.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/valid_text.h"

namespace dz::control {
namespace {

std::int64_t seconds_of(Timestamp t) { return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count(); }

}  // namespace

std::string statement_of(std::string_view network, const MaintenanceWindow& window) {
  return fmt::format("doublezero maintenance 1\nnetwork {}\nrecord {}\nfrom {}\nto {}\nwhy {}\n", network,
                     to_text(window.record), seconds_of(window.from), seconds_of(window.to), window.why);
}

std::string statement_of_end(std::string_view network, std::string_view id) {
  return fmt::format("doublezero maintenance end 1\nnetwork {}\nid {}\n", network, id);
}

std::string maintenance_id(std::string_view statement, const Pubkey& by) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a: a name, not a proof
  for (const auto part :
       {statement, std::string_view(reinterpret_cast<const char*>(by.bytes.data()), by.bytes.size())}) {
    for (const char c : part) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

std::string sentence_of(const Maintenance& maintenance, std::string_view record, Timestamp now) {
  return fmt::format("{} is in maintenance until {}, and nobody is alarmed by it: {} (told by {})", record,
                     clock_text(maintenance.over_at(), now), maintenance.window.why, to_text(maintenance.by));
}

Result<void> check_window(const MaintenanceWindow& window, Timestamp now) {
  if (window.why.empty()) return refused("expected a reason of the maintenance, found none: say why");
  DZ_TRY(check_text("reason of a maintenance", window.why, kLongestWhy));
  if (window.to <= window.from) {
    return refused(fmt::format("expected a maintenance that ends after it begins, found from {} to {}",
                               dz::to_text(window.from), dz::to_text(window.to)));
  }
  if (window.to <= now) {
    return refused(fmt::format("expected a maintenance that is not over, found one to {}, and it is {}",
                               dz::to_text(window.to), dz::to_text(now)));
  }
  if (window.to - window.from > kLongestMaintenance) {
    return refused(fmt::format("expected a maintenance of at most {}, found one of {}: say it again before it ends",
                               duration_text(kLongestMaintenance), duration_text(window.to - window.from)));
  }
  return {};
}

Result<void> MaintenanceBook::add(Maintenance maintenance, Timestamp now) {
  if (by_id_.contains(maintenance.id)) return {};
  std::size_t all = 0, of_signer = 0;
  for (const auto& [id, known] : by_id_) {
    if (known.over_at() <= now) continue;
    ++all;
    of_signer += known.by == maintenance.by ? 1 : 0;
  }
  if (all >= kMostMaintenances || of_signer >= kMostMaintenancesOfOne) {
    return fail(
        ErrorKind::TooMuch,
        fmt::format("expected at most {} maintenances that are not over, {} of one key, found {} and {}: end some",
                    kMostMaintenances, kMostMaintenancesOfOne, all, of_signer));
  }
  auto id = maintenance.id;
  by_record_.emplace(maintenance.window.record, id);
  by_id_.emplace(std::move(id), std::move(maintenance));
  return {};
}

Result<void> MaintenanceBook::end(std::string_view id, Timestamp now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return not_found(fmt::format("there is no maintenance {}", id.substr(0, 64)));
  if (found->second.over_at() > now) found->second.ended = now;
  return {};
}

std::vector<std::string> MaintenanceBook::forget_over(std::size_t kept, Timestamp now) {
  std::vector<std::pair<Timestamp, std::string>> over;
  for (const auto& [id, maintenance] : by_id_) {
    if (maintenance.over_at() <= now) over.emplace_back(maintenance.over_at(), id);
  }
  std::vector<std::string> forgotten;
  if (over.size() <= kept) return forgotten;
  std::sort(over.begin(), over.end());
  for (std::size_t i = 0; i + kept < over.size(); ++i) {
    const auto one = by_id_.find(over[i].second);
    auto [at, end] = by_record_.equal_range(one->second.window.record);
    by_record_.erase(std::find_if(at, end, [&](const auto& entry) { return entry.second == one->first; }));
    by_id_.erase(one);
    forgotten.push_back(std::move(over[i].second));
  }
  return forgotten;
}

const Maintenance* MaintenanceBook::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

const Maintenance* MaintenanceBook::holding(const Pubkey& record, Timestamp now) const {
  const Maintenance* last = nullptr;
  auto [at, end] = by_record_.equal_range(record);
  for (; at != end; ++at) {
    const auto& maintenance = by_id_.at(at->second);
    if (!maintenance.holds_at(now)) continue;
    if (last == nullptr || maintenance.over_at() > last->over_at()) last = &maintenance;
  }
  return last;
}

std::vector<std::string> MaintenanceBook::holding(Timestamp now) const {
  std::vector<std::string> ids;
  for (const auto& [id, maintenance] : by_id_) {
    if (maintenance.holds_at(now)) ids.push_back(id);
  }
  return ids;
}

Timestamp MaintenanceBook::next_change(Timestamp now) const {
  auto next = Timestamp::max();
  for (const auto& [id, maintenance] : by_id_) {
    for (const auto at : {maintenance.window.from, maintenance.over_at()}) {
      if (at > now) next = std::min(next, at);
    }
  }
  return next;
}

std::vector<Maintenance> MaintenanceBook::all() const {
  std::vector<Maintenance> all;
  for (const auto& [id, maintenance] : by_id_) all.push_back(maintenance);
  std::stable_sort(all.begin(), all.end(),
                   [](const Maintenance& a, const Maintenance& b) { return a.window.from < b.window.from; });
  return all;
}

}  // namespace dz::control
