#include "apps/cli/ui/fleet_status.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "apps/cli/ui/monitor_api.h"
#include "apps/cli/ui/table.h"

namespace dz::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostLines = 10;  // of one group

struct Group {
  std::string_view state, member, title;
};
constexpr Group kGroups[] = {{"failing", "failing", "Failing now"},
                             {"recovering", "recovering", "Recovering"},
                             {"held", "held", "Held by persons or records"},
                             {"needs-action", "needs_action", "Needs somebody"}};

// Without a monitor that says more, what is in service and impaired is what fails.
bool is_in(const FleetRecord& record, std::string_view state) {
  if (!record.news.state.empty()) return record.news.state == state;
  return state == "failing" && record.in_service && record.impaired;
}

std::vector<const FleetRecord*> those_in(const FleetStatus& status, std::string_view state) {
  std::vector<const FleetRecord*> found;
  for (const auto& record : status.records) {
    if (is_in(record, state)) found.push_back(&record);
  }
  return found;
}

// Those that turn healthy by waiting alone, the next one first.
std::vector<const FleetRecord*> next_ones(const FleetStatus& status) {
  std::vector<const FleetRecord*> found;
  for (const auto& record : status.records) {
    if (record.news.returns_at) found.push_back(&record);
  }
  std::stable_sort(found.begin(), found.end(), [](const FleetRecord* a, const FleetRecord* b) {
    return *a->news.returns_at < *b->news.returns_at;
  });
  return found;
}

using Counts = std::map<std::string, int>;
Counts count(const FleetStatus& status, RecordKind kind, std::string FleetRecord::*word) {
  Counts counts;
  for (const auto& record : status.records) {
    if (record.kind == kind) ++counts[record.*word];
  }
  return counts;
}
std::string counts_text(const Counts& counts) {
  std::string text;
  for (const auto& [word, n] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, word);
  return text;
}

std::string plural(std::size_t n, std::string_view noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); }

std::size_t in_maintenance(const FleetStatus& status, RecordKind kind) {
  return static_cast<std::size_t>(std::count_if(status.records.begin(), status.records.end(), [&](const auto& record) {
    return record.kind == kind && !record.news.maintenance.empty();
  }));
}

class Page {
 public:
  Page(const FleetStatus& status, int width) : status_(status), width_(static_cast<std::size_t>(width)) {}

  std::string render() {
    const auto reasons = attention(status_);
    if (reasons.empty()) line(well_text());
    for (const auto& reason : reasons) wrapped("Attention:", reason);
    line("");
    asked(status_.ledger);
    asked(status_.monitor);
    asked(status_.activator);
    sources();
    line("");
    counts(RecordKind::Link, "links");
    counts(RecordKind::Device, "devices");
    for (const auto& alarm : status_.alarms)
      alarms_ += "  " + cut_to(std::string(text_of(alarm, "text")), width_ - 2) + "\n";
    for (const auto& group : kGroups) records(group.title, those_in(status_, group.state), false);
    records("Next to turn healthy", next_ones(status_), true);
    if (!alarms_.empty()) text_ += fmt::format("\nAlarms: {}\n{}", status_.alarms.size(), alarms_);
    return std::move(text_);
  }

 private:
  // Nothing calls for attention; what is out of service, or worked on, may still fail or need somebody.
  std::string well_text() const {
    const auto failing = those_in(status_, "failing").size(), needed = those_in(status_, "needs-action").size();
    if (failing + needed == 0) return "All well.";
    std::string some;
    if (failing > 0) some = plural(failing, "record") + (failing == 1 ? " fails" : " fail");
    if (needed > 0) {
      some += (some.empty() ? "" : ", ") + plural(needed, "record") + (needed == 1 ? " needs" : " need") + " somebody";
    }
    return "No alarm: " + some + ", out of service or worked on.";
  }
  void line(const std::string& text) { text_ += cut_to(text, width_) + "\n"; }
  // Broken between words; what follows the first line stands below its text.
  void wrapped(std::string_view name, std::string_view text) {
    auto start = fmt::format("{:<10}", name);
    while (!text.empty()) {
      const auto room = width_ - std::min(width_ - 1, start.size() + 1);
      auto length = text.size();
      if (length > room) {
        const auto blank = text.rfind(' ', room);
        length = blank == std::string_view::npos || blank == 0 ? std::min(text.find(' '), text.size()) : blank;
      }
      line(start + " " + std::string(text.substr(0, length)));
      text.remove_prefix(std::min(text.size(), length + 1));
      start = std::string(10, ' ');
    }
  }

