#include "verdict_table.h"

#include <fmt/format.h>

namespace dz {
namespace {

std::string minute_text(const char* word, const std::optional<verdict::MinuteReport>& minute) {
  if (!minute) return "";
  return fmt::format(", {} {} {}", word, to_text(Timestamp{minute->at}),
                     minute->counters.empty() ? "silent" : minute->counters);
}

// The windows of two monitors may end a few minutes apart, because each ends where its source is complete. The number
// of good minutes depends on that and is left out.
std::string finding_text(const verdict::FindingReport& finding) {
  std::string text(finding.judgement);
  if (const auto& minutes = finding.minutes) {
    text += fmt::format(", {} bad, {} unobserved{}{}{}", minutes->bad, minutes->unobserved,
                        minute_text("first", minutes->first_bad), minute_text("last", minutes->last_bad),
                        minutes->parent_port ? ", of the parent port" : "");
  }
  if (finding.qa) {
    text += fmt::format(", {} failures, last {}, missed run: {}", finding.qa->failures,
                        finding.qa->last_failure ? to_text(*finding.qa->last_failure) : "none", finding.qa->missed_run);
  }
  return text;
}

}  // namespace

VerdictTable verdict_table(const monitor::Monitor& monitor, const client::Snapshot& snapshot,
                           const SourceFilter& chosen) {
  VerdictTable table;
  const auto add = [&](const Pubkey& key, const std::string& code) {
    const auto report = monitor.assessment(key);
    if (!report) {
      table[code] = report.error().message;
      return;
    }
    for (const verdict::FindingReport& one : report->findings) {
      if (!one.source.empty() && chosen(one.source)) table[fmt::format("{} {}", code, one.id)] = finding_text(one);
    }
  };
  for (const auto& [key, link] : snapshot.links) add(key, link.code);
  for (const auto& [key, device] : snapshot.devices) add(key, device.code);
  return table;
}

std::string differences(const VerdictTable& expected, const VerdictTable& found) {
  std::string out;
  const auto side = [](const VerdictTable& table, const std::string& key) {
    const auto line = table.find(key);
    return line == table.end() ? std::string("not judged") : line->second;
  };
  const auto compare = [&](const VerdictTable& keys, bool only_new) {
    for (const auto& [key, line] : keys) {
      if (only_new && expected.contains(key)) continue;
      if (side(expected, key) == side(found, key)) continue;
      out += fmt::format("{}\n  expected: {}\n  found:    {}\n", key, side(expected, key), side(found, key));
    }
  };
  compare(expected, false);
  compare(found, true);
  return out;
}

}  // namespace dz
