#include "verdict/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_text.h"
#include "domain/interface_name.h"

namespace dz::verdict {
namespace {

constexpr int kLeastColumns = 24;  // of a strip beside its name; else it stands below
constexpr std::string_view kIndent = "  ";

bool is_shown(const Finding& f) { return f.mode != Mode::Off; }

std::string heading(const JudgedRecord& record, const Assessment& a, const Besides& besides) {
  const auto word = [&](Health health) { return spell(*a.profile, record.kind(), health); };
  const auto becomes = a.to == a.from ? "" : fmt::format(" becomes {}", word(a.to));
  return fmt::format("{} {}: health {}{}; {}\n", to_text(record.kind()), escaped(record.code()), word(a.from), becomes,
                     render_told(record, a, besides));
}

std::string state_line(const JudgedRecord& record, const Assessment& a) {
  const auto status = record.link() != nullptr ? record.link()->status : record.device()->status;
  const auto desired = record.link() != nullptr ? record.link()->desired_status : record.device()->desired_status;
  const bool stages = a.device_stages && record.device() != nullptr;
  const auto for_links = !stages ? std::string()
                                 : fmt::format("; for links: evidence {}, record {}",
                                               to_text(a.links_evidence_judgement), to_text(a.links_record_judgement));
  return fmt::format("status {}, desired {}; judged {} over {}; evidence {}, record {}{}{}\n", to_text(status),
                     to_text(desired), dz::to_text(a.at), to_text(a.window), to_text(a.evidence_judgement),
                     to_text(a.record_judgement), for_links, a.damped_failure ? ", bad enough to impair" : "");
}

// "counters: 30 s old": how far behind the pass the evidence ends.
std::string age_text(const Finding& f, const Sources& sources, Timestamp now) {
  const auto& watermark = view_of(sources, criterion(f.id).source).state.watermark;
  if (!watermark) return fmt::format("{}: never answered", f.source_name);
  return fmt::format("{}: {} old{}", f.source_name, duration_text(now - *watermark), f.stale ? ", stale" : "");
}

std::string criterion_line(const JudgedRecord& record, const Assessment& a, const Finding& f, const Sources* sources) {
  auto line = fmt::format("  {:<15}{:<24} {}", to_text(f.judgement), f.name, render_finding(record, f, a));
  if (sources != nullptr && is_evidence(f) && f.judgement != Judgement::NotApplicable) {
    line += fmt::format(" [{}]", age_text(f, *sources, a.at));
  }
  if (f.mode != Mode::Enforce) {
    line += fmt::format(" [{}: gates nothing]", to_text(f.mode));
  } else if (!f.gates && !f.not_asked) {
    line += " [not read in this state]";
  }
  if (const auto to_do = render_to_do(record, f, a); !to_do.empty()) line += "; " + to_do;
  return line + "\n";
}

std::string criteria_lines(const JudgedRecord& record, const Assessment& a, const Sources* sources) {
  std::string lines;
  for (const auto& f : a.findings()) {
    if (is_shown(f)) lines += criterion_line(record, a, f, sources);
  }
  return lines;
}

std::size_t longest_name(const Assessment& a, std::span<const FindingMinutes> minutes) {
  std::size_t longest = 0;
  for (const auto& m : minutes) longest = std::max(longest, a.findings()[m.finding].name.size());
  return longest;
}

// One strip a criterion under a common axis. On a narrow terminal the names stand above their strips.
std::string strips(const Assessment& a, std::span<const FindingMinutes> minutes, int width) {
  if (minutes.empty()) return {};
  const auto name_width = longest_name(a, minutes) + 1;
  const int room = width - static_cast<int>(kIndent.size());
  const int beside = room - static_cast<int>(name_width);
  const bool stacked = width > 0 && beside < kLeastColumns;
  const auto axis = axis_of(a, minutes, width == 0 ? kColumnsWithoutWidth : stacked ? room : beside);
  auto text = wrapped(
      fmt::format("The last {}, {} min a character: {} good  {} bad  {} unobserved\n",
                  duration_text(axis.to - axis.from), axis.minutes_a_cell, kGoodCell, kBadCell, kUnobservedCell),
      width);
  const auto row = [&](std::string_view name, const std::string& cells) {
    if (!stacked) {
      text += fmt::format("{}{:<{}}{}\n", kIndent, name, name_width, cells);
      return;
    }
    if (!name.empty()) text += fmt::format("{}{}\n", kIndent, name);
    text += fmt::format("{}{}\n", kIndent, cells);
  };
  row("", render_axis(axis));
  for (const auto& m : minutes) row(a.findings()[m.finding].name, render_strip(axis, m));
  return text;
}

std::string range_text(const MinuteRange& range, Timestamp now) {
  auto from = clock_text(range.from, now);
  if (range.count() == 1) return from;
  return fmt::format("{} to {} ({} minutes)", from, clock_text(range.to - std::chrono::minutes{1}, now), range.count());
}

std::string minute_list(const Assessment& a, std::span<const FindingMinutes> minutes) {
  std::string text;
  for (const auto& m : minutes) {
    for (const auto& line : m.lines) {
      const auto* at = line.where.empty() ? "" : line.signal == evidence::Signal::Probes ? " " : " at ";
      for (const auto& range : bad_ranges(line.series)) {
        text += fmt::format("{}{}{}{}: {} {}\n", kIndent, a.findings()[m.finding].name, at, line.where,
                            range_text(range, a.at), render_fault(line.signal, range));
      }
    }
    for (const auto& result : m.results) {
      if (result.success) continue;
      text += fmt::format("{}{}: {} failed\n", kIndent, a.findings()[m.finding].name, clock_text(result.at, a.at));
    }
  }
  return text.empty() ? "Every minute was good.\n" : "Minutes that were not good:\n" + text;
}

}  // namespace

std::string render_fault(evidence::Signal signal, const MinuteRange& range) {
  if (range.state == evidence::MinuteState::Unobserved) return "unobserved";
  const auto counters = evidence::counters_text(range.counters);
  switch (signal) {
    case evidence::Signal::Data:
    case evidence::Signal::Reporting: return "no counter rows";
    case evidence::Signal::Errors: return counters.empty() ? "errors" : counters;
    case evidence::Signal::Carrier:
    case evidence::Signal::Discards: return counters;
    case evidence::Signal::Utilization: return counters.empty() ? "no traffic" : counters + " did not rise";
    case evidence::Signal::ConfigAgent: return "no configuration fetch";
    case evidence::Signal::TelemetryAgent: return "no latency samples";
    case evidence::Signal::Value: return counters.empty() ? "no value" : "value out of bounds";
    case evidence::Signal::Probes: return (range.counters & evidence::kLoss) != 0 ? "samples lost" : "no samples";
  }
  return counters.empty() ? "silent" : counters;
}

StripAxis axis_of(const Assessment& a, std::span<const FindingMinutes> minutes, int columns) {
  std::optional<Minute> from, to;
  for (const auto& m : minutes) {
    for (const auto& line : m.lines) {
      from = std::min(from.value_or(line.series.from), line.series.from);
      to = std::max(to.value_or(line.series.to()), line.series.to());
    }
  }
  const auto end = to.value_or(minute_of(a.at));
  return strip_axis(from.value_or(end - a.window.length), end, columns);
}

std::string render_strip(const StripAxis& axis, const FindingMinutes& minutes) {
  if (minutes.lines.empty()) return render_strip(axis, minutes.results);
  std::vector<evidence::MinuteSeries> series;
  for (const auto& line : minutes.lines) series.push_back(line.series);
  return render_strip(axis, series);
}

void add_minutes(const Assessment& a, std::span<const FindingMinutes> minutes, const ReportExtras& extras,
                 AssessmentReport& report) {
  report.notes.insert(report.notes.end(), extras.notes.begin(), extras.notes.end());
  if (extras.strips) report.axis = axis_of(a, minutes, extras.width > 0 ? extras.width : kColumnsWithoutWidth);
  for (const auto& m : minutes) {
    const auto id = a.findings()[m.finding].name;
    const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                    [&](const FindingReport& f) { return f.id == id; });
    if (found == report.findings.end()) continue;
    if (extras.strips) found->strip = render_strip(*report.axis, m);
    if (!extras.minutes) continue;
    auto& ranges = found->ranges.emplace();
    for (const auto& line : m.lines) {
      for (const auto& range : bad_ranges(line.series)) {
        ranges.push_back({range.from, range.to, to_text(line.signal), to_text(range.state), line.where,
                          render_fault(line.signal, range)});
      }
    }
  }
}