  void asked(const Asked& one) {
    if (!one.named) return wrapped(one.name, fmt::format("none is named: --{}-url URL", one.name));
    const auto state = !one.problem.empty() ? one.problem : "ok" + (one.details.empty() ? "" : ", " + one.details);
    wrapped(one.name, fmt::format("{}: {}", one.url, state));
  }
  void sources() {
    if (status_.sources.empty()) return;
    std::string text;
    for (const auto& [source, watermark, suspect] : status_.sources) {
      text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", source,
                          watermark ? short_duration(status_.now - *watermark) + " old" : "never answered",
                          suspect ? " (suspect)" : "");
    }
    wrapped("sources", text);
  }
  void counts(RecordKind kind, std::string_view title) {
    if (!status_.ledger.problem.empty()) return;
    const auto total = std::count_if(status_.records.begin(), status_.records.end(),
                                     [kind](const FleetRecord& r) { return r.kind == kind; });
    const auto statuses = count(status_, kind, &FleetRecord::status);
    const auto healths = count(status_, kind, &FleetRecord::health);
    if (total == 0) return wrapped(title, "0");
    const auto worked_on = in_maintenance(status_, kind);
    wrapped(title, fmt::format("{}: {}; health: {}{}", total, counts_text(statuses), counts_text(healths),
                               worked_on > 0 ? fmt::format("; in maintenance: {}", worked_on) : ""));
  }
  void records(std::string_view title, const std::vector<const FleetRecord*>& found, bool ahead) {
    if (found.empty()) return;
    text_ += fmt::format("\n{}: {}\n", title, found.size());
    std::vector<Row> rows;
    for (const auto* record : found) {
      if (rows.size() == kMostLines) break;
      const auto& news = record->news;
      const auto time = ahead        ? "in " + short_duration(*news.returns_at - status_.now)
                        : news.since ? "since " + short_duration(status_.now - *news.since)
                                     : std::string();
      rows.push_back({std::string(to_text(record->kind)), record->code, record->status, time, why_text(news)});
    }
    auto table = render_fitted({"", "", "", "", ""}, std::move(rows), {static_cast<int>(width_), {}});
    table.erase(0, table.find('\n') + 1);
    text_ += table;
    if (found.size() > kMostLines) line(fmt::format("  and {} more", found.size() - kMostLines));
  }

  const FleetStatus& status_;
  std::size_t width_;
  std::string text_, alarms_;
};

json::value time_or_null(const std::optional<Timestamp>& time) {
  return time ? json::value(to_text(*time)) : json::value(nullptr);
}

json::value asked_json(const Asked& one) {
  if (!one.named) return nullptr;
  return json::object{{"url", one.url},
                      {"ok", one.problem.empty()},
                      {"problem", one.problem.empty() ? json::value(nullptr) : json::value(one.problem)},
                      {"details", one.details}};
}

json::array records_json(const std::vector<const FleetRecord*>& records) {
  json::array list;
  for (const auto* record : records) {
    json::object entry{
        {"kind", to_text(record->kind)}, {"pubkey", to_text(record->key)},           {"code", record->code},
        {"status", record->status},      {"desired_status", record->desired_status}, {"health", record->health}};
    add_news(entry, record->news);
    list.push_back(std::move(entry));
  }
  return list;
}

json::object counts_json(const FleetStatus& status, RecordKind kind) {
  const auto counts = [&](std::string FleetRecord::*word) {
    json::object object;
    for (const auto& [name, n] : count(status, kind, word)) object[name] = n;
    return object;
  };
  json::object conditions;
  std::uint64_t total = 0;
  for (const auto& record : status.records) {
    if (record.kind != kind) continue;
    ++total;
    if (record.news.state.empty()) continue;
    auto& n = conditions[record.news.state];
    n = n.is_null() ? 1 : n.as_int64() + 1;
  }
  return {{"total", total},
          {"status", counts(&FleetRecord::status)},
          {"health", counts(&FleetRecord::health)},
          {"condition", std::move(conditions)},
          {"in_maintenance", in_maintenance(status, kind)}};
}

}  // namespace

std::vector<std::string> attention(const FleetStatus& status) {
  std::vector<std::string> lines;
  for (const auto* asked : {&status.ledger, &status.monitor, &status.activator}) {
    if (asked->named && !asked->problem.empty()) lines.push_back(fmt::format("{}: {}", asked->name, asked->problem));
  }
  for (const auto& source : status.sources) {
    if (source.suspect) lines.push_back(fmt::format("the source {} is suspect", source.source));
  }
  std::string codes;
  std::size_t failing = 0;
  for (const auto& record : status.records) {
    if (!record.in_service || !record.news.maintenance.empty()) continue;
    if (!record.impaired && !is_in(record, "failing")) continue;
    if (++failing <= 5) codes += (codes.empty() ? "" : ", ") + record.code;
  }
  if (failing > 0) {
    lines.push_back(fmt::format("{} in service {} failing or impaired: {}{}", plural(failing, "record"),
                                failing == 1 ? "is" : "are", codes, failing > 5 ? ", ..." : ""));
  }
  if (!status.alarms.empty()) lines.push_back(plural(status.alarms.size(), "alarm") + ", see below");
  return lines;
}

std::string render_status(const FleetStatus& status, int width) { return Page(status, width).render(); }

json::object to_json(const FleetStatus& status) {
  json::array reasons, alarms, sources;
  for (const auto& line : attention(status)) reasons.push_back(json::value(line));
  for (const auto& alarm : status.alarms) alarms.push_back(alarm);
  for (const auto& source : status.sources) {
    json::object entry{{"source", source.source},
                       {"watermark", time_or_null(source.watermark)},
                       {"age_seconds", nullptr},
                       {"suspect", source.suspect}};
    if (source.watermark)
      entry["age_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(status.now - *source.watermark).count();
    sources.push_back(std::move(entry));
  }
  const bool well = reasons.empty();
  json::object body{{"at", to_text(status.now)},
                    {"ok", well},
                    {"attention", std::move(reasons)},
                    {"ledger", asked_json(status.ledger)},
                    {"monitor", asked_json(status.monitor)},
                    {"activator", asked_json(status.activator)},
                    {"sources", std::move(sources)},
                    {"alarms", std::move(alarms)},
                    {"links", counts_json(status, RecordKind::Link)},
                    {"devices", counts_json(status, RecordKind::Device)}};
  for (const auto& group : kGroups) body[group.member] = records_json(those_in(status, group.state));
  body["next"] = records_json(next_ones(status));
  return body;
}

}  // namespace dz::cli
