// Waiting for a record: until it has the status that was asked for (--wait), or is healthy or in service (wait).
// Meanwhile people see what holds it and when it can be, as the monitor says.
#pragma once

#include <optional>
#include <string>

#include "apps/cli/ui/context.h"
#include "apps/cli/ui/lifecycle_text.h"
#include "lifecycle/authority.h"

namespace dz::cli {

// The status that is in force once what is wanted has been done; a record that is to be deleted is first hard-drained.
// Nothing when nothing is wanted.
std::optional<Status> status_for(DesiredStatus desired);
// The status that a write of status and desired status leads to.
std::optional<Status> status_after(const lifecycle::LifecycleWrite& write);

// What there is to say about the way into service.
struct Outlook {
  std::string sentence, to_do;
  std::optional<Timestamp> healthy_at = std::nullopt;
};
Outlook outlook_into_service(const Context& context, const LifecycleRecord& record);

// On stderr. Each change is a line that stays; on a terminal the last line counts down.
class Progress {
 public:
  Progress(Context& context, std::string_view goal);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(const std::string& text);
  void count(const Outlook& outlook);
  Duration waited() const { return context_.clock.now() - start_; }

 private:
  void clear();

  Context& context_;
  std::string goal_;
  Timestamp start_;
  std::string said_;
  bool counting_ = false;
};

// Returns at once unless args.wait and something is wanted. Retry when the time is over or the record is gone. The
// state that the record has in the end goes into the JSON of the write. of: "link 'ams-lon'", where the command does
// not say whom it waits for.
Result<void> wait_for(Context& context, const WaitArgs& args, const FindAgain& find, std::optional<Status> wanted,
                      const std::string& of = {});

}  // namespace dz::cli
