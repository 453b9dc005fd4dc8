#include "scene.h"

#include <fmt/format.h>

namespace dz::demo {

std::string clock_of(Duration elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

void Scene::put_off(Duration later) {
  for (Step& step : steps_) {
    if (auto* reach = std::get_if<Reach>(&step); reach != nullptr && reach->by > Duration{0}) reach->by += later;
    if (auto* stay = std::get_if<Stay>(&step)) stay->until += later;
  }
}

void Scene::fail(const std::string& expected, const std::string& found) {
  state_ = SceneState::Failed;
  words_ = fmt::format("expected: {}; found: {}", expected, found);
}

bool Scene::step_done(const Reach& step, const NetworkView& view, Duration elapsed) {
  const std::string found = step.check(view);
  if (found.empty()) return true;
  words_ = fmt::format("waiting: {}", step.expected);
  const bool late =
      (step.by > Duration{0} && elapsed > step.by) || (step.within > Duration{0} && elapsed - began_ > step.within);
  if (late)
    fail(fmt::format("{} by {}", step.expected, clock_of(step.by > Duration{0} ? step.by : began_ + step.within)),
         found);
  return false;
}

bool Scene::step_done(const Stay& step, const NetworkView& view, Duration elapsed) {
  const std::string found = step.check(view);
  words_ = fmt::format("holds until {}: {}", clock_of(step.until), step.expected);
  if (!found.empty()) fail(step.expected, found);
  return found.empty() && elapsed >= step.until;
}

bool Scene::step_done(const Act& step, const std::function<void(const std::string&)>& told) {
  const auto said = step.action();
  if (!said) {
    fail(step.expected, said.error().message);
    return false;
  }
  told(*said);
  return true;
}

void Scene::look(const NetworkView& view, Duration elapsed, const std::function<void(const std::string&)>& told) {
  while (state_ == SceneState::Running) {
    if (at_ == steps_.size()) {
      state_ = SceneState::Passed;
      words_ = "done at " + clock_of(elapsed);
      return;
    }
    const Step& step = steps_[at_];
    bool done = false;
    if (const auto* reach = std::get_if<Reach>(&step)) done = step_done(*reach, view, elapsed);
    if (const auto* stay = std::get_if<Stay>(&step)) done = step_done(*stay, view, elapsed);
    if (const auto* act = std::get_if<Act>(&step)) done = step_done(*act, told);
    if (!done) return;
    ++at_;
    began_ = elapsed;
    if (std::holds_alternative<Act>(step)) return;  // look at the network again before judging what came of it
  }
}

}  // namespace dz::demo