std::vector<std::string> notes_of(const JudgedRecord& record, const Assessment& a) {
  std::vector<std::string> notes;
  for (const auto& f : a.findings()) {
    if (!is_shown(f) || !f.has_tally || !f.tally.parent_port) continue;
    auto note = fmt::format("{}: the sub-interface sends no counters of its own, so its parent port is judged",
                            render_where(record, f));
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
  }
  return notes;
}

std::string wrapped(std::string_view text, int width) {
  constexpr int kLeastWidth = 30;
  constexpr std::string_view kHanging = "      ";
  if (width <= 0) return std::string(text);
  const auto most = static_cast<std::size_t>(std::max(width, kLeastWidth));
  std::string out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    for (std::size_t room = most; line.size() > room; room = most - kHanging.size()) {
      const auto blank = line.rfind(' ', room);
      const auto words_begin = line.find_first_not_of(' ');
      if (blank == std::string_view::npos || blank <= words_begin) break;
      out.append(line.substr(0, line.find_last_not_of(' ', blank) + 1)).append("\n").append(kHanging);
      line.remove_prefix(line.find_first_not_of(' ', blank));
    }
    out.append(line).append("\n");
  }
  return out;
}

std::string render_explanation(const JudgedRecord& record, const Assessment& a) {
  return heading(record, a, {}) + state_line(record, a) + criteria_lines(record, a, nullptr);
}

std::string render_page(const JudgedRecord& record, const Assessment& a, const PageEvidence& evidence,
                        const PageOptions& options) {
  const Besides besides{options.drained_by, options.cause, options.held_back};
  auto text =
      heading(record, a, besides) + fmt::format("State: {}.\nTo do: {}.\n", render_condition(a, options.drained_by),
                                                render_advice(record, a, besides));
  auto notes = notes_of(record, a);
  notes.insert(notes.end(), options.notes.begin(), options.notes.end());
  for (const auto& note : notes) text += fmt::format("Note: {}.\n", note);
  text += state_line(record, a);
  if (!options.policy_digest.empty()) text += fmt::format("policy {}\n", options.policy_digest);
  text = wrapped(text + criteria_lines(record, a, &evidence.sources), options.width);
  text += strips(a, evidence.minutes, options.width);
  if (options.list_minutes) text += wrapped(minute_list(a, evidence.minutes), options.width);
  return text;
}

}  // namespace dz::verdict
