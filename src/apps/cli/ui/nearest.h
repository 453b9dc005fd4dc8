// What somebody may have meant by a word that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dz::cli {

// The word that takes the fewest letters added, left out, replaced or swapped with their neighbour; in any case, and
// '_' is '-'. Empty when none is near: more than a third of the letters would be others.
std::string nearest_word(std::string_view text, const std::vector<std::string>& words);

// "; did you mean 'list'?", or nothing.
std::string did_you_mean(std::string_view text, const std::vector<std::string>& words);

}  // namespace dz::cli
