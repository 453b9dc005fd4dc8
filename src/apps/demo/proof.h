// The end of the demo: every decision that the monitor made, checked as a stranger would check it. `doublezero decision
// verify` over ledger and monitor, exported bundles, one of them tampered with, and the verifier that is written in Go
// with its standard library alone.
#pragma once

#include <memory>

#include "daemons.h"
#include "scene.h"

namespace dz::demo {

// The last scene: it begins when all others have their verdict. go_verifier: the folder of the Go program. daemons
// outlives it.
Scene proof_scene(Daemons& daemons, const std::string& go_verifier);

}  // namespace dz::demo
