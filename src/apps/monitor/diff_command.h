// doublezero-monitor diff: what the ledger says of each record, what the running monitor would say, and why.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"

namespace dz::monitor_main {

struct DiffFlags {
  std::string monitor_url = "http://127.0.0.1:8090";
  bool json = false, changes_only = false;
};

CLI::App* declare_diff(CLI::App& app, DiffFlags& flags);
// Asks the monitor that runs, which has read the ledger and the evidence already.
Result<int> run_diff_command(const DiffFlags& flags);

}  // namespace dz::monitor_main
