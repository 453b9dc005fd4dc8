// What the demo shows and asserts: scenes side by side, each a list of steps one after the other.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "network_view.h"

namespace dz::demo {

// Empty when it holds; else what was found instead.
using Check = std::function<std::string(const NetworkView&)>;

// Has to hold `within` this long after the step began, or by `by` after the start of the demo, whichever is set.
struct Reach {
  std::string expected;
  Check check;
  Duration by{0}, within{0};
};
// Has to hold at every look until `until` after the start.
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

  // Times counted from the start of the demo, moved: the evidence of all takes that much longer.
  void put_off(Duration later);

  const std::string& title() const { return title_; }
  SceneState state() const { return state_; }
  // What is awaited now; why it failed; or when it was done.
  const std::string& words() const { return words_; }

  // Goes as far as it can. Told: the lines an Act has to say.
  void look(const NetworkView& view, Duration elapsed, const std::function<void(const std::string&)>& told);

 private:
  bool step_done(const Reach& step, const NetworkView& view, Duration elapsed);
  bool step_done(const Stay& step, const NetworkView& view, Duration elapsed);
  bool step_done(const Act& step, const std::function<void(const std::string&)>& told);
  void fail(const std::string& expected, const std::string& found);

  std::string title_, words_;
  std::vector<Step> steps_;
  std::size_t at_ = 0;
  SceneState state_ = SceneState::Running;
  Duration began_{0};  // the present step
};

// "3:07"
std::string clock_of(Duration elapsed);

}  // namespace dz::demo
