// Test support: a random record, its minutes, records and memories, judged by the code and by naive_verdict.h.
#pragma once

#include <cstdint>
#include <string>

namespace dz::verdict {

// What the two differ in; empty: nothing. The same seed is the same case on any machine.
std::string judge_a_random_case(std::uint64_t seed);

}  // namespace dz::verdict
