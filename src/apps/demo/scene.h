// What the demo shows and asserts: scenes that run at the same time, each a list of steps that follow one another.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "network_view.h"

namespace dz::demo {

// Returns an empty text when the condition holds, else what was found instead.
using Check = std::function<std::string(const NetworkView&)>;

// The check has to hold at the latest `within` after the step began, or `by` after the start of the demo, whichever is
// set.
struct Reach {
  std::string expected;
  Check check;
  Duration by{0}, within{0};
};
// The check has to hold at every look until `until` after the start.
struct Stay {
  std::string expected;
  Check check;
  Duration until{0};
};
// Done once. Returns what to tell the viewer.
struct Act {
  std::string expected;
  std::function<Result<std::string>()> action;
};
using Step = std::variant<Reach, Stay, Act>;

enum class SceneState { Running, Passed, Failed };

class Scene {
 public:
  Scene(std::string title, std::vector<Step> steps) : title_(std::move(title)), steps_(std::move(steps)) {}

  // Moves all times that are counted from the start of the demo: evidence takes that much longer to be judged.
  void put_off(Duration later);

  const std::string& title() const { return title_; }
  SceneState state() const { return state_; }
  // What the scene waits for now, why it failed, or when it was done.
  const std::string& words() const { return words_; }

  // Takes every step that can be taken now. `told` gets the lines that an Act has for the viewer.
  void look(const NetworkView& view, Duration elapsed, const std::function<void(const std::string&)>& told);

 private:
  bool step_done(const Reach& step, const NetworkView& view, Duration elapsed);
  bool step_done(const Stay& step, const NetworkView& view, Duration elapsed);
  bool step_done(const Act& step, const std::function<void(const std::string&)>& told);
  void fail(const std::string& expected, const std::string& found);

  std::string title_, words_ = "begins when the others are done";
  std::vector<Step> steps_;
  std::size_t at_ = 0;
  SceneState state_ = SceneState::Running;
  Duration began_{0};  // when the present step began
};

// "3:07"
std::string clock_of(Duration elapsed);

}  // namespace dz::demo
