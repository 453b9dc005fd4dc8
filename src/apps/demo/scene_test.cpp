#include "scene.h"

#include <gtest/gtest.h>

namespace dz::demo {
namespace {

using namespace std::chrono_literals;

// A check that holds when told to.
struct Switch {
  bool on = false;
  Check check() {
    return [this](const NetworkView&) { return on ? std::string() : std::string("still off"); };
  }
};

struct Stage {
  NetworkView view;
  std::vector<std::string> told;
  void look(Scene& scene, Duration elapsed) {
    scene.look(view, elapsed, [this](const std::string& line) { told.push_back(line); });
  }
};

TEST(Scene, PassesWhenEveryStepCameInTime) {
  Stage stage;
  Switch first, second;
  Scene scene("title", {Reach{.expected = "first", .check = first.check(), .by = 1min},
                        Act{"done", [] { return Result<std::string>("did it"); }},
                        Reach{.expected = "second", .check = second.check(), .within = 30s}});
  stage.look(scene, 10s);
  EXPECT_EQ(scene.words(), "waiting: first");
  first.on = true;
  stage.look(scene, 59s);
  EXPECT_EQ(stage.told, std::vector<std::string>{"did it"});
  stage.look(scene, 80s);
  second.on = true;
  stage.look(scene, 89s);
  EXPECT_EQ(scene.state(), SceneState::Passed);
  EXPECT_EQ(scene.words(), "done at 1:29");
  EXPECT_EQ(stage.told.size(), 1U) << "done once";
}

TEST(Scene, FailsByTheClockOfTheDemoOrOfTheStep) {
  Stage stage;
  Switch never, now;
  now.on = true;
  Scene by("title", {Reach{.expected = "it", .check = never.check(), .by = 1min}});
  stage.look(by, 1min);
  EXPECT_EQ(by.state(), SceneState::Running);
  stage.look(by, 61s);
  EXPECT_EQ(by.state(), SceneState::Failed);
  EXPECT_EQ(by.words(), "expected: it by 1:00; found: still off");

  Scene within("title", {Reach{.expected = "first", .check = now.check(), .by = 1min},
                         Reach{.expected = "it", .check = never.check(), .within = 10s}});
  stage.look(within, 20s);
  stage.look(within, 30s);
  EXPECT_EQ(within.state(), SceneState::Running);
  stage.look(within, 31s);
  EXPECT_EQ(within.words(), "expected: it by 0:30; found: still off");
}

TEST(Scene, PutOffMovesWhatIsCountedFromTheStartAndNothingElse) {
  Stage stage;
  Switch never, now;
  now.on = true;
  Scene by("title", {Reach{.expected = "it", .check = never.check(), .by = 1min}}),
      until("title", {Stay{"it", now.check(), 1min}});
  Scene within("title", {Reach{.expected = "it", .check = never.check(), .within = 10s}});
  for (Scene* scene : {&by, &until, &within}) {
    scene->put_off(30s);
    stage.look(*scene, 80s);
  }
  EXPECT_EQ(by.state(), SceneState::Running);
  EXPECT_EQ(until.state(), SceneState::Running);
  EXPECT_EQ(within.state(), SceneState::Failed);
  stage.look(by, 91s);
  stage.look(until, 91s);
  EXPECT_EQ(by.state(), SceneState::Failed);
  EXPECT_EQ(until.state(), SceneState::Passed);
}

TEST(Scene, WhatHasToStayFailsAtTheFirstLookWithoutIt) {
  Stage stage;
  Switch held;
  held.on = true;
  Scene kept("title", {Stay{"it", held.check(), 1min}}), lost("title", {Stay{"it", held.check(), 1min}});
  for (Scene* scene : {&kept, &lost}) stage.look(*scene, 10s);
  stage.look(kept, 60s);
  EXPECT_EQ(kept.state(), SceneState::Passed);
  held.on = false;
  stage.look(lost, 11s);
  EXPECT_EQ(lost.state(), SceneState::Failed);
}

TEST(Scene, AnActThatIsRefusedFailsIt) {
  Stage stage;
  Scene scene("title", {Act{"the drain is taken", [] { return Result<std::string>(refused("not yours")); }}});
  stage.look(scene, 1s);
  EXPECT_EQ(scene.words(), "expected: the drain is taken; found: not yours");
}

}  // namespace
}  // namespace dz::demo
