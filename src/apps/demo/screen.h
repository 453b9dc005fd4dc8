// What the viewer sees: on a terminal a table redrawn in place, elsewhere a line a change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "network_view.h"
#include "scene.h"

namespace dz {

class Screen {
 public:
  explicit Screen(bool terminal);

  // Something that happened, said once; on a terminal the last of them stand under the table.
  void say(const std::string& line, Duration elapsed);
  void show(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);
  // Every scene with its verdict; the table above it stays as it was.
  void summary(const std::vector<Scene>& scenes, Duration elapsed);

 private:
  void redraw(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);
  void tell_changes(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);

  bool terminal_;
  std::size_t drawn_ = 0;  // lines of the table now on the terminal
  std::vector<std::string> said_;
  std::map<std::string, std::string> known_;  // what was last told of each record and scene
};

}  // namespace dz
