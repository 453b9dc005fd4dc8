// What the viewer sees: on a terminal a table that is redrawn in place, elsewhere one line for each change.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "network_view.h"
#include "scene.h"

namespace dz::demo {

class Screen {
 public:
  explicit Screen(bool terminal);

  // Where the same is to be seen in a browser, and where it may be hurt, empty for nowhere: the first line of the
  // table.
  void show_pages(std::string console, std::string hurt) {
    console_ = std::move(console);
    hurt_ = std::move(hurt);
  }
  // Something that happened. On a terminal the latest of these lines stand under the table.
  void say(const std::string& line, Duration elapsed);
  void show(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);
  // Every scene with its verdict. From here on changes are told as lines on a terminal too.
  void summary(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);

 private:
  void redraw(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);
  void tell_changes(const NetworkView& view, const std::vector<Scene>& scenes, Duration elapsed);
  // True when the words differ from those that were last told under that key.
  bool is_news(const std::string& key, const std::string& words);

  bool terminal_;
  std::string console_, hurt_;
  std::size_t drawn_ = 0;  // lines of the table now on the terminal
  std::vector<std::string> said_;
  std::map<std::string, std::string> known_;  // what was last told of each record and scene
};

}  // namespace dz::demo
