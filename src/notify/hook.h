// A webhook that is told of changes: where it is, what it wants to hear, and how often. docs/operating/monitor.md has
// the settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dz::notify {

enum class HookKind : std::uint8_t { Slack, Json };
std::string_view to_text(HookKind kind);  // "slack", "json"

struct NotifyHook {
  std::string name;  // lower case, unique: a label of the metrics
  HookKind kind = HookKind::Json;
  std::string url;     // a secret: whoever has it can post. Show shown_url()
  std::string bearer;  // a secret; empty: no Authorization header
  std::string ca_file;
  bool all = false;  // also records that are not in service
  bool links = true, devices = true;
  std::vector<std::string> contributors;  // codes; empty: everybody's
  bool alarms = true;                     // of the evidence sources
  bool observer = false;                  // also from a standby or a dry run
  Duration group = std::chrono::seconds{30};

  bool operator==(const NotifyHook&) const = default;
};

// A text that may quote the hook's url or token, without them.
std::string without_secrets(const NotifyHook& hook, std::string text);
// For people, one line: "noc: slack to https://hooks.slack.com/..., links and devices in service of alpha, ...".
std::string render_hook(const NotifyHook& hook);

}  // namespace dz::notify
