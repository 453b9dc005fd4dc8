// The fleet on one screen: who says what about how many records, what fails, what comes next. Pure: what was read goes
// in, text or JSON comes out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "apps/cli/ui/news.h"

namespace dz::cli {

// A link or a device.
struct FleetRecord {
  RecordKind kind;
  Pubkey key;
  std::string code, status, desired_status, health;
  bool in_service = false, impaired = false;
  News news;
};

// Somebody who was asked.
struct Asked {
  std::string name, url, problem;  // no problem: it is well
  std::string details;             // "read the ledger 2s ago"
  bool named = true;
};

struct SourceAge {
  std::string source;
  std::optional<Timestamp> watermark;  // none: it never answered
  bool suspect = false;
};

struct FleetStatus {
  Timestamp now;
  Asked ledger, monitor, activator;
  std::vector<SourceAge> sources;
  std::vector<boost::json::object> alarms;  // as the monitor tells them
  std::vector<FleetRecord> records;         // by code
};

// What calls for somebody's attention, a line each: what is in service and fails, alarms, whoever does not answer. Of a
// record that is not in service nothing is said here, as nothing alerts on it.
std::vector<std::string> attention(const FleetStatus& status);

// At most `width` columns a line.
std::string render_status(const FleetStatus& status, int width);
boost::json::object to_json(const FleetStatus& status);

}  // namespace dz::cli
