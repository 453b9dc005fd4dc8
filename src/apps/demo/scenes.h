// The scenes of ./dev demo: docs/demo.md tells them as a story.
#pragma once

#include <vector>

#include "daemons.h"
#include "scene.h"

namespace dz::demo {

// daemons outlives the scenes.
std::vector<Scene> demo_scenes(Daemons& daemons);

}  // namespace dz::demo
