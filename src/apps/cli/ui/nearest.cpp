#include "apps/cli/ui/nearest.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace dz::cli {
namespace {

constexpr std::size_t kLongest = 64;  // longer texts are no misspelt words

std::string folded(std::string_view text) {
  std::string word(text);
  for (char& c : word) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

// Optimal string alignment: three rows, since a swap looks two back.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view text, const std::vector<std::string>& words) {
  if (text.empty() || text.size() > kLongest) return {};
  const auto wanted = folded(text);
  std::string best;
  std::size_t least = std::max<std::size_t>(1, text.size() / 3) + 1;
  for (const auto& word : words) {
    if (word.size() > kLongest) continue;
    const auto far = distance(wanted, folded(word));
    if (far < least) {
      least = far;
      best = word;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& words) {
  const auto word = nearest_word(text, words);
  return word.empty() ? "" : fmt::format("; did you mean '{}'?", word);
}

}  // namespace dz::cli
