#include "apps/monitor/diff_command.h"

#include <cstdio>

#include <boost/json.hpp>

#include "base/safe_text.h"
#include "base/shown_url.h"
#include "monitor/monitor_diff.h"
#include "net/http_client.h"

namespace dz::monitor_main {

CLI::App* declare_diff(CLI::App& app, DiffFlags& f) {
  auto* command = app.add_subcommand(
      "diff", "What the ledger says of each record, what the running monitor would say, and why; writes nothing");
  command->add_option("--monitor-url", f.monitor_url, "Where the monitor listens")
      ->envname("DOUBLEZERO_MONITOR_URL")
      ->capture_default_str();
  command->add_flag("--changes", f.changes_only, "Only records of which the two differ");
  command->add_flag("--json", f.json, "Print JSON");
  return command;
}

Result<int> run_diff_command(const DiffFlags& flags) {
  auto response = net::HttpClient().get(flags.monitor_url + "/api/v1/assessments", {});
  if (!response) {
    return with_context("expected a running monitor at " + shown_url(flags.monitor_url) +
                            ": start it with --observe, or name another with --monitor-url",
                        std::move(response).error());
  }
  if (response->status != 200) {
    return fail(ErrorKind::Retry, "the monitor at " + shown_url(flags.monitor_url) + " answered HTTP " +
                                      std::to_string(response->status) + ": " + one_line(response->body, 200));
  }
  DZ_TRY_ASSIGN(const auto rows, monitor::diff_rows(response->body));
  if (flags.json) {
    std::printf("%s\n", escaped_lines(boost::json::serialize(diff_json(rows, flags.changes_only))).c_str());
  } else {
    std::printf("%s", escaped_lines(render_diff(rows, flags.changes_only)).c_str());
  }
  return 0;
}

}  // namespace dz::monitor_main
